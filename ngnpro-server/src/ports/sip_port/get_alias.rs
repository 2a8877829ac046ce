//! `Sip.getAlias`.

use crate::context::Context;
use crate::error::Failure;
use crate::wire::sip::GetAliasInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(_context: &Context<'_>, _input: GetAliasInput) -> Result<types::SipAlias, Failure> {
    Err(domain::Refusal::InternalError.into())
}
