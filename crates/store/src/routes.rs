//! Which numbers go to which carrier. Routes are made, changed and deleted several at once, all or none: the statements of
//! one call are one transaction of the caller's.

use domain::{CarrierId, LikePattern, NumberPrefix, Refusal, ResellerId, Route, RouteId, RouteSettings};

use crate::error::RefusedBy;
use crate::list::{Page, Query, Search};
use crate::rows::bad_row;
use crate::{StoreError, Tx, carriers};

/// Search terms of a list of routes; an absent one does not constrain.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "a term is the column of that name")]
pub struct RouteFilter {
    pub id: Option<i64>,
    pub prefix: Option<LikePattern>,
    pub carrier: Option<i64>,
    pub reseller: Option<i64>,
}

/// What a list of routes is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the columns' names")]
pub enum RouteOrder {
    #[default]
    Id,
    Prefix,
    Priority,
}

/// A route as old clients name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedRoute {
    /// Its numbers.
    pub prefix: NumberPrefix,
    /// Whom it is limited to.
    pub originator: String,
    /// The carrier's number; 0 where it is named.
    pub carrier: CarrierId,
    /// The carrier's name; empty where its number is given.
    pub carrier_name: String,
}

/// Makes a route to a carrier in reach.
pub async fn add(tx: &mut Tx, new: &RouteSettings) -> Result<Route, StoreError> {
    carriers::check(tx, new.carrier).await?;
    let id = sqlx::query_scalar!(
        "INSERT INTO routes (carrier_id, prefix, originator, priority) VALUES ($1, $2, $3, $4) RETURNING id",
        new.carrier.get(),
        new.prefix.as_str(),
        new.originator,
        new.priority
    )
    .fetch_one(tx.conn())
    .await
    .refused_by("routes_key", || Refusal::RouteExists(new.prefix.as_str().to_owned()))?;
    let mut made = fetch(tx, &[i64::from(id)]).await?;
    made.pop().ok_or_else(|| Refusal::RouteNotFound(i64::from(id)).into())
}

/// Replaces routes in reach, so that they may swap what they are.
pub async fn update(tx: &mut Tx, changes: &[(RouteId, RouteSettings)]) -> Result<(), StoreError> {
    let ids: Vec<i32> = changes.iter().map(|(id, _)| id.get()).collect();
    let known = sqlx::query_scalar!("SELECT id FROM routes WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE", &ids)
        .fetch_all(tx.conn())
        .await?;
    if let Some(absent) = ids.iter().find(|id| !known.contains(id)) {
        return Err(Refusal::RouteNotFound(i64::from(*absent)).into());
    }
    for (_, settings) in changes {
        carriers::check(tx, settings.carrier).await?;
    }
    let carriers: Vec<i32> = changes.iter().map(|(_, settings)| settings.carrier.get()).collect();
    let prefixes: Vec<String> = changes.iter().map(|(_, settings)| settings.prefix.as_str().to_owned()).collect();
    let originators: Vec<String> = changes.iter().map(|(_, settings)| settings.originator.clone()).collect();
    let priorities: Vec<i32> = changes.iter().map(|(_, settings)| settings.priority).collect();
    sqlx::query!(
        "UPDATE routes AS r SET carrier_id = s.carrier_id, prefix = s.prefix, originator = s.originator,
             priority = s.priority
         FROM unnest($1::integer[], $2::integer[], $3::text[], $4::text[], $5::integer[])
             AS s (id, carrier_id, prefix, originator, priority)
         WHERE r.id = s.id",
        &ids,
        &carriers,
        &prefixes,
        &originators,
        &priorities
    )
    .execute(tx.conn())
    .await
    .refused_by("routes_key", || {
        Refusal::RouteExists(prefixes.first().filter(|_| prefixes.len() == 1).cloned().unwrap_or_default())
    })?;
    Ok(())
}

/// Deletes a route in reach.
pub async fn delete(tx: &mut Tx, id: RouteId) -> Result<(), StoreError> {
    let deleted = sqlx::query!("DELETE FROM routes WHERE id = $1", id.get()).execute(tx.conn()).await?;
    if deleted.rows_affected() == 0 { Err(Refusal::RouteNotFound(id.into()).into()) } else { Ok(()) }
}

/// The one route in reach that an old client means.
pub async fn named(tx: &mut Tx, route: &NamedRoute) -> Result<Option<RouteId>, StoreError> {
    let found = sqlx::query_scalar!(
        "SELECT r.id FROM routes AS r JOIN carriers AS c ON c.id = r.carrier_id
         WHERE r.prefix = $1 AND r.originator = $2 AND (c.id = $3 OR ($3 = 0 AND c.name = $4)) LIMIT 2",
        route.prefix.as_str(),
        route.originator,
        route.carrier.get(),
        route.carrier_name
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(match found[..] {
        [id] => Some(RouteId::new(id)),
        _ => None,
    })
}

/// Routes in reach.
pub async fn list(tx: &mut Tx, query: &Query<RouteFilter, RouteOrder>) -> Result<Page<Route>, StoreError> {
    let sorted = match query.order {
        RouteOrder::Id => "r.id",
        RouteOrder::Prefix => "r.prefix",
        RouteOrder::Priority => "r.priority",
    };
    let filter = &query.filter;
    let mut search = Search::new("routes AS r JOIN carriers AS c ON c.id = r.carrier_id", "r.id::bigint", sorted);
    search.equal("r.id", filter.id);
    search.like("r.prefix", filter.prefix.as_ref());
    search.equal("r.carrier_id", filter.carrier);
    search.equal("c.reseller", filter.reseller);
    let keys = search.keys(tx, query.direction, query.range).await?;
    Ok(Page { rows: fetch(tx, &keys.ids).await?, total: keys.total })
}

async fn fetch(tx: &mut Tx, ids: &[i64]) -> Result<Vec<Route>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT r.id, r.carrier_id, r.prefix, r.originator, r.priority, c.name AS carrier_name, c.reseller,
                  to_char(r.change_date, 'YYYY-MM-DD HH24:MI:SS') AS "change_date!"
           FROM unnest($1::bigint[]) WITH ORDINALITY AS page (id, n)
           JOIN routes AS r ON r.id = page.id JOIN carriers AS c ON c.id = r.carrier_id
           ORDER BY page.n"#,
        ids
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Route {
                id: RouteId::new(row.id),
                settings: RouteSettings {
                    carrier: CarrierId::new(row.carrier_id),
                    prefix: NumberPrefix::of_route(&row.prefix).map_err(|why| bad_row("routes.prefix", &why))?,
                    originator: row.originator,
                    priority: row.priority,
                },
                carrier_name: row.carrier_name,
                reseller: ResellerId::new(row.reseller.unwrap_or(0)),
                change_date: row.change_date,
            })
        })
        .collect()
}
