//! Presence of accounts: what is published, the policy towards watchers, who watches. Who may do so has been checked with the
//! account's own password.

use domain::{Activity, Refusal, SipId, Treatment, WatcherAddress};

use crate::{StoreError, Tx};

/// What somebody publishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presence {
    /// What it is doing.
    pub activity: Activity,
    /// A word about it.
    pub note: String,
}

/// Somebody who watches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watcher {
    /// The address.
    pub address: String,
    /// How it is treated, by the contract's name.
    pub treatment: String,
    /// Whether its subscription still runs.
    pub online: bool,
}

/// Publishes.
pub async fn set(tx: &mut Tx, id: &SipId, presence: &Presence) -> Result<(), StoreError> {
    let account = account(tx, id).await?;
    sqlx::query!(
        "INSERT INTO sip_presence (account_id, activity, note) VALUES ($1, $2, $3)
         ON CONFLICT (account_id) DO UPDATE SET activity = excluded.activity, note = excluded.note",
        account,
        presence.activity.as_str(),
        presence.note
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What is published, if anything.
pub async fn get(tx: &mut Tx, id: &SipId) -> Result<Option<Presence>, StoreError> {
    let row = sqlx::query!(
        "SELECT p.activity, p.note
         FROM sip_presence AS p JOIN sip_accounts AS a ON a.id = p.account_id JOIN sip_domains AS d ON d.id = a.domain_id
         WHERE a.username = $1 AND d.domain = $2",
        id.username.as_str(),
        id.domain.as_str()
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| Presence { activity: Activity::parse(&row.activity).unwrap_or_default(), note: row.note }))
}

/// Publishes nothing any more.
pub async fn delete(tx: &mut Tx, id: &SipId) -> Result<(), StoreError> {
    let account = account(tx, id).await?;
    sqlx::query!("DELETE FROM sip_presence WHERE account_id = $1", account).execute(tx.conn()).await?;
    Ok(())
}

/// Replaces the whole policy.
pub async fn set_policy(tx: &mut Tx, id: &SipId, policy: &[(WatcherAddress, Treatment)]) -> Result<(), StoreError> {
    let account = account(tx, id).await?;
    sqlx::query!("DELETE FROM sip_presence_policies WHERE account_id = $1", account).execute(tx.conn()).await?;
    let watchers: Vec<String> = policy.iter().map(|(watcher, _)| watcher.as_str().to_owned()).collect();
    let treatments: Vec<String> = policy.iter().map(|(_, treatment)| treatment.as_str().to_owned()).collect();
    sqlx::query!(
        "INSERT INTO sip_presence_policies (account_id, watcher, treatment, position)
         SELECT $1, watcher, treatment, place::integer - 1
         FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS sent (watcher, treatment, place)",
        account,
        &watchers,
        &treatments
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The policy, in the order in which it was sent.
pub async fn policy(tx: &mut Tx, id: &SipId) -> Result<Vec<(String, Treatment)>, StoreError> {
    let rows = sqlx::query!(
        "SELECT p.watcher, p.treatment
         FROM sip_presence_policies AS p JOIN sip_accounts AS a ON a.id = p.account_id
         JOIN sip_domains AS d ON d.id = a.domain_id
         WHERE a.username = $1 AND d.domain = $2 ORDER BY p.position",
        id.username.as_str(),
        id.domain.as_str()
    )
    .fetch_all(tx.conn())
    .await?;
    let treatment = |name: &str| Treatment::ALL.into_iter().find(|treatment| treatment.as_str() == name);
    Ok(rows.into_iter().filter_map(|row| Some((row.watcher, treatment(&row.treatment)?))).collect())
}

/// Who watches, by address.
pub async fn watchers(tx: &mut Tx, id: &SipId) -> Result<Vec<Watcher>, StoreError> {
    Ok(sqlx::query_as!(
        Watcher,
        r#"SELECT w.watcher AS address, coalesce(p.treatment, 'confirm') AS "treatment!",
                  coalesce(w.expires > now(), false) AS "online!"
           FROM sip_presence_watchers AS w JOIN sip_accounts AS a ON a.id = w.account_id
           JOIN sip_domains AS d ON d.id = a.domain_id
           LEFT JOIN sip_presence_policies AS p ON p.account_id = w.account_id AND p.watcher = w.watcher
           WHERE a.username = $1 AND d.domain = $2 ORDER BY w.watcher"#,
        id.username.as_str(),
        id.domain.as_str()
    )
    .fetch_all(tx.conn())
    .await?)
}

/// The account's key; it keeps from changing until the transaction ends.
async fn account(tx: &mut Tx, id: &SipId) -> Result<i64, StoreError> {
    sqlx::query_scalar!(
        "SELECT a.id FROM sip_accounts AS a JOIN sip_domains AS d ON d.id = a.domain_id
         WHERE a.username = $1 AND d.domain = $2 FOR NO KEY UPDATE OF a",
        id.username.as_str(),
        id.domain.as_str()
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(|| Refusal::SipAccountNotFound(id.clone()).into())
}
