//! SIP accounts with the lists that are replaced with them: groups, networks, properties.
//!
//! An account belongs to whom its domain belongs to. What is out of reach looks as if it did not exist.

use domain::{
    AclEntry, AclNetwork, Credentials, CreditKind, CustomerId, Digest, Group, LikePattern, NewSipAccount, NewUsername,
    Property, PropertyName, PstnState, Refusal, RingTimeout, Scope, Secret, SipAccount, SipAccountSettings, SipId,
    TimeZoneName, Username,
};
use ipnet::IpNet;

use crate::error::RefusedBy;
use crate::list::{Page, Query, Search};
use crate::sip_domains::ownership;
use crate::tx::scope_words;
use crate::{Store, StoreError, Tx, credits, customers, rows};

/// Search terms of a list of accounts; an absent one does not constrain.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "a term is the column of that name")]
pub struct SipAccountFilter {
    pub username: Option<LikePattern>,
    pub domain: Option<LikePattern>,
    pub first_name: Option<LikePattern>,
    pub last_name: Option<LikePattern>,
    pub email: Option<LikePattern>,
    pub owner: Option<i64>,
    pub customer: Option<i64>,
    pub reseller: Option<i64>,
    /// Member of all of them.
    pub groups: Vec<Group>,
}

/// What a list of accounts is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the columns' names")]
pub enum SipAccountOrder {
    #[default]
    ChangeDate,
    Key,
    Username,
    Domain,
}

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
    let parent = parent(tx, &new.domain, given).await?;
    let username = match given {
        Some(username) => {
            // Before the credit is asked for: whoever imports again learns that the account is there.
            if parent.account || parent.alias {
                return Err(Refusal::SipAccountExists(SipId::new(username.clone(), new.domain.clone())).into());
            }
            if is_number(username) {
                hold_numbers(tx, &parent).await?;
            }
            username.clone()
        }
        None => next_number(tx, &parent).await?,
    };
    let id = SipId::new(username, new.domain.clone());
    take_credit(tx, CreditKind::SipAccount, &parent).await?;
    let kept = new.password.credentials(&id);
    let dates = insert(tx, &parent, &id, &kept, &new.settings, clear).await?;
    let SipAccountSettings { groups, acl, properties, .. } = &new.settings;
    if !(groups.is_empty() && acl.is_empty() && properties.is_empty()) {
        replace_lists(tx, dates.key, &new.settings).await?;
    }
    Ok(SipAccount {
        id,
        customer: parent.ownership.customer,
        reseller: parent.ownership.reseller,
        password: kept.clear.filter(|_| clear == ClearText::Stored),
        ha1: kept.ha1,
        settings: new.settings.clone(),
        change_date: dates.change_date,
        create_date: dates.create_date,
    })
}

struct Dates {
    key: i64,
    change_date: String,
    create_date: String,
}

async fn insert(
    tx: &mut Tx,
    parent: &Parent,
    id: &SipId,
    kept: &Credentials,
    settings: &SipAccountSettings,
    clear: ClearText,
) -> Result<Dates, StoreError> {
    let taken = || Refusal::SipAccountExists(id.clone());
    sqlx::query_as!(
        Dates,
        r#"INSERT INTO sip_accounts (domain_id, username, password, ha1, ha1b, ha1_sha256, first_name, last_name,
                email, timezone, rpid, quota, quickdial_prefix, call_limit, prepaid, region, timeout, owner)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, nullif($18::bigint, 0))
           RETURNING id AS key, to_char(change_date, 'YYYY-MM-DD HH24:MI:SS') AS "change_date!",
                     to_char(create_date, 'YYYY-MM-DD HH24:MI:SS') AS "create_date!""#,
        parent.key,
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
    .fetch_one(tx.conn())
    .await
    .refused_by("sip_accounts_domain_id_username_key", taken)
    .refused_by("sip_addresses_pkey", taken)
    // Deleted meanwhile.
    .refused_by("sip_accounts_domain_id_fkey", || Refusal::SipDomainNotFound(id.domain.clone()))
    .refused_by("sip_accounts_owner_fkey", || no_such_customer("account.owner"))
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
    sqlx::query!(
        "UPDATE sip_accounts SET
             password = CASE WHEN $2::text IS NULL THEN password ELSE $3 END,
             ha1 = coalesce($2, ha1), ha1b = coalesce($4, ha1b),
             ha1_sha256 = CASE WHEN $2::text IS NULL THEN ha1_sha256 ELSE $5 END,
             first_name = $6, last_name = $7, email = $8, timezone = $9, rpid = $10, quota = $11,
             quickdial_prefix = $12, call_limit = $13, prepaid = $14, region = $15, timeout = $16,
             owner = nullif($17::bigint, 0)
         WHERE id = $1",
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
    )
    .execute(tx.conn())
    .await
    .refused_by("sip_accounts_owner_fkey", || no_such_customer("account.owner"))?;
    replace_lists(tx, stored.key, settings).await
}

/// Makes groups, networks and properties exactly what the settings say. What stays the same is not written.
async fn replace_lists(tx: &mut Tx, account: i64, settings: &SipAccountSettings) -> Result<(), StoreError> {
    let groups: Vec<String> = settings.groups.iter().map(|group| group.as_str().to_owned()).collect();
    let networks: Vec<IpNet> = settings.acl.iter().map(|entry| IpNet::V4(entry.network.net())).collect();
    let tags: Vec<String> = settings.acl.iter().map(|entry| entry.tag.clone()).collect();
    let names: Vec<String> = settings.properties.iter().map(|p| p.name.as_str().to_owned()).collect();
    let values: Vec<String> = settings.properties.iter().map(|p| p.value.clone()).collect();
    // One statement: each part writes rows that no other part touches.
    sqlx::query!(
        "WITH groups_gone AS (DELETE FROM sip_account_groups WHERE account_id = $1 AND name <> ALL ($2)),
              acl_gone AS (DELETE FROM sip_account_acl WHERE account_id = $1 AND network <> ALL ($3)),
              properties_gone AS (DELETE FROM sip_account_properties WHERE account_id = $1 AND name <> ALL ($5)),
              groups AS (
                  INSERT INTO sip_account_groups (account_id, name) SELECT $1, unnest($2::text[])
                  ON CONFLICT DO NOTHING),
              acl AS (
                  INSERT INTO sip_account_acl AS stored (account_id, network, tag, position)
                  SELECT $1, sent.network, sent.tag, sent.n
                  FROM unnest($3::cidr[], $4::text[]) WITH ORDINALITY AS sent (network, tag, n)
                  ON CONFLICT (account_id, network) DO UPDATE SET tag = excluded.tag, position = excluded.position
                  WHERE (stored.tag, stored.position) IS DISTINCT FROM (excluded.tag, excluded.position))
         INSERT INTO sip_account_properties AS stored (account_id, name, value)
         SELECT $1, sent.name, sent.value FROM unnest($5::text[], $6::text[]) AS sent (name, value)
         ON CONFLICT (account_id, name) DO UPDATE SET value = excluded.value
         WHERE stored.value IS DISTINCT FROM excluded.value",
        account,
        &groups,
        &networks as &[IpNet],
        &tags,
        &names,
        &values,
    )
    .execute(tx.conn())
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

/// One account in reach, in one trip to the database: the statement says the scope itself.
pub async fn get(store: &Store, scope: &Scope, id: &SipId) -> Result<SipAccount, StoreError> {
    let words = scope_words(scope);
    let query = || {
        sqlx::query_as!(
            Row,
            r#"SELECT username AS "username!", domain AS "domain!", customer, reseller, password, ha1 AS "ha1!",
                      first_name AS "first_name!", last_name AS "last_name!", email AS "email!",
                      timezone AS "timezone!", rpid AS "rpid!", quota AS "quota!",
                      quickdial_prefix AS "quickdial_prefix!", call_limit AS "call_limit!", prepaid AS "prepaid!",
                      region AS "region!", timeout AS "timeout!", owner, change_date AS "change_date!",
                      create_date AS "create_date!", groups AS "groups!", networks AS "networks!: Vec<IpNet>",
                      tags AS "tags!", names AS "names!", "values" AS "values!"
               FROM ngnpro_sip_account($1, $2, $3)"#,
            words,
            id.username.as_str(),
            id.domain.as_str()
        )
    };
    let row = match store.is_shared() {
        // A step of a larger transaction sees what the steps before it did.
        true => query().fetch_optional(store.begin_read(scope).await?.conn()).await?,
        false => {
            let once = store.attempt(|pool| {
                let query = query();
                async move { query.fetch_optional(&pool).await }
            });
            once.await?
        }
    };
    row.map(Row::account).transpose()?.ok_or_else(|| Refusal::SipAccountNotFound(id.clone()).into())
}

/// Accounts in reach.
pub async fn list(
    tx: &mut Tx,
    query: &Query<SipAccountFilter, SipAccountOrder>,
) -> Result<Page<SipAccount>, StoreError> {
    let sorted = match query.order {
        SipAccountOrder::Key => "ARRAY[d.domain, a.username]",
        SipAccountOrder::ChangeDate => "a.change_date",
        SipAccountOrder::Username => "a.username",
        SipAccountOrder::Domain => "d.domain",
    };
    let filter = &query.filter;
    let mut search = Search::new("sip_accounts AS a JOIN sip_domains AS d ON d.id = a.domain_id", "a.id", sorted);
    search.like_lower("a.username", filter.username.as_ref());
    search.like_lower("d.domain", filter.domain.as_ref());
    search.like("a.first_name", filter.first_name.as_ref());
    search.like("a.last_name", filter.last_name.as_ref());
    search.like("a.email", filter.email.as_ref());
    search.equal("a.owner", filter.owner);
    search.equal("d.customer", filter.customer);
    search.equal("d.reseller", filter.reseller);
    let groups: Vec<String> = filter.groups.iter().map(|group| group.as_str().to_owned()).collect();
    search.all_of("SELECT name FROM sip_account_groups_all WHERE account_id = a.id", &groups);
    let keys = search.keys(tx, query.direction, query.range).await?;
    Ok(Page { rows: fetch_page(tx, &keys.ids).await?, total: keys.total })
}

/// In the order of the keys.
async fn fetch_page(tx: &mut Tx, keys: &[i64]) -> Result<Vec<SipAccount>, StoreError> {
    let page = sqlx::query_as!(
        Row,
        r#"SELECT a.username, d.domain, d.customer, d.reseller, a.password, a.ha1, a.first_name, a.last_name, a.email,
                  a.timezone, a.rpid, a.quota, a.quickdial_prefix, a.call_limit, a.prepaid, a.region, a.timeout,
                  a.owner, to_char(a.change_date, 'YYYY-MM-DD HH24:MI:SS') AS "change_date!",
                  to_char(a.create_date, 'YYYY-MM-DD HH24:MI:SS') AS "create_date!",
                  ARRAY(SELECT name FROM sip_account_groups WHERE account_id = a.id) AS "groups!",
                  ARRAY(SELECT network FROM sip_account_acl WHERE account_id = a.id ORDER BY position, network)
                      AS "networks!: Vec<IpNet>",
                  ARRAY(SELECT tag FROM sip_account_acl WHERE account_id = a.id ORDER BY position, network) AS "tags!",
                  ARRAY(SELECT name FROM sip_account_properties WHERE account_id = a.id ORDER BY name) AS "names!",
                  ARRAY(SELECT value FROM sip_account_properties WHERE account_id = a.id ORDER BY name) AS "values!"
           FROM unnest($1::bigint[]) WITH ORDINALITY AS page (id, n)
           JOIN sip_accounts AS a ON a.id = page.id JOIN sip_domains AS d ON d.id = a.domain_id
           ORDER BY page.n"#,
        keys
    );
    page.fetch_all(tx.conn()).await?.into_iter().map(Row::account).collect()
}

struct Row {
    username: String,
    domain: String,
    customer: Option<i64>,
    reseller: Option<i64>,
    password: Option<String>,
    ha1: String,
    first_name: String,
    last_name: String,
    email: String,
    timezone: String,
    rpid: String,
    quota: i32,
    quickdial_prefix: String,
    call_limit: i32,
    prepaid: bool,
    region: String,
    timeout: i32,
    owner: Option<i64>,
    change_date: String,
    create_date: String,
    groups: Vec<String>,
    networks: Vec<IpNet>,
    tags: Vec<String>,
    names: Vec<String>,
    values: Vec<String>,
}

impl Row {
    fn account(self) -> Result<SipAccount, StoreError> {
        let bad = |column: &'static str| move |why| rows::bad_row(column, &why);
        let owners = ownership(self.customer, self.reseller);
        let groups = self.groups.iter().map(|name| Group::parse(name).map_err(bad("group")));
        let acl = self.networks.into_iter().zip(self.tags).filter_map(|(network, tag)| match network {
            IpNet::V4(net) => Some(AclEntry { network: AclNetwork::new(net), tag }),
            // The contract writes dotted quads only.
            IpNet::V6(_) => None,
        });
        let properties = self
            .names
            .iter()
            .zip(self.values)
            .map(|(name, value)| Ok(Property { name: PropertyName::parse(name).map_err(bad("property"))?, value }));
        Ok(SipAccount {
            id: rows::sip_id(&self.username, &self.domain)?,
            customer: owners.customer,
            reseller: owners.reseller,
            password: self.password.map(Secret::new),
            ha1: Digest::of_row(self.ha1),
            settings: SipAccountSettings {
                first_name: self.first_name,
                last_name: self.last_name,
                email: self.email,
                acl: acl.collect(),
                groups: groups.collect::<Result<_, _>>()?,
                properties: properties.collect::<Result<_, StoreError>>()?,
                timezone: TimeZoneName::parse(&self.timezone).map_err(bad("timezone"))?,
                rpid: self.rpid,
                quota: self.quota,
                quickdial_prefix: self.quickdial_prefix,
                call_limit: self.call_limit,
                prepaid: self.prepaid,
                region: self.region,
                timeout: RingTimeout::parse(Some(i64::from(self.timeout))).map_err(bad("timeout"))?,
                owner: CustomerId::new(self.owner.unwrap_or(0)),
            },
            change_date: self.change_date,
            create_date: self.create_date,
        })
    }
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
