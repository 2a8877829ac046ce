//! Records that the platform serves itself, between the wire and the domain.

use domain::{DnsRecord, FancyType, NewDnsRecord, Refusal, ZoneName};

use super::zone::USUAL_TTL;
use crate::ports::member;
use crate::wire::types;

/// Reads a record to be made, or what one is to become, in this zone.
pub(super) fn read(wire: types::DnsFancyRecord, zone: ZoneName) -> Result<NewDnsRecord<FancyType>, Refusal> {
    let record_type = FancyType::parse(wire.r#type.unwrap_or_default().trim()).map_err(|why| why.at("record.type"))?;
    let name = record_type.record_name(&wire.name.unwrap_or_default(), &zone).map_err(|why| why.at("record.name"))?;
    Ok(NewDnsRecord {
        name,
        record_type,
        ttl: member::ttl(wire.ttl, USUAL_TTL, "record.ttl")?,
        value: record_type.value(&wire.value.unwrap_or_default()).map_err(|why| why.at("record.value"))?,
        priority: wire.priority.unwrap_or(0),
        owner: member::customer(wire.owner, "record.owner")?,
        zone,
    })
}

/// Writes a record with every member.
pub(super) fn write(stored: DnsRecord<FancyType>) -> types::DnsFancyRecord {
    let record = stored.record;
    types::DnsFancyRecord {
        id: Some(stored.id),
        zone: Some(record.zone.to_string()),
        name: Some(record.name),
        r#type: Some(record.record_type.name().to_owned()),
        value: Some(record.value),
        ttl: u32::try_from(record.ttl).ok(),
        priority: Some(record.priority),
        owner: Some(record.owner.get()),
        customer: Some(stored.ownership.customer.get()),
        reseller: Some(stored.ownership.reseller.get()),
        change_date: Some(stored.change_date),
    }
}
