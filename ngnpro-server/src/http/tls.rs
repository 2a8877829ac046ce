//! TLS (1.2 and 1.3) on the listener: the certificate that is presented, and a new one taken while connections go on.
//!
//! The two files are looked at every second. A pair that can be used replaces the one in use for connections from then on; one that
//! cannot (half written, of two keys) is refused and said, and the old one is kept.

use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The pair of files, and what is made of them.
#[derive(Debug)]
pub struct Certificates {
    certificate: PathBuf,
    private_key: PathBuf,
    current: RwLock<Arc<CertifiedKey>>,
    taken: AtomicU64,
    refused: AtomicU64,
}

/// What tells a file's content from an earlier one without reading it.
type Stamp = Option<(SystemTime, u64)>;

impl Certificates {
    /// Reads the files.
    ///
    /// # Errors
    /// The file and what is wrong with it.
    pub fn read(certificate: &Path, private_key: &Path) -> Result<Self, String> {
        Ok(Self {
            certificate: certificate.to_owned(),
            private_key: private_key.to_owned(),
            current: RwLock::new(pair(certificate, private_key)?),
            taken: AtomicU64::new(1),
            refused: AtomicU64::new(0),
        })
    }

    /// The settings of the listener.
    ///
    /// # Errors
    /// Never, unless the library does not know its own versions.
    pub(super) fn config(self: &Arc<Self>) -> Result<ServerConfig, rustls::Error> {
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?;
        Ok(builder.with_no_client_auth().with_cert_resolver(Arc::clone(self) as Arc<dyn ResolvesServerCert>))
    }

    /// Takes new files as they come, for as long as the server lives.
    pub(super) async fn watch(self: Arc<Self>) {
        let mut known = self.stamps();
        let mut ticks = tokio::time::interval(LOOK_EVERY);
        loop {
            ticks.tick().await;
            let found = self.stamps();
            if found != known {
                known = found;
                self.renew();
            }
        }
    }

    fn renew(&self) {
        match pair(&self.certificate, &self.private_key) {
            Ok(pair) => {
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = pair;
                self.taken.fetch_add(1, Ordering::Relaxed);
                let file = self.certificate.display();
                tracing::info!(%file, "new connections are served with the new certificate of {file}");
            }
            Err(why) => {
                self.refused.fetch_add(1, Ordering::Relaxed);
                tracing::warn!(why, "the new certificate is not used, the one before is kept: {why}");
            }
        }
    }

    fn stamps(&self) -> [Stamp; 2] {
        let stamp = |metadata: Metadata| Some((metadata.modified().ok()?, metadata.len()));
        [&self.certificate, &self.private_key].map(|file| std::fs::metadata(file).ok().and_then(stamp))
    }

    /// Its lines of the metrics.
    #[must_use]
    pub fn metrics(&self) -> String {
        let [taken, refused] = [&self.taken, &self.refused].map(|count| count.load(Ordering::Relaxed));
        format!(
            "# HELP ngnpro_tls_certificates_total Certificates read since the start, by whether they are used\n\
             # TYPE ngnpro_tls_certificates_total counter\n\
             ngnpro_tls_certificates_total{{result=\"taken\"}} {taken}\n\
             ngnpro_tls_certificates_total{{result=\"refused\"}} {refused}\n"
        )
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// A chain and the key of its first certificate.
fn pair(certificate: &Path, private_key: &Path) -> Result<Arc<CertifiedKey>, String> {
    let of = |file: &Path, why: &dyn std::fmt::Display| format!("{}: {why}", file.display());
    let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect);
    let chain = chain.map_err(|error| of(certificate, &error))?;
    if chain.is_empty() {
        return Err(of(certificate, &"there is no certificate in it (PEM, its own first, then those above it)"));
    }
    let key = PrivateKeyDer::from_pem_file(private_key).map_err(|error| of(private_key, &error))?;
    let pair = CertifiedKey::from_der(chain, key, &ring::default_provider());
    pair.map(Arc::new).map_err(|error| of(private_key, &format!("does not go with {}: {error}", certificate.display())))
}
