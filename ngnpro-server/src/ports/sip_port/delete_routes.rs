//! `Sip.deleteRoutes`: deletes routes by their numbers, all or none. An element without number is looked for by prefix,
//! originator and carrier, as old clients name it.
//!
//! 9001 without pstn_access, 1086, 9004.

use domain::{CarrierId, Refusal, RouteId};
use store::Tx;
use store::routes::{self, NamedRoute};

use super::{pstn_network, route};
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::DeleteRoutesInput;
use crate::wire::types;
/// Answers the call.
pub async fn handle(context: &Context<'_>, input: DeleteRoutesInput) -> Result<(), Failure> {
    let sent = member::entries(input.routes, "routes")?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    pstn_network::check_access(&mut tx).await?;
    for wire in sent {
        let id = match wire.id.filter(|id| *id != 0) {
            Some(id) => RouteId::new(id),
            None => named(&mut tx, wire).await?,
        };
        routes::delete(&mut tx, id).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn named(tx: &mut Tx, wire: types::Route) -> Result<RouteId, Failure> {
    let route = NamedRoute {
        prefix: route::prefix(wire.prefix)?,
        originator: route::originator(wire.originator)?,
        carrier: CarrierId::new(wire.carrier_id.unwrap_or(0)),
        carrier_name: wire.carrier.unwrap_or_default(),
    };
    Ok(routes::named(tx, &route).await?.ok_or(Refusal::RouteNotFound(0))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::testing::{Platform, code};

    fn by_id(id: i32) -> types::Route {
        types::Route { id: Some(id), ..Default::default() }
    }

    #[tokio::test]
    async fn routes_go_all_or_none() {
        let platform = Platform::with_pstn().await;
        let own = platform.carrier(platform.acme.customer.get(), "one").await;
        let foreign = platform.carrier(platform.rival.customer.get(), "two").await;
        let (a, b) = (platform.route(own, "0031").await, platform.route(own, "0049").await);
        let theirs = platform.route(foreign, "0032").await;
        let call = async |by, list: Vec<types::Route>| {
            platform.call(by, handle, DeleteRoutesInput { routes: Some(list) }).await
        };
        for (by, list, refusal) in [
            (&platform.acme, vec![by_id(a), by_id(theirs)], 1086),
            (&platform.acme, vec![by_id(a), by_id(a)], 1086),
            (&platform.acme, vec![by_id(a), by_id(0)], 1086),
            (&platform.shop, vec![by_id(a)], 9001),
        ] {
            assert_eq!(code(call(by, list).await), refusal);
            assert_eq!(platform.routes(&platform.acme).await, ["one/0031/", "one/0049/"]);
        }
        assert_eq!(call(&platform.acme, vec![by_id(a), by_id(b)]).await, Ok(()));
        assert!(platform.routes(&platform.acme).await.is_empty());
    }

    #[tokio::test]
    async fn old_clients_name_prefix_and_carrier() {
        let platform = Platform::with_pstn().await;
        let own = platform.carrier(platform.acme.customer.get(), "one").await;
        let foreign = platform.carrier(platform.rival.customer.get(), "one").await;
        platform.route(own, "0031").await;
        platform.route(foreign, "0031").await;
        let old = |carrier: &str| types::Route {
            prefix: Some("0031".into()),
            carrier: Some(carrier.into()),
            ..Default::default()
        };
        let call = async |by, route| platform.call(by, handle, DeleteRoutesInput { routes: Some(vec![route]) }).await;
        assert_eq!(code(call(&platform.acme, old("two")).await), 1086);
        // Two resellers have such a route: which one is not said.
        assert_eq!(code(call(&platform.admin, old("one")).await), 1086);
        assert_eq!(call(&platform.acme, old("one")).await, Ok(()));
        assert_eq!(platform.routes(&platform.admin).await.len(), 1);
    }
}
