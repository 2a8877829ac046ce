//! `Customer.deleteAccount`: deletes a customer to whom nothing belongs any more. Records that only name it as owner lose
//! the owner.
//!
//! 5000, 5002 records or a reseller's customers still carry its number, 9001 the caller is a customer, 9004.

use domain::{Refusal, Scope};
use store::customers;

use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::customer::DeleteAccountInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: DeleteAccountInput) -> Result<(), Failure> {
    let id = member::customer(input.id, "id")?;
    let scope = match context.caller.scope {
        // The administrator's page of a customer acts as that customer also when it deletes it.
        Scope::Customer(own, _) if context.caller.is_administrator_login && own == id => Scope::administrator(),
        Scope::Customer(..) => return Err(Refusal::NotAllowed.into()),
        scope => scope,
    };
    let mut tx = context.store.begin(&scope).await?;
    customers::delete(&mut tx, id).await?;
    tx.commit().await?;
    Ok(())
}
