//! Reading the journal: a tenant's entries by what is asked of them, and from a place onwards as a feed.
//!
//! The order is (transaction, number). Below the oldest transaction that still runs nothing can appear any more, so a reader that
//! goes by that order and stops there skips nothing, however late a slow transaction commits. Numbers alone would not do.

use std::fmt;
use std::str::FromStr;

use domain::Scope;
use sqlx::{Postgres, QueryBuilder};
use time::OffsetDateTime;

use crate::{StoreError, Tx};

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the members are the columns, which migrations/0060_journal.sql explains")]
pub struct Entry {
    pub place: Place,
    pub at: OffsetDateTime,
    /// Empty when it is somebody above the reader: an operator, or a customer's reseller.
    pub who: String,
    pub role: String,
    pub acting_as: Option<i64>,
    /// Empty where `who` is.
    pub peer: String,
    pub wire: String,
    pub request: String,
    pub operation: String,
    pub change_set: String,
    pub table: String,
    pub key: String,
    pub op: String,
    pub customer: Option<i64>,
    pub reseller: Option<i64>,
    /// The row as JSON.
    pub before: Option<String>,
    /// The row as JSON.
    pub after: Option<String>,
    pub concealed: Vec<String>,
}

/// A place in the journal, after an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Place {
    xid: i64,
    seq: i64,
}

impl Place {
    /// Before the oldest entry that is kept.
    pub const BEGINNING: Self = Self { xid: 0, seq: 0 };

    pub(crate) const fn new(xid: i64, seq: i64) -> Self {
        Self { xid, seq }
    }

    pub(crate) const fn parts(self) -> (i64, i64) {
        (self.xid, self.seq)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.xid, self.seq)
    }
}

/// A text that is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoPlace;

impl FromStr for Place {
    type Err = NoPlace;

    fn from_str(text: &str) -> Result<Self, NoPlace> {
        let number = |digits: &str| match digits.bytes().all(|byte| byte.is_ascii_digit()) {
            true => digits.parse::<i64>().map_err(|_| NoPlace),
            false => Err(NoPlace),
        };
        let (xid, seq) = text.split_once('-').ok_or(NoPlace)?;
        Ok(Self { xid: number(xid)?, seq: number(seq)? })
    }
}

/// Which entries.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "the members are the columns")]
pub struct Asked {
    /// Written at this time or later.
    pub since: Option<OffsetDateTime>,
    /// Written before this time.
    pub until: Option<OffsetDateTime>,
    pub operation: Option<String>,
    pub who: Option<String>,
    pub customer: Option<i64>,
    pub reseller: Option<i64>,
    pub table: Option<String>,
    pub key: Option<String>,
    pub change_set: Option<String>,
    pub request: Option<String>,
    /// Older than this place.
    pub before: Option<Place>,
}

/// Whose doing a scope is told by name: those of its own and below.
fn named(scope: &Scope) -> Vec<String> {
    let all = ["administrator", "database", "reseller", "customer", "account"];
    let from = match scope {
        Scope::Administrator => 0,
        Scope::Reseller(_) => 2,
        Scope::Customer(..) => 3,
    };
    all[from..].iter().map(|role| (*role).to_owned()).collect()
}

/// The columns of [`Row`]; `$1` is the roles that are named.
const SELECT: &str = "SELECT xid::text::bigint AS xid, seq, at, CASE WHEN role = ANY ($1) THEN who ELSE '' END AS who, role,
    acting_as, CASE WHEN role = ANY ($1) THEN peer ELSE '' END AS peer, wire, request, operation, change_set, table_name, key,
    op, customer, reseller, before::text AS before, after::text AS after, concealed FROM journal WHERE ";

#[derive(sqlx::FromRow)]
struct Row {
    xid: i64,
    seq: i64,
    at: OffsetDateTime,
    who: String,
    role: String,
    acting_as: Option<i64>,
    peer: String,
    wire: String,
    request: String,
    operation: String,
    change_set: String,
    table_name: String,
    key: String,
    op: String,
    customer: Option<i64>,
    reseller: Option<i64>,
    before: Option<String>,
    after: Option<String>,
    concealed: Vec<String>,
}

impl From<Row> for Entry {
    fn from(row: Row) -> Self {
        Self {
            place: Place::new(row.xid, row.seq),
            at: row.at,
            who: row.who,
            role: row.role,
            acting_as: row.acting_as,
            peer: row.peer,
            wire: row.wire,
            request: row.request,
            operation: row.operation,
            change_set: row.change_set,
            table: row.table_name,
            key: row.key,
            op: row.op,
            customer: row.customer,
            reseller: row.reseller,
            before: row.before,
            after: row.after,
            concealed: row.concealed,
        }
    }
}

/// A statement that reads entries of a scope: what row-level security says again, in a form that an index serves.
fn statement(scope: &Scope) -> QueryBuilder<Postgres> {
    let mut sql = QueryBuilder::new("");
    // The first parameter, which SELECT names.
    sql.push("WITH named AS (SELECT ").push_bind(named(scope)).push("::text[]) ").push(SELECT);
    match scope {
        Scope::Administrator => sql.push("true"),
        Scope::Reseller(reseller) => sql.push("reseller = ").push_bind(reseller.get()),
        Scope::Customer(customer, _) => sql.push("customer = ").push_bind(customer.get()),
    };
    sql
}

/// The newest entries that match, newest first; `limit` of them at most.
pub async fn list(tx: &mut Tx, asked: &Asked, limit: u32) -> Result<Vec<Entry>, StoreError> {
    let scope = *tx.scope();
    let mut sql = statement(&scope);
    for (term, value) in [
        (" AND operation = ", &asked.operation),
        (" AND table_name = ", &asked.table),
        (" AND key = ", &asked.key),
        (" AND change_set = ", &asked.change_set),
        (" AND request = ", &asked.request),
    ] {
        if let Some(value) = value {
            sql.push(term).push_bind(value.clone());
        }
    }
    if let Some(who) = &asked.who {
        sql.push(" AND role = ANY ($1) AND who = ").push_bind(who.clone());
    }
    for (term, value) in [(" AND customer = ", asked.customer), (" AND reseller = ", asked.reseller)] {
        if let Some(value) = value {
            sql.push(term).push_bind(value);
        }
    }
    for (term, value) in [(" AND at >= ", asked.since), (" AND at < ", asked.until)] {
        if let Some(value) = value {
            sql.push(term).push_bind(value);
        }
    }
    if let Some(Place { xid, seq }) = asked.before {
        sql.push(" AND (xid, seq) < (").push_bind(xid.to_string()).push("::xid8, ").push_bind(seq).push(")");
    }
    sql.push(" ORDER BY xid DESC, seq DESC LIMIT ").push_bind(i64::from(limit));
    let rows: Vec<Row> = sql.build_query_as().fetch_all(tx.conn()).await?;
    Ok(rows.into_iter().map(Entry::from).collect())
}

/// What a look at the feed found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// The entries after the place that was asked about, oldest first.
    pub entries: Vec<Entry>,
    /// Where to go on.
    pub next: Place,
    /// There may be more: as many as were asked for were found.
    pub is_full: bool,
    /// There are entries that wait for a transaction that still runs.
    pub is_waiting: bool,
}

/// Why a feed cannot go on from a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// Entries after it are forgotten already.
    Forgotten,
    /// It is of another database, or of a time that this one has lost.
    Elsewhere,
}

#[derive(Debug)]
struct Bounds {
    /// Everything below it is settled.
    settled: i64,
    /// Nothing has begun from here on.
    unborn: i64,
    pruned: Place,
    is_waiting: bool,
}

async fn bounds(tx: &mut Tx) -> Result<Bounds, StoreError> {
    let row = sqlx::query!(
        r#"SELECT settled::text::bigint AS "settled!",
                  pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS "unborn!",
                  pruned_xid::text::bigint AS "pruned_xid!", pruned_seq,
                  EXISTS (SELECT FROM journal WHERE xid >= settled) AS "is_waiting!"
           FROM journal_horizon, ngnpro_settled() AS settled"#
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(Bounds {
        settled: row.settled,
        unborn: row.unborn,
        pruned: Place::new(row.pruned_xid, row.pruned_seq),
        is_waiting: row.is_waiting,
    })
}

/// The place after everything that is settled: where a reader begins that wants what is new.
pub async fn now(tx: &mut Tx) -> Result<Place, StoreError> {
    Ok(Place::new(bounds(tx).await?.settled, 0))
}

/// What came after a place, at most `limit` entries. The place before all is never lost: it means what is kept.
pub async fn after(tx: &mut Tx, place: Place, limit: u32) -> Result<Result<Look, Lost>, StoreError> {
    let bounds = bounds(tx).await?;
    if place != Place::BEGINNING {
        if place.xid > bounds.unborn {
            return Ok(Err(Lost::Elsewhere));
        }
        if place < bounds.pruned {
            return Ok(Err(Lost::Forgotten));
        }
    }
    let scope = *tx.scope();
    let mut sql = statement(&scope);
    sql.push(" AND (xid, seq) > (").push_bind(place.xid.to_string()).push("::xid8, ").push_bind(place.seq).push(")");
    sql.push(" AND xid < ").push_bind(bounds.settled.to_string()).push("::xid8");
    sql.push(" ORDER BY xid, seq LIMIT ").push_bind(i64::from(limit));
    let rows: Vec<Row> = sql.build_query_as().fetch_all(tx.conn()).await?;
    let entries: Vec<Entry> = rows.into_iter().map(Entry::from).collect();
    let is_full = entries.len() >= limit as usize;
    let next = match entries.last() {
        Some(last) if is_full => last.place,
        // All that is settled is seen, what is others' too: the place does not grow old while nothing happens.
        _ => place.max(Place::new(bounds.settled, 0)),
    };
    Ok(Ok(Look { entries, next, is_full, is_waiting: bounds.is_waiting }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_is_written_and_nothing_else_is() {
        assert_eq!("12-7".parse(), Ok(Place::new(12, 7)));
        assert_eq!(Place::new(12, 7).to_string(), "12-7");
        for text in ["", "12", "-1-2", "12-", "+1-2", "1-2-3", "99999999999999999999-1", "a-b"] {
            assert_eq!(text.parse::<Place>(), Err(NoPlace), "{text}");
        }
    }
}
