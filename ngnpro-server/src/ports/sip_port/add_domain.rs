//! `Sip.addDomain`.

use crate::context::Context;
use crate::error::Failure;
use crate::wire::sip::AddDomainInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(_context: &Context<'_>, _input: AddDomainInput) -> Result<types::SipDomain, Failure> {
    Err(domain::Refusal::InternalError.into())
}
