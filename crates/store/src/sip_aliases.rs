//! SIP aliases: further addresses of accounts. An alias belongs to whom its own domain belongs to, whatever its target's.

use domain::{CreditKind, CustomerId, LikePattern, NewSipAlias, Refusal, SipAlias, SipId};

use crate::error::RefusedBy;
use crate::list::{Page, Query, Search};
use crate::sip_accounts::{hold_numbers, is_number, no_such_customer, parent, take_credit};
use crate::sip_domains::ownership;
use crate::{StoreError, Tx, rows};

/// Search terms of a list of aliases; an absent one does not constrain.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "a term is the column of that name")]
pub struct SipAliasFilter {
    pub alias_username: Option<LikePattern>,
    pub alias_domain: Option<LikePattern>,
    pub target_username: Option<LikePattern>,
    pub target_domain: Option<LikePattern>,
    pub owner: Option<i64>,
    pub customer: Option<i64>,
    pub reseller: Option<i64>,
}

/// What a list of aliases is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the columns' names")]
pub enum SipAliasOrder {
    #[default]
    ChangeDate,
    Key,
    AliasUsername,
    AliasDomain,
    TargetUsername,
    TargetDomain,
}

/// Makes an alias in a domain in reach, leading to an account in reach.
pub async fn add(tx: &mut Tx, new: &NewSipAlias) -> Result<SipAlias, StoreError> {
    let parent = parent(tx, &new.id.domain, Some(&new.id.username)).await?;
    if parent.account {
        return Err(Refusal::SipAccountExists(new.id.clone()).into());
    }
    if parent.alias {
        return Err(Refusal::SipAliasExists(new.id.clone()).into());
    }
    if is_number(&new.id.username) {
        hold_numbers(tx, &parent).await?;
    }
    let target = target_key(tx, &new.target).await?;
    take_credit(tx, CreditKind::SipAlias, &parent).await?;
    let change_date = sqlx::query_scalar!(
        r#"INSERT INTO sip_aliases (domain_id, username, target_id, owner) VALUES ($1, $2, $3, nullif($4::bigint, 0))
           RETURNING to_char(change_date, 'YYYY-MM-DD HH24:MI:SS') AS "change_date!""#,
        parent.key,
        new.id.username.as_str(),
        target,
        new.owner.get()
    )
    .fetch_one(tx.conn())
    .await
    .refused_by("sip_aliases_domain_id_username_key", || Refusal::SipAliasExists(new.id.clone()))
    // Somebody made an account of that name meanwhile.
    .refused_by("sip_addresses_pkey", || Refusal::SipAccountExists(new.id.clone()))
    // Deleted meanwhile.
    .refused_by("sip_aliases_domain_id_fkey", || Refusal::SipDomainNotFound(new.id.domain.clone()))
    .refused_by("sip_aliases_target_id_fkey", || Refusal::SipAccountNotFound(new.target.clone()))
    .refused_by("sip_aliases_owner_fkey", || no_such_customer("alias.owner"))?;
    Ok(SipAlias {
        id: new.id.clone(),
        target: Some(new.target.clone()),
        owner: new.owner,
        ownership: parent.ownership,
        change_date,
    })
}

/// Whom a stored alias is assigned to; it keeps from changing until the transaction ends.
pub async fn owner_for_update(tx: &mut Tx, id: &SipId) -> Result<CustomerId, StoreError> {
    let owner = sqlx::query_scalar!(
        "SELECT l.owner FROM sip_aliases AS l JOIN sip_domains AS d ON d.id = l.domain_id
         WHERE l.username = $1 AND d.domain = $2 FOR NO KEY UPDATE OF l",
        id.username.as_str(),
        id.domain.as_str()
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(|| Refusal::SipAliasNotFound(id.clone()))?;
    Ok(CustomerId::new(owner.unwrap_or(0)))
}

/// Gives an alias in reach another target and owner.
pub async fn update(tx: &mut Tx, change: &NewSipAlias) -> Result<(), StoreError> {
    let target = target_key(tx, &change.target).await?;
    let updated = sqlx::query!(
        "UPDATE sip_aliases AS l SET target_id = $3, owner = nullif($4::bigint, 0)
         FROM sip_domains AS d WHERE d.id = l.domain_id AND l.username = $1 AND d.domain = $2",
        change.id.username.as_str(),
        change.id.domain.as_str(),
        target,
        change.owner.get()
    )
    .execute(tx.conn())
    .await
    .refused_by("sip_aliases_target_id_fkey", || Refusal::SipAccountNotFound(change.target.clone()))
    .refused_by("sip_aliases_owner_fkey", || no_such_customer("alias.owner"))?;
    if updated.rows_affected() == 0 { Err(Refusal::SipAliasNotFound(change.id.clone()).into()) } else { Ok(()) }
}

/// Deletes an alias in reach.
pub async fn delete(tx: &mut Tx, id: &SipId) -> Result<(), StoreError> {
    let deleted = sqlx::query!(
        "DELETE FROM sip_aliases AS l USING sip_domains AS d
         WHERE d.id = l.domain_id AND l.username = $1 AND d.domain = $2",
        id.username.as_str(),
        id.domain.as_str()
    )
    .execute(tx.conn())
    .await?;
    if deleted.rows_affected() == 0 { Err(Refusal::SipAliasNotFound(id.clone()).into()) } else { Ok(()) }
}

/// One alias in reach.
pub async fn get(tx: &mut Tx, id: &SipId) -> Result<SipAlias, StoreError> {
    fetch(tx, None, Some(id)).await?.pop().ok_or_else(|| Refusal::SipAliasNotFound(id.clone()).into())
}

/// The addresses that lead to an account in reach, by name.
pub async fn of_account(tx: &mut Tx, target: &SipId) -> Result<Vec<SipId>, StoreError> {
    let key = target_key(tx, target).await?;
    let rows = sqlx::query!(
        "SELECT l.username, d.domain FROM sip_aliases AS l JOIN sip_domains AS d ON d.id = l.domain_id
         WHERE l.target_id = $1 ORDER BY l.username, d.domain",
        key
    )
    .fetch_all(tx.conn())
    .await?;
    rows.iter().map(|row| rows::sip_id(&row.username, &row.domain)).collect()
}

/// Aliases in reach.
pub async fn list(tx: &mut Tx, query: &Query<SipAliasFilter, SipAliasOrder>) -> Result<Page<SipAlias>, StoreError> {
    let sorted = match query.order {
        SipAliasOrder::Key => "ARRAY[d.domain, l.username]",
        SipAliasOrder::ChangeDate => "l.change_date",
        SipAliasOrder::AliasUsername => "l.username",
        SipAliasOrder::AliasDomain => "d.domain",
        SipAliasOrder::TargetUsername => "t.username",
        SipAliasOrder::TargetDomain => "td.domain",
    };
    let filter = &query.filter;
    let mut search = Search::new(
        "sip_aliases AS l JOIN sip_domains AS d ON d.id = l.domain_id
         LEFT JOIN (sip_accounts AS t JOIN sip_domains AS td ON td.id = t.domain_id) ON t.id = l.target_id",
        "l.id",
        sorted,
    );
    search.like_lower("l.username", filter.alias_username.as_ref());
    search.like_lower("d.domain", filter.alias_domain.as_ref());
    search.like_lower("t.username", filter.target_username.as_ref());
    search.like_lower("td.domain", filter.target_domain.as_ref());
    search.equal("l.owner", filter.owner);
    search.equal("d.customer", filter.customer);
    search.equal("d.reseller", filter.reseller);
    let keys = search.keys(tx, query.direction, query.range).await?;
    Ok(Page { rows: fetch(tx, Some(&keys.ids), None).await?, total: keys.total })
}

/// The named alias, or those of these keys: one statement serves both. The target of an alias may be out of reach.
async fn fetch(tx: &mut Tx, keys: Option<&[i64]>, id: Option<&SipId>) -> Result<Vec<SipAlias>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT l.username, d.domain, d.customer, d.reseller, l.owner, t.username AS "target_username?",
                  td.domain AS "target_domain?", to_char(l.change_date, 'YYYY-MM-DD HH24:MI:SS') AS "change_date!"
           FROM unnest(coalesce($1::bigint[], ARRAY(
                    SELECT named.id FROM sip_aliases AS named JOIN sip_domains AS within ON within.id = named.domain_id
                    WHERE named.username = $2 AND within.domain = $3
                ))) WITH ORDINALITY AS page (id, n)
           JOIN sip_aliases AS l ON l.id = page.id JOIN sip_domains AS d ON d.id = l.domain_id
           LEFT JOIN (sip_accounts AS t JOIN sip_domains AS td ON td.id = t.domain_id) ON t.id = l.target_id
           ORDER BY page.n"#,
        keys,
        id.map(|id| id.username.as_str()),
        id.map(|id| id.domain.as_str()),
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            let target = match (&row.target_username, &row.target_domain) {
                (Some(username), Some(domain)) => Some(rows::sip_id(username, domain)?),
                _ => None,
            };
            Ok(SipAlias {
                id: rows::sip_id(&row.username, &row.domain)?,
                target,
                owner: CustomerId::new(row.owner.unwrap_or(0)),
                ownership: ownership(row.customer, row.reseller),
                change_date: row.change_date,
            })
        })
        .collect()
}

/// The account that an alias shall lead to; it must be in reach.
async fn target_key(tx: &mut Tx, target: &SipId) -> Result<i64, StoreError> {
    sqlx::query_scalar!(
        "SELECT a.id FROM sip_accounts AS a JOIN sip_domains AS d ON d.id = a.domain_id
         WHERE a.username = $1 AND d.domain = $2",
        target.username.as_str(),
        target.domain.as_str()
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(|| Refusal::SipAccountNotFound(target.clone()).into())
}
