//! `Rating.setEntityProfiles`: puts price lists in place of an entity's, if it has any. A reseller without the right to change
//! prices (`pstn_changes`) is answered and changes nothing, because clients send prices along with whole accounts.
//!
//! 4001 the account or domain is not there or not in reach, 9001 a customer calls, 9004.

use domain::{RatingProfiles, TimeZoneName};
use store::{customers, rating_profiles};

use super::entity;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::rating::SetEntityProfilesInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: SetEntityProfilesInput) -> Result<(), Failure> {
    let wire = member::required(input.profiles, "profiles")?;
    let entity = entity::read(wire.entity, "profiles.entity")?;
    let seconds = |value: Option<i32>, member| value.map(|seconds| member::count(Some(seconds), member)).transpose();
    let profiles = RatingProfiles {
        weekday: member::line(wire.profile_weekday, "profiles.profileWeekday")?,
        weekday_alt: member::line(wire.profile_weekday_alt, "profiles.profileWeekdayAlt")?,
        weekend: member::line(wire.profile_weekend, "profiles.profileWeekend")?,
        weekend_alt: member::line(wire.profile_weekend_alt, "profiles.profileWeekendAlt")?,
        timezone: TimeZoneName::parse(wire.timezone.unwrap_or_default().trim())
            .map_err(|why| why.at("profiles.timezone"))?,
        increment: seconds(wire.increment, "profiles.increment")?,
        min_duration: seconds(wire.min_duration, "profiles.min_duration")?,
        entity,
    };
    let mut tx = context.store.begin(&context.caller.scope).await?;
    rating_profiles::check_reach(&mut tx, &profiles.entity).await?;
    if customers::pstn_rights(&mut tx).await?.changes {
        rating_profiles::set(&mut tx, &profiles).await?;
    }
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Caller;
    use crate::ports::rating_port::get_entity_profiles;
    use crate::ports::testing::{Platform, Refused, code};
    use crate::wire::rating::GetEntityProfilesInput;
    use crate::wire::types::RatingEntityProfiles;

    fn text(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    fn profiles(entity: &str, weekday: &str) -> RatingEntityProfiles {
        RatingEntityProfiles { entity: text(entity), profile_weekday: text(weekday), ..Default::default() }
    }

    async fn set(platform: &Platform, by: &Caller, profiles: RatingEntityProfiles) -> Result<(), Refused> {
        platform.call(by, handle, SetEntityProfilesInput { profiles: Some(profiles) }).await
    }

    async fn get(platform: &Platform, by: &Caller, entity: &str) -> Result<RatingEntityProfiles, Refused> {
        platform.call(by, get_entity_profiles::handle, GetEntityProfilesInput { entity: text(entity) }).await
    }

    #[tokio::test]
    async fn price_lists_are_added_and_replaced_as_a_whole() {
        let platform = Platform::new().await;
        platform.grant(&platform.acme, &[("pstn_changes", "1")]).await;
        let full = RatingEntityProfiles {
            profile_weekday_alt: text("441"),
            profile_weekend: text("443"),
            profile_weekend_alt: text("444"),
            timezone: text("Europe/Amsterdam"),
            increment: Some(1),
            min_duration: Some(0),
            ..profiles("subscriber://Bob@Shop.example", "442")
        };
        set(&platform, &platform.acme, full.clone()).await.unwrap();
        let stored = RatingEntityProfiles { entity: text("subscriber://bob@shop.example"), ..full };
        for by in [&platform.acme, &platform.shop, &platform.admin] {
            assert_eq!(get(&platform, by, "subscriber://bob@shop.example").await.as_ref(), Ok(&stored));
        }
        set(&platform, &platform.acme, profiles("subscriber://bob@shop.example", "500")).await.unwrap();
        let stored = get(&platform, &platform.acme, "subscriber://bob@shop.example").await.unwrap();
        assert_eq!(
            (stored.profile_weekday, stored.profile_weekend, stored.timezone),
            (text("500"), text(""), text(""))
        );
        assert_eq!((stored.increment, stored.min_duration), (None, None));
        for entity in ["domain://acme.example", "gateway://192.0.2.1"] {
            set(&platform, &platform.admin, profiles(entity, "442")).await.unwrap();
            assert_eq!(get(&platform, &platform.admin, entity).await.unwrap().profile_weekday, text("442"));
        }
        assert!(get(&platform, &platform.acme, "domain://acme.example").await.is_ok());
        assert_eq!(code(get(&platform, &platform.acme, "gateway://192.0.2.1").await), 4001);
    }

    #[tokio::test]
    async fn without_the_right_to_change_prices_what_is_stored_stays() {
        let platform = Platform::new().await;
        let entity = "subscriber://alice@acme.example";
        set(&platform, &platform.admin, profiles(entity, "442")).await.unwrap();
        set(&platform, &platform.acme, profiles(entity, "1")).await.unwrap();
        assert_eq!(get(&platform, &platform.acme, entity).await.unwrap().profile_weekday, text("442"));
    }

    #[tokio::test]
    async fn what_is_out_of_reach_is_as_absent() {
        let platform = Platform::new().await;
        platform.grant(&platform.rival, &[("pstn_changes", "1")]).await;
        for (by, entity) in [
            (&platform.rival, "subscriber://alice@acme.example"),
            (&platform.rival, "subscriber://nobody@rival.example"),
            (&platform.rival, "domain://acme.example"),
            (&platform.rival, "gateway://192.0.2.1"),
            (&platform.admin, "subscriber://nobody@nowhere.example"),
            (&platform.admin, "domain://nowhere.example"),
        ] {
            let refused = set(&platform, by, profiles(entity, "442")).await;
            assert_eq!(refused, Err((4001, format!("No rating profiles for {entity}"))));
        }
        assert_eq!(code(set(&platform, &platform.admin, profiles("", "442")).await), 4001);
    }

    #[tokio::test]
    async fn wrong_values_are_refused() {
        let platform = Platform::new().await;
        let entity = "subscriber://alice@acme.example";
        for wrong in [
            profiles("alice@acme.example", "442"),
            RatingEntityProfiles { timezone: text("no zone"), ..profiles(entity, "442") },
            RatingEntityProfiles { increment: Some(-1), ..profiles(entity, "442") },
            RatingEntityProfiles { min_duration: Some(-1), ..profiles(entity, "442") },
            profiles(entity, &"4".repeat(300)),
        ] {
            assert_eq!(code(set(&platform, &platform.admin, wrong.clone()).await), 9004, "{wrong:?}");
        }
        assert_eq!(code(platform.call(&platform.admin, handle, SetEntityProfilesInput::default()).await), 9004);
    }
}
