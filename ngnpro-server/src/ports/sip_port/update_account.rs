//! `Sip.updateAccount`.

use crate::context::Context;
use crate::error::Failure;
use crate::wire::sip::UpdateAccountInput;

/// Answers the call.
pub async fn handle(_context: &Context<'_>, _input: UpdateAccountInput) -> Result<(), Failure> {
    Err(domain::Refusal::InternalError.into())
}
