//! `Sip.getRoutes`: a page of the routes in reach, and how many match in all.
//!
//! 9001 without pstn_access, 9004.

use store::routes::{self, RouteFilter, RouteOrder};

use super::{pstn_network, route};
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::GetRoutesInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: GetRoutesInput) -> Result<types::Routes, Failure> {
    let wire = input.query.unwrap_or_default();
    let terms = wire.filter.unwrap_or_default();
    let filter = RouteFilter {
        id: member::equal(terms.id),
        prefix: member::pattern(terms.prefix, "query.filter.prefix")?,
        carrier: member::equal(terms.carrier_id),
        reseller: member::equal(terms.reseller),
    };
    let by_key = wire.order_by.is_none();
    let order = wire.order_by.unwrap_or_default();
    let sorted = match order.attribute.as_deref() {
        _ if by_key => RouteOrder::Id,
        Some("priority") => RouteOrder::Priority,
        _ => RouteOrder::Prefix,
    };
    let query = member::query(filter, sorted, order.direction, wire.range, context.settings.list_cap);
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    pstn_network::check_access(&mut tx).await?;
    let page = routes::list(&mut tx, &query).await?;
    Ok(types::Routes {
        routes: Some(page.rows.into_iter().map(route::write).collect()),
        total: member::total(page.total),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Caller;
    use crate::ports::testing::{Platform, code};

    async fn list(platform: &Platform, by: &Caller, query: types::RouteQuery) -> (Vec<String>, i32) {
        let answer = platform.call(by, handle, GetRoutesInput { query: Some(query) }).await.unwrap();
        let names = answer.routes.unwrap().into_iter().filter_map(|row| row.prefix).collect();
        (names, answer.total.unwrap())
    }

    fn by(filter: types::RouteFilter, attribute: &str) -> types::RouteQuery {
        let order = types::RouteOrder { attribute: Some(attribute.into()), direction: None };
        types::RouteQuery { filter: Some(filter), order_by: Some(order), range: None }
    }

    #[tokio::test]
    async fn routes_in_reach_are_filtered_sorted_and_paged() {
        let platform = Platform::with_pstn().await;
        let [acme, rival] = [&platform.acme, &platform.rival].map(|caller| caller.customer.get());
        let (one, two) = (platform.carrier(acme, "one").await, platform.carrier(rival, "two").await);
        platform.route(one, "0049").await;
        let route = platform.route(one, "0031").await;
        platform.route(two, "0032").await;
        let none = types::RouteFilter::default;
        for (by_whom, filter, prefixes) in [
            (&platform.admin, none(), &["0031", "0032", "0049"][..]),
            (&platform.acme, none(), &["0031", "0049"]),
            (&platform.acme, types::RouteFilter { id: Some(i64::from(route)), ..none() }, &["0031"]),
            (&platform.acme, types::RouteFilter { prefix: Some("%49".into()), ..none() }, &["0049"]),
            (&platform.admin, types::RouteFilter { carrier_id: Some(i64::from(two)), ..none() }, &["0032"]),
            (&platform.admin, types::RouteFilter { reseller: Some(acme), ..none() }, &["0031", "0049"]),
            (&platform.acme, types::RouteFilter { carrier_id: Some(i64::from(two)), ..none() }, &[]),
        ] {
            // An attribute that is none is the first one.
            let (found, total) = list(&platform, by_whom, by(filter, "changeDate")).await;
            assert_eq!(found, prefixes);
            assert_eq!(total, i32::try_from(prefixes.len()).unwrap());
        }
        let range = Some(types::Range { start: Some(1), count: Some(1) });
        let page = types::RouteQuery { range, ..by(none(), "priority") };
        assert_eq!(list(&platform, &platform.acme, page).await, (vec!["0031".to_owned()], 2));
    }

    #[tokio::test]
    async fn without_the_right_there_is_no_list() {
        let platform = Platform::empty().await;
        assert_eq!(code(platform.call(&platform.acme, handle, Default::default()).await), 9001);
    }
}
