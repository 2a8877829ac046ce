//! `Sip.getGateways`: a page of the gateways in reach, and how many match in all.
//!
//! 9001 without pstn_access, 9004.

use store::gateways::{self, GatewayFilter, GatewayOrder};

use super::{gateway, pstn_network};
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::GetGatewaysInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: GetGatewaysInput) -> Result<types::Gateways, Failure> {
    let wire = input.query.unwrap_or_default();
    let terms = wire.filter.unwrap_or_default();
    let filter = GatewayFilter {
        id: member::equal(terms.id),
        name: member::pattern(terms.name, "query.filter.name")?,
        carrier: member::equal(terms.carrier_id),
        customer: member::equal(terms.customer),
        reseller: member::equal(terms.reseller),
    };
    let by_key = wire.order_by.is_none();
    let order = wire.order_by.unwrap_or_default();
    let sorted = match order.attribute.as_deref() {
        _ if by_key => GatewayOrder::Id,
        Some("name") => GatewayOrder::Name,
        Some("carrier_id") => GatewayOrder::Carrier,
        Some("ip") => GatewayOrder::Ip,
        _ => GatewayOrder::ChangeDate,
    };
    let query = member::query(filter, sorted, order.direction, wire.range, context.settings.list_cap);
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    pstn_network::check_access(&mut tx).await?;
    let page = gateways::list(&mut tx, &query).await?;
    Ok(types::Gateways {
        gateways: Some(page.rows.into_iter().map(gateway::write).collect()),
        total: member::total(page.total),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Caller;
    use crate::ports::testing::{Platform, code};

    async fn list(platform: &Platform, by: &Caller, query: types::GatewayQuery) -> (Vec<String>, i32) {
        let answer = platform.call(by, handle, GetGatewaysInput { query: Some(query) }).await.unwrap();
        let names = answer.gateways.unwrap().into_iter().filter_map(|row| row.name).collect();
        (names, answer.total.unwrap())
    }

    fn by_name(filter: types::GatewayFilter) -> types::GatewayQuery {
        by(filter, "name")
    }

    fn by(filter: types::GatewayFilter, attribute: &str) -> types::GatewayQuery {
        let order = types::GatewayOrder { attribute: Some(attribute.into()), direction: None };
        types::GatewayQuery { filter: Some(filter), order_by: Some(order), range: None }
    }

    #[tokio::test]
    async fn gateways_in_reach_are_filtered_sorted_and_paged() {
        let platform = Platform::with_pstn().await;
        let [acme, rival] = [&platform.acme, &platform.rival].map(|caller| caller.customer.get());
        let one = platform.carrier(acme, "one").await;
        let two = platform.carrier(acme, "two").await;
        let three = platform.carrier(rival, "three").await;
        let beta = platform.gateway(one, "beta").await;
        platform.gateway(two, "alpha").await;
        platform.gateway(three, "gamma").await;
        let none = types::GatewayFilter::default;
        for (by, filter, names) in [
            (&platform.admin, none(), &["alpha", "beta", "gamma"][..]),
            (&platform.acme, none(), &["alpha", "beta"]),
            (&platform.acme, types::GatewayFilter { id: Some(i64::from(beta)), ..none() }, &["beta"]),
            (&platform.acme, types::GatewayFilter { name: Some("%A".into()), ..none() }, &["alpha", "beta"]),
            (&platform.acme, types::GatewayFilter { carrier_id: Some(i64::from(two)), ..none() }, &["alpha"]),
            (&platform.admin, types::GatewayFilter { reseller: Some(rival), ..none() }, &["gamma"]),
            (&platform.admin, types::GatewayFilter { customer: Some(acme), ..none() }, &["alpha", "beta"]),
            (&platform.acme, types::GatewayFilter { carrier_id: Some(i64::from(three)), ..none() }, &[]),
        ] {
            let (found, total) = list(&platform, by, by_name(filter)).await;
            assert_eq!(found, names);
            assert_eq!(total, i32::try_from(names.len()).unwrap());
        }
        for attribute in ["changeDate", "name", "carrier_id", "ip", "x"] {
            let range = Some(types::Range { start: Some(1), count: Some(1) });
            let page = types::GatewayQuery { range, ..by(none(), attribute) };
            let (found, total) = list(&platform, &platform.admin, page).await;
            assert_eq!((found.len(), total), (1, 3), "{attribute}");
        }
    }

    #[tokio::test]
    async fn without_the_right_there_is_no_list() {
        let platform = Platform::empty().await;
        assert_eq!(code(platform.call(&platform.acme, handle, Default::default()).await), 9001);
    }
}
