//! `Dns.addZone`: makes a zone with SOA and NS data; records in it take its customer and reseller. What is not said is the
//! configuration's, the serial number is the server's.
//!
//! 7001 it exists, whoever's it is; 9001 a reseller names a customer that is not its own, a zone inside one that is out of
//! reach, or a top-level domain by anybody but the administrator; 9002 the reseller is not active; 9003
//! the credit is used up; 9004.

use domain::Refusal;
use store::{customers, dns_zones};

use super::zone;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::ownership;
use crate::wire::dns::AddZoneInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: AddZoneInput) -> Result<types::DnsZone, Failure> {
    let (name, wanted, mut settings) = zone::read(input.zone, &context.settings.dns)?;
    // RFC 1034 §3.5.
    if name.as_str().split('.').any(|label| label.starts_with('-') || label.ends_with('-')) {
        return Err(Refusal::invalid("zone.name", "a label has no hyphen at its ends").into());
    }
    settings.nameservers.get_or_insert_with(|| context.settings.dns.nameservers.clone());
    let mut tx = context.store.begin(&context.caller.scope).await?;
    customers::check_may_create(&mut tx).await?;
    let owner = ownership::of_new(&mut tx, wanted).await?;
    let made = dns_zones::add(&mut tx, &name, owner, &settings).await?;
    tx.commit().await?;
    Ok(zone::write(made))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::dns_port::testing::{text, zone};
    use crate::ports::testing::{Platform, code};

    #[tokio::test]
    async fn what_is_not_said_is_the_configurations() {
        let platform = Platform::empty().await;
        let sent = types::DnsZone { serial: Some(7), ..zone("Example.COM.") };
        let made = platform.add_zone(&platform.shop, sent).await.unwrap();
        // Today's first: YYYYMMDD01.
        assert!(made.serial.is_some_and(|serial| serial > 2_000_000_000 && serial % 100 == 1), "{made:?}");
        assert_eq!(
            types::DnsZone { serial: None, change_date: None, ..made },
            types::DnsZone {
                ttl: Some(3600),
                nameservers: Some(vec!["ns1.platform.example".to_owned()]),
                email: text("hostmaster@example.com"),
                refresh: Some(14_400),
                retry: Some(3600),
                expire: Some(604_800),
                minimum: Some(3600),
                customer: Some(platform.shop.customer.get()),
                reseller: Some(platform.acme.customer.get()),
                info: text(""),
                ..zone("example.com")
            }
        );
    }

    #[tokio::test]
    async fn what_is_said_is_kept_and_the_owner_is_whom_the_rules_give_it() {
        let platform = Platform::empty().await;
        let [acme, shop] = [&platform.acme, &platform.shop].map(|caller| caller.customer.get());
        let sent = types::DnsZone {
            nameservers: Some(vec!["NS2.example.net.".to_owned(), "ns1.example.net".to_owned()]),
            email: text("dns@example.net"),
            refresh: Some(1),
            customer: Some(shop),
            reseller: Some(acme),
            ..zone("example.com")
        };
        for (n, by) in [&platform.admin, &platform.acme].into_iter().enumerate() {
            let sent = types::DnsZone { name: text(&format!("d{n}.example")), ..sent.clone() };
            let made = platform.add_zone(by, sent).await.unwrap();
            assert_eq!(made.nameservers, Some(vec!["ns2.example.net".to_owned(), "ns1.example.net".to_owned()]));
            assert_eq!((made.email, made.refresh), (text("dns@example.net"), Some(1)));
            assert_eq!((made.customer, made.reseller), (Some(shop), Some(acme)));
        }
        let none = types::DnsZone { nameservers: Some(Vec::new()), ..zone("none.example") };
        assert_eq!(platform.add_zone(&platform.acme, none).await.unwrap().nameservers, Some(Vec::new()));
    }

    #[tokio::test]
    async fn a_zone_is_there_once_on_the_platform() {
        let platform = Platform::with_zones().await;
        platform.grant(&platform.acme, &[("dns_zone_credit", "2")]).await;
        for by in [&platform.acme, &platform.rival, &platform.admin] {
            let taken = platform.add_zone(by, zone("acme.example")).await;
            assert_eq!(taken, Err((7001, "DNS zone acme.example already exists".to_owned())));
        }
    }

    #[tokio::test]
    async fn nobody_takes_a_part_of_a_zone_of_somebody_elses() {
        let platform = Platform::with_zones().await;
        for name in ["www.acme.example", "a.b.acme.example"] {
            assert_eq!(code(platform.add_zone(&platform.rival, zone(name)).await), 9001, "{name}");
            // A customer's zone inside its reseller's is made by the reseller.
            assert_eq!(code(platform.add_zone(&platform.shop, zone(name)).await), 9001, "{name}");
        }
        let customer = Some(platform.shop.customer.get());
        let sent = types::DnsZone { customer, ..zone("www.acme.example") };
        platform.add_zone(&platform.acme, sent).await.unwrap();
        // What is inside it is the customer's, and is there once.
        platform.add_zone(&platform.shop, zone("a.www.acme.example")).await.unwrap();
        assert_eq!(code(platform.add_zone(&platform.rival, zone("a.www.acme.example")).await), 7001);
        // Of a name that only ends alike, it is no part.
        platform.add_zone(&platform.rival, zone("notacme.example")).await.unwrap();
        platform.add_zone(&platform.admin, zone("b.acme.example")).await.unwrap();
        // One that was given to nobody is the administrator's to divide.
        assert_eq!(code(platform.add_zone(&platform.acme, zone("c.b.acme.example")).await), 9001);
    }

    #[tokio::test]
    async fn a_top_level_domain_is_the_administrators() {
        let platform = Platform::empty().await;
        for by in [&platform.acme, &platform.shop] {
            assert_eq!(code(platform.add_zone(by, zone("example")).await), 9001);
        }
        platform.add_zone(&platform.admin, zone("example")).await.unwrap();
    }

    #[tokio::test]
    async fn the_credit_counts_and_inactive_resellers_make_nothing() {
        let platform = Platform::with_zones().await;
        platform.grant(&platform.shop, &[("dns_zone_credit", "1")]).await;
        let refused = platform.add_zone(&platform.shop, zone("more.example")).await;
        assert_eq!(refused, Err((9003, "Maximum number of DNS zone records reached".to_owned())));
        platform.grant(&platform.acme, &[("dns_zone_credit", "2")]).await;
        assert_eq!(code(platform.add_zone(&platform.acme, zone("more.example")).await), 9003);
        platform.deactivate(&platform.acme).await;
        assert_eq!(code(platform.add_zone(&platform.acme, zone("more.example")).await), 9002);
    }

    #[tokio::test]
    async fn wrong_values_are_refused() {
        let platform = Platform::empty().await;
        let of = |change: fn(&mut types::DnsZone)| {
            let mut sent = zone("example.com");
            change(&mut sent);
            sent
        };
        for sent in [
            zone(""),
            zone("a b"),
            zone("-a.example"),
            zone("a-.example"),
            zone("a..b"),
            of(|zone| zone.ttl = Some(u32::MAX)),
            of(|zone| zone.email = text("nobody")),
            of(|zone| zone.refresh = Some(-1)),
            of(|zone| zone.minimum = Some(-1)),
            of(|zone| zone.nameservers = Some(vec!["a b".to_owned()])),
            of(|zone| zone.reseller = Some(-1)),
        ] {
            assert_eq!(code(platform.add_zone(&platform.acme, sent.clone()).await), 9004, "{sent:?}");
        }
        assert_eq!(code(platform.call(&platform.acme, handle, AddZoneInput::default()).await), 9004);
        let foreign = types::DnsZone { customer: Some(platform.rival.customer.get()), ..zone("example.com") };
        assert_eq!(code(platform.add_zone(&platform.acme, foreign).await), 9001);
    }
}
