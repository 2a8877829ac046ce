//! ENUM ranges between the wire and the domain.

use domain::{DomainName, E164Digits, EnumRange, EnumRangeId, EnumRangeSettings, Invalid, Refusal};

use crate::ports::member;
use crate::ports::ownership::Wanted;
use crate::wire::types;

/// The TTL where none is said.
const USUAL_TTL: u32 = 3600;

/// A range's name.
pub(super) fn read_id(wire: Option<types::EnumRangeId>, member: &'static str) -> Result<EnumRangeId, Refusal> {
    let id = member::required(wire, member)?;
    let below = |part| move |why: Invalid| why.at(format!("{member}.{part}"));
    Ok(EnumRangeId {
        prefix: E164Digits::parse(id.prefix.unwrap_or_default().trim()).map_err(below("prefix"))?,
        tld: DomainName::parse(id.tld.unwrap_or_default().trim()).map_err(below("tld"))?,
    })
}

/// Reads a range to be made, or what one is to become. What the server keeps (used, serial, date) is not heard.
pub(super) fn read(wire: Option<types::EnumRange>) -> Result<(EnumRangeId, Wanted, EnumRangeSettings), Refusal> {
    let wire = member::required(wire, "range")?;
    let id = read_id(wire.id, "range.id")?;
    let wanted = Wanted {
        customer: member::customer(wire.customer, "range.customer")?,
        reseller: member::reseller(wire.reseller, "range.reseller")?,
        members: ["range.customer", "range.reseller"],
    };
    let settings = EnumRangeSettings {
        ttl: member::ttl(wire.ttl, USUAL_TTL, "range.ttl")?,
        min_digits: wire.min_digits.unwrap_or(EnumRangeSettings::USUAL_DIGITS),
        max_digits: wire.max_digits.unwrap_or(EnumRangeSettings::USUAL_DIGITS),
        size: member::count(wire.size, "range.size")?,
        nameservers: member::nameservers(wire.nameservers, "range.nameservers")?,
        info: member::block(wire.info, "range.info")?,
    };
    settings.check(&id)?;
    Ok((id, wanted, settings))
}

/// Writes a range with every member.
pub(super) fn write(range: EnumRange) -> types::EnumRange {
    let settings = range.settings;
    types::EnumRange {
        id: Some(types::EnumRangeId {
            prefix: Some(range.id.prefix.as_str().to_owned()),
            tld: Some(range.id.tld.to_string()),
        }),
        ttl: u32::try_from(settings.ttl).ok(),
        min_digits: Some(settings.min_digits),
        max_digits: Some(settings.max_digits),
        size: Some(settings.size),
        nameservers: Some(settings.nameservers.unwrap_or_default().iter().map(ToString::to_string).collect()),
        used: member::total(range.used),
        serial: member::total(range.serial),
        customer: Some(range.ownership.customer.get()),
        reseller: Some(range.ownership.reseller.get()),
        change_date: Some(range.change_date),
        info: Some(settings.info),
    }
}
