//! `Customer.getAccount`: one customer with every member.
//!
//! 5000, 9004.

use store::customers;

use super::customer;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::customer::GetAccountInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: GetAccountInput) -> Result<types::CustomerAccount, Failure> {
    let id = member::customer(input.id, "id")?;
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    Ok(customer::write(customers::get(&mut tx, id).await?, context.passwords))
}
