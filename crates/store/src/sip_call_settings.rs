//! What the holder of an account decides about its calls, list by list: diversions, rejected callers, barred prefixes. Each
//! is answered whole and replaced whole. Accept rules and the phonebook have files of their own.

use domain::{BarringPrefix, CallDiversions, DiversionCondition, DiversionTarget, Refusal, RejectMember, SipId};

use crate::rows::bad_row;
use crate::sip_groups::locked_account;
use crate::{StoreError, Tx};

/// The diversions of an account in reach.
pub async fn diversions(tx: &mut Tx, id: &SipId) -> Result<CallDiversions, StoreError> {
    let row = sqlx::query!(
        r#"SELECT ARRAY(SELECT condition FROM sip_call_diversions WHERE account_id = a.id ORDER BY condition)
                      AS "conditions!",
                  ARRAY(SELECT target FROM sip_call_diversions WHERE account_id = a.id ORDER BY condition) AS "targets!"
           FROM sip_accounts AS a JOIN sip_domains AS d ON d.id = a.domain_id
           WHERE a.username = $1 AND d.domain = $2"#,
        id.username.as_str(),
        id.domain.as_str()
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(|| Refusal::SipAccountNotFound(id.clone()))?;
    let mut diversions = CallDiversions::new();
    for (condition, target) in row.conditions.iter().zip(&row.targets) {
        let condition = DiversionCondition::parse(condition).map_err(|why| bad_row("condition", &why))?;
        if let Some(target) = DiversionTarget::parse(target).map_err(|why| bad_row("target", &why))? {
            diversions.insert(condition, target);
        }
    }
    Ok(diversions)
}

/// Makes the diversions of an account in reach exactly these.
pub async fn set_diversions(tx: &mut Tx, id: &SipId, diversions: &CallDiversions) -> Result<(), StoreError> {
    let account = locked_account(tx, id).await?;
    let conditions: Vec<String> = diversions.keys().map(|condition| condition.as_str().to_owned()).collect();
    let targets: Vec<String> = diversions.values().map(DiversionTarget::to_string).collect();
    sqlx::query!(
        "WITH gone AS (DELETE FROM sip_call_diversions WHERE account_id = $1 AND condition <> ALL ($2))
         INSERT INTO sip_call_diversions AS stored (account_id, condition, target)
         SELECT $1, sent.* FROM unnest($2::text[], $3::text[]) AS sent
         ON CONFLICT (account_id, condition) DO UPDATE SET target = excluded.target
         WHERE stored.target IS DISTINCT FROM excluded.target",
        account,
        &conditions,
        &targets
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The callers that an account in reach always rejects, in the order in which they were set.
pub async fn reject_members(tx: &mut Tx, id: &SipId) -> Result<Vec<String>, StoreError> {
    sqlx::query_scalar!(
        r#"SELECT ARRAY(SELECT member FROM sip_reject_members WHERE account_id = a.id ORDER BY position, member)
                      AS "members!"
           FROM sip_accounts AS a JOIN sip_domains AS d ON d.id = a.domain_id
           WHERE a.username = $1 AND d.domain = $2"#,
        id.username.as_str(),
        id.domain.as_str()
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(|| Refusal::SipAccountNotFound(id.clone()).into())
}

/// Makes the rejected callers of an account in reach exactly these.
pub async fn set_reject_members(tx: &mut Tx, id: &SipId, members: &[RejectMember]) -> Result<(), StoreError> {
    let account = locked_account(tx, id).await?;
    let members: Vec<String> = members.iter().map(|member| member.as_str().to_owned()).collect();
    sqlx::query!(
        "WITH gone AS (DELETE FROM sip_reject_members WHERE account_id = $1 AND member <> ALL ($2))
         INSERT INTO sip_reject_members AS stored (account_id, member, position)
         SELECT $1, sent.member, sent.n FROM unnest($2::text[]) WITH ORDINALITY AS sent (member, n)
         ON CONFLICT (account_id, member) DO UPDATE SET position = excluded.position
         WHERE stored.position <> excluded.position",
        account,
        &members
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The prefixes that an account in reach may not call, in the order in which they were set.
pub async fn barring_prefixes(tx: &mut Tx, id: &SipId) -> Result<Vec<String>, StoreError> {
    sqlx::query_scalar!(
        r#"SELECT ARRAY(SELECT prefix FROM sip_barring_prefixes WHERE account_id = a.id ORDER BY position, prefix)
                      AS "prefixes!"
           FROM sip_accounts AS a JOIN sip_domains AS d ON d.id = a.domain_id
           WHERE a.username = $1 AND d.domain = $2"#,
        id.username.as_str(),
        id.domain.as_str()
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(|| Refusal::SipAccountNotFound(id.clone()).into())
}

/// Makes the barred prefixes of an account in reach exactly these.
pub async fn set_barring_prefixes(tx: &mut Tx, id: &SipId, prefixes: &[BarringPrefix]) -> Result<(), StoreError> {
    let account = locked_account(tx, id).await?;
    let prefixes: Vec<String> = prefixes.iter().map(|prefix| prefix.as_str().to_owned()).collect();
    sqlx::query!(
        "WITH gone AS (DELETE FROM sip_barring_prefixes WHERE account_id = $1 AND prefix <> ALL ($2))
         INSERT INTO sip_barring_prefixes AS stored (account_id, prefix, position)
         SELECT $1, sent.prefix, sent.n FROM unnest($2::text[]) WITH ORDINALITY AS sent (prefix, n)
         ON CONFLICT (account_id, prefix) DO UPDATE SET position = excluded.position
         WHERE stored.position <> excluded.position",
        account,
        &prefixes
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
