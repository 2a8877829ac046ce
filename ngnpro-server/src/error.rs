//! What goes wrong in a call, and the fault it becomes: one table, exhaustive, nothing internal in it.

use domain::Refusal;
use soap::{DecodeError, Fault, FaultCode};
use store::StoreError;

/// Why a call is not done.
#[derive(Debug)]
pub enum Failure {
    /// The contract's own words.
    Refused(Refusal),
    /// A message or a value that breaks the wire's rules.
    Malformed(Fault),
    /// The database is away; nothing was done.
    Unavailable(String),
    /// Somebody else changed the same rows at the same time; nothing was done.
    Overtaken(String),
    /// A defect of ours; the text is for the log.
    Internal(String),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Malformed(fault)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Refused(refusal) => Self::Refused(refusal),
            StoreError::Unavailable(why) => Self::Unavailable(why),
            StoreError::Overtaken(why) => Self::Overtaken(why),
            StoreError::Settings(_) | StoreError::Internal(_) => Self::Internal(error.to_string()),
        }
    }
}

impl From<DecodeError> for Failure {
    fn from(error: DecodeError) -> Self {
        // The path begins with the operation element, which is no member.
        let member = error.member.split_once('.').map_or(error.member.as_str(), |(_, member)| member);
        Self::Refused(Refusal::invalid(member.to_owned(), error.why))
    }
}

impl Failure {
    /// The fault that the caller gets.
    #[must_use]
    pub fn fault(&self) -> Fault {
        let refusal = match self {
            Self::Malformed(fault) => return fault.clone(),
            Self::Refused(refusal) => refusal,
            Self::Unavailable(_) | Self::Overtaken(_) | Self::Internal(_) => &Refusal::InternalError,
        };
        let code = if refusal.is_client() { FaultCode::Client } else { FaultCode::Server };
        Fault { code, errorcode: refusal.code(), text: refusal.to_string() }
    }

    /// Says to the operator what the caller is not told.
    pub fn log(&self) {
        match self {
            Self::Refused(_) | Self::Malformed(_) => {}
            Self::Unavailable(why) => tracing::warn!(why, "a call could not be done: {why}"),
            Self::Overtaken(why) => tracing::warn!(why, "a call met another: {why}"),
            Self::Internal(why) => tracing::error!(why, "a call failed: {why}"),
        }
    }
}
