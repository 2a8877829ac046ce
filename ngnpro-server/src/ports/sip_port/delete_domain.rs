//! `Sip.deleteDomain`.

use crate::context::Context;
use crate::error::Failure;
use crate::wire::sip::DeleteDomainInput;

/// Answers the call.
pub async fn handle(_context: &Context<'_>, _input: DeleteDomainInput) -> Result<(), Failure> {
    Err(domain::Refusal::InternalError.into())
}
