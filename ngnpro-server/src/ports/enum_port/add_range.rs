//! `Enum.addRange`: makes a range of numbers; numbers in it take its customer and reseller.
//!
//! 3001 it exists, whoever's it is; 9001 a whole country by anybody but the administrator, a range inside one that is
//! somebody else's, or a reseller names a customer that is not its own; 9002 the reseller is not active; 9003 the credit is
//! used up; 9004.

use domain::Refusal;
use store::{customers, enum_ranges};

use super::range;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::ownership;
use crate::wire::r#enum::AddRangeInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: AddRangeInput) -> Result<types::EnumRange, Failure> {
    let (id, wanted, mut settings) = range::read(input.range)?;
    settings.nameservers.get_or_insert_with(|| context.settings.dns.nameservers.clone());
    let mut tx = context.store.begin(&context.caller.scope).await?;
    customers::check_may_create(&mut tx).await?;
    if id.prefix.is_whole_country() && !tx.scope().is_administrator() {
        return Err(Refusal::NotAllowed("a whole country is the administrator's to give").into());
    }
    let owner = ownership::of_new(&mut tx, wanted).await?;
    let made = enum_ranges::add(&mut tx, &id, owner, &settings).await?;
    tx.commit().await?;
    Ok(range::write(made))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::enum_port::testing::{number, range, text};
    use crate::ports::testing::{Platform, code};

    #[tokio::test]
    async fn what_is_not_said_has_its_usual_value_and_what_the_server_keeps_is_not_heard() {
        let platform = Platform::empty().await;
        let sent = types::EnumRange { used: Some(7), serial: Some(7), ..range("3120800") };
        let made = platform.add_range(&platform.shop, sent).await.unwrap();
        assert!(made.serial.is_some_and(|serial| serial > 2_000_000_000 && serial % 100 == 1), "{made:?}");
        assert_eq!(
            types::EnumRange { serial: None, change_date: None, ..made },
            types::EnumRange {
                ttl: Some(3600),
                min_digits: Some(11),
                max_digits: Some(11),
                size: Some(0),
                nameservers: Some(vec!["ns1.platform.example".to_owned()]),
                used: Some(0),
                customer: Some(platform.shop.customer.get()),
                reseller: Some(platform.acme.customer.get()),
                info: text(""),
                ..range("3120800")
            }
        );
    }

    #[tokio::test]
    async fn a_range_is_there_once_under_its_root() {
        let platform = Platform::empty().await;
        platform.add_range(&platform.acme, range("3120800")).await.unwrap();
        for by in [&platform.acme, &platform.shop, &platform.rival, &platform.admin] {
            let taken = platform.add_range(by, range("3120800")).await;
            assert_eq!(taken, Err((3001, "ENUM range 3120800 under e164.arpa already exists".to_owned())));
        }
        let mut elsewhere = range("3120800");
        elsewhere.id.as_mut().unwrap().tld = text("E164.Example.");
        let made = platform.add_range(&platform.rival, elsewhere).await.unwrap();
        assert_eq!(made.id.unwrap().tld.as_deref(), Some("e164.example"));
    }

    #[tokio::test]
    async fn nobody_divides_a_range_of_somebody_elses() {
        let platform = Platform::empty().await;
        platform.add_range(&platform.acme, range("3120")).await.unwrap();
        assert_eq!(code(platform.add_range(&platform.rival, range("3120800")).await), 9001);
        // A customer's range inside its reseller's is made by the reseller.
        assert_eq!(code(platform.add_range(&platform.shop, range("3120800")).await), 9001);
        let sent = types::EnumRange { customer: Some(platform.shop.customer.get()), ..range("3120800") };
        platform.add_range(&platform.acme, sent).await.unwrap();
        // Around one is fine: the longest counts.
        platform.add_range(&platform.rival, range("312")).await.unwrap();
        assert_eq!(code(platform.add_range(&platform.rival, range("3120")).await), 3001);
    }

    #[tokio::test]
    async fn a_whole_country_is_the_administrators_to_give() {
        let platform = Platform::empty().await;
        for prefix in ["3", "31", "1", "883"] {
            for by in [&platform.acme, &platform.shop] {
                assert_eq!(code(platform.add_range(by, range(prefix)).await), 9001, "{prefix}");
            }
        }
        let sent = types::EnumRange { reseller: Some(platform.acme.reseller.get()), ..range("31") };
        let made = platform.add_range(&platform.admin, sent).await.unwrap();
        assert_eq!(made.customer, Some(platform.acme.customer.get()));
    }

    #[tokio::test]
    async fn the_credit_counts_and_inactive_resellers_make_nothing() {
        let platform = Platform::empty().await;
        platform.grant(&platform.acme, &[("enum_range_credit", "2")]).await;
        platform.grant(&platform.shop, &[("enum_range_credit", "1")]).await;
        platform.add_range(&platform.shop, range("31208")).await.unwrap();
        let refused = platform.add_range(&platform.shop, range("31209")).await;
        assert_eq!(refused, Err((9003, "Maximum number of ENUM range records reached".to_owned())));
        platform.add_range(&platform.acme, range("31209")).await.unwrap();
        assert_eq!(code(platform.add_range(&platform.acme, range("31207")).await), 9003);
        platform.deactivate(&platform.acme).await;
        assert_eq!(code(platform.add_range(&platform.shop, range("31206")).await), 9002);
    }

    #[tokio::test]
    async fn wrong_values_are_refused() {
        let platform = Platform::empty().await;
        let of = |change: fn(&mut types::EnumRange)| {
            let mut sent = range("3120800");
            change(&mut sent);
            sent
        };
        for sent in [
            range("+3120800"),
            range(""),
            range("1234567890123456"),
            of(|range| range.id = None),
            of(|range| range.id.as_mut().unwrap().tld = None),
            of(|range| range.size = Some(-1)),
            of(|range| range.ttl = Some(u32::MAX)),
            of(|range| range.min_digits = Some(12)),
            of(|range| range.max_digits = Some(6)),
            of(|range| range.max_digits = Some(16)),
            of(|range| range.nameservers = Some(vec!["not a name".to_owned()])),
            of(|range| range.customer = Some(-1)),
        ] {
            assert_eq!(code(platform.add_range(&platform.acme, sent.clone()).await), 9004, "{sent:?}");
        }
        assert_eq!(code(platform.call(&platform.acme, handle, AddRangeInput::default()).await), 9004);
        let foreign = types::EnumRange { customer: Some(platform.rival.customer.get()), ..range("3120800") };
        assert_eq!(code(platform.add_range(&platform.acme, foreign).await), 9001);
        // Nothing was left behind.
        assert_eq!(code(platform.add_number(&platform.acme, number("31208005161")).await), 3000);
    }
}
