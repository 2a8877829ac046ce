//! `Enum.updateRange`: replaces a range. Name servers that are not sent stay, serial and used are the server's; with another
//! customer the numbers move along.
//!
//! 3000 it is not there or not in reach, 9001 a reseller names a customer that is not its own, 9004.

use store::enum_ranges;

use super::range;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::ownership;
use crate::wire::r#enum::UpdateRangeInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: UpdateRangeInput) -> Result<(), Failure> {
    // Who does not say whose the range is does not change it.
    let keeps_owner = input.range.as_ref().is_some_and(|range| range.customer.is_none() && range.reseller.is_none());
    let (id, wanted, settings) = range::read(input.range)?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    let stored = enum_ranges::ownership_for_update(&mut tx, &id).await?;
    let owner = if keeps_owner { stored } else { ownership::of_change(&mut tx, stored, wanted).await? };
    enum_ranges::update(&mut tx, &id, owner, &settings).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Caller;
    use crate::ports::enum_port::testing::{number, range, text};
    use crate::ports::testing::{Platform, Refused, code};
    use crate::wire::types;

    async fn update(platform: &Platform, by: &Caller, range: types::EnumRange) -> Result<(), Refused> {
        platform.call(by, handle, UpdateRangeInput { range: Some(range) }).await
    }

    #[tokio::test]
    async fn everything_is_replaced_but_name_servers_that_are_not_sent() {
        let platform = Platform::empty().await;
        let names = Some(vec!["ns2.example".to_owned(), "ns1.example".to_owned()]);
        let full = types::EnumRange { info: text("old"), nameservers: names.clone(), ..range("3120800") };
        let made = platform.add_range(&platform.acme, full).await.unwrap();
        // As the web client sends it: everything that it read, serial 0.
        let sent = types::EnumRange {
            ttl: Some(600),
            size: Some(5),
            min_digits: Some(7),
            max_digits: Some(15),
            serial: Some(0),
            used: Some(99),
            ..range("3120800")
        };
        update(&platform, &platform.acme, sent).await.unwrap();
        let stored = platform.get_range(&platform.acme, "3120800").await.unwrap();
        assert!(stored.serial > made.serial);
        assert_eq!((stored.ttl, stored.size, stored.used), (Some(600), Some(5), Some(0)));
        assert_eq!((stored.min_digits, stored.max_digits, stored.info), (Some(7), Some(15), text("")));
        assert_eq!((stored.nameservers, stored.customer), (names, made.customer));
        let none = types::EnumRange { nameservers: Some(Vec::new()), ..range("3120800") };
        update(&platform, &platform.acme, none).await.unwrap();
        assert_eq!(platform.get_range(&platform.acme, "3120800").await.unwrap().nameservers, Some(Vec::new()));
    }

    #[tokio::test]
    async fn with_another_customer_the_numbers_move() {
        let platform = Platform::empty().await;
        platform.add_range(&platform.acme, range("3120800")).await.unwrap();
        platform.add_number(&platform.acme, number("31208005161")).await.unwrap();
        assert_eq!(code(platform.get_number(&platform.shop, "31208005161").await), 3002);
        let sent = types::EnumRange { customer: Some(platform.shop.customer.get()), ..range("3120800") };
        update(&platform, &platform.acme, sent).await.unwrap();
        let moved = platform.get_number(&platform.shop, "31208005161").await.unwrap();
        assert_eq!(moved.customer, Some(platform.shop.customer.get()));
    }

    #[tokio::test]
    async fn what_is_out_of_reach_is_refused() {
        let platform = Platform::empty().await;
        platform.add_range(&platform.acme, range("3120800")).await.unwrap();
        for (by, sent, refusal) in [
            (&platform.rival, range("3120800"), 3000),
            (&platform.shop, range("3120800"), 3000),
            (&platform.acme, range("3120801"), 3000),
            (
                &platform.acme,
                types::EnumRange { customer: Some(platform.rival.customer.get()), ..range("3120800") },
                9001,
            ),
            (&platform.acme, types::EnumRange { size: Some(-1), ..range("3120800") }, 9004),
        ] {
            assert_eq!(code(update(&platform, by, sent.clone()).await), refusal, "{sent:?}");
        }
    }
}
