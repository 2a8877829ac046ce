//! DNS records. A record belongs to whom its zone belongs to; SOA data stand in the zone itself.

use domain::{CustomerId, DnsRecord, DnsRecordType, NewDnsRecord, Refusal, ZoneName};

pub use crate::dns_record_table::{DnsRecordFilter, DnsRecordOrder};
use crate::dns_record_table::{check_cname_alone, not_alone, record_table};
use crate::dns_zones::zone_name;
use crate::error::RefusedBy;
use crate::list::{Page, Query, Search};
use crate::sip_accounts::no_such_customer;
use crate::sip_domains::ownership;
use crate::{StoreError, Tx, rows};

record_table!(table: "dns_records", key: "dns_records_key", kind: DnsRecordType);

/// Makes a record in a zone in reach.
pub async fn add(tx: &mut Tx, new: &New) -> Result<DnsRecord<DnsRecordType>, StoreError> {
    let zone = sqlx::query_scalar!("SELECT id FROM dns_zones WHERE name = $1", new.zone.as_str())
        .fetch_optional(tx.conn())
        .await?
        .ok_or_else(|| new.zone.not_found())?;
    let key = insert(tx, zone, new).await?;
    check_alone(tx, new).await?;
    get(tx, key).await
}

async fn check_alone(tx: &mut Tx, new: &New) -> Result<(), StoreError> {
    // RFC 1912 §2.4: at the zone's own name there are SOA and NS.
    if new.record_type == DnsRecordType::Cname && new.name.is_empty() {
        return Err(not_alone().into());
    }
    check_cname_alone(tx, &new.zone, &new.name).await
}

/// What an update has to know of the record that it replaces.
#[derive(Debug)]
pub struct StoredRecord {
    pub(crate) key: i64,
    /// The customer that it is assigned to.
    pub owner: CustomerId,
}

/// Finds the record to be replaced, and keeps it from changing until the transaction ends: the one of that id in that zone or,
/// where there is none, the only one of that zone, name, type and value. An id that came with an import is another
/// platform's, and may be that of an unrelated record here.
pub async fn stored_for_update(tx: &mut Tx, id: i64, new: &New) -> Result<StoredRecord, StoreError> {
    let rows = sqlx::query!(
        "SELECT r.id, r.owner FROM dns_records AS r JOIN dns_zones AS z ON z.id = r.zone_id
         WHERE z.name = $2 AND (r.id = $1 OR (r.name = $3 AND r.type = $4 AND r.value = $5))
         ORDER BY r.id = $1 DESC LIMIT 3 FOR NO KEY UPDATE OF r",
        id,
        new.zone.as_str(),
        new.name,
        new.record_type.name(),
        new.value
    )
    .fetch_all(tx.conn())
    .await?;
    let found = match rows.as_slice() {
        [row, ..] if row.id == id => row,
        [row] => row,
        _ => return Err(Refusal::DnsRecordNotFound(id).into()),
    };
    Ok(StoredRecord { key: found.id, owner: CustomerId::new(found.owner.unwrap_or(0)) })
}

/// Replaces a record.
pub async fn update(tx: &mut Tx, stored: &StoredRecord, new: &New) -> Result<(), StoreError> {
    replace(tx, stored.key, new).await?;
    check_alone(tx, new).await
}
