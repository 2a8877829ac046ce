//! `Sip.addAlias`.

use crate::context::Context;
use crate::error::Failure;
use crate::wire::sip::AddAliasInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(_context: &Context<'_>, _input: AddAliasInput) -> Result<types::SipAlias, Failure> {
    Err(domain::Refusal::InternalError.into())
}
