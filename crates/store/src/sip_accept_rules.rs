//! Accept rules of an account: the persistent ones in their order, and the one that lapses.

use domain::{
    AcceptGroup, AcceptRules, Days, Invalid, PersistentAcceptRule, Refusal, RuleMinutes, SentAcceptRule, SipId,
    TemporaryAcceptRule, TimeOfDay, with_days,
};

use crate::rows::bad_row;
use crate::sip_groups::locked_account;
use crate::{StoreError, Tx};

/// The rules of an account in reach, and the groups of its phonebook that have members.
pub async fn get(tx: &mut Tx, id: &SipId) -> Result<(AcceptRules, Vec<String>), StoreError> {
    let row = sqlx::query!(
        r#"SELECT a.id, t.groups AS "groups?",
                  ceil(extract(epoch FROM t.expires - now()) / 60)::bigint AS minutes,
                  ARRAY(SELECT DISTINCT group_name FROM sip_phonebook_entries
                        WHERE account_id = a.id AND group_name <> '' ORDER BY group_name) AS "phonebook!"
           FROM sip_accounts AS a JOIN sip_domains AS d ON d.id = a.domain_id
           LEFT JOIN sip_temporary_accept_rules AS t ON t.account_id = a.id AND t.expires > now()
           WHERE a.username = $1 AND d.domain = $2"#,
        id.username.as_str(),
        id.domain.as_str()
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(|| Refusal::SipAccountNotFound(id.clone()))?;
    let minutes = RuleMinutes::parse(row.minutes).map_err(|why| bad_row("expires", &why))?;
    let temporary = match row.groups.zip(minutes) {
        Some((names, minutes)) => Some(TemporaryAcceptRule { groups: groups(&names)?, minutes }),
        None => None,
    };
    Ok((AcceptRules { persistent: persistent(tx, row.id).await?, temporary }, row.phonebook))
}

async fn persistent(tx: &mut Tx, account: i64) -> Result<Vec<PersistentAcceptRule>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT days, (extract(epoch FROM start) / 60)::integer AS "start!",
                  (extract(epoch FROM stop) / 60)::integer AS "stop!", groups
           FROM sip_accept_rules WHERE account_id = $1 ORDER BY position"#,
        account
    )
    .fetch_all(tx.conn())
    .await?;
    let time = |minutes: i32| {
        let time = u16::try_from(minutes).ok().and_then(TimeOfDay::of_minutes);
        time.ok_or_else(|| bad_row("start", &Invalid::new("not a time of day")))
    };
    rows.into_iter()
        .map(|row| {
            Ok(PersistentAcceptRule {
                days: Days::parse(i64::from(row.days)).map_err(|why| bad_row("days", &why))?,
                start: time(row.start)?,
                stop: time(row.stop)?,
                groups: groups(&row.groups)?,
            })
        })
        .collect()
}

fn groups(names: &[String]) -> Result<Vec<AcceptGroup>, StoreError> {
    names.iter().map(|name| AcceptGroup::parse(name).map_err(|why| bad_row("groups", &why))).collect()
}

fn names(groups: &[AcceptGroup]) -> Vec<String> {
    groups.iter().map(AcceptGroup::to_string).collect()
}

/// Makes the rules of an account in reach exactly these. Rules without days keep those of the stored rule that they are.
pub async fn set(
    tx: &mut Tx,
    id: &SipId,
    sent: Vec<SentAcceptRule>,
    temporary: Option<&TemporaryAcceptRule>,
) -> Result<(), StoreError> {
    let account = locked_account(tx, id).await?;
    let stored = persistent(tx, account).await?;
    let rules = with_days(sent, &stored);
    if rules != stored {
        replace(tx, account, &rules).await?;
    }
    match temporary {
        Some(rule) => {
            sqlx::query!(
                "INSERT INTO sip_temporary_accept_rules (account_id, groups, expires)
                 VALUES ($1, $2, now() + make_interval(mins => $3))
                 ON CONFLICT (account_id) DO UPDATE SET groups = excluded.groups, expires = excluded.expires",
                account,
                &names(&rule.groups),
                i32::try_from(rule.minutes.get()).unwrap_or(i32::MAX),
            )
            .execute(tx.conn())
            .await?
        }
        None => {
            sqlx::query!("DELETE FROM sip_temporary_accept_rules WHERE account_id = $1", account)
                .execute(tx.conn())
                .await?
        }
    };
    Ok(())
}

async fn replace(tx: &mut Tx, account: i64, rules: &[PersistentAcceptRule]) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM sip_accept_rules WHERE account_id = $1", account).execute(tx.conn()).await?;
    for (position, rule) in (0i32..).zip(rules) {
        sqlx::query!(
            "INSERT INTO sip_accept_rules (account_id, position, days, start, stop, groups)
             VALUES ($1, $2, $3, ($4::text)::time, ($5::text)::time, $6)",
            account,
            position,
            i32::from(rule.days.bits()),
            rule.start.to_string(),
            rule.stop.to_string(),
            &names(&rule.groups),
        )
        .execute(tx.conn())
        .await?;
    }
    Ok(())
}
