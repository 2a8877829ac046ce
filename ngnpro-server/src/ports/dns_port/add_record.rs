//! `Dns.addRecord`: makes a record in a zone, which decides whose it is. The data are checked by the record's type.
//!
//! 7000 the zone is not there or not in reach, 7003 an equal record exists, 9002 the reseller is not active, 9004.

use store::{customers, dns_records, sip_accounts};

use super::{record, zone};
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::dns::AddRecordInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: AddRecordInput) -> Result<types::DnsRecord, Failure> {
    let wire = member::required(input.record, "record")?;
    let zone = zone::read_name(wire.zone.as_deref(), "record.zone")?;
    let new = record::read(wire, zone)?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    customers::check_may_create(&mut tx).await?;
    sip_accounts::check_owner(&mut tx, new.owner, "record.owner").await?;
    let made = dns_records::add(&mut tx, &new).await?;
    tx.commit().await?;
    Ok(record::write(made))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::dns_port::testing::{fancy, mail, record, text, www};
    use crate::ports::dns_port::{update_fancy_record, update_record};
    use crate::ports::testing::{Platform, code};
    use crate::wire::dns::{UpdateFancyRecordInput, UpdateRecordInput};

    #[tokio::test]
    async fn the_answer_has_an_id_and_the_zones_owner_and_the_zones_serial_goes_up() {
        let platform = Platform::with_zones().await;
        let before = platform.get_zone(&platform.shop, "shop.example").await.unwrap();
        let shop = Some(platform.shop.customer.get());
        let sent = types::DnsRecord {
            owner: shop,
            customer: Some(4711),
            id: Some(4711),
            priority: Some(10),
            ..record("Shop.example", "", "mx", "Mail.shop.example.")
        };
        let made = platform.add_record(&platform.acme, sent).await.unwrap();
        assert!(made.id.is_some_and(|id| id > 0 && id != 4711));
        assert_eq!(
            types::DnsRecord { id: None, change_date: None, ..made.clone() },
            types::DnsRecord {
                priority: Some(10),
                ttl: Some(3600),
                owner: shop,
                customer: shop,
                reseller: Some(platform.acme.customer.get()),
                ..record("shop.example", "", "MX", "mail.shop.example")
            }
        );
        assert_eq!(platform.get_record(&platform.shop, made.id).await.unwrap(), made);
        let after = platform.get_zone(&platform.shop, "shop.example").await.unwrap();
        assert_eq!(after.serial, before.serial.map(|serial| serial + 1));
    }

    #[tokio::test]
    async fn an_equal_record_is_there_once() {
        let platform = Platform::with_zones().await;
        platform.add_record(&platform.acme, www("acme.example")).await.unwrap();
        // Written another way, it is the same one.
        let again = platform.add_record(&platform.acme, record("acme.example.", "WWW.", "a", " 192.0.2.1")).await;
        assert_eq!(again, Err((7003, "DNS record www A already exists in acme.example".to_owned())));
        platform.add_record(&platform.acme, record("acme.example", "www", "A", "192.0.2.2")).await.unwrap();
        platform.add_record(&platform.rival, www("rival.example")).await.unwrap();
    }

    /// RFC 1034 §3.6.2: if a CNAME is present at a node, no other data should be.
    #[tokio::test]
    async fn a_cname_is_alone_at_its_name() {
        let platform = Platform::with_zones().await;
        let add = async |name: &str, record_type: &str, value: &str| {
            platform.add_record(&platform.acme, record("acme.example", name, record_type, value)).await.err()
        };
        assert_eq!(add("www", "A", "192.0.2.1").await, None);
        assert_eq!(add("ftp", "CNAME", "www").await, None);
        assert_eq!(add("a.ftp", "CNAME", "www").await, None);
        // Who imports again learns that it is there.
        assert_eq!(add("ftp", "CNAME", "www").await.map(|e| e.0), Some(7003));
        let alone = Some((9004, "Invalid value for record.name: a CNAME is alone at its name".to_owned()));
        for (name, record_type, value) in [
            ("www", "CNAME", "ftp"),
            ("WWW", "CNAME", "host.example.net"),
            ("ftp", "A", "192.0.2.1"),
            ("ftp", "TXT", "text"),
            ("ftp", "CNAME", "host.example.net"),
            ("", "CNAME", "host.example.net"),
            ("@", "CNAME", "host.example.net"),
        ] {
            assert_eq!(add(name, record_type, value).await, alone, "{name} {record_type}");
        }
        // Another zone's name is another name.
        let elsewhere = record("shop.example", "www", "CNAME", "host.example.net");
        let made = platform.add_record(&platform.acme, elsewhere).await.unwrap();
        let moved = |name: &str, record_type: &str, value: &str| types::DnsRecord {
            id: made.id,
            ..record("shop.example", name, record_type, value)
        };
        platform.add_record(&platform.acme, record("shop.example", "host", "A", "192.0.2.1")).await.unwrap();
        for (sent, refusal) in [
            (moved("host", "CNAME", "host.example.net"), Some(9004)),
            (moved("", "CNAME", "host.example.net"), Some(9004)),
            (moved("www", "CNAME", "other.example.net"), None),
            (moved("host", "A", "192.0.2.2"), None),
        ] {
            let input = UpdateRecordInput { record: Some(sent) };
            let updated = platform.call(&platform.acme, update_record::handle, input).await;
            assert_eq!(updated.err().map(|e| e.0), refusal);
        }
    }

    /// RFC 1034 §3.6.2: a redirection is published as an address of its name.
    #[tokio::test]
    async fn a_cname_and_a_redirection_are_not_of_one_name() {
        let platform = Platform::with_zones().await;
        let alone = Err((9004, "Invalid value for record.name: a CNAME is alone at its name".to_owned()));
        let cname = |name: &str| record("acme.example", name, "CNAME", "host.example.net");
        let web = |name: &str| fancy("acme.example", name, "URL", "http://example.org");
        platform.add_fancy(&platform.acme, web("web")).await.unwrap();
        let alias = platform.add_record(&platform.acme, cname("alias")).await.unwrap();
        assert_eq!(platform.add_record(&platform.acme, cname("web")).await, alone);
        assert_eq!(platform.add_fancy(&platform.acme, web("alias")).await.map(drop), alone.clone().map(drop));
        let moved = types::DnsRecord { id: alias.id, ..cname("web") };
        let moved =
            platform.call(&platform.acme, update_record::handle, UpdateRecordInput { record: Some(moved) }).await;
        assert_eq!(moved, alone.clone().map(drop));
        let other = platform.add_fancy(&platform.acme, web("other")).await.unwrap();
        let moved = types::DnsFancyRecord { id: other.id, ..web("alias") };
        let input = UpdateFancyRecordInput { record: Some(moved) };
        let moved = platform.call(&platform.acme, update_fancy_record::handle, input).await;
        assert_eq!(moved, alone.map(drop));
        // An alias of electronic mail is no address, and a redirection stands beside other records.
        platform.add_fancy(&platform.acme, mail("acme.example", "alias")).await.unwrap();
        platform.add_record(&platform.acme, record("acme.example", "web", "TXT", "text")).await.unwrap();
    }

    #[tokio::test]
    async fn what_is_out_of_reach_is_refused() {
        let platform = Platform::with_zones().await;
        for (by, name) in
            [(&platform.rival, "acme.example"), (&platform.shop, "acme.example"), (&platform.acme, "nowhere.example")]
        {
            let refused = platform.add_record(by, www(name)).await;
            assert_eq!(refused, Err((7000, format!("DNS zone {name} does not exist"))));
        }
        for owner in [platform.rival.customer.get(), 999_999] {
            let sent = types::DnsRecord { owner: Some(owner), ..www("acme.example") };
            assert_eq!(code(platform.add_record(&platform.acme, sent).await), 9004);
        }
        platform.deactivate(&platform.acme).await;
        assert_eq!(code(platform.add_record(&platform.acme, www("acme.example")).await), 9002);
    }

    #[tokio::test]
    async fn data_that_are_not_of_the_type_are_refused_and_the_member_named() {
        let platform = Platform::with_zones().await;
        for (name, record_type, value, member) in [
            ("www", "A", "2001:db8::1", "record.value"),
            ("www", "AAAA", "192.0.2.1", "record.value"),
            ("www", "SRV", "sip", "record.value"),
            ("www", "TXT", "", "record.value"),
            ("www", "SOA", "x", "record.type"),
            ("www", "", "x", "record.type"),
            ("a b", "A", "192.0.2.1", "record.name"),
        ] {
            let refused = platform.add_record(&platform.acme, record("acme.example", name, record_type, value)).await;
            let (code, words) = refused.unwrap_err();
            assert!(code == 9004 && words.starts_with(&format!("Invalid value for {member}: ")), "{words}");
        }
        let long = types::DnsRecord { ttl: Some(u32::MAX), ..www("acme.example") };
        assert_eq!(code(platform.add_record(&platform.acme, long).await), 9004);
        let nowhere = types::DnsRecord { zone: text(""), ..www("acme.example") };
        assert_eq!(code(platform.add_record(&platform.acme, nowhere).await), 9004);
        assert_eq!(code(platform.call(&platform.acme, handle, AddRecordInput::default()).await), 9004);
    }
}
