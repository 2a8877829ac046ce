//! `Sip.getGatewayRules`: a page of the rules of gateways in reach, and how many match in all.
//!
//! 9001 without pstn_access, 9004.

use store::gateway_rules::{self, GatewayRuleFilter, GatewayRuleOrder};

use super::{gateway_rule, pstn_network};
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::GetGatewayRulesInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: GetGatewayRulesInput) -> Result<types::GatewayRules, Failure> {
    let wire = input.query.unwrap_or_default();
    let terms = wire.filter.unwrap_or_default();
    let filter = GatewayRuleFilter {
        id: member::equal(terms.id),
        gateway: member::equal(terms.gateway_id),
        carrier: member::equal(terms.carrier_id),
        prefix: member::pattern(terms.prefix, "query.filter.prefix")?,
        customer: member::equal(terms.customer),
        reseller: member::equal(terms.reseller),
    };
    let by_key = wire.order_by.is_none();
    let order = wire.order_by.unwrap_or_default();
    let sorted = match order.attribute.as_deref() {
        _ if by_key => GatewayRuleOrder::Id,
        Some("gateway") => GatewayRuleOrder::Gateway,
        Some("carrier") => GatewayRuleOrder::Carrier,
        Some("prefix") => GatewayRuleOrder::Prefix,
        _ => GatewayRuleOrder::ChangeDate,
    };
    let query = member::query(filter, sorted, order.direction, wire.range, context.settings.list_cap);
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    pstn_network::check_access(&mut tx).await?;
    let page = gateway_rules::list(&mut tx, &query).await?;
    Ok(types::GatewayRules {
        gateway_rules: Some(page.rows.into_iter().map(gateway_rule::write).collect()),
        total: member::total(page.total),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Caller;
    use crate::ports::testing::{Platform, code};

    async fn list(platform: &Platform, by: &Caller, query: types::GatewayRuleQuery) -> (Vec<String>, i32) {
        let answer = platform.call(by, handle, GetGatewayRulesInput { query: Some(query) }).await.unwrap();
        let names = answer.gateway_rules.unwrap().into_iter().filter_map(|row| row.prefix).collect();
        (names, answer.total.unwrap())
    }

    fn by(filter: types::GatewayRuleFilter, attribute: &str) -> types::GatewayRuleQuery {
        let order = types::GatewayRuleOrder { attribute: Some(attribute.into()), direction: None };
        types::GatewayRuleQuery { filter: Some(filter), order_by: Some(order), range: None }
    }

    #[tokio::test]
    async fn rules_in_reach_are_filtered_sorted_and_paged() {
        let platform = Platform::with_pstn().await;
        let [acme, rival] = [&platform.acme, &platform.rival].map(|caller| caller.customer.get());
        let (one, two) = (platform.carrier(acme, "one").await, platform.carrier(rival, "two").await);
        let (a, b, c) =
            (platform.gateway(one, "a").await, platform.gateway(one, "b").await, platform.gateway(two, "c").await);
        let rule = platform.rule(b, "0031").await;
        platform.rule(a, "0049").await;
        platform.rule(c, "0032").await;
        let none = types::GatewayRuleFilter::default;
        for (by_whom, filter, prefixes) in [
            (&platform.admin, none(), &["0031", "0032", "0049"][..]),
            (&platform.acme, none(), &["0031", "0049"]),
            (&platform.acme, types::GatewayRuleFilter { id: Some(i64::from(rule)), ..none() }, &["0031"]),
            (&platform.acme, types::GatewayRuleFilter { gateway_id: Some(i64::from(a)), ..none() }, &["0049"]),
            (&platform.admin, types::GatewayRuleFilter { carrier_id: Some(i64::from(two)), ..none() }, &["0032"]),
            (&platform.admin, types::GatewayRuleFilter { prefix: Some("003%".into()), ..none() }, &["0031", "0032"]),
            (&platform.admin, types::GatewayRuleFilter { reseller: Some(rival), ..none() }, &["0032"]),
            (&platform.acme, types::GatewayRuleFilter { gateway_id: Some(i64::from(c)), ..none() }, &[]),
        ] {
            let (found, total) = list(&platform, by_whom, by(filter, "prefix")).await;
            assert_eq!(found, prefixes);
            assert_eq!(total, i32::try_from(prefixes.len()).unwrap());
        }
        assert_eq!(list(&platform, &platform.acme, by(none(), "gateway")).await.0, ["0049", "0031"]);
        for attribute in ["changeDate", "gateway", "carrier", "prefix", "x"] {
            let range = Some(types::Range { start: Some(1), count: Some(1) });
            let page = types::GatewayRuleQuery { range, ..by(none(), attribute) };
            let (found, total) = list(&platform, &platform.admin, page).await;
            assert_eq!((found.len(), total), (1, 3), "{attribute}");
        }
    }

    #[tokio::test]
    async fn without_the_right_there_is_no_list() {
        let platform = Platform::empty().await;
        assert_eq!(code(platform.call(&platform.acme, handle, Default::default()).await), 9001);
    }
}
