//! `Sip.updateDomain`: replaces a domain. With another customer, everything in the domain moves along.
//!
//! 1000 it is not there or not in reach, 9001 a reseller names a customer that is not its own, 9004.

use store::sip_domains;

use super::domain_record;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::ownership;
use crate::wire::sip::UpdateDomainInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: UpdateDomainInput) -> Result<(), Failure> {
    // Who does not say whose the domain is does not change it.
    let keeps_owner =
        input.domain.as_ref().is_some_and(|domain| domain.customer.is_none() && domain.reseller.is_none());
    let (name, wanted, tls) = domain_record::read(input.domain)?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    let stored = sip_domains::ownership_for_update(&mut tx, &name).await?;
    let owner = if keeps_owner { stored } else { ownership::of_change(&mut tx, stored, wanted).await? };
    sip_domains::update(&mut tx, &name, owner, &tls).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Caller;
    use crate::ports::sip_port::get_domains;
    use crate::ports::testing::{Platform, code};
    use crate::wire::sip::GetDomainsInput;
    use crate::wire::types;

    fn input(name: &str, customer: Option<i64>, reseller: Option<i64>) -> UpdateDomainInput {
        let domain = types::SipDomain { domain: Some(name.to_owned()), customer, reseller, ..Default::default() };
        UpdateDomainInput { domain: Some(domain) }
    }

    async fn read(platform: &Platform, by: &Caller, name: &str) -> types::SipDomain {
        let filter = types::SipDomainFilter { domain: Some(name.to_owned()), ..Default::default() };
        let query = types::SipDomainQuery { filter: Some(filter), ..Default::default() };
        let answer = platform.call(by, get_domains::handle, GetDomainsInput { query: Some(query) }).await.unwrap();
        answer.domains.unwrap().remove(0)
    }

    #[tokio::test]
    async fn everything_is_replaced_and_the_owner_kept_where_it_is_not_named() {
        let platform = Platform::new().await;
        let full = types::SipDomain {
            domain: Some("Acme.example".into()),
            certificate: Some("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----".into()),
            private_key: Some("key".into()),
            match_ip_address: Some("192.0.2.1".into()),
            match_sip_domain: Some("acme.example".into()),
            verify_cert: Some(true),
            require_cert: Some(true),
            ..Default::default()
        };
        platform.call(&platform.acme, handle, UpdateDomainInput { domain: Some(full.clone()) }).await.unwrap();
        let stored = read(&platform, &platform.acme, "acme.example").await;
        assert_eq!((stored.certificate, stored.private_key), (full.certificate, full.private_key));
        assert_eq!((stored.match_ip_address, stored.verify_cert), (full.match_ip_address, Some(true)));
        assert_eq!(stored.customer, Some(platform.acme.customer.get()));
        platform.call(&platform.acme, handle, input("acme.example", None, None)).await.unwrap();
        let stored = read(&platform, &platform.acme, "acme.example").await;
        assert_eq!((stored.certificate.as_deref(), stored.verify_cert), (Some(""), Some(false)));
    }

    #[tokio::test]
    async fn with_another_customer_everything_in_the_domain_moves() {
        let platform = Platform::new().await;
        let shop = platform.shop.customer.get();
        platform.call(&platform.acme, handle, input("acme.example", Some(shop), None)).await.unwrap();
        let moved = platform.get_account(&platform.shop, "alice@acme.example").await.unwrap();
        assert_eq!((moved.customer, moved.reseller), (Some(shop), Some(platform.acme.reseller.get())));
        // The administrator moves it to another reseller, by naming only the customer or both.
        let rival = platform.rival.customer.get();
        let old = Some(platform.acme.reseller.get());
        platform.call(&platform.admin, handle, input("acme.example", Some(rival), old)).await.unwrap();
        assert!(platform.get_account(&platform.rival, "alice@acme.example").await.is_ok());
        assert_eq!(code(platform.get_account(&platform.acme, "alice@acme.example").await), 1010);
        platform.call(&platform.admin, handle, input("acme.example", Some(0), Some(0))).await.unwrap();
        assert_eq!(code(platform.get_account(&platform.rival, "alice@acme.example").await), 1010);
    }

    #[tokio::test]
    async fn only_the_administrator_changes_the_reseller() {
        let platform = Platform::new().await;
        let [acme, shop, rival] = [&platform.acme, &platform.shop, &platform.rival].map(|c| c.customer.get());
        for (by, domain, customer, reseller) in [
            (&platform.acme, "acme.example", Some(acme), Some(rival)),
            (&platform.acme, "acme.example", Some(0), Some(0)),
            (&platform.shop, "shop.example", Some(acme), Some(acme)),
            (&platform.shop, "shop.example", Some(rival), Some(rival)),
        ] {
            platform.call(by, handle, input(domain, customer, reseller)).await.unwrap();
            let stored = read(&platform, &platform.admin, domain).await;
            let owner = if domain == "acme.example" { acme } else { shop };
            assert_eq!((stored.customer, stored.reseller), (Some(owner), Some(acme)));
        }
    }

    #[tokio::test]
    async fn what_is_out_of_reach_is_refused() {
        let platform = Platform::new().await;
        let rival = platform.rival.customer.get();
        for (by, domain, customer, refusal) in [
            (&platform.rival, "acme.example", None, 1000),
            (&platform.shop, "acme.example", None, 1000),
            (&platform.acme, "nowhere.example", None, 1000),
            (&platform.acme, "acme.example", Some(rival), 9001),
            (&platform.acme, "acme.example", Some(999_999), 9001),
            (&platform.admin, "acme.example", Some(999_999), 9004),
            (&platform.acme, "", None, 9004),
        ] {
            assert_eq!(code(platform.call(by, handle, input(domain, customer, None)).await), refusal, "{domain}");
        }
    }
}
