//! `Sip.updateAlias`.

use crate::context::Context;
use crate::error::Failure;
use crate::wire::sip::UpdateAliasInput;

/// Answers the call.
pub async fn handle(_context: &Context<'_>, _input: UpdateAliasInput) -> Result<(), Failure> {
    Err(domain::Refusal::InternalError.into())
}
