//! Who may touch the ways to the telephone network: the administrator, and a reseller with the property `pstn_access`. A
//! customer's role is refused before.

use domain::Refusal;
use store::{Tx, customers};

use crate::error::Failure;

/// Without the right.
pub(super) const NO_ACCESS: Refusal = Refusal::NotAllowed("the property pstn_access is missing");

/// Refuses a reseller without the right.
pub(super) async fn check_access(tx: &mut Tx) -> Result<(), Failure> {
    if customers::pstn_rights(tx).await?.access { Ok(()) } else { Err(NO_ACCESS.into()) }
}

/// The same, and refuses a reseller that is not active.
pub(super) async fn check_may_create(tx: &mut Tx) -> Result<(), Failure> {
    check_access(tx).await?;
    Ok(customers::check_may_create(tx).await?)
}
