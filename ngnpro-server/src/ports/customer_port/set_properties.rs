//! `Customer.setProperties`.

use crate::context::Context;
use crate::error::Failure;
use crate::wire::customer::SetPropertiesInput;

/// Answers the call.
pub async fn handle(_context: &Context<'_>, _input: SetPropertiesInput) -> Result<(), Failure> {
    Err(domain::Refusal::InternalError.into())
}
