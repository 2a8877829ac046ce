//! DNS zones between the wire and the domain.

use domain::{DnsZone, DnsZoneSettings, Refusal, ZoneName, check_mail_address};

use crate::context::DnsDefaults;
use crate::ports::member;
use crate::ports::ownership::Wanted;
use crate::wire::types;

/// The TTL where none is said.
pub(super) const USUAL_TTL: u32 = 3600;

/// A zone's name.
pub(super) fn read_name(value: Option<&str>, member: &'static str) -> Result<ZoneName, Refusal> {
    ZoneName::parse(value.unwrap_or_default().trim()).map_err(|why| why.at(member))
}

/// Reads a zone to be made, or what one is to become; times that are missing, or 0 where that would be no time, are the
/// configuration's. What the server keeps (serial, date) is not heard.
pub(super) fn read(
    wire: Option<types::DnsZone>,
    usual: &DnsDefaults,
) -> Result<(ZoneName, Wanted, DnsZoneSettings), Refusal> {
    let wire = member::required(wire, "zone")?;
    let name = read_name(wire.name.as_deref(), "zone.name")?;
    let wanted = Wanted {
        customer: member::customer(wire.customer, "zone.customer")?,
        reseller: member::reseller(wire.reseller, "zone.reseller")?,
        members: ["zone.customer", "zone.reseller"],
    };
    let seconds = |value: Option<i32>, usual: i32, member| {
        member::count(value, member).map(|seconds| if seconds == 0 { usual } else { seconds })
    };
    let email = match member::line(wire.email, "zone.email")?.trim() {
        "" => name.hostmaster(),
        email => {
            check_mail_address(email).map_err(|why| why.at("zone.email"))?;
            email.to_owned()
        }
    };
    let settings = DnsZoneSettings {
        ttl: member::ttl(wire.ttl, USUAL_TTL, "zone.ttl")?,
        nameservers: member::nameservers(wire.nameservers, "zone.nameservers")?,
        email,
        refresh: seconds(wire.refresh, usual.refresh, "zone.refresh")?,
        retry: seconds(wire.retry, usual.retry, "zone.retry")?,
        expire: seconds(wire.expire, usual.expire, "zone.expire")?,
        minimum: seconds(wire.minimum, usual.minimum, "zone.minimum")?,
        info: member::block(wire.info, "zone.info")?,
    };
    Ok((name, wanted, settings))
}

/// Writes a zone with every member.
pub(super) fn write(zone: DnsZone) -> types::DnsZone {
    let settings = zone.settings;
    types::DnsZone {
        name: Some(zone.name.to_string()),
        ttl: u32::try_from(settings.ttl).ok(),
        nameservers: Some(settings.nameservers.unwrap_or_default().iter().map(ToString::to_string).collect()),
        email: Some(settings.email),
        serial: member::total(zone.serial),
        refresh: Some(settings.refresh),
        retry: Some(settings.retry),
        expire: Some(settings.expire),
        minimum: Some(settings.minimum),
        customer: Some(zone.ownership.customer.get()),
        reseller: Some(zone.ownership.reseller.get()),
        change_date: Some(zone.change_date),
        info: Some(settings.info),
    }
}
