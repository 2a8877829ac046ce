//! `Customer.getCustomers`.

use crate::context::Context;
use crate::error::Failure;
use crate::wire::customer::GetCustomersInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(_context: &Context<'_>, _input: GetCustomersInput) -> Result<types::CustomerAccounts, Failure> {
    Err(domain::Refusal::InternalError.into())
}
