//! Records that the platform serves itself: aliases of electronic mail and redirections of web pages.

use domain::{CreditKind, CustomerId, DnsRecord, FancyType, NewDnsRecord, Ownership, Refusal, ZoneName};

use crate::dns_records::{DnsRecordFilter, DnsRecordOrder};
use crate::dns_zones::zone_name;
use crate::error::RefusedBy;
use crate::list::{Page, Query, Search};
use crate::sip_accounts::no_such_customer;
use crate::sip_domains::ownership;
use crate::{StoreError, Tx, credits, rows};

type New = NewDnsRecord<FancyType>;

fn exists(record: &New) -> Refusal {
    Refusal::DnsRecordExists {
        name: record.name.clone(),
        rtype: record.record_type.name().to_owned(),
        zone: record.zone.to_string(),
    }
}

/// Makes a record in a zone in reach; an alias of electronic mail takes its credit.
pub async fn add(tx: &mut Tx, new: &New) -> Result<DnsRecord<FancyType>, StoreError> {
    let zone = sqlx::query!(
        r#"SELECT id, customer, reseller,
                  EXISTS (SELECT FROM dns_fancy_records
                          WHERE zone_id = dns_zones.id AND name = $2 AND type = $3 AND value = $4) AS "exists!"
           FROM dns_zones WHERE name = $1"#,
        new.zone.as_str(),
        new.name,
        new.record_type.name(),
        new.value
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(|| new.zone.not_found())?;
    // Before the credit is asked for: whoever imports again learns that the record is there.
    if zone.exists {
        return Err(exists(new).into());
    }
    if new.record_type == FancyType::MailForward {
        credits::take(tx, CreditKind::EmailAlias, ownership(zone.customer, zone.reseller)).await?;
    }
    let key = sqlx::query_scalar!(
        "INSERT INTO dns_fancy_records (zone_id, name, type, ttl, value, priority, owner)
         VALUES ($1, $2, $3, $4, $5, $6, nullif($7::bigint, 0)) RETURNING id",
        zone.id,
        new.name,
        new.record_type.name(),
        new.ttl,
        new.value,
        i32::from(new.priority),
        new.owner.get()
    )
    .fetch_one(tx.conn())
    .await
    .refused_by("dns_fancy_records_key", || exists(new))
    .refused_by("dns_fancy_records_zone_id_fkey", || new.zone.not_found())
    .refused_by("dns_fancy_records_owner_fkey", || no_such_customer("record.owner"))?;
    get(tx, key).await
}

/// What an update has to know of the record that it replaces.
#[derive(Debug)]
pub struct StoredFancyRecord {
    key: i64,
    record_type: FancyType,
    zone: Ownership,
    /// The customer that it is assigned to.
    pub owner: CustomerId,
}

/// Finds the record to be replaced, and keeps it from changing until the transaction ends.
pub async fn stored_for_update(tx: &mut Tx, id: i64) -> Result<StoredFancyRecord, StoreError> {
    let row = sqlx::query!(
        "SELECT r.owner, r.type AS record_type, z.customer, z.reseller
         FROM dns_fancy_records AS r JOIN dns_zones AS z ON z.id = r.zone_id WHERE r.id = $1 FOR NO KEY UPDATE OF r",
        id
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(Refusal::DnsRecordNotFound(id))?;
    Ok(StoredFancyRecord {
        key: id,
        record_type: FancyType::parse(&row.record_type).map_err(|why| rows::bad_row("type", &why))?,
        zone: ownership(row.customer, row.reseller),
        owner: CustomerId::new(row.owner.unwrap_or(0)),
    })
}

/// Replaces a record. A redirection that becomes an alias of electronic mail takes its credit.
pub async fn update(tx: &mut Tx, stored: &StoredFancyRecord, new: &New) -> Result<(), StoreError> {
    if new.record_type == FancyType::MailForward && stored.record_type != FancyType::MailForward {
        credits::take(tx, CreditKind::EmailAlias, stored.zone).await?;
    }
    sqlx::query!(
        "UPDATE dns_fancy_records SET name = $2, type = $3, ttl = $4, value = $5, priority = $6,
             owner = nullif($7::bigint, 0)
         WHERE id = $1",
        stored.key,
        new.name,
        new.record_type.name(),
        new.ttl,
        new.value,
        i32::from(new.priority),
        new.owner.get()
    )
    .execute(tx.conn())
    .await
    .refused_by("dns_fancy_records_key", || exists(new))
    .refused_by("dns_fancy_records_owner_fkey", || no_such_customer("record.owner"))?;
    Ok(())
}

/// Deletes a record in reach.
pub async fn delete(tx: &mut Tx, id: i64) -> Result<(), StoreError> {
    let deleted = sqlx::query!("DELETE FROM dns_fancy_records WHERE id = $1", id).execute(tx.conn()).await?;
    if deleted.rows_affected() == 0 { Err(Refusal::DnsRecordNotFound(id).into()) } else { Ok(()) }
}

/// One record in reach.
pub async fn get(tx: &mut Tx, id: i64) -> Result<DnsRecord<FancyType>, StoreError> {
    fetch(tx, &[id]).await?.pop().ok_or_else(|| Refusal::DnsRecordNotFound(id).into())
}

/// The zone of a record in reach: for an update that does not name it.
pub async fn zone_of(tx: &mut Tx, id: i64) -> Result<ZoneName, StoreError> {
    Ok(get(tx, id).await?.record.zone)
}

/// Records in reach.
pub async fn list(
    tx: &mut Tx,
    query: &Query<DnsRecordFilter, DnsRecordOrder>,
) -> Result<Page<DnsRecord<FancyType>>, StoreError> {
    let from = "dns_fancy_records AS r JOIN dns_zones AS z ON z.id = r.zone_id";
    let mut search = Search::new(from, "r.id", query.order.column());
    query.filter.constrain(&mut search);
    let keys = search.keys(tx, query.direction, query.range).await?;
    Ok(Page { rows: fetch(tx, &keys.ids).await?, total: keys.total })
}

async fn fetch(tx: &mut Tx, keys: &[i64]) -> Result<Vec<DnsRecord<FancyType>>, StoreError> {
    let found = sqlx::query!(
        r#"SELECT r.id, z.name AS zone, r.name, r.type AS record_type, r.ttl, r.value, r.priority, r.owner, z.customer,
                  z.reseller, to_char(r.change_date, 'YYYY-MM-DD HH24:MI:SS') AS "change_date!"
           FROM unnest($1::bigint[]) WITH ORDINALITY AS page (id, n)
           JOIN dns_fancy_records AS r ON r.id = page.id JOIN dns_zones AS z ON z.id = r.zone_id
           ORDER BY page.n"#,
        keys
    )
    .fetch_all(tx.conn())
    .await?;
    let records = found.into_iter().map(|row| {
        Ok(DnsRecord {
            id: row.id,
            record: NewDnsRecord {
                zone: zone_name(&row.zone)?,
                name: row.name,
                record_type: FancyType::parse(&row.record_type).map_err(|why| rows::bad_row("type", &why))?,
                ttl: row.ttl,
                value: row.value,
                priority: u16::try_from(row.priority).unwrap_or_default(),
                owner: CustomerId::new(row.owner.unwrap_or(0)),
            },
            ownership: ownership(row.customer, row.reseller),
            change_date: row.change_date,
        })
    });
    records.collect()
}
