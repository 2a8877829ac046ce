//! What records of both kinds have in common, the ones that name servers publish and the ones that the platform serves itself:
//! search terms, order, and the statements on their tables, which have the same columns.

use domain::{LikePattern, Refusal, ZoneName};

use crate::list::Search;
use crate::{StoreError, Tx};

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

/// The statements on a table of records. sqlx checks a statement that is spelled out, so each kind has its own from this one text.
macro_rules! record_table {
    (table: $table:literal, key: $key:literal, kind: $kind:ty) => {
        type New = NewDnsRecord<$kind>;

        fn exists(record: &New) -> Refusal {
            Refusal::DnsRecordExists {
                name: record.name.clone(),
                rtype: record.record_type.name().to_owned(),
                zone: record.zone.to_string(),
            }
        }

        /// A new row in that zone.
        async fn insert(tx: &mut Tx, zone_id: i64, new: &New) -> Result<i64, StoreError> {
            let key = sqlx::query_scalar!(
                "INSERT INTO " + $table + " (zone_id, name, type, ttl, value, priority, owner)
                 VALUES ($1, $2, $3, $4, $5, $6, nullif($7::bigint, 0)) RETURNING id",
                zone_id,
                new.name,
                new.record_type.name(),
                new.ttl,
                new.value,
                i32::from(new.priority),
                new.owner.get()
            )
            .fetch_one(tx.conn())
            .await
            .refused_by($key, || exists(new))
            .refused_by(concat!($table, "_zone_id_fkey"), || new.zone.not_found())
            .refused_by(concat!($table, "_owner_fkey"), || no_such_customer("record.owner"))?;
            Ok(key)
        }

        /// What a row becomes.
        async fn replace(tx: &mut Tx, key: i64, new: &New) -> Result<(), StoreError> {
            sqlx::query!(
                "UPDATE " + $table + " SET name = $2, type = $3, ttl = $4, value = $5, priority = $6,
                     owner = nullif($7::bigint, 0)
                 WHERE id = $1",
                key,
                new.name,
                new.record_type.name(),
                new.ttl,
                new.value,
                i32::from(new.priority),
                new.owner.get()
            )
            .execute(tx.conn())
            .await
            .refused_by($key, || exists(new))
            .refused_by(concat!($table, "_owner_fkey"), || no_such_customer("record.owner"))?;
            Ok(())
        }

        /// Deletes a record in reach.
        pub async fn delete(tx: &mut Tx, id: i64) -> Result<(), StoreError> {
            let deleted = sqlx::query!("DELETE FROM " + $table + " WHERE id = $1", id).execute(tx.conn()).await?;
            if deleted.rows_affected() == 0 { Err(Refusal::DnsRecordNotFound(id).into()) } else { Ok(()) }
        }

        /// One record in reach.
        pub async fn get(tx: &mut Tx, id: i64) -> Result<DnsRecord<$kind>, StoreError> {
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
        ) -> Result<Page<DnsRecord<$kind>>, StoreError> {
            let from = concat!($table, " AS r JOIN dns_zones AS z ON z.id = r.zone_id");
            let mut search = Search::new(from, "r.id", query.order.column());
            query.filter.constrain(&mut search);
            let keys = search.keys(tx, query.direction, query.range).await?;
            Ok(Page { rows: fetch(tx, &keys.ids).await?, total: keys.total })
        }

        async fn fetch(tx: &mut Tx, keys: &[i64]) -> Result<Vec<DnsRecord<$kind>>, StoreError> {
            let found = sqlx::query!(
                r#"SELECT r.id, z.name AS zone, r.name, r.type AS record_type, r.ttl, r.value, r.priority, r.owner, z.customer,
                          z.reseller, to_char(r.change_date, 'YYYY-MM-DD HH24:MI:SS') AS "change_date!"
                   FROM unnest($1::bigint[]) WITH ORDINALITY AS page (id, n)
                   JOIN "# + $table + r#" AS r ON r.id = page.id JOIN dns_zones AS z ON z.id = r.zone_id
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
                        record_type: <$kind>::parse(&row.record_type).map_err(|why| rows::bad_row("type", &why))?,
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
    };
}
pub(crate) use record_table;

/// RFC 1034 §3.6.2, RFC 2181 §10.1: a CNAME is alone at its name. A redirection of web pages is published as an address of that
/// name. Looked for after the write, which holds the zone until the transaction ends: of two that are made at once the second
/// sees the first.
pub(crate) async fn check_cname_alone(tx: &mut Tx, zone: &ZoneName, name: &str) -> Result<(), StoreError> {
    let meets_another = sqlx::query_scalar!(
        r#"SELECT EXISTS (
               SELECT FROM dns_zones AS z JOIN dns_records AS alias ON alias.zone_id = z.id
               WHERE z.name = $1 AND alias.name = $2 AND alias.type = 'CNAME' AND (
                   EXISTS (SELECT FROM dns_records AS other
                           WHERE other.zone_id = z.id AND other.name = $2 AND other.id <> alias.id)
                   OR EXISTS (SELECT FROM dns_fancy_records AS web
                              WHERE web.zone_id = z.id AND web.name = $2 AND web.type = 'URL')
               )
           ) AS "meets!""#,
        zone.as_str(),
        name
    )
    .fetch_one(tx.conn())
    .await?;
    if meets_another { Err(not_alone().into()) } else { Ok(()) }
}

pub(crate) fn not_alone() -> Refusal {
    Refusal::invalid("record.name", "a CNAME is alone at its name")
}
