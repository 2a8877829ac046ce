//! The secret that this proxy shares with the others on its database: read when the database answers, and again every minute, since an
//! operator may change it. The last one known lies in the state directory, so that a start without the database goes on with the calls and
//! the registrations that there are.
//!
//! It is never logged; the file is its owner's alone.

use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sip_core::Shared;
use store::proxy_secret::{ProxySecret, SecretReader};
use store::{DatabaseUrl, StoreError};
use tokio::time::sleep;
use tracing::{debug, error, info, warn};

const INTERVAL: Duration = Duration::from_secs(60);
const RETRY: Duration = Duration::from_secs(1);

/// The secret in use, and where it is kept.
pub(crate) struct SharedSecret {
    path: PathBuf,
    held: Mutex<ProxySecret>,
}

impl SharedSecret {
    /// The one that was known last; where none was, `new` until the database tells.
    pub(crate) fn open(state_dir: &Path, new: [u8; 32]) -> io::Result<SharedSecret> {
        let path = state_dir.join("proxy.secret");
        let kept = std::fs::read(&path).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        let secret = SharedSecret { path, held: Mutex::new(kept.unwrap_or(new).into()) };
        if kept.is_none() {
            secret.keep(&new.into())?;
        }
        Ok(secret)
    }

    /// What is in use.
    pub(crate) fn held(&self) -> ProxySecret {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes over what the database has.
    pub(crate) async fn refresh(&self, reader: &mut SecretReader, shared: &Shared) -> Result<(), StoreError> {
        let Some(secret) = reader.read().await? else {
            warn!("the database has no secret for its proxies (table proxy_secret): each goes on with its own");
            return Ok(());
        };
        if secret == self.held() {
            return Ok(());
        }
        shared.set_secret(secret.expose());
        info!("the secret that all proxies share was read from the database");
        if let Err(failed) = self.keep(&secret) {
            error!(error = %failed, "the secret cannot be kept in {}: {failed}", self.path.display());
        }
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = secret;
        Ok(())
    }

    fn keep(&self, secret: &ProxySecret) -> io::Result<()> {
        let beside = self.path.with_extension("new");
        let mut options = std::fs::OpenOptions::new();
        let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
        file.write_all(secret.expose())?;
        std::fs::rename(&beside, &self.path)
    }
}

/// Follows the database's for as long as the runtime lives.
pub(crate) async fn run(secret: Arc<SharedSecret>, shared: Arc<Shared>, url: DatabaseUrl) -> Result<(), StoreError> {
    let mut reader = SecretReader::new(&url)?;
    loop {
        match secret.refresh(&mut reader, &shared).await {
            Ok(()) => sleep(INTERVAL).await,
            Err(error) => {
                debug!(%error, "the secret cannot be read: {error}");
                sleep(RETRY).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_secret_is_kept_for_its_owner_and_found_again() {
        let dir = tempfile::tempdir().expect("a scratch directory");
        let first = SharedSecret::open(dir.path(), [1; 32]).expect("written");
        assert_eq!(first.held().expose(), &[1; 32]);
        let again = SharedSecret::open(dir.path(), [2; 32]).expect("read");
        assert_eq!(again.held().expose(), &[1; 32]);
        let mode = std::fs::metadata(dir.path().join("proxy.secret")).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(!format!("{:?}", again.held()).contains('1'));
    }
}
