//! Carriers: ways to the telephone network, owned by a reseller. Gateways, their rules and routes belong to whom their
//! carrier belongs to, and read their owner here.

use domain::{Carrier, CarrierId, LikePattern, NetworkName, Refusal, ResellerId};

use crate::error::RefusedBy;
use crate::list::{Page, Query, Search};
use crate::rows::bad_row;
use crate::{StoreError, Tx};

/// Search terms of a list of carriers; an absent one does not constrain.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "a term is the column of that name")]
pub struct CarrierFilter {
    pub id: Option<i64>,
    pub name: Option<LikePattern>,
    pub reseller: Option<i64>,
}

/// What a list of carriers is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the columns' names")]
pub enum CarrierOrder {
    #[default]
    Id,
    ChangeDate,
    Name,
}

/// Makes a carrier.
pub async fn add(tx: &mut Tx, name: &NetworkName, reseller: ResellerId) -> Result<Carrier, StoreError> {
    let row = sqlx::query!(
        r#"INSERT INTO carriers (name, reseller) VALUES ($1, nullif($2::bigint, 0))
           RETURNING id, to_char(change_date, 'YYYY-MM-DD HH24:MI:SS') AS "change_date!""#,
        name.as_str(),
        reseller.get()
    )
    .fetch_one(tx.conn())
    .await
    .refused_by("carriers_name_key", || Refusal::CarrierExists(name.as_str().to_owned()))
    .refused_by("carriers_reseller_is_a_reseller", || Refusal::invalid("carrier.reseller", "no such reseller"))?;
    Ok(Carrier { id: CarrierId::new(row.id), name: name.clone(), reseller, change_date: row.change_date })
}

/// Whose a carrier in reach is; it keeps from changing until the transaction ends.
pub async fn reseller_for_update(tx: &mut Tx, id: CarrierId) -> Result<ResellerId, StoreError> {
    let row = sqlx::query!("SELECT reseller FROM carriers WHERE id = $1 FOR NO KEY UPDATE", id.get())
        .fetch_optional(tx.conn())
        .await?
        .ok_or(Refusal::CarrierNotFound(id.into()))?;
    Ok(ResellerId::new(row.reseller.unwrap_or(0)))
}

/// Replaces a carrier in reach.
pub async fn update(tx: &mut Tx, id: CarrierId, name: &NetworkName, reseller: ResellerId) -> Result<(), StoreError> {
    let updated = sqlx::query!(
        "UPDATE carriers SET name = $2, reseller = nullif($3::bigint, 0) WHERE id = $1",
        id.get(),
        name.as_str(),
        reseller.get()
    )
    .execute(tx.conn())
    .await
    .refused_by("carriers_name_key", || Refusal::CarrierExists(name.as_str().to_owned()))
    .refused_by("carriers_reseller_is_a_reseller", || Refusal::invalid("carrier.reseller", "no such reseller"))?;
    if updated.rows_affected() == 0 { Err(Refusal::CarrierNotFound(id.into()).into()) } else { Ok(()) }
}

/// Deletes a carrier in reach. Refused while gateways or routes use it.
pub async fn delete(tx: &mut Tx, id: CarrierId) -> Result<(), StoreError> {
    let in_use = || Refusal::CarrierInUse(id.into());
    let deleted = sqlx::query!("DELETE FROM carriers WHERE id = $1", id.get())
        .execute(tx.conn())
        .await
        .refused_by("gateways_carrier_id_fkey", in_use)
        .refused_by("routes_carrier_id_fkey", in_use)?;
    if deleted.rows_affected() == 0 { Err(Refusal::CarrierNotFound(id.into()).into()) } else { Ok(()) }
}

/// Refuses a carrier that is not in reach; one that is stays until the transaction ends.
pub(crate) async fn check(tx: &mut Tx, id: CarrierId) -> Result<(), StoreError> {
    sqlx::query!("SELECT id FROM carriers WHERE id = $1 FOR KEY SHARE", id.get())
        .fetch_optional(tx.conn())
        .await?
        .ok_or(Refusal::CarrierNotFound(id.into()))?;
    Ok(())
}

/// Carriers in reach.
pub async fn list(tx: &mut Tx, query: &Query<CarrierFilter, CarrierOrder>) -> Result<Page<Carrier>, StoreError> {
    let sorted = match query.order {
        CarrierOrder::Id => "id",
        CarrierOrder::ChangeDate => "change_date",
        CarrierOrder::Name => "lower(name)",
    };
    let mut search = Search::new("carriers", "id::bigint", sorted);
    search.equal("id", query.filter.id);
    search.like("name", query.filter.name.as_ref());
    search.equal("reseller", query.filter.reseller);
    let keys = search.keys(tx, query.direction, query.range).await?;
    let rows = sqlx::query!(
        r#"SELECT c.id, c.name, c.reseller, to_char(c.change_date, 'YYYY-MM-DD HH24:MI:SS') AS "change_date!"
           FROM unnest($1::bigint[]) WITH ORDINALITY AS page (id, n) JOIN carriers AS c ON c.id = page.id
           ORDER BY page.n"#,
        &keys.ids
    )
    .fetch_all(tx.conn())
    .await?;
    let rows = rows.into_iter().map(|row| {
        Ok(Carrier {
            id: CarrierId::new(row.id),
            name: NetworkName::parse(&row.name).map_err(|why| bad_row("carriers.name", &why))?,
            reseller: ResellerId::new(row.reseller.unwrap_or(0)),
            change_date: row.change_date,
        })
    });
    Ok(Page { rows: rows.collect::<Result<_, StoreError>>()?, total: keys.total })
}
