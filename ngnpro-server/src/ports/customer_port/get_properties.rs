//! `Customer.getProperties`.

use crate::context::Context;
use crate::error::Failure;
use crate::wire::customer::GetPropertiesInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(
    _context: &Context<'_>,
    _input: GetPropertiesInput,
) -> Result<Vec<types::CustomerProperty>, Failure> {
    Err(domain::Refusal::InternalError.into())
}
