//! `Sip.removeFromGroup`.

use crate::context::Context;
use crate::error::Failure;
use crate::wire::sip::RemoveFromGroupInput;

/// Answers the call.
pub async fn handle(_context: &Context<'_>, _input: RemoveFromGroupInput) -> Result<(), Failure> {
    Err(domain::Refusal::InternalError.into())
}
