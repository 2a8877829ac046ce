//! Who signs in: the rows of the login table, looked up before there is a scope. One round trip for all that the credentials
//! of a call ask, nothing written.

use domain::{CustomerId, Digest, ResellerId, Scope, SipId};

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
    /// The reseller of that customer; none when there is no such customer.
    pub impersonate_reseller: Option<ResellerId>,
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

/// What was found for the credentials of a call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The row with the login name.
    pub login: Option<Login>,
    /// The reseller of the customer that the caller wants to act as; none when there is no such customer.
    pub wanted: Option<ResellerId>,
}

/// The row with that login name, in any case, and the customer that the caller wants to act as. No name or nobody: not
/// looked for.
pub async fn find(store: &Store, name: Option<&str>, wanted: CustomerId) -> Result<Found, StoreError> {
    let row = store.attempt(|connection| {
        let query = sqlx::query!(
            "SELECT id, reseller, password_hash, acting, acting_reseller, wanted_reseller FROM ngnpro_sign_in($1, $2)",
            name,
            wanted.get()
        );
        connection.ask(async |database| query.fetch_one(database).await)
    });
    let row = row.await?;
    let login = row.id.zip(row.reseller).map(|(id, reseller)| Login {
        customer: CustomerId::new(id),
        reseller: ResellerId::new(reseller),
        impersonate: CustomerId::new(row.acting.unwrap_or(0)),
        impersonate_reseller: row.acting_reseller.map(ResellerId::new),
        password_hash: row.password_hash.unwrap_or_default(),
    });
    Ok(Found { login, wanted: row.wanted_reseller.map(ResellerId::new) })
}

/// What the password of an account is checked with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountLogin {
    /// The reach of the account's holder, as far as rows are concerned: those of whom the account belongs to.
    pub scope: Scope,
    /// MD5(username:domain:password).
    pub ha1: Digest,
}

/// The account of that address.
pub async fn account(store: &Store, id: &SipId) -> Result<Option<AccountLogin>, StoreError> {
    let row = store.attempt(|connection| {
        let query = sqlx::query!(
            r#"SELECT customer, reseller, ha1 AS "ha1!" FROM ngnpro_account_sign_in($1, $2)"#,
            id.username.as_str(),
            id.domain.as_str()
        );
        connection.ask(async |database| query.fetch_optional(database).await)
    });
    Ok(row.await?.map(|row| {
        let (customer, reseller) = (row.customer.unwrap_or(0), row.reseller.unwrap_or(0));
        let scope = match (customer, reseller) {
            // An account of nobody is the administrator's.
            (_, 0) => Scope::administrator(),
            (0, reseller) => Scope::reseller(ResellerId::new(reseller)),
            (customer, reseller) => Scope::of_row(CustomerId::new(customer), ResellerId::new(reseller)),
        };
        AccountLogin { scope, ha1: Digest::of_row(row.ha1) }
    }))
}
