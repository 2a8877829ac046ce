//! `Sip.getAliases`.

use crate::context::Context;
use crate::error::Failure;
use crate::wire::sip::GetAliasesInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(_context: &Context<'_>, _input: GetAliasesInput) -> Result<types::SipAliases, Failure> {
    Err(domain::Refusal::InternalError.into())
}
