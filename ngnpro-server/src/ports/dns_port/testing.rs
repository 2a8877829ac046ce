//! Zones and records for the tests of this port.

use crate::caller::Caller;
use crate::ports::dns_port::{add_fancy_record, add_record, add_zone, get_fancy_record, get_record, get_zone};
use crate::ports::testing::{Platform, Refused};
use crate::wire::dns::{
    AddFancyRecordInput, AddRecordInput, AddZoneInput, GetFancyRecordInput, GetRecordInput, GetZoneInput,
};
use crate::wire::types;

pub(super) fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// A zone of which nothing but the name is said.
pub(super) fn zone(name: &str) -> types::DnsZone {
    types::DnsZone { name: text(name), ..Default::default() }
}

/// An address of `www` in a zone.
pub(super) fn www(zone: &str) -> types::DnsRecord {
    record(zone, "www", "A", "192.0.2.1")
}

pub(super) fn record(zone: &str, name: &str, record_type: &str, value: &str) -> types::DnsRecord {
    types::DnsRecord {
        zone: text(zone),
        name: text(name),
        r#type: text(record_type),
        value: text(value),
        ..Default::default()
    }
}

/// An alias of electronic mail.
pub(super) fn mail(zone: &str, name: &str) -> types::DnsFancyRecord {
    fancy(zone, name, "MBOXFW", "ada@example.org")
}

pub(super) fn fancy(zone: &str, name: &str, record_type: &str, value: &str) -> types::DnsFancyRecord {
    types::DnsFancyRecord {
        zone: text(zone),
        name: text(name),
        r#type: text(record_type),
        value: text(value),
        ..Default::default()
    }
}

impl Platform {
    /// With a zone of acme, one of its customer shop, and one of rival.
    pub(super) async fn with_zones() -> Self {
        let platform = Self::empty().await;
        for (by, name) in
            [(&platform.acme, "acme.example"), (&platform.shop, "shop.example"), (&platform.rival, "rival.example")]
        {
            platform.add_zone(by, zone(name)).await.unwrap();
        }
        platform
    }

    pub(super) async fn add_zone(&self, by: &Caller, zone: types::DnsZone) -> Result<types::DnsZone, Refused> {
        self.call(by, add_zone::handle, AddZoneInput { zone: Some(zone) }).await
    }

    pub(super) async fn get_zone(&self, by: &Caller, name: &str) -> Result<types::DnsZone, Refused> {
        self.call(by, get_zone::handle, GetZoneInput { zone: text(name) }).await
    }

    pub(super) async fn add_record(&self, by: &Caller, record: types::DnsRecord) -> Result<types::DnsRecord, Refused> {
        self.call(by, add_record::handle, AddRecordInput { record: Some(record) }).await
    }

    pub(super) async fn get_record(&self, by: &Caller, id: Option<i64>) -> Result<types::DnsRecord, Refused> {
        self.call(by, get_record::handle, GetRecordInput { record_id: id }).await
    }

    pub(super) async fn add_fancy(
        &self,
        by: &Caller,
        record: types::DnsFancyRecord,
    ) -> Result<types::DnsFancyRecord, Refused> {
        self.call(by, add_fancy_record::handle, AddFancyRecordInput { record: Some(record) }).await
    }

    pub(super) async fn get_fancy(&self, by: &Caller, id: Option<i64>) -> Result<types::DnsFancyRecord, Refused> {
        self.call(by, get_fancy_record::handle, GetFancyRecordInput { record_id: id }).await
    }
}
