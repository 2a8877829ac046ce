//! The files of TLS: our own certificate and key, those whom we believe, and the pair that is made where none is given.

use std::fs::Metadata;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tracing::warn;

use super::profiles::Pair;

/// Where they are.
pub(super) struct Files {
    certificate: PathBuf,
    key: PathBuf,
    authorities: Option<PathBuf>,
}

/// What tells a file's content from an earlier one without reading it.
pub(super) type Stamp = Option<(SystemTime, u64)>;

impl Files {
    pub(super) fn new(certificate: &Path, key: &Path, authorities: Option<&Path>) -> Files {
        let authorities = authorities.map(Path::to_owned);
        Files { certificate: certificate.to_owned(), key: key.to_owned(), authorities }
    }

    /// Those that are made where none are given.
    pub(super) fn in_state_dir(state_dir: &Path, authorities: Option<&Path>) -> Files {
        Files::new(&state_dir.join("self-signed.crt"), &state_dir.join("self-signed.key"), authorities)
    }

    /// Makes a certificate that nobody has signed, unless it was made before.
    pub(super) fn make_self_signed(&self, names: &[String]) -> Result<(), String> {
        if self.certificate.exists() && self.key.exists() {
            return Ok(());
        }
        let made = generate_simple_self_signed(names.to_vec()).map_err(|error| error.to_string())?;
        let CertifiedKey { cert, signing_key } = made;
        write(&self.key, &signing_key.serialize_pem())?;
        write(&self.certificate, &cert.pem())?;
        let file = self.certificate.display();
        warn!(%file, "no certificate is given (tls.certificate): a self-signed one was made, {file}; no phone believes it unless told to");
        Ok(())
    }

    /// Our own certificate with its key.
    pub(super) fn pair(&self) -> Result<Pair, String> {
        let of = |file: &Path, why: &dyn std::fmt::Display| format!("{}: {why}", file.display());
        let certificate = std::fs::read(&self.certificate).map_err(|error| of(&self.certificate, &error))?;
        let key = std::fs::read(&self.key).map_err(|error| of(&self.key, &error))?;
        Pair::read(&certificate, &key)
            .map_err(|why| of(&self.certificate, &format!("with {}: {why}", self.key.display())))
    }

    /// Whom we believe.
    pub(super) fn roots(&self) -> Result<Arc<RootCertStore>, String> {
        let mut roots = RootCertStore::empty();
        let Some(file) = &self.authorities else {
            roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
            return Ok(Arc::new(roots));
        };
        let of = |why: &dyn std::fmt::Display| format!("{}: {why}", file.display());
        let all = CertificateDer::pem_file_iter(file).map_err(|error| of(&error))?;
        for certificate in all {
            let certificate = certificate.map_err(|error| of(&error))?;
            roots.add(certificate).map_err(|error| of(&error))?;
        }
        if roots.is_empty() { Err(of(&"there is no certificate in it")) } else { Ok(Arc::new(roots)) }
    }

    pub(super) fn stamps(&self) -> [Stamp; 3] {
        let stamp = |metadata: Metadata| Some((metadata.modified().ok()?, metadata.len()));
        let of = |file: &Path| std::fs::metadata(file).ok().and_then(stamp);
        [of(&self.certificate), of(&self.key), self.authorities.as_deref().and_then(of)]
    }
}

/// A file that only this user may read, there whole or not at all.
fn write(path: &Path, text: &str) -> Result<(), String> {
    let beside = path.with_extension("new");
    let write = || -> std::io::Result<()> {
        let mut options = std::fs::OpenOptions::new();
        let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
        file.write_all(text.as_bytes())?;
        std::fs::rename(&beside, path)
    };
    write().map_err(|error| format!("{}: {error}", path.display()))
}
