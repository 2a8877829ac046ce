//! Webhooks: where tenants want to be told of their changes, how far each is told, and what was given up.
//!
//! The queue of a hook is the journal; `webhook_positions` says how far it is. A server that delivers holds a lease, so that a
//! hook's deliveries are in order, and nobody's after a server has died.

use std::time::Duration;

use domain::{CustomerId, ResellerId, Scope, Secret};
use sqlx::postgres::types::PgInterval;
use time::OffsetDateTime;

use crate::journal::Place;
use crate::{StoreError, Tx};

/// A hook as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the members are the columns, which migrations/0061_webhooks.sql explains")]
pub struct Webhook {
    pub id: i64,
    pub customer: i64,
    pub reseller: i64,
    pub url: String,
    pub description: String,
    pub resources: Vec<String>,
    pub operations: Vec<String>,
    pub active: bool,
    pub created: OffsetDateTime,
    pub attempts: i32,
    pub next_attempt: OffsetDateTime,
    pub last_success: Option<OffsetDateTime>,
    pub last_error: String,
    pub dead_letters: i64,
}

/// What a new hook is made of; it belongs to whom the scope is for.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the members are the columns")]
pub struct NewWebhook {
    pub url: String,
    pub description: String,
    pub resources: Vec<String>,
    pub operations: Vec<String>,
    pub secret: Secret,
}

/// Adds a hook, which is told of what is committed from now on; `None` when its owner has `most` already.
pub async fn add(tx: &mut Tx, new: &NewWebhook, most: u32) -> Result<Option<i64>, StoreError> {
    let (customer, reseller) = (tx.scope().customer_id().get(), tx.scope().reseller_id().get());
    let added = sqlx::query_scalar!(
        "INSERT INTO webhooks (customer, reseller, url, description, resources, operations, secret)
         SELECT nullif($1::bigint, 0), nullif($2::bigint, 0), $3, $4, $5, $6, $7
         WHERE (SELECT count(*) FROM webhooks WHERE customer IS NOT DISTINCT FROM nullif($1::bigint, 0)
                    AND reseller IS NOT DISTINCT FROM nullif($2::bigint, 0)) < $8
         RETURNING id",
        customer,
        reseller,
        new.url,
        new.description,
        &new.resources,
        &new.operations,
        new.secret.expose(),
        i64::from(most),
    )
    .fetch_optional(tx.conn())
    .await?;
    // A statement of its own: the policy asks for the hook, which one statement would not see yet.
    if let Some(id) = added {
        sqlx::query!(
            "INSERT INTO webhook_positions (webhook_id, xid) VALUES ($1, pg_snapshot_xmin(pg_current_snapshot()))",
            id
        )
        .execute(tx.conn())
        .await?;
    }
    Ok(added)
}

/// The hooks in reach, or the one with that number.
pub async fn list(tx: &mut Tx, id: Option<i64>) -> Result<Vec<Webhook>, StoreError> {
    Ok(sqlx::query_as!(
        Webhook,
        r#"SELECT h.id, coalesce(h.customer, 0) AS "customer!", coalesce(h.reseller, 0) AS "reseller!", h.url, h.description,
                  h.resources, h.operations, h.active, h.create_date AS created, p.attempts, p.next_attempt, p.last_success,
                  p.last_error, (SELECT count(*) FROM webhook_dead_letters AS d WHERE d.webhook_id = h.id) AS "dead_letters!"
           FROM webhooks AS h JOIN webhook_positions AS p ON p.webhook_id = h.id
           WHERE $1::bigint IS NULL OR h.id = $1 ORDER BY h.id LIMIT 1000"#,
        id
    )
    .fetch_all(tx.conn())
    .await?)
}

/// Makes a hook be told again, or no more for now; false when it is not in reach.
pub async fn set_active(tx: &mut Tx, id: i64, active: bool) -> Result<bool, StoreError> {
    let set = sqlx::query!("UPDATE webhooks SET active = $2 WHERE id = $1", id, active).execute(tx.conn()).await?;
    sqlx::query!(
        "UPDATE webhook_positions SET attempts = 0, next_attempt = now() WHERE webhook_id = $1 AND $2::boolean",
        id,
        active
    )
    .execute(tx.conn())
    .await?;
    Ok(set.rows_affected() > 0)
}

/// Removes a hook and its dead letters; false when it is not in reach.
pub async fn delete(tx: &mut Tx, id: i64) -> Result<bool, StoreError> {
    Ok(sqlx::query!("DELETE FROM webhooks WHERE id = $1", id).execute(tx.conn()).await?.rows_affected() > 0)
}

/// A hook that is to be served, by who holds its lease.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the members are the columns")]
pub struct Due {
    pub id: i64,
    /// Whose changes it is told of.
    pub scope: Scope,
    pub url: String,
    pub secret: Secret,
    pub resources: Vec<String>,
    pub operations: Vec<String>,
    pub place: Place,
    pub attempts: i32,
}

fn interval_of(duration: Duration) -> PgInterval {
    PgInterval { months: 0, days: 0, microseconds: i64::try_from(duration.as_micros()).unwrap_or(i64::MAX) }
}

fn scope_of(customer: Option<i64>, reseller: Option<i64>) -> Scope {
    match (customer, reseller) {
        (_, None) => Scope::administrator(),
        (None, Some(reseller)) => Scope::reseller(ResellerId::new(reseller)),
        (Some(customer), Some(reseller)) => Scope::of_row(CustomerId::new(customer), ResellerId::new(reseller)),
    }
}

/// Takes at most `most` hooks that have something to be told and are not being served, for that long. For the administrator.
pub async fn claim(tx: &mut Tx, lease: &str, time: Duration, most: u32) -> Result<Vec<Due>, StoreError> {
    let rows = sqlx::query!(
        r#"UPDATE webhook_positions AS p SET lease = $1, leased_until = now() + $2::interval
           FROM webhooks AS h
           WHERE h.id = p.webhook_id AND p.webhook_id IN (
               SELECT q.webhook_id FROM webhook_positions AS q JOIN webhooks AS w ON w.id = q.webhook_id
               WHERE w.active AND q.next_attempt <= now() AND q.leased_until < now() AND CASE
                   WHEN w.reseller IS NULL THEN EXISTS (SELECT FROM journal AS j
                       WHERE (j.xid, j.seq) > (q.xid, q.seq) AND j.xid < pg_snapshot_xmin(pg_current_snapshot()))
                   WHEN w.customer IS NULL OR w.customer = w.reseller THEN EXISTS (SELECT FROM journal AS j
                       WHERE j.reseller = w.reseller AND (j.xid, j.seq) > (q.xid, q.seq)
                         AND j.xid < pg_snapshot_xmin(pg_current_snapshot()))
                   ELSE EXISTS (SELECT FROM journal AS j
                       WHERE j.customer = w.customer AND (j.xid, j.seq) > (q.xid, q.seq)
                         AND j.xid < pg_snapshot_xmin(pg_current_snapshot())) END
               ORDER BY q.next_attempt LIMIT $3 FOR UPDATE OF q SKIP LOCKED)
           RETURNING h.id, h.customer, h.reseller, h.url, h.secret, h.resources, h.operations,
                     p.xid::text::bigint AS "xid!", p.seq, p.attempts"#,
        lease,
        interval_of(time),
        i64::from(most),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Due {
            id: row.id,
            scope: scope_of(row.customer, row.reseller),
            url: row.url,
            secret: Secret::new(row.secret),
            resources: row.resources,
            operations: row.operations,
            place: Place::new(row.xid, row.seq),
            attempts: row.attempts,
        })
        .collect())
}

/// A hook as it is when it is to be sent something by hand; `None` when it is not in reach.
pub async fn get(tx: &mut Tx, id: i64) -> Result<Option<Due>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT h.id, h.customer, h.reseller, h.url, h.secret, h.resources, h.operations, p.xid::text::bigint AS "xid!",
                  p.seq, p.attempts FROM webhooks AS h JOIN webhook_positions AS p ON p.webhook_id = h.id WHERE h.id = $1"#,
        id
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| Due {
        id: row.id,
        scope: scope_of(row.customer, row.reseller),
        url: row.url,
        secret: Secret::new(row.secret),
        resources: row.resources,
        operations: row.operations,
        place: Place::new(row.xid, row.seq),
        attempts: row.attempts,
    }))
}

/// What became of a delivery.
#[derive(Debug)]
pub enum Outcome<'a> {
    /// Taken, or nothing in it to tell: the hook goes on after that place.
    Told(Place, bool),
    /// Not taken: tried again after that time.
    Again(&'a str, Duration),
    /// Not taken too often: kept as a dead letter, the oldest of more than `most` is dropped, and the hook goes on.
    GivenUp(Place, &'a Letter, u32),
}

/// What could not be delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the members are the columns")]
pub struct Letter {
    pub delivery: String,
    pub body: String,
    pub events: i32,
    pub attempts: i32,
    pub error: String,
}

/// Writes down what became of a delivery and gives the lease back; false when it is not ours any more. For the administrator.
pub async fn settle(tx: &mut Tx, hook: i64, lease: &str, outcome: &Outcome<'_>) -> Result<bool, StoreError> {
    let (place, told, error, wait) = match outcome {
        Outcome::Told(place, told) => (Some(*place), *told, "", Duration::ZERO),
        Outcome::Again(error, wait) => (None, false, *error, *wait),
        Outcome::GivenUp(place, letter, _) => (Some(*place), false, letter.error.as_str(), Duration::ZERO),
    };
    let (xid, seq) = place.map(Place::parts).unzip();
    let settled = sqlx::query!(
        "UPDATE webhook_positions SET leased_until = '-infinity', lease = '',
             xid = coalesce($3::text::xid8, xid), seq = coalesce($4, seq),
             attempts = CASE WHEN $3::text IS NULL THEN attempts + 1 ELSE 0 END, next_attempt = now() + $5::interval,
             last_success = CASE WHEN $6::boolean THEN now() ELSE last_success END,
             last_error = CASE WHEN $6 THEN '' WHEN $7::text = '' THEN last_error ELSE $7 END
         WHERE webhook_id = $1 AND lease = $2",
        hook,
        lease,
        xid.map(|xid| xid.to_string()),
        seq,
        interval_of(wait),
        told,
        error,
    )
    .execute(tx.conn())
    .await?;
    let is_ours = settled.rows_affected() > 0;
    if let (true, Outcome::GivenUp(_, letter, most)) = (is_ours, outcome) {
        sqlx::query!(
            "INSERT INTO webhook_dead_letters (webhook_id, delivery, body, events, attempts, error)
             VALUES ($1, $2, $3, $4, $5, $6)",
            hook,
            letter.delivery,
            letter.body,
            letter.events,
            letter.attempts,
            letter.error,
        )
        .execute(tx.conn())
        .await?;
        sqlx::query!(
            "DELETE FROM webhook_dead_letters WHERE webhook_id = $1 AND id <= (
                 SELECT id FROM webhook_dead_letters WHERE webhook_id = $1 ORDER BY id DESC OFFSET $2 LIMIT 1)",
            hook,
            i64::from(*most),
        )
        .execute(tx.conn())
        .await?;
    }
    Ok(is_ours)
}

/// A dead letter as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the members are the columns")]
pub struct DeadLetter {
    pub id: i64,
    pub webhook_id: i64,
    pub delivery: String,
    pub body: String,
    pub events: i32,
    pub attempts: i32,
    pub error: String,
    pub at: OffsetDateTime,
}

/// The dead letters of a hook from a number on, or the one with that number: at most `limit`.
pub async fn dead_letters(tx: &mut Tx, hook: i64, after: i64, limit: u32) -> Result<Vec<DeadLetter>, StoreError> {
    Ok(sqlx::query_as!(
        DeadLetter,
        "SELECT id, webhook_id, delivery, body, events, attempts, error, at FROM webhook_dead_letters
         WHERE webhook_id = $1 AND id > $2 ORDER BY id LIMIT $3",
        hook,
        after,
        i64::from(limit),
    )
    .fetch_all(tx.conn())
    .await?)
}

/// Removes a dead letter; false when it is not in reach.
pub async fn delete_dead_letter(tx: &mut Tx, hook: i64, id: i64) -> Result<bool, StoreError> {
    let deleted = sqlx::query!("DELETE FROM webhook_dead_letters WHERE webhook_id = $1 AND id = $2", hook, id);
    Ok(deleted.execute(tx.conn()).await?.rows_affected() > 0)
}
