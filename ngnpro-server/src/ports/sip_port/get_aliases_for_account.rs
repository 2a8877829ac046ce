//! `Sip.getAliasesForAccount`.

use crate::context::Context;
use crate::error::Failure;
use crate::wire::sip::GetAliasesForAccountInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(_context: &Context<'_>, _input: GetAliasesForAccountInput) -> Result<Vec<types::SipId>, Failure> {
    Err(domain::Refusal::InternalError.into())
}
