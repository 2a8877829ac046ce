//! Gateways between the wire and the domain.

use domain::{CarrierId, Gateway, GatewaySettings, GatewayTransport, NetworkName, Refusal};

use crate::ports::member;
use crate::wire::types;

/// Reads everything but the number; names of other records and the owner are not read.
pub(super) fn read(wire: types::Gateway) -> Result<GatewaySettings, Refusal> {
    let transport = GatewayTransport::parse(&wire.transport.unwrap_or_default());
    Ok(GatewaySettings {
        name: NetworkName::parse(&wire.name.unwrap_or_default()).map_err(|why| why.at("gateway.name"))?,
        carrier: CarrierId::new(member::required(wire.carrier_id, "gateway.carrier_id")?),
        transport: transport.map_err(|why| why.at("gateway.transport"))?,
        host: GatewaySettings::host(&wire.ip.unwrap_or_default()).map_err(|why| why.at("gateway.ip"))?,
        port: GatewaySettings::port(wire.port.map(i64::from)).map_err(|why| why.at("gateway.port"))?,
    })
}

/// Writes a gateway with every member.
pub(super) fn write(gateway: Gateway) -> types::Gateway {
    types::Gateway {
        id: Some(gateway.id.get()),
        name: Some(gateway.settings.name.as_str().to_owned()),
        carrier_id: Some(gateway.settings.carrier.get()),
        carrier: Some(gateway.carrier_name),
        transport: Some(gateway.settings.transport.as_str().to_owned()),
        ip: Some(gateway.settings.host),
        port: Some(i32::from(gateway.settings.port)),
        reseller: Some(gateway.reseller.get()),
        change_date: Some(gateway.change_date),
    }
}
