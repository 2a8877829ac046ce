//! SIP accounts with the lists that are replaced with them: groups, networks, properties.
//!
//! An account belongs to whom its domain belongs to. What is out of reach looks as if it did not exist.

use domain::{
    Credentials, CreditKind, CustomerId, Digest, NewSipAccount, NewUsername, PstnState, Refusal, Secret, SipAccount,
    SipAccountSettings, SipId, Username,
};
use ipnet::IpNet;

use crate::error::RefusedBy;
use crate::sip_domains::ownership;
use crate::{StoreError, Tx, credits, customers, rows};

pub(crate) use crate::sip_accounts_read::Reads;
pub use crate::sip_accounts_read::{SipAccountFilter, SipAccountOrder, get, list};

/// Whether the clear text of passwords is stored beside their digests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClearText {
    /// It is, where it was sent.
    Stored,
    /// It never is.
    Dropped,
}

/// What an update has to know of the account that it replaces.
#[derive(Debug)]
pub struct Stored {
    key: i64,
    /// What rights guard.
    pub pstn: PstnState,
    /// Member of the group that only the administrator changes.
    pub intercept: bool,
    /// The customer that it is assigned to.
    pub owner: CustomerId,
}

/// The domain that something is to be made in.
pub(crate) struct Parent {
    pub(crate) key: i64,
    pub(crate) ownership: domain::Ownership,
    /// Whether an account has the name already.
    pub(crate) account: bool,
    /// Whether an alias has it.
    pub(crate) alias: bool,
}

/// Makes an account in a domain in reach: takes the credit, finds a number where one is wished for, and answers all.
/// The telephony part of the settings is what the caller's rights left of it.
pub async fn add(tx: &mut Tx, new: &NewSipAccount, clear: ClearText) -> Result<SipAccount, StoreError> {
    let given = match &new.username {
        NewUsername::Given(username) => Some(username),
        NewUsername::AutoIncrement => None,
    };
    let username = match given {
        Some(username) => {
            if is_number(username) {
                let parent = parent(tx, &new.domain, given).await?;
                hold_numbers(tx, &parent).await?;
            }
            username.clone()
        }
        None => {
            let parent = parent(tx, &new.domain, None).await?;
            next_number(tx, &parent).await?
        }
    };
    let id = SipId::new(username, new.domain.clone());
    let kept = new.password.credentials(&id);
    let made = insert(tx, &id, &kept, &new.settings, clear).await?;
    let SipAccountSettings { groups, acl, properties, .. } = &new.settings;
    if !(groups.is_empty() && acl.is_empty() && properties.is_empty()) {
        replace_lists(tx, made.key, &new.settings).await?;
    }
    Ok(SipAccount {
        id,
        customer: made.ownership.customer,
        reseller: made.ownership.reseller,
        password: kept.clear.filter(|_| clear == ClearText::Stored),
        ha1: kept.ha1,
        settings: new.settings.clone(),
        change_date: made.change_date,
        create_date: made.create_date,
    })
}

struct Made {
    key: i64,
    ownership: domain::Ownership,
    change_date: String,
    create_date: String,
}

/// One statement: the domain, whether the name is free there, the credit of the domain's owners, and the account.
/// The name comes before the credit: whoever imports again learns that the account is there.
async fn insert(
    tx: &mut Tx,
    id: &SipId,
    kept: &Credentials,
    settings: &SipAccountSettings,
    clear: ClearText,
) -> Result<Made, StoreError> {
    let taken = || Refusal::SipAccountExists(id.clone());
    let row = sqlx::query!(
        r#"WITH parent AS MATERIALIZED (
               SELECT d.id, d.customer, d.reseller,
                      EXISTS (SELECT FROM sip_accounts WHERE domain_id = d.id AND username = $2)
                      OR EXISTS (SELECT FROM sip_aliases WHERE domain_id = d.id AND username = $2) AS is_taken
               FROM sip_domains AS d WHERE d.domain = $1),
           credit AS MATERIALIZED (
               SELECT ngnpro_take_credit('sip_credit', customer, reseller) IS NULL AS taken
               FROM parent WHERE NOT is_taken AND coalesce(customer, reseller) IS NOT NULL),
           made AS (
               INSERT INTO sip_accounts (domain_id, username, password, ha1, ha1b, ha1_sha256, first_name, last_name,
                      email, timezone, rpid, quota, quickdial_prefix, call_limit, prepaid, region, timeout, owner)
               SELECT id, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
                      nullif($18::bigint, 0)
               FROM parent LEFT JOIN credit ON true WHERE NOT is_taken
               RETURNING id, to_char(change_date, 'YYYY-MM-DD HH24:MI:SS') AS change_date,
                         to_char(create_date, 'YYYY-MM-DD HH24:MI:SS') AS create_date)
           SELECT parent.customer, parent.reseller, made.id AS "key?", made.change_date, made.create_date
           FROM parent LEFT JOIN made ON true"#,
        id.domain.as_str(),
        id.username.as_str(),
        kept.clear.as_ref().filter(|_| clear == ClearText::Stored).map(Secret::expose),
        kept.ha1.expose(),
        kept.ha1b.expose(),
        kept.ha1_sha256.as_ref().map(Digest::expose),
        settings.first_name,
        settings.last_name,
        settings.email,
        settings.timezone.as_str(),
        settings.rpid,
        settings.quota,
        settings.quickdial_prefix,
        settings.call_limit,
        settings.prepaid,
        settings.region,
        i32::from(settings.timeout.seconds()),
        settings.owner.get(),
    )
    .fetch_optional(tx.conn())
    .await
    .refused_by("sip_accounts_domain_id_username_key", taken)
    .refused_by("sip_addresses_pkey", taken)
    // Deleted meanwhile.
    .refused_by("sip_accounts_domain_id_fkey", || Refusal::SipDomainNotFound(id.domain.clone()))
    .refused_by("sip_accounts_owner_fkey", || no_such_customer("account.owner"))?
    .ok_or_else(|| Refusal::SipDomainNotFound(id.domain.clone()))?;
    let (Some(key), Some(change_date), Some(create_date)) = (row.key, row.change_date, row.create_date) else {
        return Err(taken().into());
    };
    Ok(Made { key, ownership: ownership(row.customer, row.reseller), change_date, create_date })
}

/// Reads what an update has to know, and keeps the account from changing until the transaction ends.
pub async fn stored_for_update(tx: &mut Tx, id: &SipId) -> Result<Stored, StoreError> {
    let row = sqlx::query!(
        r#"SELECT a.id, a.prepaid, a.quota, a.owner,
                  EXISTS (SELECT FROM sip_account_groups WHERE account_id = a.id AND name = 'free-pstn')
                      AS "free_pstn!",
                  EXISTS (SELECT FROM sip_account_groups WHERE account_id = a.id AND name = 'intercept')
                      AS "intercept!"
           FROM sip_accounts AS a JOIN sip_domains AS d ON d.id = a.domain_id
           WHERE a.username = $1 AND d.domain = $2 FOR NO KEY UPDATE OF a"#,
        id.username.as_str(),
        id.domain.as_str()
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(|| Refusal::SipAccountNotFound(id.clone()))?;
    Ok(Stored {
        key: row.id,
        pstn: PstnState { free_pstn: row.free_pstn, prepaid: row.prepaid, quota: row.quota },
        intercept: row.intercept,
        owner: CustomerId::new(row.owner.unwrap_or(0)),
    })
}

/// Replaces an account. No password keeps the stored one.
pub async fn update(
    tx: &mut Tx,
    stored: &Stored,
    password: Option<&Credentials>,
    settings: &SipAccountSettings,
    clear: ClearText,
) -> Result<(), StoreError> {
    let lists = Lists::of(settings);
    sqlx::query!(
        r#"WITH changed AS (
               UPDATE sip_accounts SET
                   password = CASE WHEN $2::text IS NULL THEN password ELSE $3 END,
                   ha1 = coalesce($2, ha1), ha1b = coalesce($4, ha1b),
                   ha1_sha256 = CASE WHEN $2::text IS NULL THEN ha1_sha256 ELSE $5 END,
                   first_name = $6, last_name = $7, email = $8, timezone = $9, rpid = $10, quota = $11,
                   quickdial_prefix = $12, call_limit = $13, prepaid = $14, region = $15, timeout = $16,
                   owner = nullif($17::bigint, 0)
               WHERE id = $1)
           SELECT ngnpro_replace_account_lists($1, $18, $19::cidr[], $20, $21, $22) IS NULL AS replaced"#,
        stored.key,
        password.map(|kept| kept.ha1.expose()),
        password.and_then(|kept| kept.clear.as_ref()).filter(|_| clear == ClearText::Stored).map(Secret::expose),
        password.map(|kept| kept.ha1b.expose()),
        password.and_then(|kept| kept.ha1_sha256.as_ref()).map(Digest::expose),
        settings.first_name,
        settings.last_name,
        settings.email,
        settings.timezone.as_str(),
        settings.rpid,
        settings.quota,
        settings.quickdial_prefix,
        settings.call_limit,
        settings.prepaid,
        settings.region,
        i32::from(settings.timeout.seconds()),
        settings.owner.get(),
        &lists.groups,
        &lists.networks as &[IpNet],
        &lists.tags,
        &lists.names,
        &lists.values,
    )
    .fetch_one(tx.conn())
    .await
    .refused_by("sip_accounts_owner_fkey", || no_such_customer("account.owner"))?;
    Ok(())
}

/// The lists of an account, as its statements take them.
struct Lists {
    groups: Vec<String>,
    networks: Vec<IpNet>,
    tags: Vec<String>,
    names: Vec<String>,
    values: Vec<String>,
}

impl Lists {
    fn of(settings: &SipAccountSettings) -> Self {
        Self {
            groups: settings.groups.iter().map(|group| group.as_str().to_owned()).collect(),
            networks: settings.acl.iter().map(|entry| IpNet::V4(entry.network.net())).collect(),
            tags: settings.acl.iter().map(|entry| entry.tag.clone()).collect(),
            names: settings.properties.iter().map(|p| p.name.as_str().to_owned()).collect(),
            values: settings.properties.iter().map(|p| p.value.clone()).collect(),
        }
    }
}

/// Makes groups, networks and properties exactly what the settings say. What stays the same is not written.
async fn replace_lists(tx: &mut Tx, account: i64, settings: &SipAccountSettings) -> Result<(), StoreError> {
    let lists = Lists::of(settings);
    sqlx::query!(
        "SELECT ngnpro_replace_account_lists($1, $2, $3::cidr[], $4, $5, $6) IS NULL AS replaced",
        account,
        &lists.groups,
        &lists.networks as &[IpNet],
        &lists.tags,
        &lists.names,
        &lists.values,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(())
}

/// Deletes an account in reach, with all that hangs on it.
pub async fn delete(tx: &mut Tx, id: &SipId) -> Result<(), StoreError> {
    let deleted = sqlx::query!(
        "DELETE FROM sip_accounts AS a USING sip_domains AS d
         WHERE d.id = a.domain_id AND a.username = $1 AND d.domain = $2",
        id.username.as_str(),
        id.domain.as_str()
    )
    .execute(tx.conn())
    .await?;
    if deleted.rows_affected() == 0 { Err(Refusal::SipAccountNotFound(id.clone()).into()) } else { Ok(()) }
}

/// The domain that something is to be made in, and whether the name for it is taken; it must be in reach.
pub(crate) async fn parent(
    tx: &mut Tx,
    domain: &domain::DomainName,
    username: Option<&Username>,
) -> Result<Parent, StoreError> {
    let row = sqlx::query!(
        r#"SELECT d.id, d.customer, d.reseller,
                  EXISTS (SELECT FROM sip_accounts WHERE domain_id = d.id AND username = $2) AS "account!",
                  EXISTS (SELECT FROM sip_aliases WHERE domain_id = d.id AND username = $2) AS "alias!"
           FROM sip_domains AS d WHERE d.domain = $1"#,
        domain.as_str(),
        username.map(Username::as_str)
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(|| Refusal::SipDomainNotFound(domain.clone()))?;
    let ownership = ownership(row.customer, row.reseller);
    Ok(Parent { key: row.id, ownership, account: row.account, alias: row.alias })
}

/// Takes one record of the credits of a domain's owners; both stay locked until the transaction ends.
pub(crate) async fn take_credit(tx: &mut Tx, kind: CreditKind, parent: &Parent) -> Result<(), StoreError> {
    credits::take(tx, kind, parent.ownership).await
}

/// Names that `<autoincrement>` counts: whole numbers of at most nine digits, so that telephone numbers are not counted.
pub(crate) fn is_number(username: &Username) -> bool {
    let name = username.as_str();
    name.len() <= 9 && !name.starts_with('0') && name.bytes().all(|b| b.is_ascii_digit())
}

/// One at a time gives out, or takes, numbers of a domain, so that no two of them find the same one free.
pub(crate) async fn hold_numbers(tx: &mut Tx, parent: &Parent) -> Result<(), StoreError> {
    sqlx::query!("SELECT id FROM sip_domains WHERE id = $1 FOR NO KEY UPDATE", parent.key)
        .fetch_optional(tx.conn())
        .await?;
    Ok(())
}

/// The number behind the highest one, the first being 1001; where somebody took the very last one, the first gap.
pub(crate) async fn next_number(tx: &mut Tx, parent: &Parent) -> Result<Username, StoreError> {
    hold_numbers(tx, parent).await?;
    let next = sqlx::query_scalar!(
        r#"WITH taken AS (
               SELECT username::bigint AS n
               FROM (SELECT username FROM sip_accounts WHERE domain_id = $1
                     UNION ALL SELECT username FROM sip_aliases WHERE domain_id = $1) AS named
               WHERE username ~ '^[1-9][0-9]{0,8}$')
           SELECT CASE WHEN coalesce(max(n), 0) < 999999999 THEN greatest(max(n), 1000) + 1
                  ELSE (SELECT min(t.n) + 1 FROM (SELECT 1000 AS n UNION ALL SELECT n FROM taken WHERE n > 1000) AS t
                        WHERE NOT EXISTS (SELECT FROM taken WHERE n = t.n + 1)) END AS "next!"
           FROM taken"#,
        parent.key
    )
    .fetch_one(tx.conn())
    .await?;
    Username::parse(&next.to_string()).map_err(|why| rows::bad_row("username", &why))
}

/// Refuses an assignment to a customer that is not in reach, which looks the same as one that does not exist.
pub async fn check_owner(tx: &mut Tx, owner: CustomerId, member: &'static str) -> Result<(), StoreError> {
    if !owner.is_nobody() && customers::reseller_of(tx, owner).await?.is_none() {
        return Err(no_such_customer(member).into());
    }
    Ok(())
}

pub(crate) fn no_such_customer(member: &'static str) -> Refusal {
    Refusal::invalid(member, "no such customer")
}
