//! `Customer.addAccount`: makes a customer, or a reseller where the administrator names none.
//!
//! 5001 the login name (or the number that the administrator chose) is taken, 9002 the caller is no reseller or not an
//! active one, 9004. What only others may set (resellerActive, companyCode, balance, credit, properties) is left out and
//! not refused.

use domain::{CustomerId, NewCustomer, Refusal, ResellerId, Rights, Scope, properties_of_new};
use store::{Tx, customers};

use super::customer;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::customer::AddAccountInput;
use crate::wire::types;

/// Numbers that an import took ahead of the sequence are skipped, so many at most.
const TAKEN_MAX: usize = 10_000;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: AddAccountInput) -> Result<types::CustomerAccount, Failure> {
    let mut wire = member::required(input.account, "account")?;
    let scope = context.caller.scope;
    let is_administrator = scope.is_administrator();
    let who = if is_administrator { Rights::Administrator } else { Rights::ResellerOfCustomer };
    let sent = customer::properties(wire.properties.take(), "account.properties")?;
    let terms = customer::terms(&mut wire)?;
    let mut new = NewCustomer {
        id: member::customer(wire.id, "account.id")?,
        reseller: member::reseller(wire.reseller, "account.reseller")?,
        impersonate: member::customer(wire.impersonate, "account.impersonate")?,
        username: customer::login_name(&mut wire)?,
        password: None,
        terms: if is_administrator { terms } else { Default::default() },
        properties: properties_of_new(sent, who),
        profile: customer::profile(&mut wire)?,
    };
    match scope {
        Scope::Administrator => {}
        Scope::Reseller(own) => (new.id, new.reseller) = (CustomerId::NOBODY, own),
        Scope::Customer(..) => return Err(Refusal::ResellerNotActive.into()),
    }
    if let Some(password) = customer::password(&mut wire)? {
        new.password = Some(customer::store_password(context.passwords, &password).await?);
    }

    let mut tx = context.store.begin(&scope).await?;
    customers::check_may_create(&mut tx).await?;
    let id = insert(&mut tx, new).await?;
    let made = customers::get(&mut tx, id).await?;
    tx.commit().await?;
    Ok(customer::write(made, context.passwords))
}

/// Makes the row under the number that was chosen, or under the next free one.
async fn insert(tx: &mut Tx, new: NewCustomer) -> Result<CustomerId, Failure> {
    if !new.id.is_nobody() {
        return match customers::add(tx, &numbered(&new, new.id)).await? {
            true => Ok(new.id),
            false => Err(Refusal::CustomerExists(new.id.to_string()).into()),
        };
    }
    for _ in 0..TAKEN_MAX {
        let id = customers::next_id(tx).await?;
        if customers::add(tx, &numbered(&new, id)).await? {
            return Ok(id);
        }
    }
    Err(Failure::Internal("no free number for a customer".to_owned()))
}

/// Without a reseller the customer is one itself.
fn numbered(new: &NewCustomer, id: CustomerId) -> NewCustomer {
    let reseller = if new.reseller.is_nobody() { ResellerId::new(id.get()) } else { new.reseller };
    NewCustomer { id, reseller, ..new.clone() }
}
