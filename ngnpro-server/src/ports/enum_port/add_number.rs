//! `Enum.addNumber`: makes a number in the longest range that begins it; the range decides whose it is.
//!
//! 3000 no range holds it, or that range is out of reach, 3003 it exists, 3005 more than five mappings, 3006 the range has no
//! room or asks for another count of digits, 9002 the reseller is not active, 9003 the credit is used up, 9004.

use store::{customers, enum_numbers, sip_accounts};

use super::number;
use crate::context::Context;
use crate::error::Failure;
use crate::wire::r#enum::AddNumberInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: AddNumberInput) -> Result<types::EnumNumber, Failure> {
    let new = number::read(input.number)?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    customers::check_may_create(&mut tx).await?;
    sip_accounts::check_owner(&mut tx, new.owner, "number.owner").await?;
    let made = enum_numbers::add(&mut tx, &new).await?;
    tx.commit().await?;
    Ok(number::write(made))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::enum_port::testing::{mapping, number, range, text};
    use crate::ports::testing::{Platform, code};

    #[tokio::test]
    async fn the_answer_has_ids_and_usual_values() {
        let platform = Platform::empty().await;
        platform.add_range(&platform.shop, types::EnumRange { ttl: Some(600), ..range("3120800") }).await.unwrap();
        let mappings = vec![
            mapping("sip", "sip:alice@example.com"),
            types::EnumMapping { ttl: Some(60), priority: Some(9), ..mapping("MAILTO", "mailto:alice@example.com") },
        ];
        let sent = types::EnumNumber {
            mappings: Some(mappings),
            owner: Some(platform.shop.customer.get()),
            // Inherited: not heard.
            customer: Some(4711),
            ..number("31208005161")
        };
        let made = platform.add_number(&platform.acme, sent).await.unwrap();
        let [shop, acme] = [&platform.shop, &platform.acme].map(|caller| Some(caller.customer.get()));
        assert_eq!((made.customer, made.reseller, made.owner), (shop, acme, shop));
        let mappings = made.mappings.clone().unwrap();
        assert!(mappings.iter().all(|mapping| mapping.id.is_some_and(|id| id > 0)));
        let values: Vec<_> = mappings.iter().map(|m| (m.r#type.as_deref().unwrap(), m.priority, m.ttl)).collect();
        assert_eq!(values, [("sip", Some(5), Some(600)), ("mailto", Some(9), Some(60))]);
        assert_eq!(platform.get_number(&platform.shop, "31208005161").await.unwrap(), made);
        assert_eq!(platform.get_range(&platform.acme, "3120800").await.unwrap().used, Some(1));
    }

    #[tokio::test]
    async fn the_longest_range_decides_even_when_it_is_out_of_reach() {
        let platform = Platform::empty().await;
        platform.add_range(&platform.acme, range("3120")).await.unwrap();
        let sub = types::EnumRange { customer: Some(platform.shop.customer.get()), ..range("31208") };
        platform.add_range(&platform.acme, sub).await.unwrap();
        let made = platform.add_number(&platform.acme, number("31208005161")).await.unwrap();
        assert_eq!(made.customer, Some(platform.shop.customer.get()));
        let made = platform.add_number(&platform.acme, number("31207005161")).await.unwrap();
        assert_eq!(made.customer, Some(platform.acme.customer.get()));
        // The customer's own range ends there, and so does its reach.
        assert_eq!(code(platform.add_number(&platform.shop, number("31207005162")).await), 3000);
        // The administrator gives a part of acme's range to somebody else: acme's own range does not hold it any more.
        let part = types::EnumRange { reseller: Some(platform.rival.reseller.get()), ..range("31209") };
        platform.add_range(&platform.admin, part).await.unwrap();
        let refused = platform.add_number(&platform.acme, number("31209005161")).await;
        assert_eq!(refused, Err((3000, "ENUM range 31209005161 under e164.arpa does not exist".to_owned())));
        assert!(platform.add_number(&platform.rival, number("31209005161")).await.is_ok());
    }

    #[tokio::test]
    async fn digits_and_size_of_the_range_are_kept() {
        let platform = Platform::empty().await;
        let small = types::EnumRange { size: Some(2), min_digits: Some(10), max_digits: Some(11), ..range("3120800") };
        platform.add_range(&platform.acme, small).await.unwrap();
        for (digits, refusal) in
            [("312080051", Some(3006)), ("3120800516", None), ("31208005161", None), ("312080051612", Some(3006))]
        {
            let words = format!("ENUM number +{digits} does not fit range 3120800: its numbers have 10 to 11 digits");
            let refused = platform.add_number(&platform.acme, number(digits)).await.err();
            assert_eq!(refused, refusal.map(|code| (code, words)), "{digits}");
        }
        let full = platform.add_number(&platform.acme, number("31208005162")).await;
        let words = "ENUM number +31208005162 does not fit range 3120800: it has all its 2 numbers";
        assert_eq!(full, Err((3006, words.to_owned())));
        let again = platform.add_number(&platform.acme, number("31208005161")).await;
        assert_eq!(again, Err((3003, "ENUM number +31208005161 under e164.arpa already exists".to_owned())));
    }

    #[tokio::test]
    async fn credits_and_inactive_resellers() {
        let platform = Platform::empty().await;
        platform.add_range(&platform.shop, range("3120800")).await.unwrap();
        platform.grant(&platform.acme, &[("enum_number_credit", "1")]).await;
        platform.add_number(&platform.shop, number("31208005161")).await.unwrap();
        let refused = platform.add_number(&platform.shop, number("31208005162")).await;
        assert_eq!(refused, Err((9003, "Maximum number of ENUM number records reached".to_owned())));
        platform.deactivate(&platform.acme).await;
        assert_eq!(code(platform.add_number(&platform.shop, number("31208005162")).await), 9002);
    }

    #[tokio::test]
    async fn wrong_values_are_refused() {
        let platform = Platform::empty().await;
        platform.add_range(&platform.acme, range("3120800")).await.unwrap();
        let with = |mappings| types::EnumNumber { mappings: Some(mappings), ..number("31208005161") };
        let six = with(vec![mapping("sip", "sip:a@example.com"); 6]);
        let refused = platform.add_number(&platform.acme, six).await;
        assert_eq!(refused, Err((3005, "ENUM number +31208005161 may have at most 5 mappings".to_owned())));
        for sent in [
            number("+31208005161"),
            number(""),
            types::EnumNumber { id: None, ..number("1") },
            with(vec![mapping("fax", "tel:+31208005161")]),
            with(vec![mapping("sip", "mailto:a@example.com")]),
            with(vec![mapping("sip", "alice@example.com")]),
            with(vec![types::EnumMapping { priority: Some(65_536), ..mapping("sip", "sip:a@example.com") }]),
            with(vec![types::EnumMapping { ttl: Some(-1), ..mapping("sip", "sip:a@example.com") }]),
            with(vec![types::EnumMapping { mapto: text(&format!("sip:{}", "a".repeat(300))), ..mapping("sip", "") }]),
            types::EnumNumber { owner: Some(999_999), ..number("31208005161") },
            types::EnumNumber { owner: Some(platform.rival.customer.get()), ..number("31208005161") },
        ] {
            assert_eq!(code(platform.add_number(&platform.acme, sent.clone()).await), 9004, "{sent:?}");
        }
        assert_eq!(platform.get_range(&platform.acme, "3120800").await.unwrap().used, Some(0));
    }
}
