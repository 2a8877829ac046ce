//! `Sip.addGateway`: makes a gateway of a carrier, whose reseller it inherits.
//!
//! 9001 without pstn_access, 9002 the reseller is not active, 1080 the carrier is not there, 1083 it has a gateway of that name,
//! 9004.

use store::gateways;

use super::{gateway, pstn_network};
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::AddGatewayInput;
use crate::wire::types;
/// Answers the call.
pub async fn handle(context: &Context<'_>, input: AddGatewayInput) -> Result<types::Gateway, Failure> {
    let new = gateway::read(member::required(input.gateway, "gateway")?)?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    pstn_network::check_may_create(&mut tx).await?;
    let made = gateways::add(&mut tx, &new).await?;
    tx.commit().await?;
    Ok(gateway::write(made))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::testing::{Platform, code};

    fn sent(carrier_id: i32, name: &str, ip: &str) -> types::Gateway {
        types::Gateway {
            name: Some(name.into()),
            carrier_id: Some(carrier_id),
            ip: Some(ip.into()),
            port: Some(0),
            transport: Some("TCP".into()),
            ..Default::default()
        }
    }

    #[tokio::test]
    async fn a_gateway_inherits_from_its_carrier() {
        let platform = Platform::with_pstn().await;
        let acme = platform.acme.customer.get();
        let carrier = platform.carrier(acme, "one").await;
        let input = AddGatewayInput { gateway: Some(sent(carrier, "gw", "GW.Example.com")) };
        let made = platform.call(&platform.acme, handle, input).await.unwrap();
        assert_eq!((made.carrier.as_deref(), made.carrier_id, made.reseller), (Some("one"), Some(carrier), Some(acme)));
        assert_eq!(
            (made.ip.as_deref(), made.port, made.transport.as_deref()),
            (Some("gw.example.com"), Some(5060), Some("tcp"))
        );
        assert!(made.id.is_some() && made.change_date.is_some_and(|date| date.len() == 19));
    }

    #[tokio::test]
    async fn what_is_wrong_taken_or_out_of_reach_is_refused() {
        let platform = Platform::with_pstn().await;
        let own = platform.carrier(platform.acme.customer.get(), "one").await;
        let foreign = platform.carrier(platform.rival.customer.get(), "two").await;
        platform.gateway(own, "taken").await;
        for (by, gateway, refusal) in [
            (&platform.acme, sent(own, "taken", "192.0.2.1"), 1083),
            (&platform.acme, sent(foreign, "x", "192.0.2.1"), 1080),
            (&platform.acme, sent(0, "x", "192.0.2.1"), 1080),
            (&platform.acme, sent(own, "", "192.0.2.1"), 9004),
            (&platform.acme, sent(own, "x", "a b"), 9004),
            (&platform.acme, types::Gateway { port: Some(70_000), ..sent(own, "x", "192.0.2.1") }, 9004),
            (&platform.acme, types::Gateway { transport: Some("x".into()), ..sent(own, "x", "192.0.2.1") }, 9004),
            (&platform.acme, types::Gateway { carrier_id: None, ..sent(own, "x", "192.0.2.1") }, 9004),
            (&platform.shop, sent(own, "x", "192.0.2.1"), 9001),
        ] {
            let input = AddGatewayInput { gateway: Some(gateway.clone()) };
            assert_eq!(code(platform.call(by, handle, input).await), refusal, "{gateway:?}");
        }
        platform.deactivate(&platform.acme).await;
        let input = AddGatewayInput { gateway: Some(sent(own, "x", "192.0.2.1")) };
        assert_eq!(code(platform.call(&platform.acme, handle, input).await), 9002);
    }
}
