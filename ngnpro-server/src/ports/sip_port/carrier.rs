//! Carriers between the wire and the domain.

use domain::{Carrier, NetworkName, Refusal};

use crate::ports::member;
use crate::wire::types;

/// Reads the name of a carrier.
pub(super) fn name(wire: &types::Carrier) -> Result<NetworkName, Refusal> {
    NetworkName::parse(wire.name.as_deref().unwrap_or_default()).map_err(|why| why.at("carrier.name"))
}

/// Reads the reseller of a carrier; nobody where it is absent.
pub(super) fn reseller(wire: &types::Carrier) -> Result<domain::ResellerId, Refusal> {
    member::reseller(wire.reseller, "carrier.reseller")
}

/// Writes a carrier with every member.
pub(super) fn write(carrier: Carrier) -> types::Carrier {
    types::Carrier {
        id: Some(carrier.id.get()),
        name: Some(carrier.name.as_str().to_owned()),
        reseller: Some(carrier.reseller.get()),
        change_date: Some(carrier.change_date),
        customer: None,
    }
}
