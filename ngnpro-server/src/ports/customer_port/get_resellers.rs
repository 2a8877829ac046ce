//! `Customer.getResellers`.

use crate::context::Context;
use crate::error::Failure;
use crate::wire::customer::GetResellersInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(_context: &Context<'_>, _input: GetResellersInput) -> Result<types::CustomerAccounts, Failure> {
    Err(domain::Refusal::InternalError.into())
}
