//! `Sip.deleteAlias`.

use crate::context::Context;
use crate::error::Failure;
use crate::wire::sip::DeleteAliasInput;

/// Answers the call.
pub async fn handle(_context: &Context<'_>, _input: DeleteAliasInput) -> Result<(), Failure> {
    Err(domain::Refusal::InternalError.into())
}
