//! Tokens that programs sign in with: kept as digests, each for one customer or the administrator, with scopes and an end.

use domain::{CustomerId, Refusal, ResellerId};

use crate::connections::Connection;
use crate::{Store, StoreError, Tx};

/// Most tokens of one customer.
pub const TOKENS_MAX: i64 = 100;

/// A token that is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// SHA-256 of it.
    pub digest: [u8; 32],
    /// What it is for, in its owner's words.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// When it ends: RFC 3339, with a zone.
    pub expires: Option<String>,
}

/// A token as its owner sees it. Times are RFC 3339 in UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its number.
    pub id: i64,
    /// Whom it acts as; nobody is the administrator.
    pub customer: CustomerId,
    /// That customer's reseller.
    pub reseller: ResellerId,
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created: String,
    /// When it ends.
    pub expires: Option<String>,
    /// When it was last used, to the minute.
    pub last_used: Option<String>,
}

/// Makes a token for whom the scope is; none when there are [`TOKENS_MAX`].
pub async fn add(tx: &mut Tx, new: &NewToken) -> Result<Option<Token>, StoreError> {
    let (customer, reseller) = (tx.scope().customer_id().get(), tx.scope().reseller_id().get());
    let known = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM api_tokens WHERE customer IS NOT DISTINCT FROM nullif($1::bigint, 0)"#,
        customer
    )
    .fetch_one(tx.conn())
    .await?;
    if known >= TOKENS_MAX {
        return Ok(None);
    }
    let added = sqlx::query_scalar!(
        "INSERT INTO api_tokens (digest, customer, reseller, name, scopes, expires)
         SELECT $1, nullif($2::bigint, 0), nullif($3::bigint, 0), $4, $5, $6::text::timestamptz
         WHERE $6 IS NULL OR $6::text::timestamptz > now() RETURNING id",
        &new.digest,
        customer,
        reseller,
        new.name,
        &new.scopes,
        new.expires
    )
    .fetch_optional(tx.conn())
    .await
    .map_err(|error| match error.as_database_error().and_then(|of| of.code()) {
        // PostgreSQL Appendix A. Class 22: a text that is no time.
        Some(code) if code.starts_with("22") => StoreError::Refused(Refusal::invalid("expires", "is no time")),
        _ => error.into(),
    })?;
    let id = added.ok_or_else(|| Refusal::invalid("expires", "is past"))?;
    let tokens = list(tx, 0, 1, Some(id)).await?;
    tokens.into_iter().next().map(Some).ok_or_else(|| Refusal::InternalError.into())
}

/// Tokens in reach by their numbers, those greater than `after`; or the one.
pub async fn list(tx: &mut Tx, after: i64, most: i64, one: Option<i64>) -> Result<Vec<Token>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT t.id, t.customer, t.reseller, t.name, t.scopes,
                  to_char(t.created AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "created!",
                  to_char(t.expires AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS expires,
                  to_char(u.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS last_used
           FROM api_tokens AS t LEFT JOIN api_token_uses AS u ON u.token_id = t.id
           WHERE t.id > $1 AND (t.id = $3 OR $3 IS NULL) ORDER BY t.id LIMIT $2"#,
        after,
        most,
        one
    )
    .fetch_all(tx.conn())
    .await?;
    let token = rows.into_iter().map(|row| Token {
        id: row.id,
        customer: CustomerId::new(row.customer.unwrap_or(0)),
        reseller: ResellerId::new(row.reseller.unwrap_or(0)),
        name: row.name,
        scopes: row.scopes,
        created: row.created,
        expires: row.expires,
        last_used: row.last_used,
    });
    Ok(token.collect())
}

/// Revokes a token in reach; whether there was one.
pub async fn delete(tx: &mut Tx, id: i64) -> Result<bool, StoreError> {
    Ok(sqlx::query!("DELETE FROM api_tokens WHERE id = $1", id).execute(tx.conn()).await?.rows_affected() > 0)
}

/// Revokes all tokens of a customer in reach.
pub(crate) async fn delete_all_of(tx: &mut Tx, customer: CustomerId) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM api_tokens WHERE customer = $1", customer.get()).execute(tx.conn()).await?;
    Ok(())
}

/// Who signs in with a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    /// The token's number.
    pub id: i64,
    /// Whom it acts as.
    pub customer: CustomerId,
    /// That customer's reseller.
    pub reseller: ResellerId,
    /// That customer's login name; none for the administrator.
    pub username: Option<String>,
    /// What it may do.
    pub scopes: Vec<String>,
    /// That it was used was said within the minute.
    pub is_fresh: bool,
    /// The reseller of the customer that the caller wants to act as; none when there is no such customer.
    pub wanted: Option<ResellerId>,
}

/// The token of that digest, if it is good now. Before there is a scope.
pub async fn find(store: &Store, digest: &[u8; 32], wanted: CustomerId) -> Result<Option<Bearer>, StoreError> {
    let row = store.attempt(|connection| {
        let query = sqlx::query!(
            r#"SELECT id AS "id!", customer, reseller, username, scopes AS "scopes!", is_fresh AS "is_fresh!",
                      wanted_reseller
               FROM ngnpro_token_sign_in($1, $2)"#,
            digest.as_slice(),
            wanted.get()
        );
        connection.ask(async |database| query.fetch_optional(database).await)
    });
    Ok(row.await?.map(|row| Bearer {
        id: row.id,
        customer: CustomerId::new(row.customer.unwrap_or(0)),
        reseller: ResellerId::new(row.reseller.unwrap_or(0)),
        username: row.username,
        scopes: row.scopes,
        is_fresh: row.is_fresh,
        wanted: row.wanted_reseller.map(ResellerId::new),
    }))
}

/// Says that a token was used.
pub async fn used(store: &Store, id: i64) -> Result<(), StoreError> {
    let query = || sqlx::query!("SELECT ngnpro_token_used($1)", id);
    let run = |connection: Connection| connection.ask(async |database| query().execute(database).await);
    store.attempt(run).await?;
    Ok(())
}
