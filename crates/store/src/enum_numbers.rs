//! ENUM numbers and where they lead. A number belongs to the longest range that begins it, and to whom that belongs to.

use domain::{
    CreditKind, CustomerId, EnumId, EnumMapping, EnumNumber, EnumService, LikePattern, NewEnumNumber, Refusal,
};
use sqlx::PgConnection;

use crate::enum_ranges::digits;
use crate::error::RefusedBy;
use crate::list::{Page, Query, Search};
use crate::sip_accounts::no_such_customer;
use crate::sip_domains::ownership;
use crate::{StoreError, Tx, credits, rows};

/// Search terms of a list of numbers; an absent one does not constrain.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "a term is the column of that name")]
pub struct EnumNumberFilter {
    pub number: Option<LikePattern>,
    pub tld: Option<LikePattern>,
    /// A mapping of that service.
    pub service: Option<LikePattern>,
    /// The same mapping leads there; with the URI's scheme or without.
    pub target: Option<LikePattern>,
    pub owner: Option<i64>,
    pub customer: Option<i64>,
    pub reseller: Option<i64>,
}

/// What a list of numbers is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the columns' names")]
pub enum EnumNumberOrder {
    #[default]
    ChangeDate,
    Number,
    Tld,
}

/// Makes a number in the range that it lies in, when that is in reach and has room.
pub async fn add(tx: &mut Tx, new: &NewEnumNumber) -> Result<EnumNumber, StoreError> {
    let (number, tld) = (new.id.number.as_str(), new.id.tld.as_str());
    // Under its lock, so that two do not take the last place.
    let range = sqlx::query!(
        "SELECT id, prefix, customer, reseller, min_digits, max_digits, size FROM enum_ranges
         WHERE id = ngnpro_enum_range_of($1, $2) FOR NO KEY UPDATE",
        number,
        tld
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(|| Refusal::EnumRangeNotFound { prefix: number.to_owned(), tld: tld.to_owned() })?;
    let state = sqlx::query!(
        r#"SELECT EXISTS (SELECT FROM enum_numbers WHERE number = $2 AND tld = $3) AS "exists!",
                  (SELECT count(*) FROM enum_numbers WHERE range_id = $1) AS "used!""#,
        range.id,
        number,
        tld
    )
    .fetch_one(tx.conn())
    .await?;
    if state.exists {
        return Err(new.id.exists().into());
    }
    let fits = i32::try_from(number.len()).is_ok_and(|n| (range.min_digits..=range.max_digits).contains(&n));
    let limit = if !fits {
        Some(format!("its numbers have {} to {} digits", range.min_digits, range.max_digits))
    } else {
        (range.size > 0 && state.used >= i64::from(range.size))
            .then(|| format!("it has all its {} numbers", range.size))
    };
    if let Some(limit) = limit {
        return Err(Refusal::EnumRangeFull { number: number.to_owned(), prefix: range.prefix, limit }.into());
    }
    credits::take(tx, CreditKind::EnumNumber, ownership(range.customer, range.reseller)).await?;
    let key = sqlx::query_scalar!(
        "INSERT INTO enum_numbers (range_id, range_prefix, tld, number, info, owner)
         VALUES ($1, $2, $3, $4, $5, nullif($6::bigint, 0)) RETURNING id",
        range.id,
        range.prefix,
        tld,
        number,
        new.info,
        new.owner.get()
    )
    .fetch_one(tx.conn())
    .await
    .refused_by("enum_numbers_number_tld_key", || new.id.exists())
    .refused_by("enum_numbers_owner_fkey", || no_such_customer("number.owner"))?;
    replace_mappings(tx.conn(), key, &new.mappings).await?;
    fetch(tx, &[key]).await?.pop().ok_or_else(|| new.id.not_found().into())
}

/// Replaces a number in reach: text, owner, and all that it leads to. A mapping that is named by its id keeps it.
pub async fn update(tx: &mut Tx, new: &NewEnumNumber) -> Result<(), StoreError> {
    let key = key_for_update(tx, &new.id).await?;
    sqlx::query!(
        "UPDATE enum_numbers SET info = $2, owner = nullif($3::bigint, 0) WHERE id = $1",
        key,
        new.info,
        new.owner.get()
    )
    .execute(tx.conn())
    .await
    .refused_by("enum_numbers_owner_fkey", || no_such_customer("number.owner"))?;
    replace_mappings(tx.conn(), key, &new.mappings).await
}

/// The customer that a number in reach is assigned to; it keeps from changing until the transaction ends.
pub async fn owner_for_update(tx: &mut Tx, id: &EnumId) -> Result<CustomerId, StoreError> {
    let key = key_for_update(tx, id).await?;
    let owner = sqlx::query_scalar!("SELECT owner FROM enum_numbers WHERE id = $1", key).fetch_one(tx.conn()).await?;
    Ok(CustomerId::new(owner.unwrap_or(0)))
}

async fn key_for_update(tx: &mut Tx, id: &EnumId) -> Result<i64, StoreError> {
    let key = sqlx::query_scalar!(
        "SELECT id FROM enum_numbers WHERE number = $1 AND tld = $2 FOR NO KEY UPDATE",
        id.number.as_str(),
        id.tld.as_str()
    )
    .fetch_optional(tx.conn())
    .await?;
    key.ok_or_else(|| id.not_found().into())
}

/// Makes the mappings of a number exactly these, in this order. The number is locked.
async fn replace_mappings(conn: &mut PgConnection, number: i64, wanted: &[EnumMapping]) -> Result<(), StoreError> {
    let known: Vec<i32> =
        sqlx::query_scalar!("SELECT id FROM enum_mappings WHERE number_id = $1", number).fetch_all(&mut *conn).await?;
    // An id of another number's, or of another platform's, is a new mapping; so is the second one of the same id.
    let mut kept: Vec<i32> = Vec::new();
    let ids: Vec<Option<i32>> = wanted
        .iter()
        .map(|mapping| {
            let id = mapping.id.filter(|id| known.contains(id) && !kept.contains(id));
            kept.extend(id);
            id
        })
        .collect();
    sqlx::query!("DELETE FROM enum_mappings WHERE number_id = $1 AND id <> ALL ($2)", number, &kept)
        .execute(&mut *conn)
        .await?;
    let services: Vec<String> = wanted.iter().map(|mapping| mapping.service.name().to_owned()).collect();
    let targets: Vec<String> = wanted.iter().map(|mapping| mapping.target.clone()).collect();
    let priorities: Vec<i32> = wanted.iter().map(|mapping| mapping.priority).collect();
    let ttls: Vec<Option<i64>> = wanted.iter().map(|mapping| mapping.ttl).collect();
    // One statement: what is updated and what is inserted are different rows.
    sqlx::query!(
        "WITH sent AS (
             SELECT s.id, s.n::int AS n, s.service, s.target, s.priority, coalesce(s.ttl, r.ttl) AS ttl
             FROM unnest($2::int[], $3::text[], $4::text[], $5::int[], $6::bigint[])
                  WITH ORDINALITY AS s (id, service, target, priority, ttl, n),
                  enum_numbers AS e JOIN enum_ranges AS r ON r.id = e.range_id
             WHERE e.id = $1
         ), changed AS (
             UPDATE enum_mappings AS m SET position = sent.n, type = sent.service, mapto = sent.target,
                    priority = sent.priority, ttl = sent.ttl
             FROM sent WHERE m.id = sent.id AND m.number_id = $1
               AND (m.position, m.type, m.mapto, m.priority, m.ttl)
                   IS DISTINCT FROM (sent.n, sent.service, sent.target, sent.priority, sent.ttl)
         )
         INSERT INTO enum_mappings (number_id, position, type, mapto, priority, ttl)
         SELECT $1, n, service, target, priority, ttl FROM sent WHERE id IS NULL ORDER BY n",
        number,
        &ids as _,
        &services,
        &targets,
        &priorities,
        &ttls as _
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Deletes a number in reach, with all that it leads to.
pub async fn delete(tx: &mut Tx, id: &EnumId) -> Result<(), StoreError> {
    let deleted =
        sqlx::query!("DELETE FROM enum_numbers WHERE number = $1 AND tld = $2", id.number.as_str(), id.tld.as_str())
            .execute(tx.conn())
            .await?;
    if deleted.rows_affected() == 0 { Err(id.not_found().into()) } else { Ok(()) }
}

/// One number in reach.
pub async fn get(tx: &mut Tx, id: &EnumId) -> Result<EnumNumber, StoreError> {
    let key = sqlx::query_scalar!(
        "SELECT id FROM enum_numbers WHERE number = $1 AND tld = $2",
        id.number.as_str(),
        id.tld.as_str()
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(|| id.not_found())?;
    fetch(tx, &[key]).await?.pop().ok_or_else(|| id.not_found().into())
}

/// Numbers in reach.
pub async fn list(
    tx: &mut Tx,
    query: &Query<EnumNumberFilter, EnumNumberOrder>,
) -> Result<Page<EnumNumber>, StoreError> {
    let sorted = match query.order {
        EnumNumberOrder::ChangeDate => "e.change_date",
        EnumNumberOrder::Number => "e.number",
        EnumNumberOrder::Tld => "e.tld",
    };
    let filter = &query.filter;
    let mut search = Search::new("enum_numbers AS e JOIN enum_ranges AS r ON r.id = e.range_id", "e.id", sorted);
    search.like_lower("e.number", filter.number.as_ref());
    search.like_lower("e.tld", filter.tld.as_ref());
    if filter.service.is_some() || filter.target.is_some() {
        search.exists("enum_mappings AS m WHERE m.number_id = e.id", |mapping| {
            mapping.like_lower("m.type", filter.service.as_ref());
            mapping.either_like_lower(["lower(m.mapto)", "m.address"], filter.target.as_ref());
        });
    }
    search.equal("e.owner", filter.owner);
    search.equal("r.customer", filter.customer);
    search.equal("r.reseller", filter.reseller);
    let keys = search.keys(tx, query.direction, query.range).await?;
    Ok(Page { rows: fetch(tx, &keys.ids).await?, total: keys.total })
}

async fn fetch(tx: &mut Tx, keys: &[i64]) -> Result<Vec<EnumNumber>, StoreError> {
    let found = sqlx::query!(
        r#"SELECT e.number, e.tld, e.info, e.owner, r.customer, r.reseller,
                  to_char(e.change_date, 'YYYY-MM-DD HH24:MI:SS') AS "change_date!",
                  m.ids AS "ids!", m.services AS "services!", m.targets AS "targets!", m.priorities AS "priorities!",
                  m.ttls AS "ttls!"
           FROM unnest($1::bigint[]) WITH ORDINALITY AS page (id, n)
           JOIN enum_numbers AS e ON e.id = page.id JOIN enum_ranges AS r ON r.id = e.range_id
           CROSS JOIN LATERAL (
               SELECT coalesce(array_agg(id ORDER BY position), '{}') AS ids,
                      coalesce(array_agg(type ORDER BY position), '{}') AS services,
                      coalesce(array_agg(mapto ORDER BY position), '{}') AS targets,
                      coalesce(array_agg(priority ORDER BY position), '{}') AS priorities,
                      coalesce(array_agg(ttl ORDER BY position), '{}') AS ttls
               FROM enum_mappings WHERE number_id = e.id
           ) AS m
           ORDER BY page.n"#,
        keys
    )
    .fetch_all(tx.conn())
    .await?;
    let numbers = found.into_iter().map(|row| {
        let columns = row.ids.into_iter().zip(row.services).zip(row.targets).zip(row.priorities).zip(row.ttls);
        let mappings = columns.map(|((((id, service), target), priority), ttl)| {
            let service = EnumService::parse(&service).map_err(|why| rows::bad_row("type", &why))?;
            Ok(EnumMapping { id: Some(id), service, target, priority, ttl: Some(ttl) })
        });
        Ok(EnumNumber {
            number: NewEnumNumber {
                id: EnumId { number: digits(&row.number)?, tld: rows::domain_name(&row.tld)? },
                mappings: mappings.collect::<Result<_, StoreError>>()?,
                info: row.info,
                owner: CustomerId::new(row.owner.unwrap_or(0)),
            },
            ownership: ownership(row.customer, row.reseller),
            change_date: row.change_date,
        })
    });
    numbers.collect()
}
