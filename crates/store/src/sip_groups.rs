//! Single membership of groups. The group prepaid is the account's attribute, and is kept there alone.

use domain::{Group, Refusal, SipId};

use crate::{StoreError, Tx};

/// Puts an account in reach into a group; `prepaid` is handled like any other.
pub async fn add(tx: &mut Tx, id: &SipId, group: &Group) -> Result<(), StoreError> {
    let account = locked_account(tx, id).await?;
    let added = if group.is(Group::PREPAID) {
        sqlx::query!("UPDATE sip_accounts SET prepaid = true WHERE id = $1 AND NOT prepaid", account)
            .execute(tx.conn())
            .await?
    } else {
        sqlx::query!(
            "WITH touched AS (UPDATE sip_accounts SET prepaid = prepaid WHERE id = $1)
             INSERT INTO sip_account_groups (account_id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            account,
            group.as_str()
        )
        .execute(tx.conn())
        .await?
    };
    if added.rows_affected() == 0 {
        return Err(Refusal::AlreadyInGroup { account: id.clone(), group: group.clone() }.into());
    }
    Ok(())
}

/// Takes an account in reach out of a group.
pub async fn remove(tx: &mut Tx, id: &SipId, group: &Group) -> Result<(), StoreError> {
    let account = locked_account(tx, id).await?;
    let removed = if group.is(Group::PREPAID) {
        sqlx::query!("UPDATE sip_accounts SET prepaid = false WHERE id = $1 AND prepaid", account)
            .execute(tx.conn())
            .await?
    } else {
        sqlx::query!(
            "WITH touched AS (UPDATE sip_accounts SET prepaid = prepaid WHERE id = $1)
             DELETE FROM sip_account_groups WHERE account_id = $1 AND name = $2",
            account,
            group.as_str()
        )
        .execute(tx.conn())
        .await?
    };
    if removed.rows_affected() == 0 {
        return Err(Refusal::NotInGroup { account: id.clone(), group: group.clone() }.into());
    }
    Ok(())
}

/// The groups of an account in reach, by name.
pub async fn of_account(tx: &mut Tx, id: &SipId) -> Result<Vec<String>, StoreError> {
    sqlx::query_scalar!(
        r#"SELECT ARRAY(SELECT name FROM sip_account_groups_all WHERE account_id = a.id ORDER BY name) AS "groups!"
           FROM sip_accounts AS a JOIN sip_domains AS d ON d.id = a.domain_id
           WHERE a.username = $1 AND d.domain = $2"#,
        id.username.as_str(),
        id.domain.as_str()
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(|| Refusal::SipAccountNotFound(id.clone()).into())
}

/// The account's key; it keeps from changing until the transaction ends.
pub(crate) async fn locked_account(tx: &mut Tx, id: &SipId) -> Result<i64, StoreError> {
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
