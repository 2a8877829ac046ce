//! Certificates for these tests: an authority, what it signs, and clients that believe it.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, SanType};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};

/// Who signs.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key, PEM.
#[derive(Clone)]
pub(crate) struct Signed {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

impl Authority {
    pub(crate) fn new() -> Authority {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        Authority(CertifiedIssuer::self_signed(params, key).expect("signed"))
    }

    /// Its own certificate.
    pub(crate) fn certificate(&self) -> String {
        self.0.pem()
    }

    /// A certificate for this name.
    pub(crate) fn sign(&self, name: &str) -> Signed {
        self.sign_for(&[name], &[])
    }

    /// A certificate for these names and URIs.
    pub(crate) fn sign_for(&self, names: &[&str], uris: &[&str]) -> Signed {
        let key = KeyPair::generate().expect("a key");
        let names = names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let mut params = CertificateParams::new(names).expect("names");
        params.subject_alt_names.extend(uris.iter().map(|uri| SanType::URI((*uri).try_into().expect("a URI"))));
        let certificate = params.signed_by(&key, &self.0).expect("signed");
        Signed { certificate: certificate.pem(), key: key.serialize_pem() }
    }

    /// A client that believes this authority and nobody else, and shows a certificate if it has one.
    pub(crate) fn client(&self, own: Option<&Signed>) -> Arc<ClientConfig> {
        client_of(&self.certificate(), own)
    }
}

/// A client that believes this certificate and nobody else.
pub(crate) fn client_of(believed: &str, own: Option<&Signed>) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(believed.as_bytes()).expect("PEM")).expect("a certificate");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots);
    Arc::new(match own {
        None => builder.with_no_client_auth(),
        Some(own) => {
            let certificate = CertificateDer::from_pem_slice(own.certificate.as_bytes()).expect("PEM");
            let key = PrivateKeyDer::from_pem_slice(own.key.as_bytes()).expect("PEM");
            builder.with_client_auth_cert(vec![certificate], key).expect("a pair")
        }
    })
}
