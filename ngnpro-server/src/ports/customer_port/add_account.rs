//! `Customer.addAccount`.

use crate::context::Context;
use crate::error::Failure;
use crate::wire::customer::AddAccountInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(_context: &Context<'_>, _input: AddAccountInput) -> Result<types::CustomerAccount, Failure> {
    Err(domain::Refusal::InternalError.into())
}
