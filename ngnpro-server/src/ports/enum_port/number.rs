//! ENUM numbers between the wire and the domain.

use domain::{DomainName, E164Digits, EnumId, EnumMapping, EnumNumber, EnumService, Invalid, NewEnumNumber, Refusal};

use crate::ports::member;
use crate::wire::types;

/// A number's name.
pub(super) fn read_id(wire: Option<types::EnumId>, member: &'static str) -> Result<EnumId, Refusal> {
    let id = member::required(wire, member)?;
    let below = |part| move |why: Invalid| why.at(format!("{member}.{part}"));
    Ok(EnumId {
        number: E164Digits::parse(id.number.unwrap_or_default().trim()).map_err(below("number"))?,
        tld: DomainName::parse(id.tld.unwrap_or_default().trim()).map_err(below("tld"))?,
    })
}

/// Reads a number to be made, or what one is to become. Customer and reseller are the range's.
pub(super) fn read(wire: Option<types::EnumNumber>) -> Result<NewEnumNumber, Refusal> {
    let wire = member::required(wire, "number")?;
    let id = read_id(wire.id, "number.id")?;
    let mappings = wire.mappings.unwrap_or_default();
    if mappings.len() > EnumMapping::MAX {
        return Err(Refusal::TooManyMappings { number: id.number.as_str().to_owned() });
    }
    Ok(NewEnumNumber {
        mappings: member::each(mappings, "number.mappings", read_mapping)?,
        info: member::block(wire.info, "number.info")?,
        owner: member::customer(wire.owner, "number.owner")?,
        id,
    })
}

fn read_mapping(wire: types::EnumMapping) -> Result<EnumMapping, Refusal> {
    let service = EnumService::parse(wire.r#type.unwrap_or_default().trim());
    let service = service.map_err(|why| why.at("number.mappings.type"))?;
    let target = member::line(wire.mapto, "number.mappings.mapto")?.trim().to_owned();
    service.check(&target).map_err(|why| why.at("number.mappings.mapto"))?;
    let priority = wire.priority.unwrap_or(EnumMapping::USUAL_PRIORITY);
    if !(0..=i32::from(u16::MAX)).contains(&priority) {
        return Err(Refusal::invalid("number.mappings.priority", "not 0 to 65535"));
    }
    let ttl = match wire.ttl.unwrap_or(0) {
        ttl if ttl < 0 => return Err(Refusal::invalid("number.mappings.ttl", "is negative")),
        // The web form sends 0 where its user left the field empty.
        0 => None,
        ttl => Some(i64::from(ttl)),
    };
    Ok(EnumMapping { id: wire.id.filter(|id| *id != 0), service, target, priority, ttl })
}

/// Writes a number with every member.
pub(super) fn write(stored: EnumNumber) -> types::EnumNumber {
    let number = stored.number;
    let write_mapping = |mapping: EnumMapping| types::EnumMapping {
        id: mapping.id,
        r#type: Some(mapping.service.name().to_owned()),
        mapto: Some(mapping.target),
        priority: Some(mapping.priority),
        ttl: mapping.ttl.and_then(member::total),
    };
    types::EnumNumber {
        id: Some(types::EnumId {
            number: Some(number.id.number.as_str().to_owned()),
            tld: Some(number.id.tld.to_string()),
        }),
        mappings: Some(number.mappings.into_iter().map(write_mapping).collect()),
        info: Some(number.info),
        owner: Some(number.owner.get()),
        customer: Some(stored.ownership.customer.get()),
        reseller: Some(stored.ownership.reseller.get()),
        change_date: Some(stored.change_date),
    }
}
