//! `Sip.getDomains`.

use crate::context::Context;
use crate::error::Failure;
use crate::wire::sip::GetDomainsInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(_context: &Context<'_>, _input: GetDomainsInput) -> Result<types::SipDomains, Failure> {
    Err(domain::Refusal::InternalError.into())
}
