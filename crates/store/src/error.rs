//! What a call of the store can end with: a refusal that the caller is told, a database that is away, or a fault of ours.

use std::{fmt, io};

use domain::{CreditKind, Refusal};

/// Why a call of the store did not do what it was asked. Prints the database's message and never its detail, which
/// quotes the row that a statement failed on, passwords and all.
#[derive(thiserror::Error)]
pub enum StoreError {
    /// The contract's answer to the caller.
    #[error("refused: {0}")]
    Refused(Refusal),
    /// The database is away or does not answer in time. Trying later may help.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// Another transaction changed the same rows at the same time: nothing was done, and trying at once may help.
    #[error("overtaken by another transaction: {0}")]
    Overtaken(String),
    /// The settings, or the schema that was found, do not fit this program. The text says what to do.
    #[error("{0}")]
    Settings(String),
    /// A fault of ours: a statement that the database did not take.
    #[error("a statement failed: {0}")]
    Internal(sqlx::Error),
}

impl fmt::Debug for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => f.debug_tuple("Refused").field(refusal).finish(),
            Self::Unavailable(why) => f.debug_tuple("Unavailable").field(why).finish(),
            Self::Overtaken(why) => f.debug_tuple("Overtaken").field(why).finish(),
            Self::Settings(why) => f.debug_tuple("Settings").field(why).finish(),
            Self::Internal(error) => f.debug_tuple("Internal").field(&error.to_string()).finish(),
        }
    }
}

/// The SQLSTATE of `ngnpro_take_credit`; the constraint names the credit.
const CREDIT_EXCEEDED: &str = "N9003";

impl StoreError {
    pub(crate) fn unavailable(why: impl Into<String>) -> Self {
        Self::Unavailable(why.into())
    }

    pub(crate) fn settings(why: impl Into<String>) -> Self {
        Self::Settings(why.into())
    }

    /// The constraint that a statement of this call ran against.
    pub fn constraint(&self) -> Option<&str> {
        match self {
            Self::Internal(sqlx::Error::Database(error)) => error.constraint(),
            _ => None,
        }
    }

    /// The same once more, for somebody who asked together with others.
    pub(crate) fn again(&self) -> Self {
        match self {
            Self::Refused(refusal) => Self::Refused(refusal.clone()),
            Self::Unavailable(why) => Self::Unavailable(why.clone()),
            Self::Overtaken(why) => Self::Overtaken(why.clone()),
            Self::Settings(why) => Self::Settings(why.clone()),
            Self::Internal(error) => Self::Internal(sqlx::Error::AnyDriverError(error.to_string().into())),
        }
    }

    /// Whether trying later may help.
    pub const fn is_unavailable(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

impl From<Refusal> for StoreError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if is_connection_loss(&error) {
            return Self::Unavailable(error.to_string());
        }
        // PostgreSQL Appendix A. 40001: serialization failure, 40P01: deadlock.
        if let sqlx::Error::Database(database) = &error
            && matches!(database.code().as_deref(), Some("40001" | "40P01"))
        {
            return Self::Overtaken(error.to_string());
        }
        if let sqlx::Error::Database(database) = &error
            && database.code().as_deref() == Some(CREDIT_EXCEEDED)
            && let Some(kind) = CreditKind::ALL.into_iter().find(|kind| database.constraint() == Some(kind.property()))
        {
            return Self::Refused(Refusal::CreditExceeded(kind));
        }
        Self::Internal(error)
    }
}

/// Turns the violation of a constraint into the refusal that the contract has for it.
pub trait RefusedBy<T> {
    /// `constraint` is its name in the schema; any other error stays what it is.
    fn refused_by(self, constraint: &str, refusal: impl FnOnce() -> Refusal) -> Result<T, StoreError>;
}

impl<T, E: Into<StoreError>> RefusedBy<T> for Result<T, E> {
    fn refused_by(self, constraint: &str, refusal: impl FnOnce() -> Refusal) -> Result<T, StoreError> {
        self.map_err(|error| {
            let error = error.into();
            if error.constraint() == Some(constraint) { StoreError::Refused(refusal()) } else { error }
        })
    }
}

/// Whether the connection, not the statement, is what failed.
pub(crate) fn is_connection_loss(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => true,
        // A server that is told to stop answers half a message.
        sqlx::Error::Protocol(_) => true,
        // PostgreSQL Appendix A. 08: connection exceptions. 57P01..57P03: being shut down, crashed, starting up.
        // 25P03: idle in a transaction for too long, the session is gone. 53300: too many connections.
        sqlx::Error::Database(database) => database.code().is_some_and(|code| {
            code.starts_with("08") || matches!(code.as_ref(), "57P01" | "57P02" | "57P03" | "25P03" | "53300")
        }),
        _ => false,
    }
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        Self::Unavailable(error.to_string())
    }
}
