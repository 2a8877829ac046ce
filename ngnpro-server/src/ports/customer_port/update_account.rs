//! `Customer.updateAccount`: replaces a customer, with its properties as a whole list. An absent or empty password, and the
//! one that was answered in place of it, keep the stored one; so does an absent login name.
//!
//! 5000, 5001 the login name is taken, 5003 a property was changed without the right to, 9004. What only the administrator
//! changes stays as it is stored when anybody else writes, since forms echo or omit it.

use domain::{CustomerId, Refusal, Rights, Scope, Secret, StoredPassword, properties_replaced};
use store::customers::{self, CustomerChange};

use super::customer;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::customer::UpdateAccountInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: UpdateAccountInput) -> Result<(), Failure> {
    let mut wire = member::required(input.account, "account")?;
    let id = member::customer(wire.id, "account.id")?;
    if id.is_nobody() {
        return Err(Refusal::invalid("account.id", "is missing").into());
    }
    let scope = context.caller.scope;
    let password = match customer::password(&mut wire)? {
        Some(password) => changed_password(context, id, &password).await?,
        None => None,
    };
    let sent = customer::properties(wire.properties.take(), "account.properties")?;
    let terms = customer::terms(&mut wire)?;
    let reseller = member::reseller(wire.reseller, "account.reseller")?;
    let impersonate = member::customer(wire.impersonate, "account.impersonate")?;
    let mut change = CustomerChange {
        id,
        reseller: Some(reseller).filter(|reseller| scope.is_administrator() && !reseller.is_nobody()),
        // A customer cannot let itself act as somebody else.
        impersonate: Some(impersonate).filter(|_| !matches!(scope, Scope::Customer(..))),
        username: customer::login_name(&mut wire)?,
        password,
        profile: customer::profile(&mut wire)?,
        terms: Some(terms).filter(|_| scope.is_administrator()),
        properties: Vec::new(),
    };

    let mut tx = context.store.begin(&scope).await?;
    let stored = customers::get_for_update(&mut tx, id).await?;
    let who = Rights::of(&scope, stored.id, stored.reseller);
    change.properties = properties_replaced(&stored.properties, sent, who)?;
    customers::update(&mut tx, &change).await?;
    tx.commit().await?;
    Ok(())
}

/// The stored forms of another password; none when it is the one that was answered. Hashed while no row is locked.
async fn changed_password(
    context: &Context<'_>,
    id: CustomerId,
    password: &Secret,
) -> Result<Option<StoredPassword>, Failure> {
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    let stored = customers::get(&mut tx, id).await?;
    drop(tx);
    if customer::is_echo(context.passwords, stored.password.as_ref(), password) {
        return Ok(None);
    }
    customer::store_password(context.passwords, password).await.map(Some)
}
