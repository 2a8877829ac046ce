//! `Sip.getGroups`.

use crate::context::Context;
use crate::error::Failure;
use crate::wire::sip::GetGroupsInput;

/// Answers the call.
pub async fn handle(_context: &Context<'_>, _input: GetGroupsInput) -> Result<Vec<String>, Failure> {
    Err(domain::Refusal::InternalError.into())
}
