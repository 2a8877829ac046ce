//! Records that the platform serves itself: aliases of electronic mail and redirections of web pages.

use domain::{CreditKind, CustomerId, DnsRecord, FancyType, NewDnsRecord, Ownership, Refusal, ZoneName};

use crate::dns_record_table::{DnsRecordFilter, DnsRecordOrder, check_cname_alone, record_table};
use crate::dns_zones::zone_name;
use crate::error::RefusedBy;
use crate::list::{Page, Query, Search};
use crate::sip_accounts::no_such_customer;
use crate::sip_domains::ownership;
use crate::{StoreError, Tx, credits, rows};

record_table!(table: "dns_fancy_records", key: "dns_fancy_records_key", kind: FancyType);

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
    let key = insert(tx, zone.id, new).await?;
    check_cname_alone(tx, &new.zone, &new.name).await?;
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
    replace(tx, stored.key, new).await?;
    check_cname_alone(tx, &new.zone, &new.name).await
}
