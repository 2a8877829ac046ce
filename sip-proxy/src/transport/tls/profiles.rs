//! Which certificate is shown to whom, and what is demanded of it: one choice for each SIP domain that says something of its own, and
//! one for all others.
//!
//! RFC 6066 §3: the name in the hello; RFC 5922 §7.4 (certificates of clients).

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use domain::Secret;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{NoClientAuth, WebPkiClientVerifier, danger::ClientCertVerifier};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{RootCertStore, ServerConfig};
use tracing::warn;

/// A chain and the key of its first certificate.
#[derive(Clone, Debug)]
pub(super) struct Pair(pub(super) CertifiedKey);

impl Pair {
    /// From PEM text: its own certificate first, then those above it.
    pub(super) fn read(certificate: &[u8], key: &[u8]) -> Result<Pair, String> {
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(certificate).collect();
        let chain = chain.map_err(|error| error.to_string())?;
        if chain.is_empty() {
            return Err("there is no certificate in it (PEM, its own first, then those above it)".to_owned());
        }
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| format!("no key: {error}"))?;
        let pair = CertifiedKey::from_der(chain, key, &ring::default_provider());
        pair.map(Pair).map_err(|error| format!("certificate and key do not go together: {error}"))
    }
}

/// What is demanded of a peer that connects. Who must show a certificate must show a good one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Demands {
    /// A certificate that is shown must be good.
    pub(super) verify: bool,
    /// One must be shown.
    pub(super) require: bool,
}

/// What a SIP domain says of its own.
#[derive(Clone, Debug)]
pub(crate) struct DomainTls {
    /// Its name.
    pub(crate) domain: String,
    /// PEM; empty: that of the settings.
    pub(crate) certificate: String,
    /// PEM.
    pub(crate) private_key: Secret,
    /// Our addresses at which this counts, split by commas and white space; empty: all.
    pub(crate) match_ip_address: String,
    /// Further names for which this counts, likewise.
    pub(crate) match_sip_domain: String,
    /// Whether a certificate that is shown must be good.
    pub(crate) verify_cert: bool,
    /// Whether one must be shown.
    pub(crate) require_cert: bool,
}

impl PartialEq for DomainTls {
    fn eq(&self, other: &Self) -> bool {
        let key = |tls: &DomainTls| {
            (
                tls.domain.clone(),
                tls.certificate.clone(),
                tls.private_key.expose().to_owned(),
                tls.match_ip_address.clone(),
                tls.match_sip_domain.clone(),
                (tls.verify_cert, tls.require_cert),
            )
        };
        key(self) == key(other)
    }
}

/// All choices.
pub(super) struct Profiles {
    pair: Option<Pair>,
    default: Option<Arc<ServerConfig>>,
    all: Vec<Profile>,
    by_name: HashMap<String, Vec<usize>>,
}

struct Profile {
    said: DomainTls,
    addresses: Vec<IpAddr>,
    config: Arc<ServerConfig>,
}

impl Profiles {
    /// Choices for these domains. One that says what it said `before` keeps what was made of that, its peers' sessions with it; one whose
    /// certificate cannot be used keeps the one before, or has none of its own.
    pub(super) fn new(
        pair: Option<Pair>,
        demands: Demands,
        domains: &[DomainTls],
        roots: &Arc<RootCertStore>,
        before: Option<&Profiles>,
    ) -> Result<Profiles, String> {
        let default = match (before.and_then(|before| before.default.clone()), &pair) {
            (Some(kept), _) => Some(kept),
            (None, Some(pair)) => Some(server_config(pair, demands, roots)?),
            (None, None) => None,
        };
        let mut profiles = Profiles { pair, default, all: Vec::new(), by_name: HashMap::new() };
        for said in domains {
            let kept = before.and_then(|before| before.all.iter().find(|profile| profile.said.domain == said.domain));
            let made = match kept {
                Some(kept) if kept.said == *said => Ok(Arc::clone(&kept.config)),
                _ => profiles.made_of(said, roots),
            };
            let config = match (made, kept) {
                (Ok(config), _) => config,
                (Err(why), kept) => {
                    warn!(domain.name = said.domain, why, "the certificate of {} cannot be used: {why}", said.domain);
                    let Some(kept) = kept else { continue };
                    Arc::clone(&kept.config)
                }
            };
            profiles.add(said.clone(), config);
        }
        Ok(profiles)
    }

    fn made_of(&self, said: &DomainTls, roots: &Arc<RootCertStore>) -> Result<Arc<ServerConfig>, String> {
        let demands = Demands { verify: said.verify_cert, require: said.require_cert };
        if said.certificate.trim().is_empty() {
            let pair = self.pair.as_ref().ok_or("there is no certificate in the settings either")?;
            return server_config(pair, demands, roots);
        }
        server_config(&Pair::read(said.certificate.as_bytes(), said.private_key.expose().as_bytes())?, demands, roots)
    }

    fn add(&mut self, said: DomainTls, config: Arc<ServerConfig>) {
        let place = self.all.len();
        let named = [said.domain.as_str()].into_iter().chain(words(&said.match_sip_domain));
        for name in named.filter(|name| *name != "*") {
            let of_name = self.by_name.entry(name.to_ascii_lowercase()).or_default();
            if !of_name.contains(&place) {
                of_name.push(place);
            }
        }
        let addresses = words(&said.match_ip_address).filter_map(|word| word.parse().ok()).collect();
        self.all.push(Profile { said, addresses, config });
    }

    /// What is shown to who asks for this name at this address of ours. Who asks for no name gets the domain of the address.
    pub(super) fn choose(&self, name: Option<&str>, local: IpAddr) -> Option<Arc<ServerConfig>> {
        let local = local.to_canonical();
        let found = match name {
            Some(name) => {
                let name = name.trim_end_matches('.').to_ascii_lowercase();
                let mut of_name = self.by_name.get(&name).into_iter().flatten().map(|place| &self.all[*place]);
                of_name.find(|profile| profile.addresses.is_empty() || profile.addresses.contains(&local))
            }
            None => self.all.iter().find(|profile| profile.addresses.contains(&local)),
        };
        found.map(|profile| Arc::clone(&profile.config)).or_else(|| self.default.clone())
    }

    pub(super) fn default_pair(&self) -> Option<Pair> {
        self.pair.clone()
    }
}

/// A list as people write one: by commas, or one a line.
fn words(list: &str) -> impl Iterator<Item = &str> {
    list.split(|c: char| c == ',' || c == ';' || c.is_whitespace()).filter(|word| !word.is_empty())
}

fn server_config(pair: &Pair, demands: Demands, roots: &Arc<RootCertStore>) -> Result<Arc<ServerConfig>, String> {
    let provider = Arc::new(ring::default_provider());
    let verifier: Arc<dyn ClientCertVerifier> = match demands {
        Demands { verify: false, require: false } => Arc::new(NoClientAuth),
        Demands { require, .. } => {
            let builder = WebPkiClientVerifier::builder_with_provider(Arc::clone(roots), Arc::clone(&provider));
            let builder = if require { builder } else { builder.allow_unauthenticated() };
            builder.build().map_err(|error| error.to_string())?
        }
    };
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_client_cert_verifier(verifier)
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(pair.0.clone())));
    // Who comes back is spared the signature; its ticket is kept by itself and not here.
    config.ticketer = ring::Ticketer::new().map_err(|error| error.to_string())?;
    Ok(Arc::new(config))
}
