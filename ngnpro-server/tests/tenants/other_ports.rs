//! The rows of the Dns, Enum, Voicemail, Rating and Network ports.

use super::cases::{Case, Names, Record, Shows, case};
use crate::wires::Client;

/// Puts into a zone or a range, and hangs on an account, what the record names beside it.
pub(super) fn fill(record: &Record, administrator: &Client, names: &mut Names) {
    let made = match record {
        Record::VoicemailBox => administrator.must("Voicemail.addAccount", &voicemail_box(names)),
        Record::Prices => administrator.must("Rating.setEntityProfiles", &prices(names)),
        Record::RangeWithNumber => administrator.must("Enum.addNumber", &number(names)),
        Record::ZoneWithEntry => administrator.must("Dns.addRecord", &dns_record(names)),
        Record::ZoneWithMailAlias => administrator.must("Dns.addFancyRecord", &mail_alias(names)),
        _ => return,
    };
    if matches!(record, Record::ZoneWithEntry | Record::ZoneWithMailAlias) {
        names.record = made.member("id");
    }
}

pub(super) fn zone(names: &Names) -> String {
    format!(
        "<zone><name>{}</name><customer>{}</customer><reseller>{}</reseller></zone>",
        names.domain, names.parent_customer, names.parent_reseller
    )
}

pub(super) fn range(names: &Names) -> String {
    format!(
        "<range>{}<customer>{}</customer><reseller>{}</reseller></range>",
        range_id(names, "id"),
        names.parent_customer,
        names.parent_reseller
    )
}

fn range_id(names: &Names, name: &str) -> String {
    format!("<{name}><prefix>{}</prefix><tld>e164.arpa</tld></{name}>", names.digits)
}

fn enum_id(names: &Names, name: &str) -> String {
    format!("<{name}><number>{}1</number><tld>e164.arpa</tld></{name}>", names.digits)
}

fn number(names: &Names) -> String {
    let target = "<item><type>sip</type><mapto>sip:a@example.org</mapto></item>";
    format!("<number>{}<mappings>{target}</mappings></number>", enum_id(names, "id"))
}

fn dns_record(names: &Names) -> String {
    format!(
        "<record><id>{}</id><zone>{}</zone><name>www</name><type>A</type><value>192.0.2.1</value></record>",
        names.record, names.domain
    )
}

fn mail_alias(names: &Names) -> String {
    format!(
        "<record><id>{}</id><zone>{}</zone><name>info</name><type>MBOXFW</type><value>a@example.org</value></record>",
        names.record, names.domain
    )
}

fn record_id(names: &Names) -> String {
    format!("<recordId>{}</recordId>", names.record)
}

fn zone_name(names: &Names) -> String {
    format!("<zone>{}</zone>", names.domain)
}

fn records_of_zone(names: &Names) -> String {
    format!("<query><filter><zone>{}</zone></filter></query>", names.domain)
}

fn voicemail_box(names: &Names) -> String {
    format!("<account>{}<email>a@example.org</email></account>", names.id("sipId"))
}

fn prices(names: &Names) -> String {
    format!("<profiles>{}<profileWeekday>442</profileWeekday></profiles>", entity(names))
}

fn entity(names: &Names) -> String {
    format!("<entity>subscriber://{}@{}</entity>", names.user, names.parent_domain)
}

fn nothing(_: &Names) -> String {
    String::new()
}

/// In the contract's order.
pub(super) const CASES: &[Case] = &[
    case("Dns.addZone", Record::Nothing, Shows::Owner, zone),
    case("Dns.updateZone", Record::Zone, Shows::Nothing, zone),
    case("Dns.deleteZone", Record::ZoneWithEntry, Shows::Nothing, zone_name),
    case("Dns.getZone", Record::Zone, Shows::Nothing, zone_name),
    case("Dns.getZones", Record::Zone, Shows::Rows, |names| {
        format!("<query><filter><name>{}</name></filter></query>", names.domain)
    }),
    case("Dns.addRecord", Record::Zone, Shows::Nothing, dns_record),
    case("Dns.addFancyRecord", Record::Zone, Shows::Nothing, mail_alias),
    case("Dns.updateRecord", Record::ZoneWithEntry, Shows::Nothing, dns_record),
    case("Dns.updateFancyRecord", Record::ZoneWithMailAlias, Shows::Nothing, mail_alias),
    case("Dns.deleteRecord", Record::ZoneWithEntry, Shows::Nothing, record_id),
    case("Dns.deleteFancyRecord", Record::ZoneWithMailAlias, Shows::Nothing, record_id),
    case("Dns.getRecord", Record::ZoneWithEntry, Shows::Nothing, record_id),
    case("Dns.getFancyRecord", Record::ZoneWithMailAlias, Shows::Nothing, record_id),
    case("Dns.getRecords", Record::ZoneWithEntry, Shows::Rows, records_of_zone),
    case("Dns.getFancyRecords", Record::ZoneWithMailAlias, Shows::Rows, records_of_zone),
    case("Enum.addRange", Record::Nothing, Shows::Owner, range),
    case("Enum.updateRange", Record::Range, Shows::Nothing, range),
    case("Enum.deleteRange", Record::Range, Shows::Nothing, |names| range_id(names, "range")),
    case("Enum.getRanges", Record::Range, Shows::Rows, |names| {
        format!("<query><filter><prefix>{}</prefix></filter></query>", names.digits)
    }),
    case("Enum.addNumber", Record::Range, Shows::Nothing, number),
    case("Enum.updateNumber", Record::RangeWithNumber, Shows::Nothing, number),
    case("Enum.deleteNumber", Record::RangeWithNumber, Shows::Nothing, |names| enum_id(names, "enumId")),
    case("Enum.getNumber", Record::RangeWithNumber, Shows::Nothing, |names| enum_id(names, "enumId")),
    case("Enum.getNumbers", Record::RangeWithNumber, Shows::Rows, |names| {
        format!("<query><filter><number>{}%</number></filter></query>", names.digits)
    }),
    case("Voicemail.addAccount", Record::Account, Shows::Nothing, voicemail_box),
    case("Voicemail.updateAccount", Record::VoicemailBox, Shows::Nothing, voicemail_box),
    case("Voicemail.deleteAccount", Record::VoicemailBox, Shows::Nothing, |names| names.id("sipId")),
    case("Voicemail.getAccount", Record::VoicemailBox, Shows::Nothing, |names| names.id("sipId")),
    case("Voicemail.setAnnouncement", Record::VoicemailBox, Shows::Nothing, |names| {
        // The shortest WAV file: a format, and one sample.
        let file = "UklGRikAAABXQVZFZm10IBAAAAAGAAEAQB8AAEAfAAABAAgAZGF0YQEAAADV";
        format!("{}<message>{file}</message>", names.id("sipId"))
    }),
    case("Rating.setEntityProfiles", Record::Account, Shows::Nothing, prices),
    case("Rating.deleteEntityProfiles", Record::Prices, Shows::Nothing, entity),
    case("Rating.getEntityProfiles", Record::Prices, Shows::Nothing, entity),
    case("Network.getStatistics", Record::Nothing, Shows::Nothing, nothing),
    case("Network.getStatus", Record::Nothing, Shows::Nothing, nothing),
];
