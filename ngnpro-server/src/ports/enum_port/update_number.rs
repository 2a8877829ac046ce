//! `Enum.updateNumber`: replaces a number: text, owner and the whole list of where it leads. Mappings that come back with
//! their id keep it.
//!
//! 3002 it is not there or not in reach, 3005 more than five mappings, 9004.

use store::{enum_numbers, sip_accounts};

use super::number;
use crate::context::Context;
use crate::error::Failure;
use crate::wire::r#enum::UpdateNumberInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: UpdateNumberInput) -> Result<(), Failure> {
    let new = number::read(input.number)?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    // Whoever writes back what it read need not reach the owner that somebody else assigned.
    if enum_numbers::owner_for_update(&mut tx, &new.id).await? != new.owner {
        sip_accounts::check_owner(&mut tx, new.owner, "number.owner").await?;
    }
    enum_numbers::update(&mut tx, &new).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Caller;
    use crate::ports::enum_port::testing::{mapping, number, range, text};
    use crate::ports::testing::{Platform, Refused, code};
    use crate::wire::types;

    async fn update(platform: &Platform, by: &Caller, number: types::EnumNumber) -> Result<(), Refused> {
        platform.call(by, handle, UpdateNumberInput { number: Some(number) }).await
    }

    #[tokio::test]
    async fn mappings_are_replaced_in_the_order_sent_and_keep_their_ids() {
        let platform = Platform::empty().await;
        platform.add_range(&platform.acme, types::EnumRange { ttl: Some(600), ..range("3120800") }).await.unwrap();
        let sent = types::EnumNumber {
            mappings: Some(vec![mapping("sip", "sip:a@example.com"), mapping("mailto", "mailto:a@example.com")]),
            info: text("old"),
            ..number("31208005161")
        };
        let made = platform.add_number(&platform.acme, sent).await.unwrap();
        let [sip, mail] = <[types::EnumMapping; 2]>::try_from(made.mappings.clone().unwrap()).unwrap();
        // The other way round, one of them changed, one added, and an id that is of no mapping here, or used twice.
        let changed = types::EnumMapping { mapto: text("mailto:b@example.com"), ttl: Some(0), ..mail.clone() };
        let strange = types::EnumMapping { id: Some(999), ..mapping("tel", "tel:+31208005162") };
        let twice = types::EnumMapping { mapto: text("mailto:c@example.com"), ..mail.clone() };
        let sent =
            types::EnumNumber { mappings: Some(vec![changed, sip.clone(), strange, twice]), ..number("31208005161") };
        update(&platform, &platform.acme, sent).await.unwrap();
        let stored = platform.get_number(&platform.acme, "31208005161").await.unwrap();
        let now = stored.mappings.unwrap();
        let targets: Vec<_> = now.iter().filter_map(|mapping| mapping.mapto.as_deref()).collect();
        assert_eq!(targets, ["mailto:b@example.com", "sip:a@example.com", "tel:+31208005162", "mailto:c@example.com"]);
        assert_eq!((now[0].id, now[1].id, now[0].ttl), (mail.id, sip.id, Some(600)));
        assert!(now[2].id != Some(999) && now[3].id != mail.id);
        assert_eq!(stored.info, text(""));
        // None at all.
        update(&platform, &platform.acme, number("31208005161")).await.unwrap();
        assert_eq!(platform.get_number(&platform.acme, "31208005161").await.unwrap().mappings, Some(Vec::new()));
    }

    #[tokio::test]
    async fn a_mapping_of_another_number_is_not_taken_over() {
        let platform = Platform::empty().await;
        for (by, prefix, digits) in [(&platform.acme, "3120", "31208005161"), (&platform.rival, "3130", "31308005161")]
        {
            platform.add_range(by, range(prefix)).await.unwrap();
            let sent =
                types::EnumNumber { mappings: Some(vec![mapping("sip", "sip:a@example.com")]), ..number(digits) };
            platform.add_number(by, sent).await.unwrap();
        }
        let before = platform.get_number(&platform.rival, "31308005161").await.unwrap();
        let theirs =
            types::EnumMapping { mapto: text("sip:thief@example.com"), ..before.mappings.clone().unwrap().remove(0) };
        let sent = types::EnumNumber { mappings: Some(vec![theirs]), ..number("31208005161") };
        update(&platform, &platform.acme, sent).await.unwrap();
        assert_eq!(platform.get_number(&platform.rival, "31308005161").await.unwrap(), before);
    }

    #[tokio::test]
    async fn what_is_out_of_reach_or_wrong_is_refused() {
        let platform = Platform::empty().await;
        platform.add_range(&platform.acme, range("3120800")).await.unwrap();
        platform.add_number(&platform.acme, number("31208005161")).await.unwrap();
        let with = |mappings| types::EnumNumber { mappings: Some(mappings), ..number("31208005161") };
        let owned = |owner| types::EnumNumber { owner: Some(owner), ..number("31208005161") };
        for (by, sent, refusal) in [
            (&platform.rival, number("31208005161"), 3002),
            (&platform.shop, number("31208005161"), 3002),
            (&platform.acme, number("31208005162"), 3002),
            (&platform.acme, with(vec![mapping("sip", "sip:a@example.com"); 6]), 3005),
            (&platform.acme, with(vec![mapping("sip", "tel:1")]), 9004),
            (&platform.acme, owned(platform.rival.customer.get()), 9004),
        ] {
            assert_eq!(code(update(&platform, by, sent.clone()).await), refusal, "{sent:?}");
        }
        update(&platform, &platform.acme, owned(platform.shop.customer.get())).await.unwrap();
        assert_eq!(
            platform.get_number(&platform.acme, "31208005161").await.unwrap().owner,
            Some(platform.shop.customer.get())
        );
    }
}
