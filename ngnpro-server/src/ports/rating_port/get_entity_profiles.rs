//! `Rating.getEntityProfiles`: the price lists of an entity.
//!
//! 4001 it has none, or is not in reach, 9004.

use store::rating_profiles;

use super::entity;
use crate::context::Context;
use crate::error::Failure;
use crate::wire::rating::GetEntityProfilesInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(
    context: &Context<'_>,
    input: GetEntityProfilesInput,
) -> Result<types::RatingEntityProfiles, Failure> {
    let entity = entity::read(input.entity, "entity")?;
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    let found = rating_profiles::get(&mut tx, &entity).await?;
    Ok(types::RatingEntityProfiles {
        entity: Some(found.entity.to_string()),
        profile_weekday: Some(found.weekday),
        profile_weekday_alt: Some(found.weekday_alt),
        profile_weekend: Some(found.weekend),
        profile_weekend_alt: Some(found.weekend_alt),
        timezone: Some(found.timezone.as_str().to_owned()),
        increment: found.increment,
        min_duration: found.min_duration,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::rating_port::set_entity_profiles;
    use crate::ports::testing::{Platform, code};
    use crate::wire::rating::SetEntityProfilesInput;

    #[tokio::test]
    async fn price_lists_are_found_by_those_who_reach_the_entity() {
        let platform = Platform::new().await;
        let get = async |by, entity: &str| {
            platform.call(by, handle, GetEntityProfilesInput { entity: Some(entity.to_owned()) }).await
        };
        let none = get(&platform.shop, "subscriber://bob@shop.example").await;
        assert_eq!(none, Err((4001, "No rating profiles for subscriber://bob@shop.example".to_owned())));
        let profiles = types::RatingEntityProfiles {
            entity: Some("subscriber://bob@shop.example".to_owned()),
            ..Default::default()
        };
        let input = SetEntityProfilesInput { profiles: Some(profiles) };
        platform.call(&platform.admin, set_entity_profiles::handle, input).await.unwrap();
        for by in [&platform.shop, &platform.acme, &platform.admin] {
            assert!(get(by, "subscriber://BOB@shop.example").await.is_ok());
        }
        assert_eq!(code(get(&platform.rival, "subscriber://bob@shop.example").await), 4001);
        assert_eq!(code(get(&platform.admin, "").await), 4001);
        assert_eq!(code(get(&platform.admin, "bob@shop.example").await), 9004);
        assert_eq!(code(platform.call(&platform.admin, handle, GetEntityProfilesInput::default()).await), 4001);
    }
}
