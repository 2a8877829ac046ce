//! ENUM ranges. Ownership is stored here; numbers take theirs from their range.

use domain::{CreditKind, E164Digits, EnumRange, EnumRangeId, EnumRangeSettings, LikePattern, Ownership, Refusal};

use crate::error::RefusedBy;
use crate::list::{Page, Query, Search};
use crate::sip_accounts::no_such_customer;
use crate::sip_domains::ownership;
use crate::{StoreError, Tx, credits, rows};

/// Search terms of a list of ranges; an absent one does not constrain.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "a term is the column of that name")]
pub struct EnumRangeFilter {
    pub prefix: Option<LikePattern>,
    pub tld: Option<LikePattern>,
    pub info: Option<LikePattern>,
    pub customer: Option<i64>,
    pub reseller: Option<i64>,
}

/// What a list of ranges is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the columns' names")]
pub enum EnumRangeOrder {
    #[default]
    ChangeDate,
    Prefix,
    Tld,
}

/// The customer exists and is that reseller's; it may have gone since it was looked up.
const OWNER_RULE: &str = "enum_ranges_customer_of_the_reseller";

/// Makes a range. What lies in a range of somebody out of reach is not given away.
pub async fn add(
    tx: &mut Tx,
    id: &EnumRangeId,
    owner: Ownership,
    settings: &EnumRangeSettings,
) -> Result<EnumRange, StoreError> {
    let enclosed = sqlx::query!(
        r#"SELECT EXISTS (SELECT FROM enum_ranges WHERE prefix = $1 AND tld = $2) AS "own!",
                  around.id IS NOT NULL AND NOT EXISTS (SELECT FROM enum_ranges AS r WHERE r.id = around.id) AS "foreign!"
           FROM (SELECT ngnpro_enum_range_of($1, $2) AS id) AS around"#,
        id.prefix.as_str(),
        id.tld.as_str()
    )
    .fetch_one(tx.conn())
    .await?;
    if enclosed.own {
        return Err(id.exists().into());
    }
    // Of the very same name: the insert says so. Around it: it is not the caller's to divide.
    if enclosed.foreign && !is_taken(tx, id).await? {
        return Err(Refusal::NotAllowed("it lies in a range that is out of reach").into());
    }
    credits::take(tx, CreditKind::EnumRange, owner).await?;
    let nameservers = names(settings.nameservers.as_deref().unwrap_or_default());
    let key = sqlx::query_scalar!(
        "INSERT INTO enum_ranges (prefix, tld, customer, reseller, ttl, min_digits, max_digits, size, nameservers, info)
         VALUES ($1, $2, nullif($3::bigint, 0), nullif($4::bigint, 0), $5, $6, $7, $8, $9, $10) RETURNING id",
        id.prefix.as_str(),
        id.tld.as_str(),
        owner.customer.get(),
        owner.reseller.get(),
        settings.ttl,
        settings.min_digits,
        settings.max_digits,
        settings.size,
        &nameservers,
        settings.info
    )
    .fetch_one(tx.conn())
    .await
    .refused_by("enum_ranges_prefix_tld_key", || id.exists())
    .refused_by(OWNER_RULE, || no_such_customer("range.customer"))?;
    fetch(tx, &[key]).await?.pop().ok_or_else(|| id.not_found().into())
}

/// Whether a range of exactly that name is there, whoever's it is: no range around it is a longer one.
async fn is_taken(tx: &mut Tx, id: &EnumRangeId) -> Result<bool, StoreError> {
    let prefix = id.prefix.as_str();
    let shorter = prefix.get(..prefix.len() - 1).unwrap_or_default();
    Ok(sqlx::query_scalar!(
        r#"SELECT ngnpro_enum_range_of($1, $3) IS DISTINCT FROM ngnpro_enum_range_of($2, $3) AS "taken!""#,
        prefix,
        shorter,
        id.tld.as_str()
    )
    .fetch_one(tx.conn())
    .await?)
}

/// Whose a range in reach is; it keeps from changing until the transaction ends.
pub async fn ownership_for_update(tx: &mut Tx, id: &EnumRangeId) -> Result<Ownership, StoreError> {
    let row = sqlx::query!(
        "SELECT customer, reseller FROM enum_ranges WHERE prefix = $1 AND tld = $2 FOR NO KEY UPDATE",
        id.prefix.as_str(),
        id.tld.as_str()
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(|| id.not_found())?;
    Ok(ownership(row.customer, row.reseller))
}

/// Replaces a range in reach; name servers that are not given stay.
pub async fn update(
    tx: &mut Tx,
    id: &EnumRangeId,
    owner: Ownership,
    settings: &EnumRangeSettings,
) -> Result<(), StoreError> {
    let nameservers = settings.nameservers.as_deref().map(names);
    let updated = sqlx::query!(
        "UPDATE enum_ranges SET customer = nullif($3::bigint, 0), reseller = nullif($4::bigint, 0), ttl = $5,
             min_digits = $6, max_digits = $7, size = $8, nameservers = coalesce($9, nameservers), info = $10
         WHERE prefix = $1 AND tld = $2",
        id.prefix.as_str(),
        id.tld.as_str(),
        owner.customer.get(),
        owner.reseller.get(),
        settings.ttl,
        settings.min_digits,
        settings.max_digits,
        settings.size,
        nameservers.as_deref(),
        settings.info
    )
    .execute(tx.conn())
    .await
    .refused_by(OWNER_RULE, || no_such_customer("range.customer"))?;
    if updated.rows_affected() == 0 { Err(id.not_found().into()) } else { Ok(()) }
}

/// Deletes a range in reach. Refused while numbers are in it.
pub async fn delete(tx: &mut Tx, id: &EnumRangeId) -> Result<(), StoreError> {
    let deleted =
        sqlx::query!("DELETE FROM enum_ranges WHERE prefix = $1 AND tld = $2", id.prefix.as_str(), id.tld.as_str())
            .execute(tx.conn())
            .await
            .refused_by("enum_numbers_range_fkey", || id.not_empty())?;
    if deleted.rows_affected() == 0 { Err(id.not_found().into()) } else { Ok(()) }
}

/// Ranges in reach.
pub async fn list(tx: &mut Tx, query: &Query<EnumRangeFilter, EnumRangeOrder>) -> Result<Page<EnumRange>, StoreError> {
    let sorted = match query.order {
        EnumRangeOrder::ChangeDate => "change_date",
        EnumRangeOrder::Prefix => "prefix",
        EnumRangeOrder::Tld => "tld",
    };
    let mut search = Search::new("enum_ranges", "id", sorted);
    search.like_lower("prefix", query.filter.prefix.as_ref());
    search.like_lower("tld", query.filter.tld.as_ref());
    search.like("info", query.filter.info.as_ref());
    search.equal("customer", query.filter.customer);
    search.equal("reseller", query.filter.reseller);
    let keys = search.keys(tx, query.direction, query.range).await?;
    Ok(Page { rows: fetch(tx, &keys.ids).await?, total: keys.total })
}

async fn fetch(tx: &mut Tx, keys: &[i64]) -> Result<Vec<EnumRange>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT r.prefix, r.tld, r.customer, r.reseller, r.ttl, r.min_digits, r.max_digits, r.size, r.nameservers,
                  r.serial, r.info, to_char(r.change_date, 'YYYY-MM-DD HH24:MI:SS') AS "change_date!",
                  (SELECT count(*) FROM enum_numbers WHERE range_id = r.id) AS "used!"
           FROM unnest($1::bigint[]) WITH ORDINALITY AS page (id, n) JOIN enum_ranges AS r ON r.id = page.id
           ORDER BY page.n"#,
        keys
    )
    .fetch_all(tx.conn())
    .await?;
    let ranges = rows.into_iter().map(|row| {
        Ok(EnumRange {
            id: EnumRangeId { prefix: digits(&row.prefix)?, tld: rows::domain_name(&row.tld)? },
            ownership: ownership(row.customer, row.reseller),
            settings: EnumRangeSettings {
                ttl: row.ttl,
                min_digits: row.min_digits,
                max_digits: row.max_digits,
                size: row.size,
                nameservers: Some(rows::domain_names(&row.nameservers)?),
                info: row.info,
            },
            used: row.used,
            serial: row.serial,
            change_date: row.change_date,
        })
    });
    ranges.collect()
}

/// Digits of a column.
pub(crate) fn digits(text: &str) -> Result<E164Digits, StoreError> {
    E164Digits::parse(text).map_err(|why| rows::bad_row("digits", &why))
}

fn names(nameservers: &[domain::DomainName]) -> Vec<String> {
    nameservers.iter().map(|name| name.as_str().to_owned()).collect()
}
