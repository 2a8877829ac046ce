//! Rules of gateways between the wire and the domain.

use domain::{GatewayId, GatewayRule, GatewayRuleSettings, NumberPrefix, Refusal};

use crate::ports::member;
use crate::wire::types;

/// Reads everything but the number; names of other records and the owner are not read.
pub(super) fn read(wire: types::GatewayRule) -> Result<GatewayRuleSettings, Refusal> {
    let length = |value: Option<i32>, at: &'static str| {
        GatewayRuleSettings::length(value.map(i64::from)).map_err(|why| why.at(at))
    };
    let rule = GatewayRuleSettings {
        gateway: GatewayId::new(member::required(wire.gateway_id, "rule.gateway_id")?),
        prefix: NumberPrefix::parse(&wire.prefix.unwrap_or_default()).map_err(|why| why.at("rule.prefix"))?,
        strip: GatewayRuleSettings::strip(wire.strip.map(i64::from)).map_err(|why| why.at("rule.strip"))?,
        prepend: GatewayRuleSettings::prepend(&wire.prepend.unwrap_or_default())
            .map_err(|why| why.at("rule.prepend"))?,
        min_length: length(wire.min_length, "rule.minLength")?,
        max_length: length(wire.max_length, "rule.maxLength")?,
    };
    if rule.lengths_fit() { Ok(rule) } else { Err(Refusal::invalid("rule.maxLength", "is shorter than minLength")) }
}

/// Writes a rule with every member.
pub(super) fn write(rule: GatewayRule) -> types::GatewayRule {
    types::GatewayRule {
        id: Some(rule.id.get()),
        gateway_id: Some(rule.settings.gateway.get()),
        gateway: Some(rule.gateway_name),
        carrier: Some(rule.carrier_name),
        carrier_id: Some(rule.carrier.get()),
        prefix: Some(rule.settings.prefix.as_str().to_owned()),
        strip: Some(i32::from(rule.settings.strip)),
        prepend: Some(rule.settings.prepend),
        min_length: Some(i32::from(rule.settings.min_length)),
        max_length: Some(i32::from(rule.settings.max_length)),
        reseller: Some(rule.reseller.get()),
        change_date: Some(rule.change_date),
    }
}
