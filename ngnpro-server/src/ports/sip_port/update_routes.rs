//! `Sip.updateRoutes`: replaces the routes of these numbers, all or none; they may swap what they are.
//!
//! 9001 without pstn_access, 1086, 1080 a carrier is not there, 1087 there is an equal route, 9004.

use domain::{Refusal, RouteId, RouteSettings};
use store::routes;

use super::{pstn_network, route};
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::UpdateRoutesInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: UpdateRoutesInput) -> Result<(), Failure> {
    let sent = member::entries(input.routes, "routes")?;
    let mut changes: Vec<(RouteId, RouteSettings)> = Vec::with_capacity(sent.len());
    for (at, wire) in sent.into_iter().enumerate() {
        let id = RouteId::new(wire.id.unwrap_or(0));
        if changes.iter().any(|(known, _)| *known == id) {
            return Err(Refusal::invalid(format!("routes[{at}].id"), "is there twice").into());
        }
        changes.push((id, route::read(wire).map_err(|refusal| refusal.in_entry("routes", at))?));
    }
    let mut tx = context.store.begin(&context.caller.scope).await?;
    pstn_network::check_access(&mut tx).await?;
    routes::update(&mut tx, &changes).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Caller;
    use crate::ports::testing::{Platform, Refused, code};
    use crate::wire::types;

    async fn update(platform: &Platform, by: &Caller, list: &[(i32, i32, &str)]) -> Result<(), Refused> {
        let route = |(id, carrier, prefix): &(i32, i32, &str)| types::Route {
            id: Some(*id),
            carrier_id: Some(*carrier),
            prefix: Some((*prefix).to_owned()),
            carrier: Some("ignored".into()),
            ..Default::default()
        };
        platform.call(by, handle, UpdateRoutesInput { routes: Some(list.iter().map(route).collect()) }).await
    }

    #[tokio::test]
    async fn routes_change_together_and_may_swap_their_numbers() {
        let platform = Platform::with_pstn().await;
        let acme = platform.acme.customer.get();
        let (one, two) = (platform.carrier(acme, "one").await, platform.carrier(acme, "two").await);
        let (a, b) = (platform.route(one, "0031").await, platform.route(one, "0049").await);
        update(&platform, &platform.acme, &[(a, one, "0049"), (b, one, "0031")]).await.unwrap();
        assert_eq!(platform.routes(&platform.acme).await, ["one/0031/", "one/0049/"]);
        update(&platform, &platform.acme, &[(a, two, "")]).await.unwrap();
        assert_eq!(platform.routes(&platform.acme).await, ["two//", "one/0031/"]);
        assert_eq!(update(&platform, &platform.acme, &[]).await, Ok(()));
    }

    #[tokio::test]
    async fn one_change_that_is_wrong_leaves_all_as_they_were() {
        let platform = Platform::with_pstn().await;
        let own = platform.carrier(platform.acme.customer.get(), "one").await;
        let foreign = platform.carrier(platform.rival.customer.get(), "two").await;
        let (a, b) = (platform.route(own, "0031").await, platform.route(own, "0049").await);
        let theirs = platform.route(foreign, "0032").await;
        for (by, wrong, refusal) in [
            (&platform.acme, (theirs, own, "0033"), 1086),
            (&platform.acme, (0, own, "0033"), 1086),
            (&platform.acme, (b, foreign, "0033"), 1080),
            (&platform.acme, (b, own, "0034"), 1087),
            (&platform.acme, (b, own, "x"), 9004),
            (&platform.acme, (a, own, "0035"), 9004),
            (&platform.shop, (b, own, "0033"), 9001),
        ] {
            assert_eq!(code(update(&platform, by, &[(a, own, "0034"), wrong]).await), refusal, "{wrong:?}");
            assert_eq!(platform.routes(&platform.acme).await, ["one/0031/", "one/0049/"]);
        }
    }
}
