//! `Enum.getRanges`: a page of the ranges in reach, and how many match in all.

use store::enum_ranges::{self, EnumRangeFilter, EnumRangeOrder};

use super::range;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::r#enum::GetRangesInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: GetRangesInput) -> Result<types::EnumRanges, Failure> {
    let wire = input.query.unwrap_or_default();
    let by_key = wire.order_by.is_none();
    let (terms, order) = (wire.filter.unwrap_or_default(), wire.order_by.unwrap_or_default());
    let filter = EnumRangeFilter {
        prefix: member::pattern(terms.prefix, "query.filter.prefix")?,
        tld: member::pattern(terms.tld, "query.filter.tld")?,
        info: member::pattern(terms.info, "query.filter.info")?,
        customer: member::equal(terms.customer),
        reseller: member::equal(terms.reseller),
    };
    let sorted = match order.attribute.as_deref() {
        _ if by_key => EnumRangeOrder::Prefix,
        Some("prefix") => EnumRangeOrder::Prefix,
        Some("tld") => EnumRangeOrder::Tld,
        _ => EnumRangeOrder::ChangeDate,
    };
    let query = member::query(filter, sorted, order.direction, wire.range, context.settings.list_cap);
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    let page = enum_ranges::list(&mut tx, &query).await?;
    Ok(types::EnumRanges {
        ranges: Some(page.rows.into_iter().map(range::write).collect()),
        total: member::total(page.total),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::enum_port::testing::{number, range, text};
    use crate::ports::testing::Platform;

    #[tokio::test]
    async fn ranges_in_reach_are_filtered_sorted_and_paged() {
        let platform = Platform::empty().await;
        let [acme, shop] = [&platform.acme, &platform.shop].map(|caller| Some(caller.customer.get()));
        platform.add_range(&platform.acme, types::EnumRange { info: text("Own"), ..range("3120") }).await.unwrap();
        platform.add_range(&platform.shop, range("3130")).await.unwrap();
        platform.add_range(&platform.rival, range("3140")).await.unwrap();
        platform.add_number(&platform.shop, number("31305550123")).await.unwrap();
        let all = types::EnumRangeFilter::default;
        for (by, filter, prefixes) in [
            (&platform.admin, all(), &["3140", "3130", "3120"][..]),
            (&platform.acme, all(), &["3130", "3120"]),
            (&platform.shop, all(), &["3130"]),
            (&platform.rival, types::EnumRangeFilter { reseller: acme, ..all() }, &[]),
            (&platform.admin, types::EnumRangeFilter { customer: shop, ..all() }, &["3130"]),
            (
                &platform.admin,
                types::EnumRangeFilter { prefix: text("31_0"), tld: text("E164.%"), ..all() },
                &["3140", "3130", "3120"],
            ),
            (&platform.admin, types::EnumRangeFilter { prefix: text("3120"), ..all() }, &["3120"]),
            (&platform.admin, types::EnumRangeFilter { info: text("own"), ..all() }, &["3120"]),
        ] {
            for attribute in ["prefix", "tld", "changeDate", "customer"] {
                let order = types::EnumRangeOrder { attribute: text(attribute), direction: text("DESC") };
                let query = types::EnumRangeQuery { filter: Some(filter.clone()), order_by: Some(order), range: None };
                let answer = platform.call(by, handle, GetRangesInput { query: Some(query) }).await.unwrap();
                let ranges = answer.ranges.unwrap();
                assert!(ranges.iter().all(|range| range.used == Some(i32::from(range.customer == shop))));
                let mut found: Vec<_> = ranges.into_iter().filter_map(|range| range.id?.prefix).collect();
                if attribute != "prefix" {
                    found.sort_by(|a, b| b.cmp(a));
                }
                assert_eq!(
                    (found, answer.total),
                    (prefixes.iter().map(|p| (*p).to_owned()).collect(), i32::try_from(prefixes.len()).ok()),
                    "{filter:?}"
                );
            }
        }
        let page = types::EnumRangeQuery {
            range: Some(types::Range { start: Some(1), count: Some(1) }),
            ..Default::default()
        };
        let answer = platform.call(&platform.admin, handle, GetRangesInput { query: Some(page) }).await.unwrap();
        assert_eq!((answer.ranges.unwrap().len(), answer.total), (1, Some(3)));
        // Who says no order gets that of the key.
        platform.add_range(&platform.acme, range("3110")).await.unwrap();
        let answer = platform.call(&platform.acme, handle, GetRangesInput::default()).await.unwrap();
        let found: Vec<_> = answer.ranges.unwrap().into_iter().filter_map(|range| range.id?.prefix).collect();
        assert_eq!(found, ["3110", "3120", "3130"]);
        // Older clients send no query at all.
        let answer = platform.call(&platform.rival, handle, GetRangesInput::default()).await.unwrap();
        assert_eq!(answer.total, Some(1));
    }
}
