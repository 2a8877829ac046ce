//! Answers to writes that callers may ask for again, kept in the transaction of the write: the one is there if and only if the
//! other was done. What is kept is digests and sealed octets, see the server's `json/once.rs`.

use crate::{StoreError, Tx};

/// How long an answer is kept.
pub const KEPT_HOURS: i32 = 24;

/// What is known of a caller's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// It is new: the write is to be done, and its answer kept.
    New,
    /// The write was done.
    Done {
        /// Stands for the request that it was done for.
        request: Vec<u8>,
        /// The answer, sealed.
        answer: Vec<u8>,
    },
    /// A transaction that took it is running.
    Busy,
}

/// Takes a key for this transaction. Whoever else comes with it meanwhile finds it busy.
pub async fn take(tx: &mut Tx, digest: &[u8; 32], request: &[u8; 32]) -> Result<Taken, StoreError> {
    let (lock, _) = digest.split_first_chunk().unwrap_or((&[0; 8], &[]));
    let locked = sqlx::query_scalar!(r#"SELECT pg_try_advisory_xact_lock($1) AS "locked!""#, i64::from_be_bytes(*lock))
        .fetch_one(tx.conn())
        .await?;
    if !locked {
        return Ok(Taken::Busy);
    }
    let (customer, reseller) = (tx.scope().customer_id().get(), tx.scope().reseller_id().get());
    let new = sqlx::query!(
        "INSERT INTO kept_answers (digest, customer, reseller, request, expires)
         VALUES ($1, nullif($2::bigint, 0), nullif($3::bigint, 0), $4, now() + make_interval(hours => $5))
         ON CONFLICT (digest) DO UPDATE SET request = excluded.request, answer = NULL, expires = excluded.expires
         WHERE kept_answers.expires <= now()",
        digest,
        customer,
        reseller,
        request,
        KEPT_HOURS
    )
    .execute(tx.conn())
    .await?;
    if new.rows_affected() == 1 {
        return Ok(Taken::New);
    }
    let row = sqlx::query!("SELECT request, answer FROM kept_answers WHERE digest = $1", digest)
        .fetch_optional(tx.conn())
        .await?;
    // A row that is there and not to be seen, or without its answer, was forgotten or replaced at this moment.
    let again = || StoreError::Overtaken("a kept answer was being replaced".to_owned());
    let row = row.ok_or_else(again)?;
    Ok(Taken::Done { request: row.request, answer: row.answer.ok_or_else(again)? })
}

/// Keeps the answer of a key that was new.
pub async fn keep(tx: &mut Tx, digest: &[u8; 32], answer: &[u8]) -> Result<(), StoreError> {
    sqlx::query!("UPDATE kept_answers SET answer = $2 WHERE digest = $1", digest, answer).execute(tx.conn()).await?;
    Ok(())
}
