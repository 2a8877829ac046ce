//! Login passwords of customers: hashed with argon2id off the async threads, and where the configuration says so also kept
//! sealed, to be shown again.

use domain::Secret;

use crate::error::Failure;

/// What is answered in place of a password that cannot be shown; sent back, it keeps the stored one.
pub const PLACEHOLDER: &str = "********";

/// The keeper of login passwords.
#[derive(Debug)]
pub struct Passwords {}

impl Passwords {
    /// The argon2id PHC string of a password.
    ///
    /// # Errors
    /// When hashing fails.
    pub async fn hash(&self, _password: &Secret) -> Result<String, Failure> {
        Err(Failure::Internal("not built".to_owned()))
    }

    /// The password sealed for the database; none unless passwords are recoverable.
    ///
    /// # Errors
    /// When sealing fails.
    pub fn seal(&self, _password: &Secret) -> Result<Option<Vec<u8>>, Failure> {
        Ok(None)
    }

    /// What to answer for a stored password: the clear text when it was sealed with the present key, else the placeholder.
    #[must_use]
    pub fn reveal(&self, _sealed: Option<&[u8]>) -> String {
        PLACEHOLDER.to_owned()
    }
}
