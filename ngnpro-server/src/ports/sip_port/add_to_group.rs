//! `Sip.addToGroup`.

use crate::context::Context;
use crate::error::Failure;
use crate::wire::sip::AddToGroupInput;

/// Answers the call.
pub async fn handle(_context: &Context<'_>, _input: AddToGroupInput) -> Result<(), Failure> {
    Err(domain::Refusal::InternalError.into())
}
