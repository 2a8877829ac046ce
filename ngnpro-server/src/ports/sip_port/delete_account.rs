//! `Sip.deleteAccount`.

use crate::context::Context;
use crate::error::Failure;
use crate::wire::sip::DeleteAccountInput;

/// Answers the call.
pub async fn handle(_context: &Context<'_>, _input: DeleteAccountInput) -> Result<(), Failure> {
    Err(domain::Refusal::InternalError.into())
}
