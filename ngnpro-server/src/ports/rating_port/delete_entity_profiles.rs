//! `Rating.deleteEntityProfiles`: deletes the price lists of an entity. A reseller without the right to change prices
//! (`pstn_changes`) is answered and changes nothing, because clients send prices along with whole accounts.
//!
//! 4001 it has none, or is not in reach, 9001 a customer calls, 9004.

use store::{customers, rating_profiles};

use super::entity;
use crate::context::Context;
use crate::error::Failure;
use crate::wire::rating::DeleteEntityProfilesInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: DeleteEntityProfilesInput) -> Result<(), Failure> {
    let entity = entity::read(input.entity, "entity")?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    match customers::pstn_rights(&mut tx).await?.changes {
        true => rating_profiles::delete(&mut tx, &entity).await?,
        false => rating_profiles::check_exists(&mut tx, &entity).await?,
    }
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::rating_port::{get_entity_profiles, set_entity_profiles};
    use crate::ports::testing::{Platform, code};
    use crate::wire::rating::{GetEntityProfilesInput, SetEntityProfilesInput};
    use crate::wire::types::RatingEntityProfiles;

    #[tokio::test]
    async fn price_lists_go_once_and_only_for_those_who_may() {
        let platform = Platform::new().await;
        let entity = Some("subscriber://alice@acme.example".to_owned());
        let profiles = RatingEntityProfiles { entity: entity.clone(), ..Default::default() };
        let input = SetEntityProfilesInput { profiles: Some(profiles) };
        platform.call(&platform.admin, set_entity_profiles::handle, input).await.unwrap();
        platform.grant(&platform.rival, &[("pstn_changes", "1")]).await;
        let call = async |by| platform.call(by, handle, DeleteEntityProfilesInput { entity: entity.clone() }).await;
        assert_eq!(code(call(&platform.rival).await), 4001);
        // Without the right: answered, and still there.
        assert_eq!(call(&platform.acme).await, Ok(()));
        let input = GetEntityProfilesInput { entity: entity.clone() };
        assert!(platform.call(&platform.acme, get_entity_profiles::handle, input).await.is_ok());
        platform.grant(&platform.acme, &[("pstn_changes", "1")]).await;
        assert_eq!(call(&platform.acme).await, Ok(()));
        assert_eq!(
            call(&platform.acme).await,
            Err((4001, format!("No rating profiles for {}", entity.clone().unwrap())))
        );
        assert_eq!(code(platform.call(&platform.acme, handle, DeleteEntityProfilesInput::default()).await), 4001);
    }

    #[tokio::test]
    async fn price_lists_go_with_their_account() {
        let platform = Platform::new().await;
        let entity = Some("subscriber://alice@acme.example".to_owned());
        let profiles = RatingEntityProfiles { entity: entity.clone(), ..Default::default() };
        let input = SetEntityProfilesInput { profiles: Some(profiles) };
        platform.call(&platform.admin, set_entity_profiles::handle, input).await.unwrap();
        platform.db.execute("DELETE FROM sip_accounts").await;
        let call = platform.call(&platform.admin, handle, DeleteEntityProfilesInput { entity });
        assert_eq!(code(call.await), 4001);
    }
}
