//! Calls of an account, placed and received, as the proxy recorded them.

use domain::{Refusal, SipId};

use crate::{StoreError, Tx};

/// Which calls of one direction: from and to as Unix time, and how many at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallsAsked {
    /// Begun at this time or later.
    pub from: Option<i64>,
    /// Begun at this time or earlier.
    pub to: Option<i64>,
    /// The most rows.
    pub limit: u32,
}

/// A call as it was recorded.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the members are the contract's, and say what they are")]
pub struct Call {
    pub session_id: String,
    pub from_tag: String,
    pub to_tag: String,
    pub from_uri: String,
    pub to_uri: String,
    pub from_header: String,
    pub start_time: i64,
    pub stop_time: Option<i64>,
    pub status: Option<i32>,
    pub proxy_ip: String,
    pub application_types: Vec<String>,
    pub price: Option<f64>,
    pub rate: String,
}

/// How many calls of one direction, and what they cost together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CallTotals {
    /// How many.
    pub calls: i64,
    /// What they cost.
    pub price: f64,
}

/// Which end of a call an account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallEnd {
    /// It placed the call.
    Caller,
    /// It received the call.
    Callee,
}

/// The key of an account in reach.
pub async fn account(tx: &mut Tx, id: &SipId) -> Result<i64, StoreError> {
    sqlx::query_scalar!(
        "SELECT a.id FROM sip_accounts AS a JOIN sip_domains AS d ON d.id = a.domain_id
         WHERE a.username = $1 AND d.domain = $2",
        id.username.as_str(),
        id.domain.as_str()
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(|| Refusal::SipAccountNotFound(id.clone()).into())
}

/// Calls of that account, newest first.
pub async fn list(tx: &mut Tx, account: i64, end: CallEnd, asked: CallsAsked) -> Result<Vec<Call>, StoreError> {
    let (caller, callee) = ends(account, end);
    let calls = sqlx::query_as!(
        Call,
        r#"SELECT session_id, from_tag, to_tag, from_uri, to_uri, from_header,
                  extract(epoch FROM start_time)::bigint AS "start_time!",
                  extract(epoch FROM stop_time)::bigint AS stop_time, status, proxy_ip, application_types,
                  price::float8 AS price, rate
           FROM calls
           WHERE (caller_id = $1 OR callee_id = $2)
             AND ($3::bigint IS NULL OR start_time >= to_timestamp($3::bigint::float8))
             AND ($4::bigint IS NULL OR start_time < to_timestamp($4::bigint::float8) + interval '1 second')
           ORDER BY start_time DESC, id DESC LIMIT $5"#,
        caller,
        callee,
        asked.from,
        asked.to,
        i64::from(asked.limit)
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(calls)
}

/// Totals of that account; from the first of this month until now where no time is named.
pub async fn totals(
    tx: &mut Tx,
    account: i64,
    end: CallEnd,
    from: Option<i64>,
    to: Option<i64>,
) -> Result<CallTotals, StoreError> {
    let (caller, callee) = ends(account, end);
    let totals = sqlx::query_as!(
        CallTotals,
        r#"SELECT count(*) AS "calls!", coalesce(sum(price), 0)::float8 AS "price!"
           FROM calls
           WHERE (caller_id = $1 OR callee_id = $2)
             AND start_time >= coalesce(to_timestamp($3::bigint::float8), date_trunc('month', now()))
             AND start_time < coalesce(to_timestamp($4::bigint::float8), now()) + interval '1 second'"#,
        caller,
        callee,
        from,
        to
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(totals)
}

const fn ends(account: i64, end: CallEnd) -> (Option<i64>, Option<i64>) {
    match end {
        CallEnd::Caller => (Some(account), None),
        CallEnd::Callee => (None, Some(account)),
    }
}
