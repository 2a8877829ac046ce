//! SIP domains between the wire and the domain.

use domain::{DomainName, Refusal, Secret, SipDomain, TlsProfile};

use crate::ports::member;
use crate::ports::ownership::Wanted;
use crate::wire::types;

/// Reads a domain to be made, or what one is to become.
pub(super) fn read(wire: Option<types::SipDomain>) -> Result<(DomainName, Wanted, TlsProfile), Refusal> {
    let wire = member::required(wire, "domain")?;
    let name = member::domain_name(wire.domain.as_deref(), "domain.domain")?;
    let wanted = Wanted {
        customer: member::customer(wire.customer, "domain.customer")?,
        reseller: member::reseller(wire.reseller, "domain.reseller")?,
        members: ["domain.customer", "domain.reseller"],
    };
    let tls = TlsProfile {
        certificate: member::block(wire.certificate, "domain.certificate")?,
        private_key: Secret::new(member::block(wire.private_key, "domain.private_key")?),
        match_ip_address: member::block(wire.match_ip_address, "domain.match_ip_address")?,
        match_sip_domain: member::line(wire.match_sip_domain, "domain.match_sip_domain")?,
        verify_cert: wire.verify_cert.unwrap_or(false),
        require_cert: wire.require_cert.unwrap_or(false),
    };
    Ok((name, wanted, tls))
}

/// Writes a domain with every member.
pub(super) fn write(domain: SipDomain) -> types::SipDomain {
    types::SipDomain {
        domain: Some(domain.domain.to_string()),
        customer: Some(domain.ownership.customer.get()),
        reseller: Some(domain.ownership.reseller.get()),
        certificate: Some(domain.tls.certificate),
        private_key: Some(domain.tls.private_key.expose().to_owned()),
        match_ip_address: Some(domain.tls.match_ip_address),
        match_sip_domain: Some(domain.tls.match_sip_domain),
        verify_cert: Some(domain.tls.verify_cert),
        require_cert: Some(domain.tls.require_cert),
        change_date: Some(domain.change_date),
    }
}
