//! `Sip.updateGatewayRule`: replaces the rule of that number.
//!
//! 9001 without pstn_access, 1084, 1082 the gateway is not there, 9004.

use domain::GatewayRuleId;
use store::gateway_rules;

use super::{gateway_rule, pstn_network};
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::UpdateGatewayRuleInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: UpdateGatewayRuleInput) -> Result<(), Failure> {
    let wire = member::required(input.rule, "rule")?;
    let id = GatewayRuleId::new(wire.id.unwrap_or(0));
    let settings = gateway_rule::read(wire)?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    pstn_network::check_access(&mut tx).await?;
    gateway_rules::update(&mut tx, id, &settings).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::testing::{Platform, code};
    use crate::wire::types;

    #[tokio::test]
    async fn a_rule_is_replaced_within_the_reach_of_the_caller() {
        let platform = Platform::with_pstn().await;
        let own = platform.carrier(platform.acme.customer.get(), "one").await;
        let foreign = platform.carrier(platform.rival.customer.get(), "two").await;
        let (first, second) = (platform.gateway(own, "a").await, platform.gateway(own, "b").await);
        let their_gateway = platform.gateway(foreign, "c").await;
        let (rule, their_rule) = (platform.rule(first, "0031").await, platform.rule(their_gateway, "0032").await);
        let call = async |by, id, gateway, prefix: &str| {
            let rule = types::GatewayRule {
                id: Some(id),
                gateway_id: Some(gateway),
                prefix: Some(prefix.into()),
                gateway: Some("ignored".into()),
                ..Default::default()
            };
            platform.call(by, handle, UpdateGatewayRuleInput { rule: Some(rule) }).await
        };
        for (by, id, gateway, prefix, refusal) in [
            (&platform.acme, their_rule, first, "", 1084),
            (&platform.acme, 0, first, "", 1084),
            (&platform.acme, rule, their_gateway, "", 1082),
            (&platform.acme, rule, first, "x", 9004),
            (&platform.shop, rule, first, "", 9001),
        ] {
            assert_eq!(code(call(by, id, gateway, prefix).await), refusal, "{id} {gateway}");
        }
        assert_eq!(call(&platform.acme, rule, second, "0049").await, Ok(()));
        assert_eq!(platform.rules(&platform.acme).await, ["one/b/0049"]);
    }
}
