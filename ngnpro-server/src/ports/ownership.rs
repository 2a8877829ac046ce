//! Whom a record is given to: decided here, once, for everything that is owned by assignment.
//!
//! A new record belongs to the caller. The administrator names customer and reseller; a reseller may name one of its
//! customers; what a customer says about it is not heard. What is out of reach looks like what does not exist, so naming
//! somebody else's customer and naming nobody's are refused alike.

use domain::{CustomerId, Ownership, Refusal, ResellerId, Scope};
use store::{Tx, customers};

use crate::error::Failure;

/// What was sent about the owner, and the member that it was sent in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    /// Nobody when it was absent or 0.
    pub(super) customer: CustomerId,
    /// Nobody when it was absent or 0.
    pub(super) reseller: ResellerId,
    /// The paths of the two, for refusals.
    pub(super) members: [&'static str; 2],
}

/// The owner of a new record.
pub(super) async fn of_new(tx: &mut Tx, wanted: Wanted) -> Result<Ownership, Failure> {
    match *tx.scope() {
        Scope::Administrator => named(tx, wanted).await,
        Scope::Reseller(own) => {
            let customer = if wanted.customer.is_nobody() { own.as_customer() } else { wanted.customer };
            within(tx, customer, own).await
        }
        Scope::Customer(customer, reseller) => Ok(Ownership { customer, reseller }),
    }
}

/// The owner that a stored record gets by an update. Only the administrator moves it to another reseller.
pub(super) async fn of_change(tx: &mut Tx, stored: Ownership, wanted: Wanted) -> Result<Ownership, Failure> {
    if wanted.customer == stored.customer && (wanted.reseller == stored.reseller || wanted.reseller.is_nobody()) {
        return Ok(stored);
    }
    match *tx.scope() {
        // The reseller that was read goes along with a customer that is chosen anew.
        Scope::Administrator if wanted.customer != stored.customer && wanted.reseller == stored.reseller => {
            let reseller = if wanted.customer.is_nobody() { wanted.reseller } else { ResellerId::NOBODY };
            named(tx, Wanted { reseller, ..wanted }).await
        }
        Scope::Administrator => named(tx, wanted).await,
        Scope::Reseller(own) if !wanted.customer.is_nobody() => within(tx, wanted.customer, own).await,
        Scope::Reseller(_) | Scope::Customer(..) => Ok(stored),
    }
}

/// Both as the administrator named them.
async fn named(tx: &mut Tx, wanted: Wanted) -> Result<Ownership, Failure> {
    let [customer_member, reseller_member] = wanted.members;
    if wanted.customer.is_nobody() && wanted.reseller.is_nobody() {
        return Ok(Ownership::default());
    }
    // Only the reseller: its own record.
    let (customer, member) = match wanted.customer.is_nobody() {
        true => (wanted.reseller.as_customer(), reseller_member),
        false => (wanted.customer, customer_member),
    };
    let reseller = customers::reseller_of(tx, customer).await?;
    let reseller = reseller.ok_or_else(|| Refusal::invalid(member, "no such customer"))?;
    if !wanted.reseller.is_nobody() && wanted.reseller != reseller {
        return Err(Refusal::invalid(reseller_member, "not the reseller of that customer").into());
    }
    Ok(Ownership { customer, reseller })
}

/// One of the reseller's customers, or itself.
async fn within(tx: &mut Tx, customer: CustomerId, own: ResellerId) -> Result<Ownership, Failure> {
    match customers::reseller_of(tx, customer).await? {
        Some(reseller) if reseller == own => Ok(Ownership { customer, reseller }),
        _ => Err(Refusal::NotAllowed("the customer that is named is none of the reseller's").into()),
    }
}
