//! Many SIP accounts at once: what `sip_accounts::add` does to one, done to a batch with a handful of statements whatever its
//! length.
//!
//! The rules are the same and are applied in the rows' order: an account that an earlier row made is there for a later one, and
//! the last record of a credit goes to the first that asks. Locks are taken as single creations take them (the domains, then
//! resellers, then customers), each kind in one order, so that nobody waits in a circle.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::{
    Credentials, CreditKind, CustomerId, Digest, DomainName, NewSipAccount, NewUsername, Ownership, Refusal, Secret,
    SipId, Username,
};
use ipnet::IpNet;

use crate::sip_accounts::{ClearText, Parent, hold_numbers, is_number, next_number, no_such_customer};
use crate::sip_domains::ownership;
use crate::{StoreError, Tx, rows};

/// What became of each row, in their order: the account's address, or why there is none.
pub type Made = Vec<Result<SipId, Refusal>>;

/// The highest number that is given out.
const NUMBER_MAX: u64 = 999_999_999;

/// Makes the accounts that may be made. `None` when they must be made one by one: a domain has run out of numbers behind its
/// highest. [`StoreError::Overtaken`] when somebody else took a name meanwhile: nothing was done, the same may be done again.
pub async fn add(tx: &mut Tx, new: &[NewSipAccount], clear: ClearText) -> Result<Option<Made>, StoreError> {
    let owners = reachable(tx, new).await?;
    let mut domains = parents(tx, new).await?;
    for parent in domains.values_mut() {
        if parent.names_numbers {
            hold_numbers(tx, &parent.parent).await?;
        }
        if parent.gives_numbers {
            parent.next = next_number(tx, &parent.parent).await?.as_str().parse().ok();
        }
    }
    let Some(named) = named(new, &owners, &mut domains) else { return Ok(None) };
    let mut taken = taken(tx, &named, &domains).await?;
    let mut credits = Credits::held(tx, domains.values().map(|parent| parent.parent.ownership)).await?;

    let mut made = Made::with_capacity(new.len());
    let mut batch = Vec::with_capacity(new.len());
    for (new, id) in new.iter().zip(named) {
        let verdict = id.and_then(|id| {
            let parent = domains.get(&id.domain).ok_or_else(|| Refusal::SipDomainNotFound(id.domain.clone()))?;
            if taken.contains(&id) {
                return Err(Refusal::SipAccountExists(id));
            }
            credits.take(parent.parent.ownership)?;
            taken.insert(id.clone());
            batch.push(Row { parent: parent.parent.key, kept: new.password.credentials(&id), id: id.clone(), new });
            Ok(id)
        });
        if let (NewUsername::AutoIncrement, Err(Refusal::SipAccountExists(_))) = (&new.username, &verdict) {
            return Ok(None);
        }
        made.push(verdict);
    }
    let keys = insert(tx, &batch, clear).await.map_err(overtaken)?;
    insert_lists(tx, &batch, &keys).await?;
    Ok(Some(made))
}

/// A row that becomes an account.
struct Row<'a> {
    parent: i64,
    id: SipId,
    kept: Credentials,
    new: &'a NewSipAccount,
}

/// A domain that accounts are made in.
struct Within {
    parent: Parent,
    /// Some row names a number there.
    names_numbers: bool,
    /// Some row wishes for a number there.
    gives_numbers: bool,
    /// The next number to give out.
    next: Option<u64>,
}

/// The domains in reach, by name: one order for all who lock them.
type Domains = BTreeMap<DomainName, Within>;

/// The customers in reach that accounts shall be assigned to.
async fn reachable(tx: &mut Tx, new: &[NewSipAccount]) -> Result<HashSet<CustomerId>, StoreError> {
    let owners: HashSet<i64> = new.iter().map(|new| new.settings.owner.get()).filter(|owner| *owner != 0).collect();
    if owners.is_empty() {
        return Ok(HashSet::new());
    }
    let owners: Vec<i64> = owners.into_iter().collect();
    let found =
        sqlx::query_scalar!("SELECT id FROM customers WHERE id = ANY ($1)", &owners).fetch_all(tx.conn()).await?;
    Ok(found.into_iter().map(CustomerId::new).collect())
}

/// Looks the domains up.
async fn parents(tx: &mut Tx, new: &[NewSipAccount]) -> Result<Domains, StoreError> {
    let names: HashSet<&str> = new.iter().map(|new| new.domain.as_str()).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let found = sqlx::query!(
        "SELECT id, domain, customer, reseller FROM sip_domains WHERE domain = ANY ($1)",
        &names as &[&str]
    )
    .fetch_all(tx.conn())
    .await?;
    let mut domains = Domains::new();
    for row in found {
        let ownership = ownership(row.customer, row.reseller);
        let parent = Parent { key: row.id, ownership, account: false, alias: false };
        let within = Within { parent, names_numbers: false, gives_numbers: false, next: None };
        domains.insert(rows::domain_name(&row.domain)?, within);
    }
    for new in new {
        let Some(within) = domains.get_mut(&new.domain) else { continue };
        match &new.username {
            NewUsername::Given(name) => within.names_numbers |= is_number(name),
            NewUsername::AutoIncrement => (within.names_numbers, within.gives_numbers) = (true, true),
        }
    }
    Ok(domains)
}

/// The address of each row, with the numbers that are wished for; `None` when there are no more behind the highest.
fn named(
    new: &[NewSipAccount],
    owners: &HashSet<CustomerId>,
    domains: &mut Domains,
) -> Option<Vec<Result<SipId, Refusal>>> {
    let mut named = Vec::with_capacity(new.len());
    for new in new {
        let owner = new.settings.owner;
        if !owner.is_nobody() && !owners.contains(&owner) {
            named.push(Err(no_such_customer("account.owner")));
            continue;
        }
        let Some(within) = domains.get_mut(&new.domain) else {
            named.push(Err(Refusal::SipDomainNotFound(new.domain.clone())));
            continue;
        };
        let username = match &new.username {
            NewUsername::Given(name) => {
                if let (Some(next), true, Ok(number)) = (within.next, is_number(name), name.as_str().parse::<u64>()) {
                    within.next = Some(next.max(number + 1));
                }
                name.clone()
            }
            NewUsername::AutoIncrement => {
                let number = within.next.filter(|number| *number <= NUMBER_MAX)?;
                within.next = Some(number + 1);
                Username::parse(&number.to_string()).ok()?
            }
        };
        named.push(Ok(SipId::new(username, new.domain.clone())));
    }
    Some(named)
}

/// Which of the addresses are an account's or an alias's already.
async fn taken(tx: &mut Tx, named: &[Result<SipId, Refusal>], domains: &Domains) -> Result<HashSet<SipId>, StoreError> {
    let asked: Vec<(i64, &SipId)> =
        named.iter().flatten().filter_map(|id| Some((domains.get(&id.domain)?.parent.key, id))).collect();
    let (keys, names): (Vec<i64>, Vec<&str>) = asked.iter().map(|(key, id)| (*key, id.username.as_str())).unzip();
    let found = sqlx::query!(
        r#"SELECT sent.n AS "n!" FROM unnest($1::bigint[], $2::text[]) WITH ORDINALITY AS sent (domain_id, username, n)
           WHERE EXISTS (SELECT FROM sip_accounts AS a WHERE a.domain_id = sent.domain_id AND a.username = sent.username)
              OR EXISTS (SELECT FROM sip_aliases AS l WHERE l.domain_id = sent.domain_id AND l.username = sent.username)"#,
        &keys,
        &names as &[&str]
    )
    .fetch_all(tx.conn())
    .await?;
    let id = |n: i64| usize::try_from(n - 1).ok().and_then(|n| asked.get(n)).map(|(_, id)| (*id).clone());
    Ok(found.into_iter().filter_map(|row| id(row.n)).collect())
}

/// How many accounts more each reseller and customer may have; who has no limit is not among them.
struct Credits {
    resellers: HashMap<i64, i64>,
    customers: HashMap<i64, i64>,
}

impl Credits {
    /// Asks, and locks who has a limit until the transaction ends: resellers first, as single creations do.
    async fn held(tx: &mut Tx, owners: impl Iterator<Item = Ownership>) -> Result<Self, StoreError> {
        let (mut resellers, mut customers) = (Vec::new(), Vec::new());
        for owner in owners {
            let (customer, reseller) = (owner.customer.get(), owner.reseller.get());
            if reseller != 0 {
                resellers.push(reseller);
            }
            if customer != 0 && customer != reseller {
                customers.push(customer);
            }
        }
        let mut held = Self { resellers: HashMap::new(), customers: HashMap::new() };
        for (holders, is_reseller, left) in
            [(resellers, true, &mut held.resellers), (customers, false, &mut held.customers)]
        {
            let mut holders = holders;
            holders.sort_unstable();
            holders.dedup();
            if holders.is_empty() {
                continue;
            }
            let rows = sqlx::query!(
                r#"SELECT holder AS "holder!", ngnpro_credit_left($1, holder, $2) AS left
                   FROM unnest($3::bigint[]) AS asked (holder)"#,
                CreditKind::SipAccount.property(),
                is_reseller,
                &holders
            )
            .fetch_all(tx.conn())
            .await?;
            left.extend(rows.into_iter().filter_map(|row| Some((row.holder, row.left?))));
        }
        Ok(held)
    }

    /// Takes one of each.
    fn take(&mut self, owner: Ownership) -> Result<(), Refusal> {
        let (customer, reseller) = (owner.customer.get(), owner.reseller.get());
        let mut of_reseller = self.resellers.get_mut(&reseller);
        let mut of_customer = if customer == reseller { None } else { self.customers.get_mut(&customer) };
        if [&of_reseller, &of_customer].into_iter().flatten().any(|left| **left < 1) {
            return Err(Refusal::CreditExceeded(CreditKind::SipAccount));
        }
        for left in [&mut of_reseller, &mut of_customer].into_iter().flatten() {
            **left -= 1;
        }
        Ok(())
    }
}

/// Inserts the rows; their keys, in the rows' order.
async fn insert(tx: &mut Tx, batch: &[Row<'_>], clear: ClearText) -> Result<Vec<i64>, StoreError> {
    let clear = |row: &Row<'_>| clear == ClearText::Stored && row.kept.clear.is_some();
    let text = |of: fn(&NewSipAccount) -> &str| batch.iter().map(|row| of(row.new)).collect::<Vec<&str>>();
    let number = |of: fn(&NewSipAccount) -> i32| batch.iter().map(|row| of(row.new)).collect::<Vec<i32>>();
    let passwords: Vec<Option<&str>> =
        batch.iter().map(|row| row.kept.clear.as_ref().filter(|_| clear(row)).map(Secret::expose)).collect();
    let sha256: Vec<Option<&str>> = batch.iter().map(|row| row.kept.ha1_sha256.as_ref().map(Digest::expose)).collect();
    let made = sqlx::query!(
        "INSERT INTO sip_accounts (domain_id, username, password, ha1, ha1b, ha1_sha256, first_name, last_name,
                email, timezone, rpid, quota, quickdial_prefix, call_limit, prepaid, region, timeout, owner)
         SELECT domain_id, username, password, ha1, ha1b, ha1_sha256, first_name, last_name, email, timezone, rpid, quota,
                quickdial_prefix, call_limit, prepaid, region, timeout, nullif(owner, 0)
         FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                $9::text[], $10::text[], $11::text[], $12::integer[], $13::text[], $14::integer[], $15::boolean[],
                $16::text[], $17::integer[], $18::bigint[])
              AS sent (domain_id, username, password, ha1, ha1b, ha1_sha256, first_name, last_name, email, timezone,
                rpid, quota, quickdial_prefix, call_limit, prepaid, region, timeout, owner)
         RETURNING id, domain_id, username",
        &batch.iter().map(|row| row.parent).collect::<Vec<_>>(),
        &batch.iter().map(|row| row.id.username.as_str()).collect::<Vec<_>>() as &[&str],
        &passwords as &[Option<&str>],
        &batch.iter().map(|row| row.kept.ha1.expose()).collect::<Vec<_>>() as &[&str],
        &batch.iter().map(|row| row.kept.ha1b.expose()).collect::<Vec<_>>() as &[&str],
        &sha256 as &[Option<&str>],
        &text(|new| &new.settings.first_name) as &[&str],
        &text(|new| &new.settings.last_name) as &[&str],
        &text(|new| &new.settings.email) as &[&str],
        &text(|new| new.settings.timezone.as_str()) as &[&str],
        &text(|new| &new.settings.rpid) as &[&str],
        &number(|new| new.settings.quota),
        &text(|new| &new.settings.quickdial_prefix) as &[&str],
        &number(|new| new.settings.call_limit),
        &batch.iter().map(|row| row.new.settings.prepaid).collect::<Vec<_>>(),
        &text(|new| &new.settings.region) as &[&str],
        &number(|new| i32::from(new.settings.timeout.seconds())),
        &batch.iter().map(|row| row.new.settings.owner.get()).collect::<Vec<_>>(),
    )
    .fetch_all(tx.conn())
    .await?;
    let keys: HashMap<(i64, &str), i64> =
        made.iter().map(|row| ((row.domain_id, row.username.as_str()), row.id)).collect();
    let key = |row: &Row<'_>| keys.get(&(row.parent, row.id.username.as_str())).copied();
    batch
        .iter()
        .map(key)
        .collect::<Option<_>>()
        .ok_or_else(|| StoreError::Internal(sqlx::Error::Protocol("an inserted row was not answered".to_owned())))
}

/// Inserts groups, networks and properties of new accounts.
async fn insert_lists(tx: &mut Tx, batch: &[Row<'_>], keys: &[i64]) -> Result<(), StoreError> {
    let (mut grouped, mut groups) = (Vec::new(), Vec::new());
    let (mut fenced, mut networks, mut tags, mut places) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut described, mut names, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for (row, key) in batch.iter().zip(keys) {
        let settings = &row.new.settings;
        for group in &settings.groups {
            grouped.push(*key);
            groups.push(group.as_str());
        }
        for (entry, place) in settings.acl.iter().zip(1_i32..) {
            fenced.push(*key);
            networks.push(IpNet::V4(entry.network.net()));
            tags.push(entry.tag.as_str());
            places.push(place);
        }
        for property in &settings.properties {
            described.push(*key);
            names.push(property.name.as_str());
            values.push(property.value.as_str());
        }
    }
    if grouped.is_empty() && fenced.is_empty() && described.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "WITH groups AS (
             INSERT INTO sip_account_groups (account_id, name) SELECT * FROM unnest($1::bigint[], $2::text[])),
         acl AS (
             INSERT INTO sip_account_acl (account_id, network, tag, position)
             SELECT * FROM unnest($3::bigint[], $4::cidr[], $5::text[], $6::integer[]))
         INSERT INTO sip_account_properties (account_id, name, value)
         SELECT * FROM unnest($7::bigint[], $8::text[], $9::text[])",
        &grouped,
        &groups as &[&str],
        &fenced,
        &networks as &[IpNet],
        &tags as &[&str],
        &places,
        &described,
        &names as &[&str],
        &values as &[&str],
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Somebody else took a name, deleted a domain or a customer since they were looked at.
fn overtaken(error: StoreError) -> StoreError {
    match &error {
        StoreError::Internal(sqlx::Error::Database(database))
            if database.is_unique_violation() || database.is_foreign_key_violation() =>
        {
            StoreError::Overtaken(error.to_string())
        }
        _ => error,
    }
}
