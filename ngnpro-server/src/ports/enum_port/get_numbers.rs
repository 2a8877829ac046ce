//! `Enum.getNumbers`: a page of the numbers in reach, and how many match in all. A target is found with its scheme and without:
//! the portal asks for user@domain where sip:user@domain is stored.

use store::enum_numbers::{self, EnumNumberFilter, EnumNumberOrder};

use super::number;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::r#enum::GetNumbersInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: GetNumbersInput) -> Result<types::EnumNumbers, Failure> {
    let wire = input.query.unwrap_or_default();
    let by_key = wire.order_by.is_none();
    let (terms, order) = (wire.filter.unwrap_or_default(), wire.order_by.unwrap_or_default());
    let filter = EnumNumberFilter {
        number: member::pattern(terms.number, "query.filter.number")?,
        tld: member::pattern(terms.tld, "query.filter.tld")?,
        service: member::pattern(terms.r#type, "query.filter.type")?,
        target: member::pattern(terms.mapto, "query.filter.mapto")?,
        owner: member::equal(terms.owner),
        customer: member::equal(terms.customer),
        reseller: member::equal(terms.reseller),
    };
    let sorted = match order.attribute.as_deref() {
        _ if by_key => EnumNumberOrder::Number,
        Some("number") => EnumNumberOrder::Number,
        Some("tld") => EnumNumberOrder::Tld,
        _ => EnumNumberOrder::ChangeDate,
    };
    let query = member::query(filter, sorted, order.direction, wire.range, context.settings.list_cap);
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    let page = enum_numbers::list(&mut tx, &query).await?;
    Ok(types::EnumNumbers {
        numbers: Some(page.rows.into_iter().map(number::write).collect()),
        total: member::total(page.total),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::enum_port::testing::{mapping, number, range, text};
    use crate::ports::testing::Platform;

    #[tokio::test]
    async fn numbers_are_found_by_what_they_are_and_by_where_they_lead() {
        let platform = Platform::empty().await;
        let [acme, shop] = [&platform.acme, &platform.shop].map(|caller| Some(caller.customer.get()));
        for (by, prefix) in [(&platform.acme, "3120"), (&platform.shop, "3130"), (&platform.rival, "3140")] {
            platform.add_range(by, range(prefix)).await.unwrap();
        }
        let leads = |digits, owner, mappings: &[(&str, &str)]| types::EnumNumber {
            owner,
            mappings: Some(mappings.iter().map(|(service, target)| mapping(service, target)).collect()),
            ..number(digits)
        };
        let two = [("sip", "sip:Alice@example.com"), ("web:http", "http://example.com/alice")];
        platform.add_number(&platform.acme, leads("31205550123", shop, &two)).await.unwrap();
        platform.add_number(&platform.shop, leads("31305550123", None, &[("tel", "tel:+31205550123")])).await.unwrap();
        platform
            .add_number(&platform.rival, leads("31405550123", None, &[("sip", "sip:bob@example.com")]))
            .await
            .unwrap();
        let all = types::EnumNumberFilter::default;
        let to = |service: &str, target: &str| types::EnumNumberFilter {
            r#type: text(service),
            mapto: text(target),
            ..all()
        };
        for (by, filter, numbers) in [
            (&platform.admin, all(), &["31205550123", "31305550123", "31405550123"][..]),
            (&platform.acme, all(), &["31205550123", "31305550123"]),
            (&platform.shop, all(), &["31305550123"]),
            (&platform.acme, types::EnumNumberFilter { number: text("3120%"), ..all() }, &["31205550123"]),
            (
                &platform.acme,
                types::EnumNumberFilter { number: text("31205550123"), tld: text("e164.arpa"), ..all() },
                &["31205550123"],
            ),
            (&platform.acme, types::EnumNumberFilter { owner: shop, ..all() }, &["31205550123"]),
            (&platform.admin, types::EnumNumberFilter { customer: shop, ..all() }, &["31305550123"]),
            (&platform.rival, types::EnumNumberFilter { reseller: acme, ..all() }, &[]),
            (&platform.acme, to("sip", "alice@example.com"), &["31205550123"]),
            (&platform.acme, to("", "sip:alice@EXAMPLE.com"), &["31205550123"]),
            (&platform.acme, to("SIP", "%@example.com"), &["31205550123"]),
            (&platform.acme, to("", "example.com/alice"), &["31205550123"]),
            // The two terms are of one mapping.
            (&platform.acme, to("web:http", "alice@example.com"), &[]),
            (&platform.acme, to("tel", ""), &["31305550123"]),
            (&platform.rival, to("sip", "alice@example.com"), &[]),
        ] {
            for attribute in ["number", "changeDate", "tld", "owner"] {
                let order = types::EnumNumberOrder { attribute: text(attribute), direction: text("ASC") };
                let query = types::EnumNumberQuery { filter: Some(filter.clone()), order_by: Some(order), range: None };
                let answer = platform.call(by, handle, GetNumbersInput { query: Some(query) }).await.unwrap();
                let mut found: Vec<_> =
                    answer.numbers.unwrap().into_iter().filter_map(|number| number.id?.number).collect();
                if attribute != "number" {
                    found.sort();
                }
                assert_eq!(found, numbers, "{filter:?}");
                assert_eq!(answer.total, i32::try_from(numbers.len()).ok());
            }
        }
        let page = types::EnumNumberQuery {
            range: Some(types::Range { start: Some(2), count: Some(5) }),
            ..Default::default()
        };
        let answer = platform.call(&platform.admin, handle, GetNumbersInput { query: Some(page) }).await.unwrap();
        assert_eq!((answer.numbers.unwrap().len(), answer.total), (1, Some(3)));
        // Who says no order gets that of the key.
        platform.add_number(&platform.acme, number("31205550100")).await.unwrap();
        let answer = platform.call(&platform.acme, handle, GetNumbersInput::default()).await.unwrap();
        let found: Vec<_> = answer.numbers.unwrap().into_iter().filter_map(|number| number.id?.number).collect();
        assert_eq!(found, ["31205550100", "31205550123", "31305550123"]);
        let answer = platform.call(&platform.rival, handle, GetNumbersInput::default()).await.unwrap();
        assert_eq!(answer.total, Some(1));
    }
}
