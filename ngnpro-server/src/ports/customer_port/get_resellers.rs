//! `Customer.getResellers`: a page of the resellers in reach. A customer that is asked for by its number is answered whether
//! it is a reseller or not: the web client finds whoever is signed in, and then its reseller, this way.

use store::customers;

use super::customer;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::customer::GetResellersInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: GetResellersInput) -> Result<types::CustomerAccounts, Failure> {
    let mut query = customer::query(input.query, context.settings.list_cap)?;
    query.filter.only_resellers |= query.filter.customer.is_none();
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    let page = customers::list(&mut tx, &query).await?;
    Ok(types::CustomerAccounts {
        accounts: Some(page.rows.into_iter().map(|row| customer::write(row, context.passwords)).collect()),
        total: member::total(page.total),
    })
}
