//! Who signs in: the rows of the login table, looked up before there is a scope. One round trip each, nothing written.

use domain::{CustomerId, ResellerId, Scope};

use crate::{Store, StoreError};

/// What a login needs of its row.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// The row.
    pub customer: CustomerId,
    /// Its reseller.
    pub reseller: ResellerId,
    /// The customer that it acts as; nobody for itself.
    pub impersonate: CustomerId,
    /// The argon2id PHC string of its password; empty when it has none and nobody can sign in with it.
    pub password_hash: String,
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Login")
            .field("customer", &self.customer)
            .field("reseller", &self.reseller)
            .field("impersonate", &self.impersonate)
            .finish_non_exhaustive()
    }
}

/// The row with that login name, in any case.
pub async fn by_name(store: &Store, name: &str) -> Result<Option<Login>, StoreError> {
    let mut tx = store.begin_read(&Scope::administrator()).await?;
    let row = sqlx::query!(
        r#"SELECT id AS "id!", reseller AS "reseller!", impersonate, password_hash FROM ngnpro_login($1)"#,
        name
    )
    .fetch_optional(tx.conn())
    .await?;
    tx.rollback().await?;
    Ok(row.map(|row| Login {
        customer: CustomerId::new(row.id),
        reseller: ResellerId::new(row.reseller),
        impersonate: CustomerId::new(row.impersonate.unwrap_or(0)),
        password_hash: row.password_hash.unwrap_or_default(),
    }))
}

/// The row with that id.
pub async fn by_id(store: &Store, id: CustomerId) -> Result<Option<Login>, StoreError> {
    let mut tx = store.begin_read(&Scope::administrator()).await?;
    let row = sqlx::query!("SELECT id, reseller, impersonate, password_hash FROM customers WHERE id = $1", id.get())
        .fetch_optional(tx.conn())
        .await?;
    tx.rollback().await?;
    Ok(row.map(|row| Login {
        customer: CustomerId::new(row.id),
        reseller: ResellerId::new(row.reseller),
        impersonate: CustomerId::new(row.impersonate.unwrap_or(0)),
        password_hash: row.password_hash.unwrap_or_default(),
    }))
}
