//! Lists: filter, order, range and total, and the one place where SQL is put together at run time.
//!
//! A list is two statements, whatever its length: this file's finds the keys of the page and counts all matches, and the
//! resource's own compile-checked statement reads the rows of those keys; where a function of the schema reads them, the two go as
//! one. Only `&'static str` and bound values get into
//! the text, so nothing that a client sent can.

use domain::{Direction, LikePattern, Range, Refusal};
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Execute, FromRow, Postgres, QueryBuilder, Row as _};

use crate::seek::{Place, Seek};
use crate::tx::{Pages, scope_words};
use crate::{StoreError, Tx};

/// What a list is asked for: which rows, in which order, which page of them.
#[derive(Debug, Clone)]
pub struct Query<Filter, Order> {
    /// The terms, joined with AND.
    pub filter: Filter,
    /// What it is sorted by.
    pub order: Order,
    /// Which way.
    pub direction: Direction,
    /// Which page.
    pub range: Range,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<Row> {
    /// Its rows.
    pub rows: Vec<Row>,
    /// How many match, on this page or not.
    pub total: i64,
}

/// A search under construction.
pub(crate) struct Search {
    sql: QueryBuilder<Postgres>,
    terms: usize,
}

/// The keys of a page, in its order.
pub(crate) struct Keys {
    pub(crate) ids: Vec<i64>,
    pub(crate) total: i64,
}

impl Search {
    /// Searches `from` for rows whose key is `key`, sorted by `order` and then by the key, so that pages never overlap.
    pub(crate) fn new(from: &'static str, key: &'static str, order: &'static str) -> Self {
        let mut sql = QueryBuilder::new("WITH matched AS MATERIALIZED (SELECT ");
        sql.push(key).push(" AS id, ").push(order).push(" AS sorted FROM ").push(from);
        Self { sql, terms: 0 }
    }

    fn term(&mut self) -> &mut QueryBuilder<Postgres> {
        self.sql.push(if self.terms == 0 { " WHERE " } else { " AND " });
        self.terms += 1;
        &mut self.sql
    }

    /// A condition without a value.
    pub(crate) fn is(&mut self, condition: &'static str) {
        self.term().push(condition);
    }

    /// A column that holds text in any case.
    pub(crate) fn like(&mut self, column: &'static str, pattern: Option<&LikePattern>) {
        if let Some(pattern) = pattern {
            self.term().push(column).push(" ILIKE ").push_bind(pattern.as_str().to_owned());
        }
    }

    /// A column that holds lower case only: an index serves it, by value or by prefix.
    ///
    /// The beginning is said as a range, in the order of an index with `text_pattern_ops`: the planner makes no range of LIKE
    /// where the pattern is bound, and row-level security lets no LIKE look at rows before the policy has.
    pub(crate) fn like_lower(&mut self, column: &'static str, pattern: Option<&LikePattern>) {
        let Some(pattern) = pattern.map(LikePattern::to_lowercase) else { return };
        if let Some(value) = pattern.exact() {
            self.term().push(column).push(" = ").push_bind(value);
            return;
        }
        let (beginning, any_end) = pattern.beginning();
        if let Some(end) = end_of_range(&beginning) {
            self.term().push(column).push(" ~<~ ").push_bind(end);
        }
        if !beginning.is_empty() {
            self.term().push(column).push(" ~>=~ ").push_bind(beginning);
        }
        if !any_end {
            self.term().push(column).push(" LIKE ").push_bind(pattern.as_str().to_owned());
        }
    }

    /// A row of another table: `rows` is the table with the condition that ties it to this row; what is said inside
    /// constrains that one row.
    pub(crate) fn exists(&mut self, rows: &'static str, inside: impl FnOnce(&mut Self)) {
        self.term().push("EXISTS (SELECT FROM ").push(rows);
        inside(self);
        self.sql.push(")");
    }

    /// One of two expressions that hold lower case only; an index serves each, by value or by prefix.
    pub(crate) fn either_like_lower(&mut self, columns: [&'static str; 2], pattern: Option<&LikePattern>) {
        let Some(pattern) = pattern else { return };
        let (compare, value) = match pattern.exact() {
            Some(value) => (" = ", value.to_lowercase()),
            None => (" LIKE ", pattern.as_str().to_lowercase()),
        };
        let [one, other] = columns;
        let term = self.term();
        term.push("(").push(one).push(compare).push_bind(value.clone());
        term.push(" OR ").push(other).push(compare).push_bind(value).push(")");
    }

    /// A column that is equal to a number.
    pub(crate) fn equal(&mut self, column: &'static str, value: Option<i64>) {
        if let Some(value) = value {
            self.term().push(column).push(" = ").push_bind(value);
        }
    }

    /// A subquery that yields names, all of which are wanted.
    pub(crate) fn all_of(&mut self, names: &'static str, wanted: &[String]) {
        if !wanted.is_empty() {
            self.term().push_bind(wanted.to_vec()).push(" <@ ARRAY(").push(names).push(")");
        }
    }

    /// Finds the page and reads it, in one statement. `read` is a function of the schema that takes the words of the scope and
    /// the keys and answers rows with their `place`. For lists that are not read from a cursor or from behind a row.
    pub(crate) async fn rows<Row>(
        mut self,
        tx: &mut Tx,
        way: Direction,
        range: Range,
        read: &'static str,
    ) -> Result<Page<Row>, StoreError>
    where
        Row: for<'r> FromRow<'r, PgRow>,
    {
        let words = scope_words(tx.scope());
        self.sql
            .push(") SELECT total, page.* FROM (SELECT count(*) AS total FROM matched) AS counted LEFT JOIN ")
            .push(read);
        self.sql.push("(").push_bind(words).push(", ARRAY(SELECT id FROM matched ORDER BY ").push(in_order(way));
        self.sql.push(" LIMIT ").push_bind(i64::from(range.count()));
        self.sql.push(" OFFSET ").push_bind(i64::from(range.start())).push(")) AS page ON true ORDER BY page.place");
        let found = self.sql.build().fetch_all(tx.conn()).await?;
        let total = found.first().map(|row| row.try_get("total")).transpose()?.unwrap_or(0);
        let mut rows = Vec::with_capacity(found.len());
        for row in &found {
            // A page without rows is one row without a place.
            if row.try_get::<Option<i64>, _>("place")?.is_some() {
                rows.push(Row::from_row(row)?);
            }
        }
        Ok(Page { rows, total })
    }

    /// Finds the page.
    pub(crate) async fn keys(mut self, tx: &mut Tx, way: Direction, range: Range) -> Result<Keys, StoreError> {
        let order = in_order(way);
        if let Some(pages) = tx.pages().map(|pages| std::mem::replace(pages, Pages::Within)) {
            return self.next_page(tx, pages, order, range).await;
        }
        if let Some(seek) = tx.seek() {
            return self.page_behind(tx, &seek, way, order, range).await;
        }
        self.sql.push(") SELECT (SELECT count(*) FROM matched), ARRAY(SELECT id FROM matched ORDER BY ").push(order);
        self.sql.push(" LIMIT ").push_bind(i64::from(range.count()));
        self.sql.push(" OFFSET ").push_bind(i64::from(range.start())).push(")");
        let (total, ids) = self.sql.build_query_as::<(i64, Vec<i64>)>().fetch_one(tx.conn()).await?;
        Ok(Keys { ids, total })
    }

    /// The page that begins behind a row, and whether more follow.
    async fn page_behind(
        mut self,
        tx: &mut Tx,
        seek: &Seek,
        way: Direction,
        order: &'static str,
        range: Range,
    ) -> Result<Keys, StoreError> {
        self.sql.push("), page AS (SELECT id, sorted FROM matched");
        if let Some(place) = seek.place() {
            self.behind(way, &place);
        }
        // One row more tells whether more follow.
        self.sql.push(" ORDER BY ").push(order).push(" LIMIT ").push_bind(i64::from(range.count()) + 1);
        self.sql.push(") SELECT (SELECT count(*) FROM matched), ARRAY(SELECT id FROM page ORDER BY ").push(order);
        self.sql.push("), ARRAY(SELECT sorted::text FROM page ORDER BY ").push(order).push(")");
        let query = self.sql.build_query_as::<(i64, Vec<i64>, Vec<Option<String>>)>();
        let (total, mut ids, mut sorted) = query.fetch_one(tx.conn()).await.map_err(|error| match &error {
            // PostgreSQL Appendix A. Class 22: a text that is no value of that type.
            sqlx::Error::Database(of) if of.code().is_some_and(|code| code.starts_with("22")) => {
                StoreError::Refused(Refusal::invalid("cursor", "is none that this server gave"))
            }
            _ => error.into(),
        })?;
        let count = usize::try_from(range.count()).unwrap_or(usize::MAX);
        let more = ids.len() > count;
        ids.truncate(count);
        sorted.truncate(count);
        let last = ids.last().copied().zip(sorted.pop()).map(|(id, sorted)| Place { sorted, id });
        seek.ended(last.filter(|_| more));
        Ok(Keys { ids, total })
    }

    /// The condition that a row is behind a place; NULL is greater than any value.
    fn behind(&mut self, way: Direction, place: &Place) {
        let id = place.id;
        let Some(sorted) = place.sorted.clone() else {
            match way {
                Direction::Ascending => self.sql.push(" WHERE sorted IS NULL AND id > ").push_bind(id),
                Direction::Descending => self.sql.push(" WHERE sorted IS NOT NULL OR id < ").push_bind(id),
            };
            return;
        };
        let (compare, nulls) = match way {
            Direction::Ascending => (">", " OR sorted IS NULL"),
            Direction::Descending => ("<", ""),
        };
        let mut value = |compare: &str| {
            self.sql.push(compare).push(" (SELECT ngnpro_of_type(").push_bind(sorted.clone());
            self.sql.push(", (SELECT sorted FROM matched LIMIT 0)))");
        };
        value(if compare == ">" { " WHERE sorted >" } else { " WHERE sorted <" });
        value(" OR (sorted =");
        self.sql.push(" AND id ").push(compare).push(" ").push_bind(id).push(")").push(nulls);
    }

    /// Where all pages of a list are read: the next one, from a cursor. How many match is not counted.
    async fn next_page(
        mut self,
        tx: &mut Tx,
        pages: Pages,
        order: &'static str,
        range: Range,
    ) -> Result<Keys, StoreError> {
        if pages == Pages::Before {
            self.sql.push(") SELECT id FROM matched ORDER BY ").push(order);
            let list = self.sql.sql().as_str().to_owned();
            let values = self.sql.build().take_arguments().map_err(sqlx::Error::Encode)?.unwrap_or_default();
            let declare = AssertSqlSafe(format!("DECLARE pages NO SCROLL CURSOR FOR {list}"));
            sqlx::query_with(declare, values).execute(tx.conn()).await?;
        }
        let fetch = AssertSqlSafe(format!("FETCH {} FROM pages", range.count()));
        let ids = sqlx::query_scalar::<_, i64>(fetch).fetch_all(tx.conn()).await?;
        Ok(Keys { ids, total: 0 })
    }
}

/// Rows that are sorted alike have an order too.
const fn in_order(way: Direction) -> &'static str {
    match way {
        Direction::Ascending => "sorted ASC, id ASC",
        Direction::Descending => "sorted DESC, id DESC",
    }
}

/// The first text behind all that begin so, in the order of their octets.
fn end_of_range(beginning: &str) -> Option<String> {
    let mut end = beginning.to_owned();
    while let Some(last) = end.pop() {
        // The next character; none is behind the highest, and the one before it counts then.
        if let Some(next) = (last..=char::MAX).nth(1) {
            end.push(next);
            return Some(end);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_ends_behind_the_last_text_that_begins_so() {
        let highest = char::MAX;
        for (beginning, end) in [
            ("s0001".to_owned(), Some("s0002".to_owned())),
            ("a\u{d7ff}".to_owned(), Some("a\u{e000}".to_owned())),
            (format!("a{highest}{highest}"), Some("b".to_owned())),
            (highest.to_string(), None),
            (String::new(), None),
        ] {
            assert_eq!(end_of_range(&beginning), end, "{beginning:?}");
            if let Some(end) = end {
                assert!(beginning < end && format!("{beginning}{highest}") < end);
            }
        }
    }
}
