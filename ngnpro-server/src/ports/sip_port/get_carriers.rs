//! `Sip.getCarriers`: a page of the carriers in reach, and how many match in all.
//!
//! 9001 without pstn_access, 9004.

use store::carriers::{self, CarrierFilter, CarrierOrder};

use super::{carrier, pstn_network};
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::GetCarriersInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: GetCarriersInput) -> Result<types::Carriers, Failure> {
    let wire = input.query.unwrap_or_default();
    let terms = wire.filter.unwrap_or_default();
    let filter = CarrierFilter {
        id: member::equal(terms.id),
        name: member::pattern(terms.name, "query.filter.name")?,
        reseller: member::equal(terms.reseller),
    };
    let by_key = wire.order_by.is_none();
    let order = wire.order_by.unwrap_or_default();
    let sorted = match order.attribute.as_deref() {
        _ if by_key => CarrierOrder::Id,
        Some("name") => CarrierOrder::Name,
        _ => CarrierOrder::ChangeDate,
    };
    let query = member::query(filter, sorted, order.direction, wire.range, context.settings.list_cap);
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    pstn_network::check_access(&mut tx).await?;
    let page = carriers::list(&mut tx, &query).await?;
    Ok(types::Carriers {
        carriers: Some(page.rows.into_iter().map(carrier::write).collect()),
        total: member::total(page.total),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Caller;
    use crate::ports::testing::{Platform, code};

    async fn list(platform: &Platform, by: &Caller, query: types::CarrierQuery) -> (Vec<String>, i32) {
        let answer = platform.call(by, handle, GetCarriersInput { query: Some(query) }).await.unwrap();
        let names = answer.carriers.unwrap().into_iter().filter_map(|row| row.name).collect();
        (names, answer.total.unwrap())
    }

    fn by_name(filter: types::CarrierFilter, direction: &str) -> types::CarrierQuery {
        let order = types::CarrierOrder { attribute: Some("name".into()), direction: Some(direction.into()) };
        types::CarrierQuery { filter: Some(filter), order_by: Some(order), range: None }
    }

    #[tokio::test]
    async fn carriers_in_reach_are_filtered_sorted_and_paged() {
        let platform = Platform::with_pstn().await;
        let [acme, rival] = [&platform.acme, &platform.rival].map(|caller| caller.customer.get());
        platform.carrier(acme, "beta").await;
        let alpha = platform.carrier(acme, "Alpha").await;
        platform.carrier(rival, "gamma").await;
        let none = types::CarrierFilter::default;
        for (by, filter, names) in [
            (&platform.admin, none(), &["Alpha", "beta", "gamma"][..]),
            (&platform.acme, none(), &["Alpha", "beta"]),
            (&platform.rival, none(), &["gamma"]),
            (&platform.admin, types::CarrierFilter { name: Some("ALP%".into()), ..none() }, &["Alpha"]),
            (&platform.admin, types::CarrierFilter { reseller: Some(rival), ..none() }, &["gamma"]),
            (&platform.acme, types::CarrierFilter { reseller: Some(rival), ..none() }, &[]),
            (&platform.acme, types::CarrierFilter { id: Some(i64::from(alpha)), ..none() }, &["Alpha"]),
        ] {
            let (found, total) = list(&platform, by, by_name(filter, "ASC")).await;
            assert_eq!(
                (&found[..], total),
                (&names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>()[..], i32::try_from(names.len()).unwrap())
            );
        }
        let range = Some(types::Range { start: Some(1), count: Some(1) });
        let page = types::CarrierQuery { range, ..by_name(none(), "DESC") };
        assert_eq!(list(&platform, &platform.admin, page).await, (vec!["beta".to_owned()], 3));
        let unsorted = list(&platform, &platform.acme, types::CarrierQuery::default()).await;
        assert_eq!(unsorted.0, ["beta", "Alpha"]);
    }

    #[tokio::test]
    async fn without_the_right_there_is_no_list() {
        let platform = Platform::empty().await;
        assert_eq!(code(platform.call(&platform.acme, handle, Default::default()).await), 9001);
        assert!(platform.call(&platform.admin, handle, Default::default()).await.is_ok());
    }
}
