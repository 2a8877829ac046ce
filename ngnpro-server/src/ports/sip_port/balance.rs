//! Movements of balances on the wire.

use store::prepaid::BalanceChange;

use crate::wire::types;

/// Writes a balance before and after.
pub(super) const fn write(change: BalanceChange) -> types::BalanceChange {
    types::BalanceChange { old_balance: Some(change.old), new_balance: Some(change.new) }
}
