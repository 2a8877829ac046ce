//! `Customer.getAccount`.

use crate::context::Context;
use crate::error::Failure;
use crate::wire::customer::GetAccountInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(_context: &Context<'_>, _input: GetAccountInput) -> Result<types::CustomerAccount, Failure> {
    Err(domain::Refusal::InternalError.into())
}
