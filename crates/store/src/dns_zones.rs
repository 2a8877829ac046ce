//! DNS zones. Ownership is stored here; records take theirs from their zone. The serial number is the database's own work.

use domain::{CreditKind, DnsZone, DnsZoneSettings, DomainName, LikePattern, Ownership, Refusal, ZoneName};

use crate::error::RefusedBy;
use crate::list::{Page, Query, Search};
use crate::sip_accounts::no_such_customer;
use crate::sip_domains::ownership;
use crate::{StoreError, Tx, credits, rows};

/// Search terms of a list of zones; an absent one does not constrain.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "a term is the column of that name")]
pub struct DnsZoneFilter {
    pub name: Option<LikePattern>,
    pub info: Option<LikePattern>,
    pub customer: Option<i64>,
    pub reseller: Option<i64>,
}

/// What a list of zones is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the columns' names")]
pub enum DnsZoneOrder {
    #[default]
    ChangeDate,
    Name,
}

/// The customer exists and is that reseller's; it may have gone since it was looked up.
const OWNER_RULE: &str = "dns_zones_customer_of_the_reseller";

/// Makes a zone. What lies in a zone of somebody out of reach is not given away.
pub async fn add(
    tx: &mut Tx,
    name: &ZoneName,
    owner: Ownership,
    settings: &DnsZoneSettings,
) -> Result<DnsZone, StoreError> {
    let above = name.as_str().split_once('.').map_or("", |(_, above)| above);
    let around = sqlx::query!(
        r#"SELECT ngnpro_dns_zone_of($1) IS DISTINCT FROM zone.id AS "taken!",
                  zone.id IS NOT NULL AND NOT EXISTS (SELECT FROM dns_zones WHERE dns_zones.id = zone.id) AS "foreign!"
           FROM (SELECT ngnpro_dns_zone_of($2) AS id) AS zone"#,
        name.as_str(),
        above
    )
    .fetch_one(tx.conn())
    .await?;
    // Before the credit is asked for: whoever imports again learns that the zone is there.
    if around.taken {
        return Err(name.exists().into());
    }
    if around.foreign {
        return Err(Refusal::NotAllowed("it lies in a zone that is out of reach").into());
    }
    // It would close all below it to everybody else.
    if above.is_empty() && !tx.scope().is_administrator() {
        return Err(Refusal::NotAllowed("a top-level domain is the administrator's to give").into());
    }
    credits::take(tx, CreditKind::DnsZone, owner).await?;
    let nameservers = names(settings.nameservers.as_deref().unwrap_or_default());
    let key = sqlx::query_scalar!(
        "INSERT INTO dns_zones (name, customer, reseller, ttl, nameservers, email, refresh, retry, expire, minimum, info)
         VALUES ($1, nullif($2::bigint, 0), nullif($3::bigint, 0), $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id",
        name.as_str(),
        owner.customer.get(),
        owner.reseller.get(),
        settings.ttl,
        &nameservers,
        settings.email,
        i64::from(settings.refresh),
        i64::from(settings.retry),
        i64::from(settings.expire),
        i64::from(settings.minimum),
        settings.info
    )
    .fetch_one(tx.conn())
    .await
    .refused_by("dns_zones_name_key", || name.exists())
    .refused_by(OWNER_RULE, || no_such_customer("zone.customer"))?;
    fetch(tx, &[key]).await?.pop().ok_or_else(|| name.not_found().into())
}

/// Whose a zone in reach is; it keeps from changing until the transaction ends.
pub async fn ownership_for_update(tx: &mut Tx, name: &ZoneName) -> Result<Ownership, StoreError> {
    let row = sqlx::query!("SELECT customer, reseller FROM dns_zones WHERE name = $1 FOR NO KEY UPDATE", name.as_str())
        .fetch_optional(tx.conn())
        .await?
        .ok_or_else(|| name.not_found())?;
    Ok(ownership(row.customer, row.reseller))
}

/// Replaces a zone in reach; name servers that are not given stay.
pub async fn update(
    tx: &mut Tx,
    name: &ZoneName,
    owner: Ownership,
    settings: &DnsZoneSettings,
) -> Result<(), StoreError> {
    let nameservers = settings.nameservers.as_deref().map(names);
    let updated = sqlx::query!(
        "UPDATE dns_zones SET customer = nullif($2::bigint, 0), reseller = nullif($3::bigint, 0), ttl = $4,
             nameservers = coalesce($5, nameservers), email = $6, refresh = $7, retry = $8, expire = $9, minimum = $10,
             info = $11
         WHERE name = $1",
        name.as_str(),
        owner.customer.get(),
        owner.reseller.get(),
        settings.ttl,
        nameservers.as_deref(),
        settings.email,
        i64::from(settings.refresh),
        i64::from(settings.retry),
        i64::from(settings.expire),
        i64::from(settings.minimum),
        settings.info
    )
    .execute(tx.conn())
    .await
    .refused_by(OWNER_RULE, || no_such_customer("zone.customer"))?;
    if updated.rows_affected() == 0 { Err(name.not_found().into()) } else { Ok(()) }
}

/// Deletes a zone in reach, with all its records.
pub async fn delete(tx: &mut Tx, name: &ZoneName) -> Result<(), StoreError> {
    let deleted = sqlx::query!("DELETE FROM dns_zones WHERE name = $1", name.as_str()).execute(tx.conn()).await?;
    if deleted.rows_affected() == 0 { Err(name.not_found().into()) } else { Ok(()) }
}

/// One zone in reach.
pub async fn get(tx: &mut Tx, name: &ZoneName) -> Result<DnsZone, StoreError> {
    let key = sqlx::query_scalar!("SELECT id FROM dns_zones WHERE name = $1", name.as_str())
        .fetch_optional(tx.conn())
        .await?
        .ok_or_else(|| name.not_found())?;
    fetch(tx, &[key]).await?.pop().ok_or_else(|| name.not_found().into())
}

/// Zones in reach.
pub async fn list(tx: &mut Tx, query: &Query<DnsZoneFilter, DnsZoneOrder>) -> Result<Page<DnsZone>, StoreError> {
    let sorted = match query.order {
        DnsZoneOrder::ChangeDate => "change_date",
        DnsZoneOrder::Name => "name",
    };
    let mut search = Search::new("dns_zones", "id", sorted);
    search.like_lower("name", query.filter.name.as_ref());
    search.like("info", query.filter.info.as_ref());
    search.equal("customer", query.filter.customer);
    search.equal("reseller", query.filter.reseller);
    let keys = search.keys(tx, query.direction, query.range).await?;
    Ok(Page { rows: fetch(tx, &keys.ids).await?, total: keys.total })
}

async fn fetch(tx: &mut Tx, keys: &[i64]) -> Result<Vec<DnsZone>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT z.name, z.customer, z.reseller, z.ttl, z.nameservers, z.email, z.serial, z.refresh, z.retry, z.expire,
                  z.minimum, z.info, to_char(z.change_date, 'YYYY-MM-DD HH24:MI:SS') AS "change_date!"
           FROM unnest($1::bigint[]) WITH ORDINALITY AS page (id, n) JOIN dns_zones AS z ON z.id = page.id
           ORDER BY page.n"#,
        keys
    )
    .fetch_all(tx.conn())
    .await?;
    let seconds = |value: i64| i32::try_from(value).unwrap_or(i32::MAX);
    let zones = rows.into_iter().map(|row| {
        Ok(DnsZone {
            name: zone_name(&row.name)?,
            ownership: ownership(row.customer, row.reseller),
            settings: DnsZoneSettings {
                ttl: row.ttl,
                nameservers: Some(rows::domain_names(&row.nameservers)?),
                email: row.email,
                refresh: seconds(row.refresh),
                retry: seconds(row.retry),
                expire: seconds(row.expire),
                minimum: seconds(row.minimum),
                info: row.info,
            },
            serial: row.serial,
            change_date: row.change_date,
        })
    });
    zones.collect()
}

/// A zone's name from its column.
pub(crate) fn zone_name(text: &str) -> Result<ZoneName, StoreError> {
    ZoneName::parse(text).map_err(|why| rows::bad_row("zone", &why))
}

fn names(nameservers: &[DomainName]) -> Vec<String> {
    nameservers.iter().map(|name| name.as_str().to_owned()).collect()
}
