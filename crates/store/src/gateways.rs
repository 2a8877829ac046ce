//! Gateways of carriers. A gateway goes with its rules.

use domain::{
    CarrierId, Gateway, GatewayId, GatewaySettings, GatewayTransport, LikePattern, NetworkName, Refusal, ResellerId,
};

use crate::error::RefusedBy;
use crate::list::{Page, Query, Search};
use crate::rows::bad_row;
use crate::{StoreError, Tx, carriers};

/// Search terms of a list of gateways; an absent one does not constrain.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "a term is the column of that name")]
pub struct GatewayFilter {
    pub id: Option<i64>,
    pub name: Option<LikePattern>,
    pub carrier: Option<i64>,
    /// A carrier belongs to one customer: the reseller itself.
    pub customer: Option<i64>,
    pub reseller: Option<i64>,
}

/// What a list of gateways is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the columns' names")]
pub enum GatewayOrder {
    #[default]
    Id,
    ChangeDate,
    Name,
    Carrier,
    Ip,
}

/// Makes a gateway of a carrier in reach.
pub async fn add(tx: &mut Tx, new: &GatewaySettings) -> Result<Gateway, StoreError> {
    carriers::check(tx, new.carrier).await?;
    let id = sqlx::query_scalar!(
        "INSERT INTO gateways (carrier_id, name, transport, ip, port) VALUES ($1, $2, $3, $4, $5) RETURNING id",
        new.carrier.get(),
        new.name.as_str(),
        new.transport.as_str(),
        new.host,
        i32::from(new.port)
    )
    .fetch_one(tx.conn())
    .await
    .refused_by("gateways_name_key", || Refusal::GatewayExists(new.name.as_str().to_owned()))?;
    let mut made = fetch(tx, &[i64::from(id)]).await?;
    made.pop().ok_or_else(|| Refusal::GatewayNotFound(i64::from(id)).into())
}

/// Replaces a gateway in reach.
pub async fn update(tx: &mut Tx, id: GatewayId, settings: &GatewaySettings) -> Result<(), StoreError> {
    check(tx, id).await?;
    carriers::check(tx, settings.carrier).await?;
    let updated = sqlx::query!(
        "UPDATE gateways SET carrier_id = $2, name = $3, transport = $4, ip = $5, port = $6 WHERE id = $1",
        id.get(),
        settings.carrier.get(),
        settings.name.as_str(),
        settings.transport.as_str(),
        settings.host,
        i32::from(settings.port)
    )
    .execute(tx.conn())
    .await
    .refused_by("gateways_name_key", || Refusal::GatewayExists(settings.name.as_str().to_owned()))?;
    if updated.rows_affected() == 0 { Err(Refusal::GatewayNotFound(id.into()).into()) } else { Ok(()) }
}

/// Deletes a gateway in reach, with its rules.
pub async fn delete(tx: &mut Tx, id: GatewayId) -> Result<(), StoreError> {
    let deleted = sqlx::query!("DELETE FROM gateways WHERE id = $1", id.get()).execute(tx.conn()).await?;
    if deleted.rows_affected() == 0 { Err(Refusal::GatewayNotFound(id.into()).into()) } else { Ok(()) }
}

/// Refuses a gateway that is not in reach; one that is stays until the transaction ends.
pub(crate) async fn check(tx: &mut Tx, id: GatewayId) -> Result<(), StoreError> {
    sqlx::query!("SELECT id FROM gateways WHERE id = $1 FOR KEY SHARE", id.get())
        .fetch_optional(tx.conn())
        .await?
        .ok_or(Refusal::GatewayNotFound(id.into()))?;
    Ok(())
}

/// Gateways in reach.
pub async fn list(tx: &mut Tx, query: &Query<GatewayFilter, GatewayOrder>) -> Result<Page<Gateway>, StoreError> {
    let sorted = match query.order {
        GatewayOrder::Id => "g.id",
        GatewayOrder::ChangeDate => "g.change_date",
        GatewayOrder::Name => "lower(g.name)",
        GatewayOrder::Carrier => "g.carrier_id",
        GatewayOrder::Ip => "g.ip",
    };
    let filter = &query.filter;
    let mut search = Search::new("gateways AS g JOIN carriers AS c ON c.id = g.carrier_id", "g.id::bigint", sorted);
    search.equal("g.id", filter.id);
    search.like("g.name", filter.name.as_ref());
    search.equal("g.carrier_id", filter.carrier);
    search.equal("c.reseller", filter.customer);
    search.equal("c.reseller", filter.reseller);
    let keys = search.keys(tx, query.direction, query.range).await?;
    Ok(Page { rows: fetch(tx, &keys.ids).await?, total: keys.total })
}

async fn fetch(tx: &mut Tx, ids: &[i64]) -> Result<Vec<Gateway>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT g.id, g.name, g.carrier_id, g.transport, g.ip, g.port, c.name AS carrier_name, c.reseller,
                  to_char(g.change_date, 'YYYY-MM-DD HH24:MI:SS') AS "change_date!"
           FROM unnest($1::bigint[]) WITH ORDINALITY AS page (id, n)
           JOIN gateways AS g ON g.id = page.id JOIN carriers AS c ON c.id = g.carrier_id
           ORDER BY page.n"#,
        ids
    )
    .fetch_all(tx.conn())
    .await?;
    let bad = |column: &'static str| move |why| bad_row(column, &why);
    rows.into_iter()
        .map(|row| {
            Ok(Gateway {
                id: GatewayId::new(row.id),
                settings: GatewaySettings {
                    name: NetworkName::parse(&row.name).map_err(bad("gateways.name"))?,
                    carrier: CarrierId::new(row.carrier_id),
                    transport: GatewayTransport::parse(&row.transport).map_err(bad("gateways.transport"))?,
                    host: row.ip,
                    port: GatewaySettings::port(Some(i64::from(row.port))).map_err(bad("gateways.port"))?,
                },
                carrier_name: row.carrier_name,
                reseller: ResellerId::new(row.reseller.unwrap_or(0)),
                change_date: row.change_date,
            })
        })
        .collect()
}
