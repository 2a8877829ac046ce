//! Movements of balances on the wire.

use domain::Refusal;
use store::prepaid::BalanceChange;

use crate::wire::types;

/// Writes a balance before and after.
pub(super) const fn write(change: BalanceChange) -> types::BalanceChange {
    types::BalanceChange { old_balance: Some(change.old), new_balance: Some(change.new) }
}

/// Without the right to change balances, and who is prepaid.
pub(super) const NO_PREPAID_CHANGES: Refusal = Refusal::NotAllowed("the property prepaid_changes is missing");
