//! Prepaid balances: what moves them, what moved them, and vouchers. Every movement locks the account and is written into
//! its history in the same transaction.

use domain::{Amount, Refusal, SipId, Voucher};

use crate::sip_groups::locked_account;
use crate::{StoreError, Tx};

/// A balance before and after a movement.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BalanceChange {
    /// Before.
    pub old: f64,
    /// After.
    pub new: f64,
}

/// One movement of a balance.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryEntry {
    /// When, as text.
    pub date: String,
    /// What was done, in the contract's words.
    pub action: String,
    /// Why.
    pub description: String,
    /// The amount; negative when it was taken.
    pub value: f64,
    /// The balance after it.
    pub balance: f64,
    /// The Call-ID of the call that was charged; empty for none.
    pub session: String,
}

/// The prepaid state of an account, with the call that it has under way.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PrepaidStatus {
    /// What is left.
    pub balance: f64,
    /// Whether it calls.
    pub call_in_progress: bool,
    /// For how many seconds.
    pub session_time: i64,
    /// Whom.
    pub destination: String,
    /// What the last finished call cost.
    pub last_call_price: f64,
}

/// The most that a balance holds.
const OUT_OF_RANGE: &str = "22003";

/// Adds an amount, which may be negative, to the balance of an account in reach.
pub async fn add_balance(
    tx: &mut Tx,
    id: &SipId,
    value: Amount,
    description: &str,
) -> Result<BalanceChange, StoreError> {
    let account = locked_account(tx, id).await?;
    move_balance(tx, account, &value.to_string(), description).await
}

/// Uses a voucher up and adds what it is worth.
pub async fn use_voucher(tx: &mut Tx, id: &SipId, voucher: &Voucher) -> Result<BalanceChange, StoreError> {
    let account = locked_account(tx, id).await?;
    let row = sqlx::query!(
        r#"SELECT state AS "state!", amount::text AS "amount!" FROM ngnpro_use_voucher($1, $2, $3)"#,
        account,
        voucher.id(),
        voucher.number()
    )
    .fetch_one(tx.conn())
    .await?;
    match row.state.as_str() {
        "taken" => move_balance(tx, account, &row.amount, &format!("Voucher {}", voucher.id())).await,
        "used" => Err(Refusal::VoucherUsed.into()),
        _ => Err(Refusal::VoucherNotFound.into()),
    }
}

async fn move_balance(tx: &mut Tx, account: i64, value: &str, description: &str) -> Result<BalanceChange, StoreError> {
    let row = sqlx::query!(
        r#"WITH moved AS (
               INSERT INTO prepaid_balances AS b (account_id, balance) VALUES ($1, $2::text::numeric)
               ON CONFLICT (account_id) DO UPDATE SET balance = b.balance + excluded.balance
               RETURNING balance
           ), written AS (
               INSERT INTO prepaid_history (account_id, action, description, value, balance)
               SELECT $1, 'Set balance', $3, $2::text::numeric, balance FROM moved
           )
           SELECT (balance - $2::text::numeric)::float8 AS "old!", balance::float8 AS "new!" FROM moved"#,
        account,
        value,
        description
    )
    .fetch_one(tx.conn())
    .await
    .map_err(|error| match error.as_database_error().and_then(|db| db.code()) {
        Some(code) if code == OUT_OF_RANGE => Refusal::invalid("value", "no balance is that large").into(),
        _ => StoreError::from(error),
    })?;
    Ok(BalanceChange { old: row.old, new: row.new })
}

/// The newest movements of an account in reach, newest first.
pub async fn history(tx: &mut Tx, id: &SipId, most: u32) -> Result<Vec<HistoryEntry>, StoreError> {
    let account = sqlx::query_scalar!(
        "SELECT a.id FROM sip_accounts AS a JOIN sip_domains AS d ON d.id = a.domain_id
         WHERE a.username = $1 AND d.domain = $2",
        id.username.as_str(),
        id.domain.as_str()
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(|| Refusal::SipAccountNotFound(id.clone()))?;
    let entries = sqlx::query_as!(
        HistoryEntry,
        r#"SELECT to_char(date, 'YYYY-MM-DD HH24:MI:SS') AS "date!", action, description, value::float8 AS "value!",
                  balance::float8 AS "balance!", session
           FROM prepaid_history WHERE account_id = $1 ORDER BY date DESC, id DESC LIMIT $2"#,
        account,
        i64::from(most)
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(entries)
}

/// The states of accounts, in the order that was asked.
pub async fn statuses(tx: &mut Tx, ids: &[SipId]) -> Result<Vec<PrepaidStatus>, StoreError> {
    let usernames: Vec<String> = ids.iter().map(|id| id.username.to_string()).collect();
    let domains: Vec<String> = ids.iter().map(|id| id.domain.to_string()).collect();
    let rows = sqlx::query!(
        r#"SELECT asked.n AS "n!", coalesce(b.balance, 0)::float8 AS "balance!", c.to_uri AS "destination?",
                  extract(epoch FROM now() - c.start_time)::bigint AS session_time,
                  (SELECT price::float8 FROM calls WHERE caller_id = a.id AND stop_time IS NOT NULL
                   ORDER BY start_time DESC, id DESC LIMIT 1) AS price
           FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS asked (username, domain, n)
           JOIN sip_domains AS d ON d.domain = asked.domain
           JOIN sip_accounts AS a ON a.domain_id = d.id AND a.username = asked.username
           LEFT JOIN prepaid_balances AS b ON b.account_id = a.id
           LEFT JOIN LATERAL (SELECT to_uri, start_time FROM calls WHERE caller_id = a.id AND stop_time IS NULL
                              ORDER BY start_time DESC, id DESC LIMIT 1) AS c ON true
           ORDER BY asked.n"#,
        &usernames,
        &domains
    )
    .fetch_all(tx.conn())
    .await?;
    let mut rows = rows.into_iter().peekable();
    (1i64..)
        .zip(ids)
        .map(|(n, id)| {
            let row = rows.next_if(|row| row.n == n).ok_or_else(|| Refusal::SipAccountNotFound(id.clone()))?;
            Ok(PrepaidStatus {
                balance: row.balance,
                call_in_progress: row.destination.is_some(),
                session_time: row.session_time.unwrap_or(0),
                destination: row.destination.unwrap_or_default(),
                last_call_price: row.price.unwrap_or(0.0),
            })
        })
        .collect()
}
