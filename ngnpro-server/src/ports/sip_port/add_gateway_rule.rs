//! `Sip.addGatewayRule`: makes a rule that rewrites numbers towards a gateway.
//!
//! 9001 without pstn_access, 9002 the reseller is not active, 1082 the gateway is not there, 9004.

use store::gateway_rules;

use super::{gateway_rule, pstn_network};
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::AddGatewayRuleInput;
use crate::wire::types;
/// Answers the call.
pub async fn handle(context: &Context<'_>, input: AddGatewayRuleInput) -> Result<types::GatewayRule, Failure> {
    let new = gateway_rule::read(member::required(input.rule, "rule")?)?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    pstn_network::check_may_create(&mut tx).await?;
    let made = gateway_rules::add(&mut tx, &new).await?;
    tx.commit().await?;
    Ok(gateway_rule::write(made))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::testing::{Platform, code};

    fn sent(gateway_id: i32) -> types::GatewayRule {
        types::GatewayRule {
            gateway_id: Some(gateway_id),
            prefix: Some("008826634".into()),
            prepend: Some("00".into()),
            strip: Some(2),
            min_length: Some(8),
            max_length: Some(15),
            ..Default::default()
        }
    }

    #[tokio::test]
    async fn a_rule_is_answered_with_the_names_of_gateway_and_carrier() {
        let platform = Platform::with_pstn().await;
        let acme = platform.acme.customer.get();
        let carrier = platform.carrier(acme, "one").await;
        let gateway = platform.gateway(carrier, "gw").await;
        let input = AddGatewayRuleInput { rule: Some(sent(gateway)) };
        let made = platform.call(&platform.acme, handle, input).await.unwrap();
        assert_eq!((made.gateway.as_deref(), made.carrier.as_deref()), (Some("gw"), Some("one")));
        assert_eq!((made.gateway_id, made.carrier_id, made.reseller), (Some(gateway), Some(carrier), Some(acme)));
        assert_eq!((made.strip, made.min_length, made.max_length), (Some(2), Some(8), Some(15)));
        assert_eq!((made.prefix.as_deref(), made.prepend.as_deref()), (Some("008826634"), Some("00")));
    }

    #[tokio::test]
    async fn what_is_wrong_or_out_of_reach_is_refused() {
        let platform = Platform::with_pstn().await;
        let own = platform.carrier(platform.acme.customer.get(), "one").await;
        let foreign = platform.carrier(platform.rival.customer.get(), "two").await;
        let (own, foreign) = (platform.gateway(own, "a").await, platform.gateway(foreign, "b").await);
        let good = || sent(own);
        for (by, rule, refusal) in [
            (&platform.acme, sent(foreign), 1082),
            (&platform.acme, sent(0), 1082),
            (&platform.acme, types::GatewayRule { gateway_id: None, ..good() }, 9004),
            (&platform.acme, types::GatewayRule { prefix: Some("x".into()), ..good() }, 9004),
            (&platform.acme, types::GatewayRule { prepend: Some("x".into()), ..good() }, 9004),
            (&platform.acme, types::GatewayRule { strip: Some(-1), ..good() }, 9004),
            (&platform.acme, types::GatewayRule { min_length: Some(16), ..good() }, 9004),
            (&platform.shop, good(), 9001),
        ] {
            let input = AddGatewayRuleInput { rule: Some(rule.clone()) };
            assert_eq!(code(platform.call(by, handle, input).await), refusal, "{rule:?}");
        }
        platform.deactivate(&platform.acme).await;
        let input = AddGatewayRuleInput { rule: Some(good()) };
        assert_eq!(code(platform.call(&platform.acme, handle, input).await), 9002);
    }
}
