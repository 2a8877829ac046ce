//! Credits: how many records of a kind somebody may have, taken in the transaction that uses them up.

use domain::{CreditKind, Ownership};

use crate::{StoreError, Tx};

/// Takes one record of the owners' credits; both stay locked until the transaction ends. Nobody's records are not counted.
pub(crate) async fn take(tx: &mut Tx, kind: CreditKind, owner: Ownership) -> Result<(), StoreError> {
    if owner == Ownership::default() {
        return Ok(());
    }
    sqlx::query!(
        r#"SELECT ngnpro_take_credit($1, nullif($2::bigint, 0), nullif($3::bigint, 0)) IS NULL AS taken"#,
        kind.property(),
        owner.customer.get(),
        owner.reseller.get()
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(())
}
