//! `Sip.addRoutes`: makes routes, all or none, and answers them in their order.
//!
//! 9001 without pstn_access, 9002 the reseller is not active, 1080 a carrier is not there, 1087 there is an equal route, 9004.

use store::routes;

use super::{pstn_network, route};
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::AddRoutesInput;
use crate::wire::types;
/// Answers the call.
pub async fn handle(context: &Context<'_>, input: AddRoutesInput) -> Result<types::Routes, Failure> {
    let sent = member::entries(input.routes, "routes")?;
    let new = member::each(sent, "routes", route::read)?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    pstn_network::check_may_create(&mut tx).await?;
    let mut made = Vec::with_capacity(new.len());
    for settings in &new {
        made.push(route::write(routes::add(&mut tx, settings).await?));
    }
    tx.commit().await?;
    Ok(types::Routes { total: i32::try_from(made.len()).ok(), routes: Some(made) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Caller;
    use crate::ports::testing::{Platform, Refused, code};

    async fn add(platform: &Platform, by: &Caller, list: &[(i32, &str, &str)]) -> Result<types::Routes, Refused> {
        let route = |(carrier, prefix, originator): &(i32, &str, &str)| types::Route {
            carrier_id: Some(*carrier),
            prefix: Some((*prefix).to_owned()),
            originator: Some((*originator).to_owned()),
            ..Default::default()
        };
        platform.call(by, handle, AddRoutesInput { routes: Some(list.iter().map(route).collect()) }).await
    }

    #[tokio::test]
    async fn routes_are_answered_as_a_struct_in_their_order() {
        let platform = Platform::with_pstn().await;
        let acme = platform.acme.customer.get();
        let carrier = platform.carrier(acme, "one").await;
        let made = add(&platform, &platform.acme, &[(carrier, "0031", ""), (carrier, "", "Bob@Example.com")]).await;
        let made = made.unwrap();
        assert_eq!(made.total, Some(2));
        let [first, second] = &made.routes.unwrap()[..] else { panic!("not two") };
        assert_eq!((first.prefix.as_deref(), first.priority, first.reseller), (Some("0031"), Some(0), Some(acme)));
        assert_eq!((first.carrier.as_deref(), first.carrier_id), (Some("one"), Some(carrier)));
        assert_eq!(second.originator.as_deref(), Some("bob@example.com"));
        assert!(first.id < second.id);
        let none = add(&platform, &platform.acme, &[]).await.unwrap();
        assert_eq!((none.routes, none.total), (Some(vec![]), Some(0)));
    }

    #[tokio::test]
    async fn one_route_that_is_wrong_leaves_none_behind() {
        let platform = Platform::with_pstn().await;
        let own = platform.carrier(platform.acme.customer.get(), "one").await;
        let foreign = platform.carrier(platform.rival.customer.get(), "two").await;
        platform.route(own, "0031").await;
        for (by, wrong, refusal) in [
            (&platform.acme, (own, "0031", ""), 1087),
            (&platform.acme, (own, "0049", ""), 1087),
            (&platform.acme, (foreign, "0032", ""), 1080),
            (&platform.acme, (0, "0032", ""), 1080),
            (&platform.acme, (own, "+31", ""), 9004),
            (&platform.acme, (own, "0032", "a b"), 9004),
            (&platform.shop, (own, "0032", ""), 9001),
        ] {
            let refused = add(&platform, by, &[(own, "0049", ""), wrong]).await;
            assert_eq!(code(refused), refusal, "{wrong:?}");
            assert_eq!(platform.routes(&platform.acme).await, ["one/0031/"]);
        }
        platform.deactivate(&platform.acme).await;
        assert_eq!(code(add(&platform, &platform.acme, &[(own, "0049", "")]).await), 9002);
    }
}
