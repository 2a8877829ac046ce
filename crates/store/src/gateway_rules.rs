//! How numbers are rewritten towards a gateway.

use domain::{
    CarrierId, GatewayId, GatewayRule, GatewayRuleId, GatewayRuleSettings, LikePattern, NumberPrefix, Refusal,
    ResellerId,
};

use crate::list::{Page, Query, Search};
use crate::rows::bad_row;
use crate::{StoreError, Tx, gateways};

/// Search terms of a list of rules; an absent one does not constrain.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "a term is the column of that name")]
pub struct GatewayRuleFilter {
    pub id: Option<i64>,
    pub gateway: Option<i64>,
    pub carrier: Option<i64>,
    pub prefix: Option<LikePattern>,
    /// A carrier belongs to one customer: the reseller itself.
    pub customer: Option<i64>,
    pub reseller: Option<i64>,
}

/// What a list of rules is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the columns' names")]
pub enum GatewayRuleOrder {
    #[default]
    Id,
    ChangeDate,
    Gateway,
    Carrier,
    Prefix,
}

/// Makes a rule of a gateway in reach.
pub async fn add(tx: &mut Tx, new: &GatewayRuleSettings) -> Result<GatewayRule, StoreError> {
    gateways::check(tx, new.gateway).await?;
    let id = sqlx::query_scalar!(
        "INSERT INTO gateway_rules (gateway_id, prefix, strip, prepend, min_length, max_length)
         VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
        new.gateway.get(),
        new.prefix.as_str(),
        i32::from(new.strip),
        new.prepend,
        i32::from(new.min_length),
        i32::from(new.max_length)
    )
    .fetch_one(tx.conn())
    .await?;
    let mut made = fetch(tx, &[i64::from(id)]).await?;
    made.pop().ok_or_else(|| Refusal::GatewayRuleNotFound(i64::from(id)).into())
}

/// Replaces a rule in reach.
pub async fn update(tx: &mut Tx, id: GatewayRuleId, settings: &GatewayRuleSettings) -> Result<(), StoreError> {
    sqlx::query!("SELECT id FROM gateway_rules WHERE id = $1 FOR NO KEY UPDATE", id.get())
        .fetch_optional(tx.conn())
        .await?
        .ok_or(Refusal::GatewayRuleNotFound(id.into()))?;
    gateways::check(tx, settings.gateway).await?;
    sqlx::query!(
        "UPDATE gateway_rules SET gateway_id = $2, prefix = $3, strip = $4, prepend = $5, min_length = $6,
             max_length = $7 WHERE id = $1",
        id.get(),
        settings.gateway.get(),
        settings.prefix.as_str(),
        i32::from(settings.strip),
        settings.prepend,
        i32::from(settings.min_length),
        i32::from(settings.max_length)
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Deletes a rule in reach.
pub async fn delete(tx: &mut Tx, id: GatewayRuleId) -> Result<(), StoreError> {
    let deleted = sqlx::query!("DELETE FROM gateway_rules WHERE id = $1", id.get()).execute(tx.conn()).await?;
    if deleted.rows_affected() == 0 { Err(Refusal::GatewayRuleNotFound(id.into()).into()) } else { Ok(()) }
}

/// Rules in reach.
pub async fn list(
    tx: &mut Tx,
    query: &Query<GatewayRuleFilter, GatewayRuleOrder>,
) -> Result<Page<GatewayRule>, StoreError> {
    let sorted = match query.order {
        GatewayRuleOrder::Id => "r.id",
        GatewayRuleOrder::ChangeDate => "r.change_date",
        GatewayRuleOrder::Gateway => "lower(g.name)",
        GatewayRuleOrder::Carrier => "lower(c.name)",
        GatewayRuleOrder::Prefix => "r.prefix",
    };
    let filter = &query.filter;
    let mut search = Search::new(
        "gateway_rules AS r JOIN gateways AS g ON g.id = r.gateway_id JOIN carriers AS c ON c.id = g.carrier_id",
        "r.id::bigint",
        sorted,
    );
    search.equal("r.id", filter.id);
    search.equal("r.gateway_id", filter.gateway);
    search.equal("g.carrier_id", filter.carrier);
    search.like("r.prefix", filter.prefix.as_ref());
    search.equal("c.reseller", filter.customer);
    search.equal("c.reseller", filter.reseller);
    let keys = search.keys(tx, query.direction, query.range).await?;
    Ok(Page { rows: fetch(tx, &keys.ids).await?, total: keys.total })
}

async fn fetch(tx: &mut Tx, ids: &[i64]) -> Result<Vec<GatewayRule>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT r.id, r.gateway_id, r.prefix, r.strip, r.prepend, r.min_length, r.max_length, g.name AS gateway_name,
                  g.carrier_id, c.name AS carrier_name, c.reseller,
                  to_char(r.change_date, 'YYYY-MM-DD HH24:MI:SS') AS "change_date!"
           FROM unnest($1::bigint[]) WITH ORDINALITY AS page (id, n)
           JOIN gateway_rules AS r ON r.id = page.id
           JOIN gateways AS g ON g.id = r.gateway_id JOIN carriers AS c ON c.id = g.carrier_id
           ORDER BY page.n"#,
        ids
    )
    .fetch_all(tx.conn())
    .await?;
    let bad = |column: &'static str| move |why| bad_row(column, &why);
    rows.into_iter()
        .map(|row| {
            let length = |n: i32| GatewayRuleSettings::length(Some(i64::from(n))).map_err(bad("gateway_rules.length"));
            Ok(GatewayRule {
                id: GatewayRuleId::new(row.id),
                settings: GatewayRuleSettings {
                    gateway: GatewayId::new(row.gateway_id),
                    prefix: NumberPrefix::parse(&row.prefix).map_err(bad("gateway_rules.prefix"))?,
                    strip: GatewayRuleSettings::strip(Some(i64::from(row.strip)))
                        .map_err(bad("gateway_rules.strip"))?,
                    prepend: row.prepend,
                    min_length: length(row.min_length)?,
                    max_length: length(row.max_length)?,
                },
                gateway_name: row.gateway_name,
                carrier: CarrierId::new(row.carrier_id),
                carrier_name: row.carrier_name,
                reseller: ResellerId::new(row.reseller.unwrap_or(0)),
                change_date: row.change_date,
            })
        })
        .collect()
}
