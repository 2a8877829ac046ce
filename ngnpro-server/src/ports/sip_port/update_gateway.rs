//! `Sip.updateGateway`: replaces the gateway of that number; it may move to another carrier.
//!
//! 9001 without pstn_access, 1082, 1080 the carrier is not there, 1083 it has another gateway of that name, 9004.

use domain::GatewayId;
use store::gateways;

use super::{gateway, pstn_network};
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::UpdateGatewayInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: UpdateGatewayInput) -> Result<(), Failure> {
    let wire = member::required(input.gateway, "gateway")?;
    let id = GatewayId::new(wire.id.unwrap_or(0));
    let settings = gateway::read(wire)?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    pstn_network::check_access(&mut tx).await?;
    gateways::update(&mut tx, id, &settings).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::testing::{Platform, code};
    use crate::wire::types;

    #[tokio::test]
    async fn a_gateway_is_replaced_and_may_move_within_the_reach_of_the_caller() {
        let platform = Platform::with_pstn().await;
        let [acme, rival] = [&platform.acme, &platform.rival].map(|caller| caller.customer.get());
        let (one, two) = (platform.carrier(acme, "one").await, platform.carrier(acme, "two").await);
        let foreign = platform.carrier(rival, "three").await;
        let gateway = platform.gateway(one, "gw").await;
        platform.gateway(two, "taken").await;
        let theirs = platform.gateway(foreign, "theirs").await;
        let call = async |by, id, carrier, name: &str| {
            let gateway = types::Gateway {
                id: Some(id),
                carrier_id: Some(carrier),
                name: Some(name.into()),
                carrier: Some("ignored".into()),
                ip: Some("192.0.2.99".into()),
                ..Default::default()
            };
            platform.call(by, handle, UpdateGatewayInput { gateway: Some(gateway) }).await
        };
        for (by, id, carrier, name, refusal) in [
            (&platform.acme, gateway, foreign, "x", 1080),
            (&platform.acme, theirs, one, "x", 1082),
            (&platform.acme, 0, one, "x", 1082),
            (&platform.acme, gateway, two, "taken", 1083),
            (&platform.acme, gateway, one, "", 9004),
            (&platform.shop, gateway, one, "x", 9001),
        ] {
            assert_eq!(code(call(by, id, carrier, name).await), refusal, "{id} {carrier} {name}");
        }
        assert_eq!(call(&platform.acme, gateway, two, "moved").await, Ok(()));
        assert_eq!(platform.gateways(&platform.acme).await, ["two/moved=192.0.2.99:5060", "two/taken=192.0.2.10:5060"]);
    }
}
