//! `Sip.updateDomain`.

use crate::context::Context;
use crate::error::Failure;
use crate::wire::sip::UpdateDomainInput;

/// Answers the call.
pub async fn handle(_context: &Context<'_>, _input: UpdateDomainInput) -> Result<(), Failure> {
    Err(domain::Refusal::InternalError.into())
}
