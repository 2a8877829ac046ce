//! `Dns.updateRecord`: replaces a record, found by its id in the zone that is named. An import sends ids of another platform: then
//! it is the only record of that zone, name, type and value.
//!
//! 7002 it is not there, not in reach or not the only one, 7003 an equal record exists, 9004.

use domain::Refusal;
use store::{dns_records, sip_accounts};

use super::{record, zone};
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::dns::UpdateRecordInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: UpdateRecordInput) -> Result<(), Failure> {
    let wire = member::required(input.record, "record")?;
    let id = wire.id.unwrap_or(0);
    let named = match wire.zone.as_deref().map(str::trim).filter(|zone| !zone.is_empty()) {
        Some(name) => Some(zone::read_name(Some(name), "record.zone")?),
        None => None,
    };
    let mut tx = context.store.begin(&context.caller.scope).await?;
    let zone = match named {
        Some(zone) => zone,
        None if id == 0 => return Err(Refusal::invalid("record.id", "is missing").into()),
        None => dns_records::zone_of(&mut tx, id).await?,
    };
    let new = record::read(wire, zone)?;
    let stored = dns_records::stored_for_update(&mut tx, id, &new).await?;
    // Whoever writes back what it read need not reach the owner that somebody else assigned.
    if stored.owner != new.owner {
        sip_accounts::check_owner(&mut tx, new.owner, "record.owner").await?;
    }
    dns_records::update(&mut tx, &stored, &new).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Caller;
    use crate::ports::dns_port::testing::{record, text, www};
    use crate::ports::testing::{Platform, Refused, code};
    use crate::wire::types;

    async fn update(platform: &Platform, by: &Caller, record: types::DnsRecord) -> Result<(), Refused> {
        platform.call(by, handle, UpdateRecordInput { record: Some(record) }).await
    }

    #[tokio::test]
    async fn a_record_is_replaced_by_its_id() {
        let platform = Platform::with_zones().await;
        let made = platform.add_record(&platform.acme, www("acme.example")).await.unwrap();
        let sent = types::DnsRecord { id: made.id, ttl: Some(60), ..record("acme.example", "ftp", "CNAME", "www") };
        update(&platform, &platform.acme, sent).await.unwrap();
        let stored = platform.get_record(&platform.acme, made.id).await.unwrap();
        assert_eq!((stored.name, stored.r#type, stored.value), (text("ftp"), text("CNAME"), text("www")));
        assert_eq!((stored.ttl, stored.zone), (Some(60), text("acme.example")));
        // Without a zone it is the record's own.
        let sent = types::DnsRecord { id: made.id, zone: None, ..www("") };
        update(&platform, &platform.acme, sent).await.unwrap();
        assert_eq!(platform.get_record(&platform.acme, made.id).await.unwrap().name, text("www"));
    }

    #[tokio::test]
    async fn an_id_of_another_platform_leads_to_the_record_that_is_meant() {
        let platform = Platform::with_zones().await;
        let mine = platform.add_record(&platform.acme, www("acme.example")).await.unwrap();
        let other = platform.add_record(&platform.shop, record("shop.example", "x", "TXT", "kept")).await.unwrap();
        let theirs = platform.add_record(&platform.rival, record("rival.example", "x", "TXT", "kept")).await.unwrap();
        // Unknown, out of reach, and in reach but of another zone's.
        for id in [Some(999_999), None, theirs.id, other.id] {
            let ttl = id.map_or(1, |id| u32::try_from(id).unwrap() + 1);
            let sent = types::DnsRecord { id, ttl: Some(ttl), ..www("acme.example") };
            update(&platform, &platform.acme, sent).await.unwrap();
            assert_eq!(platform.get_record(&platform.acme, mine.id).await.unwrap().ttl, Some(ttl), "{id:?}");
        }
        assert_eq!(platform.get_record(&platform.rival, theirs.id).await.unwrap(), theirs);
        assert_eq!(platform.get_record(&platform.shop, other.id).await.unwrap(), other);
    }

    #[tokio::test]
    async fn a_record_that_is_not_the_only_one_is_not_guessed() {
        let platform = Platform::with_zones().await;
        for priority in [10, 20] {
            let sent = types::DnsRecord { priority: Some(priority), ..record("acme.example", "", "MX", "mail") };
            platform.add_record(&platform.acme, sent).await.unwrap();
        }
        let sent = types::DnsRecord { id: Some(999_999), ..record("acme.example", "", "MX", "mail") };
        assert_eq!(code(update(&platform, &platform.acme, sent).await), 7002);
    }

    #[tokio::test]
    async fn what_is_out_of_reach_equal_or_wrong_is_refused() {
        let platform = Platform::with_zones().await;
        let made = platform.add_record(&platform.acme, www("acme.example")).await.unwrap();
        let other = platform.add_record(&platform.acme, record("acme.example", "ftp", "A", "192.0.2.1")).await.unwrap();
        let with_id = |record: types::DnsRecord| types::DnsRecord { id: made.id, ..record };
        for (by, sent, refusal) in [
            (&platform.rival, with_id(www("acme.example")), 7002),
            (&platform.shop, with_id(www("acme.example")), 7002),
            (&platform.shop, types::DnsRecord { zone: None, ..with_id(www("")) }, 7002),
            (&platform.acme, www("shop.example"), 7002),
            (&platform.acme, types::DnsRecord { id: other.id, ..www("acme.example") }, 7003),
            (&platform.acme, with_id(record("acme.example", "www", "A", "x")), 9004),
            (&platform.acme, types::DnsRecord { id: None, zone: None, ..www("") }, 9004),
            (&platform.acme, types::DnsRecord { owner: Some(999_999), ..with_id(www("acme.example")) }, 9004),
        ] {
            assert_eq!(code(update(&platform, by, sent.clone()).await), refusal, "{sent:?}");
        }
        assert_eq!(platform.get_record(&platform.acme, made.id).await.unwrap(), made);
    }
}
