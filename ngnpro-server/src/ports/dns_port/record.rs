//! DNS records between the wire and the domain.

use domain::{DnsRecord, DnsRecordType, NewDnsRecord, Refusal, RelativeName, ZoneName};
use store::dns_records::{DnsRecordFilter, DnsRecordOrder};

use super::zone::USUAL_TTL;
use crate::ports::member;
use crate::wire::types;

/// Reads a record to be made, or what one is to become, in this zone.
pub(super) fn read(wire: types::DnsRecord, zone: ZoneName) -> Result<NewDnsRecord<DnsRecordType>, Refusal> {
    let name = RelativeName::parse(wire.name.unwrap_or_default().trim(), &zone);
    let record_type = DnsRecordType::parse(wire.r#type.unwrap_or_default().trim());
    let record_type = record_type.map_err(|why| why.at("record.type"))?;
    Ok(NewDnsRecord {
        name: name.map_err(|why| why.at("record.name"))?.as_str().to_owned(),
        record_type,
        ttl: member::ttl(wire.ttl, USUAL_TTL, "record.ttl")?,
        value: record_type.value(&wire.value.unwrap_or_default()).map_err(|why| why.at("record.value"))?,
        priority: wire.priority.unwrap_or(0),
        owner: member::customer(wire.owner, "record.owner")?,
        zone,
    })
}

/// Writes a record with every member.
pub(super) fn write(stored: DnsRecord<DnsRecordType>) -> types::DnsRecord {
    let record = stored.record;
    types::DnsRecord {
        id: Some(stored.id),
        zone: Some(record.zone.to_string()),
        name: Some(record.name),
        r#type: Some(record.record_type.name().to_owned()),
        ttl: u32::try_from(record.ttl).ok(),
        value: Some(record.value),
        priority: Some(record.priority),
        owner: Some(record.owner.get()),
        customer: Some(stored.ownership.customer.get()),
        reseller: Some(stored.ownership.reseller.get()),
        change_date: Some(stored.change_date),
    }
}

/// Reads the terms of a search.
pub(super) fn filter(terms: types::DnsRecordFilter) -> Result<DnsRecordFilter, Refusal> {
    Ok(DnsRecordFilter {
        id: member::equal(terms.id),
        zone: member::pattern(terms.zone, "query.filter.zone")?,
        name: member::pattern(terms.name, "query.filter.name")?,
        record_type: member::pattern(terms.r#type, "query.filter.type")?,
        value: member::pattern(terms.value, "query.filter.value")?,
        owner: member::equal(terms.owner),
        customer: member::equal(terms.customer),
        reseller: member::equal(terms.reseller),
    })
}

/// Reads the attribute of an order; without one it is the key's.
pub(super) fn order(by: Option<&types::DnsRecordOrder>) -> DnsRecordOrder {
    match by.map(|by| by.attribute.as_deref().unwrap_or_default()) {
        None => DnsRecordOrder::Id,
        Some("type") => DnsRecordOrder::Type,
        Some("name") => DnsRecordOrder::Name,
        _ => DnsRecordOrder::ChangeDate,
    }
}
