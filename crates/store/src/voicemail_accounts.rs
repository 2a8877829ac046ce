//! Voicemail boxes and their greetings. A box belongs to whom its SIP account belongs to, and goes with it.

use domain::{Announcement, NewVoicemailAccount, Pin, Refusal, Secret, SipId, VoicemailAccount, VoicemailChange};

use crate::error::RefusedBy;
use crate::sip_domains::ownership;
use crate::{StoreError, Tx};

/// How often a generated number is drawn again because somebody chose the same one by hand meanwhile.
const DRAWS_MAX: usize = 8;

/// Makes the box of an account in reach.
pub async fn add(tx: &mut Tx, new: &NewVoicemailAccount) -> Result<VoicemailAccount, StoreError> {
    let account = account_key(tx, &new.id).await?;
    match &new.mailbox {
        Some(mailbox) => {
            insert(tx, account, new, Some(mailbox.as_str())).await?;
        }
        None => {
            let mut draws = 0;
            while !insert(tx, account, new, None).await? {
                draws += 1;
                if draws == DRAWS_MAX {
                    return Err(StoreError::unavailable("no free mailbox was found in time"));
                }
            }
        }
    }
    get(tx, &new.id).await
}

/// Whether it was made: a generated number that is taken after all is no error, the caller draws the next.
async fn insert(
    tx: &mut Tx,
    account: i64,
    new: &NewVoicemailAccount,
    mailbox: Option<&str>,
) -> Result<bool, StoreError> {
    let exists = || Refusal::VoicemailAccountExists(new.id.clone());
    let made = sqlx::query!(
        "INSERT INTO voicemail_accounts (account_id, mailbox, password, name, email, info, options_delete)
         VALUES ($1, coalesce($2, ngnpro_next_mailbox()), $3, $4, $5, $6, $7) ON CONFLICT (mailbox) DO NOTHING",
        account,
        mailbox,
        new.pin.expose(),
        new.name,
        new.email,
        new.info,
        new.delete
    )
    .execute(tx.conn())
    .await
    .refused_by("voicemail_accounts_pkey", exists)
    // Deleted meanwhile.
    .refused_by("voicemail_accounts_account_id_fkey", || Refusal::SipAccountNotFound(new.id.clone()))?
    .rows_affected()
        == 1;
    match mailbox {
        // The box may be the account's own: then it is the box that exists.
        Some(_) if !made && has_box(tx, account).await? => Err(exists().into()),
        Some(mailbox) if !made => Err(Refusal::MailboxExists(mailbox.to_owned()).into()),
        _ => Ok(made),
    }
}

async fn account_key(tx: &mut Tx, id: &SipId) -> Result<i64, StoreError> {
    let key = sqlx::query_scalar!(
        "SELECT a.id FROM sip_accounts AS a JOIN sip_domains AS d ON d.id = a.domain_id
         WHERE a.username = $1 AND d.domain = $2",
        id.username.as_str(),
        id.domain.as_str()
    )
    .fetch_optional(tx.conn())
    .await?;
    key.ok_or_else(|| Refusal::SipAccountNotFound(id.clone()).into())
}

async fn has_box(tx: &mut Tx, account: i64) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM voicemail_accounts WHERE account_id = $1) AS "exists!""#,
        account
    )
    .fetch_one(tx.conn())
    .await?)
}

/// The box of an account in reach. No account and no box are two refusals.
pub async fn get(tx: &mut Tx, id: &SipId) -> Result<VoicemailAccount, StoreError> {
    let row = sqlx::query!(
        r#"SELECT d.customer, d.reseller, v.mailbox AS "mailbox?", v.password AS "password?", v.name AS "name?",
                  v.email AS "email?", v.info AS "info?", v.options_delete AS "delete?",
                  to_char(v.change_date, 'YYYY-MM-DD HH24:MI:SS') AS change_date
           FROM sip_accounts AS a JOIN sip_domains AS d ON d.id = a.domain_id
           LEFT JOIN voicemail_accounts AS v ON v.account_id = a.id
           WHERE a.username = $1 AND d.domain = $2"#,
        id.username.as_str(),
        id.domain.as_str()
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(|| Refusal::SipAccountNotFound(id.clone()))?;
    let Some(mailbox) = row.mailbox else { return Err(Refusal::VoicemailAccountNotFound(id.clone()).into()) };
    Ok(VoicemailAccount {
        id: id.clone(),
        mailbox,
        pin: Secret::new(row.password.unwrap_or_default()),
        name: row.name.unwrap_or_default(),
        email: row.email.unwrap_or_default(),
        info: row.info.unwrap_or_default(),
        delete: row.delete.unwrap_or(true),
        ownership: ownership(row.customer, row.reseller),
        change_date: row.change_date.unwrap_or_default(),
    })
}

/// Changes what the change names, and nothing else.
pub async fn update(tx: &mut Tx, id: &SipId, change: &VoicemailChange) -> Result<(), StoreError> {
    let mailbox = change.mailbox.as_ref().map(domain::Mailbox::as_str);
    let updated = sqlx::query!(
        "UPDATE voicemail_accounts AS v SET mailbox = coalesce($3, mailbox), password = coalesce($4, v.password),
             name = coalesce($5, name), email = coalesce($6, v.email), info = coalesce($7, info),
             options_delete = coalesce($8, options_delete)
         FROM sip_accounts AS a JOIN sip_domains AS d ON d.id = a.domain_id
         WHERE v.account_id = a.id AND a.username = $1 AND d.domain = $2",
        id.username.as_str(),
        id.domain.as_str(),
        mailbox,
        change.pin.as_ref().map(Pin::expose),
        change.name,
        change.email,
        change.info,
        change.delete,
    )
    .execute(tx.conn())
    .await
    .refused_by("voicemail_accounts_mailbox_key", || Refusal::MailboxExists(mailbox.unwrap_or_default().to_owned()))?;
    if updated.rows_affected() == 0 { Err(Refusal::VoicemailAccountNotFound(id.clone()).into()) } else { Ok(()) }
}

/// Deletes a box in reach, with its greeting.
pub async fn delete(tx: &mut Tx, id: &SipId) -> Result<(), StoreError> {
    let deleted = sqlx::query!(
        "DELETE FROM voicemail_accounts AS v USING sip_accounts AS a JOIN sip_domains AS d ON d.id = a.domain_id
         WHERE v.account_id = a.id AND a.username = $1 AND d.domain = $2",
        id.username.as_str(),
        id.domain.as_str()
    )
    .execute(tx.conn())
    .await?;
    if deleted.rows_affected() == 0 { Err(Refusal::VoicemailAccountNotFound(id.clone()).into()) } else { Ok(()) }
}

/// Keeps the greeting of a box in reach, in place of the one before.
pub async fn set_announcement(tx: &mut Tx, id: &SipId, announcement: &Announcement) -> Result<(), StoreError> {
    let kept = sqlx::query!(
        "INSERT INTO voicemail_announcements (account_id, message)
         SELECT v.account_id, $3 FROM voicemail_accounts AS v
         JOIN sip_accounts AS a ON a.id = v.account_id JOIN sip_domains AS d ON d.id = a.domain_id
         WHERE a.username = $1 AND d.domain = $2
         ON CONFLICT (account_id) DO UPDATE SET message = excluded.message",
        id.username.as_str(),
        id.domain.as_str(),
        announcement.as_bytes()
    )
    .execute(tx.conn())
    .await
    .refused_by("voicemail_announcements_account_id_fkey", || Refusal::VoicemailAccountNotFound(id.clone()))?;
    if kept.rows_affected() == 0 { Err(Refusal::VoicemailAccountNotFound(id.clone()).into()) } else { Ok(()) }
}
