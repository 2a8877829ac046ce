//! Who a certificate is for, as SIP reads it: the domains of its `sip` URIs, and its DNS names only where it has none of those.
//!
//! RFC 5922 §7.1 (what counts as an identity), §7.2 (how it is compared), §7.3 (servers), §7.4 (clients).

use std::net::IpAddr;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use webpki::EndEntityCert;

/// A certificate that was found to be good, for as long as its connection lives.
#[derive(Clone, Debug)]
pub(crate) struct Identity(CertificateDer<'static>);

impl Identity {
    pub(super) fn of(certificate: &CertificateDer<'_>) -> Identity {
        Identity(certificate.clone().into_owned())
    }

    /// Whether it is for this host.
    pub(crate) fn is(&self, host: &str) -> bool {
        EndEntityCert::try_from(&self.0).is_ok_and(|certificate| is_domain(&certificate, host))
    }

    /// Whether it is for this address.
    pub(crate) fn is_address(&self, address: IpAddr) -> bool {
        let name = ServerName::IpAddress(address.to_canonical().into());
        EndEntityCert::try_from(&self.0).is_ok_and(|it| it.verify_is_valid_for_subject_name(&name).is_ok())
    }
}

fn is_domain(certificate: &EndEntityCert<'_>, host: &str) -> bool {
    let host = host.trim_end_matches('.');
    let mut domains = certificate.valid_uri_names().filter_map(domain_of).peekable();
    // RFC 5922 §7.1: a DNS name is an identity only where no URI is one.
    match domains.peek() {
        Some(_) => domains.any(|domain| is_same(domain, host)),
        None => certificate.valid_dns_names().any(|name| is_same(name, host)),
    }
}

/// RFC 5922 §7.1: the host of a `sip` URI that names no user.
fn domain_of(uri: &str) -> Option<&str> {
    let (scheme, rest) = uri.split_once(':')?;
    if !scheme.eq_ignore_ascii_case("sip") || rest.contains('@') {
        return None;
    }
    rest.split([':', ';', '?', '/']).next().filter(|host| !host.is_empty())
}

/// RFC 5922 §7.2: letter by letter, in any case; no wildcard and no suffix.
fn is_same(name: &str, host: &str) -> bool {
    name.trim_end_matches('.').eq_ignore_ascii_case(host)
}

/// Believes servers that prove to be the SIP domain that they were taken for.
#[derive(Debug)]
struct Domains {
    roots: Arc<RootCertStore>,
    algorithms: WebPkiSupportedAlgorithms,
}

/// Believes who shows a certificate under one of these roots for the name that was asked for.
pub(super) fn domains(roots: &Arc<RootCertStore>, provider: &CryptoProvider) -> Arc<dyn ServerCertVerifier> {
    Arc::new(Domains { roots: Arc::clone(roots), algorithms: provider.signature_verification_algorithms })
}

impl ServerCertVerifier for Domains {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let parsed = ParsedCertificate::try_from(end_entity)?;
        verify_server_cert_signed_by_trust_anchor(&parsed, &self.roots, intermediates, now, self.algorithms.all)?;
        let identity = Identity::of(end_entity);
        let is_it = match server_name {
            ServerName::IpAddress(address) => identity.is_address(IpAddr::from(*address)),
            name => identity.is(&name.to_str()),
        };
        if is_it { Ok(ServerCertVerified::assertion()) } else { Err(CertificateError::NotValidForName.into()) }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, KeyPair, SanType};

    fn identity(names: &[&str], uris: &[&str], address: Option<&str>) -> Identity {
        let names = names.iter().map(|name| SanType::DnsName((*name).try_into().expect("a name")));
        let uris = uris.iter().map(|uri| SanType::URI((*uri).try_into().expect("a URI")));
        let address = address.map(|address| SanType::IpAddress(address.parse().expect("an address")));
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.subject_alt_names = names.chain(uris).chain(address).collect();
        let key = KeyPair::generate().expect("a key");
        Identity::of(params.self_signed(&key).expect("signed").der())
    }

    /// RFC 5922 §7.1, §7.2.
    #[test]
    fn a_certificate_is_for_the_domains_of_its_sip_uris_and_else_for_its_dns_names() {
        let by_name = identity(&["Sip.Example.com", "*.example.net"], &[], None);
        assert!(by_name.is("sip.example.COM") && by_name.is("sip.example.com."));
        assert!(!by_name.is("example.com") && !by_name.is("a.sip.example.com"));
        assert!(!by_name.is("a.example.net") && !by_name.is("*.example.org"), "no wildcards");
        let by_uri = identity(&["host.example.com"], &["sip:example.com", "SIP:two.example;x=y"], None);
        assert!(by_uri.is("example.com") && by_uri.is("two.example"));
        assert!(!by_uri.is("host.example.com"), "the name of the machine is not that of the service");
        let others = identity(&["host.example.com"], &["https://example.com", "sip:alice@example.com"], None);
        assert!(others.is("host.example.com") && !others.is("example.com"));
    }

    /// RFC 5922 §7.3: a URI with an address is compared with the addresses of the certificate.
    #[test]
    fn a_certificate_may_be_for_an_address() {
        let it = identity(&["192.0.2.8.example"], &[], Some("192.0.2.7"));
        assert!(it.is_address("192.0.2.7".parse().expect("an address")));
        assert!(it.is_address("::ffff:192.0.2.7".parse().expect("an address")));
        assert!(!it.is_address("192.0.2.8".parse().expect("an address")) && !it.is("192.0.2.7"));
    }
}
