//! `Sip.deleteGateway`: deletes a gateway with its rules.
//!
//! 9001 without pstn_access, 1082, 9004.

use domain::GatewayId;
use store::gateways;

use super::pstn_network;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::DeleteGatewayInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: DeleteGatewayInput) -> Result<(), Failure> {
    let id = GatewayId::new(member::required(input.id, "id")?);
    let mut tx = context.store.begin(&context.caller.scope).await?;
    pstn_network::check_access(&mut tx).await?;
    gateways::delete(&mut tx, id).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::testing::{Platform, code};

    #[tokio::test]
    async fn a_gateway_goes_with_its_rules() {
        let platform = Platform::with_pstn().await;
        let carrier = platform.carrier(platform.acme.customer.get(), "one").await;
        let gateway = platform.gateway(carrier, "gw").await;
        platform.rule(gateway, "0031").await;
        let call = async |by| platform.call(by, handle, DeleteGatewayInput { id: Some(gateway) }).await;
        assert_eq!(code(call(&platform.rival).await), 1082);
        assert_eq!(code(call(&platform.shop).await), 9001);
        assert_eq!(platform.rules(&platform.acme).await, ["one/gw/0031"]);
        assert_eq!(call(&platform.acme).await, Ok(()));
        assert!(platform.rules(&platform.acme).await.is_empty());
        assert_eq!(call(&platform.acme).await, Err((1082, format!("Gateway {gateway} does not exist"))));
        assert_eq!(code(platform.call(&platform.acme, handle, Default::default()).await), 9004);
    }
}
