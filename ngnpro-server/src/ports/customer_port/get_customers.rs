//! `Customer.getCustomers`: a page of the customers in reach, and how many match in all.

use store::customers;

use super::customer;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::customer::GetCustomersInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: GetCustomersInput) -> Result<types::CustomerAccounts, Failure> {
    let query = customer::query(input.query, context.settings.list_cap)?;
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    let page = customers::list(&mut tx, &query).await?;
    Ok(types::CustomerAccounts {
        accounts: Some(page.rows.into_iter().map(|row| customer::write(row, context.passwords)).collect()),
        total: member::total(page.total),
    })
}
