//! `Sip.deleteGatewayRule`: deletes a rule of a gateway.
//!
//! 9001 without pstn_access, 1084, 9004.

use domain::GatewayRuleId;
use store::gateway_rules;

use super::pstn_network;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::DeleteGatewayRuleInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: DeleteGatewayRuleInput) -> Result<(), Failure> {
    let id = GatewayRuleId::new(member::required(input.id, "id")?);
    let mut tx = context.store.begin(&context.caller.scope).await?;
    pstn_network::check_access(&mut tx).await?;
    gateway_rules::delete(&mut tx, id).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::testing::{Platform, code};

    #[tokio::test]
    async fn a_rule_goes_once_and_only_for_those_who_reach_it() {
        let platform = Platform::with_pstn().await;
        let carrier = platform.carrier(platform.acme.customer.get(), "one").await;
        let gateway = platform.gateway(carrier, "gw").await;
        let rule = platform.rule(gateway, "0031").await;
        let call = async |by| platform.call(by, handle, DeleteGatewayRuleInput { id: Some(rule) }).await;
        assert_eq!(code(call(&platform.rival).await), 1084);
        assert_eq!(code(call(&platform.shop).await), 9001);
        assert_eq!(call(&platform.acme).await, Ok(()));
        assert_eq!(call(&platform.acme).await, Err((1084, format!("Gateway rule {rule} does not exist"))));
        assert_eq!(platform.gateways(&platform.acme).await.len(), 1);
        assert_eq!(code(platform.call(&platform.acme, handle, Default::default()).await), 9004);
    }
}
