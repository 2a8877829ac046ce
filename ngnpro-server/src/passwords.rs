//! Login passwords: hashed with argon2id off the async threads, at most two at a time, and where the configuration says so
//! also kept sealed, to be shown again.
//!
//! Hashing is dear on purpose (19 MiB and tens of milliseconds each): a semaphore keeps it from starving the calls whose
//! callers are known. What was verified a moment ago is the caller's business, see `caller.rs`.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use domain::Secret;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::Failure;

/// What is answered in place of a password that cannot be shown; sent back, it keeps the stored one.
pub const PLACEHOLDER: &str = "********";

/// Hashes computed at once: each takes a core and 19 MiB.
const HASHES_AT_ONCE: usize = 2;
/// Bytes of the nonce in front of what is sealed.
const NONCE_BYTES: usize = 24;

/// The keeper of login passwords.
pub struct Passwords {
    running: Arc<Semaphore>,
    sealing: Option<XChaCha20Poly1305>,
    /// Verified in place of the hash of a name that does not exist, so that both take the same time.
    dummy: String,
}

impl std::fmt::Debug for Passwords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Passwords").field("recoverable", &self.sealing.is_some()).finish_non_exhaustive()
    }
}

impl Passwords {
    /// A keeper; with a key, passwords are recoverable.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub fn new(sealing_key: Option<&[u8; 32]>) -> Result<Self, Failure> {
        let sealing = sealing_key.map(|key| XChaCha20Poly1305::new(&Key::from(*key)));
        Ok(Self { running: Arc::new(Semaphore::new(HASHES_AT_ONCE)), sealing, dummy: hash(b"nobody's password")? })
    }

    /// The argon2id PHC string of a password.
    ///
    /// # Errors
    /// When hashing fails.
    pub async fn hash(&self, password: &Secret) -> Result<String, Failure> {
        let password = password.clone();
        off_thread(self.turn().await?, move || hash(password.expose().as_bytes())).await?
    }

    /// Whether the password is the one of that PHC string; without one the time is spent all the same.
    ///
    /// # Errors
    /// When the process cannot hash at all.
    pub(crate) async fn verify(
        &self,
        password: &Secret,
        phc: Option<&str>,
        still_wanted: impl FnOnce() -> bool,
    ) -> Result<bool, Failure> {
        let turn = self.turn().await?;
        // Attempts wait here together: a limit that was reached meanwhile holds for those behind.
        if !still_wanted() {
            return Ok(false);
        }
        let (password, exists) = (password.clone(), phc.is_some());
        let phc = phc.unwrap_or(&self.dummy).to_owned();
        let right = off_thread(turn, move || verify(password.expose().as_bytes(), &phc)).await?;
        Ok(right && exists)
    }

    async fn turn(&self) -> Result<OwnedSemaphorePermit, Failure> {
        Arc::clone(&self.running).acquire_owned().await.map_err(|e| Failure::Internal(e.to_string()))
    }

    /// The password sealed for the database; none unless passwords are recoverable.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub fn seal(&self, password: &Secret) -> Result<Option<Vec<u8>>, Failure> {
        let Some(cipher) = &self.sealing else { return Ok(None) };
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(|e| Failure::Internal(e.to_string()))?;
        let sealed = cipher.encrypt(&XNonce::from(nonce), password.expose().as_bytes());
        let sealed = sealed.map_err(|_| Failure::Internal("a password could not be sealed".to_owned()))?;
        Ok(Some([nonce.as_slice(), &sealed].concat()))
    }

    /// What to answer for a stored password: the clear text when it was sealed with the present key, else the placeholder.
    #[must_use]
    pub fn reveal(&self, sealed: Option<&[u8]>) -> String {
        self.open(sealed).unwrap_or_else(|| PLACEHOLDER.to_owned())
    }

    fn open(&self, sealed: Option<&[u8]>) -> Option<String> {
        let (nonce, text) = sealed?.split_first_chunk::<NONCE_BYTES>()?;
        let text = self.sealing.as_ref()?.decrypt(&XNonce::from(*nonce), text).ok()?;
        String::from_utf8(text).ok()
    }
}

/// Works on a thread that may block. The turn ends with the work, also when nobody waits for it any more.
async fn off_thread<T: Send + 'static>(
    turn: OwnedSemaphorePermit,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    let work = move || {
        let _turn = turn;
        work()
    };
    tokio::task::spawn_blocking(work).await.map_err(|e| Failure::Internal(e.to_string()))
}

/// The argon2id PHC string of a password, with the default parameters: 19 MiB, two passes, one lane.
///
/// # Errors
/// When the system has no random numbers.
pub fn hash(password: &[u8]) -> Result<String, Failure> {
    let phc = Argon2::default().hash_password(password).map_err(|e| Failure::Internal(format!("argon2: {e}")))?;
    Ok(phc.to_string())
}

fn verify(password: &[u8], phc: &str) -> bool {
    Argon2::default().verify_password(password, phc).is_ok()
}

/// Whether a text is an argon2id PHC string.
#[must_use]
pub fn is_phc(text: &str) -> bool {
    text.starts_with("$argon2id$") && argon2::password_hash::phc::PasswordHash::new(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_password_is_shown_again_with_the_same_key_only() {
        let password = Secret::new("p\u{e9}ss word");
        let keeper = Passwords::new(Some(&[7; 32])).unwrap();
        let sealed = keeper.seal(&password).unwrap().unwrap();
        assert_ne!(sealed, keeper.seal(&password).unwrap().unwrap());
        assert_eq!(keeper.reveal(Some(&sealed)), "p\u{e9}ss word");
        assert_eq!(Passwords::new(Some(&[8; 32])).unwrap().reveal(Some(&sealed)), PLACEHOLDER);
        assert_eq!(Passwords::new(None).unwrap().reveal(Some(&sealed)), PLACEHOLDER);
    }

    #[test]
    fn hashed_passwords_are_not_sealed() {
        let keeper = Passwords::new(None).unwrap();
        assert_eq!(keeper.seal(&Secret::new("secret")).unwrap(), None);
        assert_eq!(keeper.reveal(None), PLACEHOLDER);
    }

    #[tokio::test]
    async fn a_password_verifies_against_its_own_hash_only() {
        let keeper = Passwords::new(None).unwrap();
        let phc = keeper.hash(&Secret::new("secret")).await.unwrap();
        assert!(is_phc(&phc));
        assert!(keeper.verify(&Secret::new("secret"), Some(&phc), || true).await.unwrap());
        assert!(!keeper.verify(&Secret::new("Secret"), Some(&phc), || true).await.unwrap());
        assert!(!keeper.verify(&Secret::new("nobody's password"), None, || true).await.unwrap());
        assert!(!keeper.verify(&Secret::new("secret"), Some(&phc), || false).await.unwrap());
    }
}
