//! DNS records. A record belongs to whom its zone belongs to; SOA data stand in the zone itself.

use domain::{CustomerId, DnsRecord, DnsRecordType, LikePattern, NewDnsRecord, Refusal, ZoneName};

use crate::dns_zones::zone_name;
use crate::error::RefusedBy;
use crate::list::{Page, Query, Search};
use crate::sip_accounts::no_such_customer;
use crate::sip_domains::ownership;
use crate::{StoreError, Tx, rows};

type New = NewDnsRecord<DnsRecordType>;

/// Search terms of a list of records of either kind; an absent one does not constrain.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "a term is the column of that name")]
pub struct DnsRecordFilter {
    pub id: Option<i64>,
    pub zone: Option<LikePattern>,
    pub name: Option<LikePattern>,
    pub record_type: Option<LikePattern>,
    pub value: Option<LikePattern>,
    pub owner: Option<i64>,
    pub customer: Option<i64>,
    pub reseller: Option<i64>,
}

/// What a list of records of either kind is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the columns' names")]
pub enum DnsRecordOrder {
    #[default]
    ChangeDate,
    Id,
    Type,
    Name,
}

impl DnsRecordOrder {
    /// The column; in both tables r is the record.
    pub(crate) const fn column(self) -> &'static str {
        match self {
            Self::ChangeDate => "r.change_date",
            Self::Id => "r.id",
            Self::Type => "r.type",
            Self::Name => "r.name",
        }
    }
}

impl DnsRecordFilter {
    /// The terms; in both tables r is the record and z its zone.
    pub(crate) fn constrain(&self, search: &mut Search) {
        search.equal("r.id", self.id);
        search.like_lower("z.name", self.zone.as_ref());
        search.like_lower("r.name", self.name.as_ref());
        search.like("r.type", self.record_type.as_ref());
        search.like("r.value", self.value.as_ref());
        search.equal("r.owner", self.owner);
        search.equal("z.customer", self.customer);
        search.equal("z.reseller", self.reseller);
    }
}

fn exists(record: &New) -> Refusal {
    Refusal::DnsRecordExists {
        name: record.name.clone(),
        rtype: record.record_type.name().to_owned(),
        zone: record.zone.to_string(),
    }
}

/// Makes a record in a zone in reach.
pub async fn add(tx: &mut Tx, new: &New) -> Result<DnsRecord<DnsRecordType>, StoreError> {
    let key = sqlx::query_scalar!(
        "INSERT INTO dns_records (zone_id, name, type, ttl, value, priority, owner)
         SELECT id, $2, $3, $4, $5, $6, nullif($7::bigint, 0) FROM dns_zones WHERE name = $1 RETURNING id",
        new.zone.as_str(),
        new.name,
        new.record_type.name(),
        new.ttl,
        new.value,
        i32::from(new.priority),
        new.owner.get()
    )
    .fetch_optional(tx.conn())
    .await
    .refused_by("dns_records_key", || exists(new))
    .refused_by("dns_records_zone_id_fkey", || new.zone.not_found())
    .refused_by("dns_records_owner_fkey", || no_such_customer("record.owner"))?
    .ok_or_else(|| new.zone.not_found())?;
    check_alone(tx, key, new).await?;
    get(tx, key).await
}

/// RFC 1034 §3.6.2, RFC 2181 §10.1: a CNAME is alone at its name. Looked for after the write, which holds the zone until the
/// transaction ends: of two that are made at once the second sees the first.
async fn check_alone(tx: &mut Tx, key: i64, new: &New) -> Result<(), StoreError> {
    let meets_another = sqlx::query_scalar!(
        r#"SELECT EXISTS (
               SELECT FROM dns_records AS other JOIN dns_records AS own ON own.zone_id = other.zone_id AND own.name = other.name
               WHERE own.id = $1 AND other.id <> $1 AND 'CNAME' IN (own.type, other.type)
           ) AS "meets!""#,
        key
    )
    .fetch_one(tx.conn())
    .await?;
    // RFC 1912 §2.4: at the zone's own name there are SOA and NS.
    if meets_another || (new.record_type == DnsRecordType::Cname && new.name.is_empty()) {
        return Err(Refusal::invalid("record.name", "a CNAME is alone at its name").into());
    }
    Ok(())
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
    sqlx::query!(
        "UPDATE dns_records SET name = $2, type = $3, ttl = $4, value = $5, priority = $6, owner = nullif($7::bigint, 0)
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
    .refused_by("dns_records_key", || exists(new))
    .refused_by("dns_records_owner_fkey", || no_such_customer("record.owner"))?;
    check_alone(tx, stored.key, new).await
}

/// Deletes a record in reach.
pub async fn delete(tx: &mut Tx, id: i64) -> Result<(), StoreError> {
    let deleted = sqlx::query!("DELETE FROM dns_records WHERE id = $1", id).execute(tx.conn()).await?;
    if deleted.rows_affected() == 0 { Err(Refusal::DnsRecordNotFound(id).into()) } else { Ok(()) }
}

/// One record in reach.
pub async fn get(tx: &mut Tx, id: i64) -> Result<DnsRecord<DnsRecordType>, StoreError> {
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
) -> Result<Page<DnsRecord<DnsRecordType>>, StoreError> {
    let from = "dns_records AS r JOIN dns_zones AS z ON z.id = r.zone_id";
    let mut search = Search::new(from, "r.id", query.order.column());
    query.filter.constrain(&mut search);
    let keys = search.keys(tx, query.direction, query.range).await?;
    Ok(Page { rows: fetch(tx, &keys.ids).await?, total: keys.total })
}

async fn fetch(tx: &mut Tx, keys: &[i64]) -> Result<Vec<DnsRecord<DnsRecordType>>, StoreError> {
    let found = sqlx::query!(
        r#"SELECT r.id, z.name AS zone, r.name, r.type AS record_type, r.ttl, r.value, r.priority, r.owner, z.customer,
                  z.reseller, to_char(r.change_date, 'YYYY-MM-DD HH24:MI:SS') AS "change_date!"
           FROM unnest($1::bigint[]) WITH ORDINALITY AS page (id, n)
           JOIN dns_records AS r ON r.id = page.id JOIN dns_zones AS z ON z.id = r.zone_id
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
                record_type: DnsRecordType::parse(&row.record_type).map_err(|why| rows::bad_row("type", &why))?,
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
