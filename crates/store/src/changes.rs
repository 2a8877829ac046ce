//! The change feed as its readers see it: what changed since they last looked, or that they must read everything again.
//!
//! A reader keeps the snapshot of its last look. An entry is new when its transaction was not visible in that snapshot
//! and is visible now; sequence numbers are not asked, because a slow transaction may commit after a faster one that
//! began later. NOTIFY only wakes: what was lost with it is found one polling interval later, and what was missed while
//! the connection was away is found after it is back.
//!
//! What an entry means for what the reader holds is the reader's business.

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use tokio::time::{sleep, timeout};

use crate::{DatabaseUrl, StoreError};

/// The most entries that are handed on; a reader that has more to catch up with reads everything again.
const ENTRIES_MAX: i64 = 20_000;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
const RETRY: Duration = Duration::from_millis(200);
const CHANNEL: &str = "ngnpro_changes";

/// One change of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The table.
    pub table: String,
    /// `user@domain` for accounts, aliases and what hangs on accounts; the domain for `sip_domains`; otherwise the id.
    /// Empty: all of the table.
    pub key: String,
    /// What was done.
    pub op: Op,
}

/// What was done to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// It is new.
    Insert,
    /// It is another.
    Update,
    /// It is gone.
    Delete,
    /// The whole table was emptied.
    Truncate,
}

/// What a look at the feed found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changes {
    /// These, and nothing else. Never empty.
    Entries(Vec<Change>),
    /// What changed is not known: everything that the reader holds must be read again.
    Reload(ReloadReason),
}

/// Why a reader must read everything again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReloadReason {
    /// The feed begins here.
    First,
    /// Entries that it had not seen are forgotten already.
    AwayTooLong,
    /// There are more entries than reading everything again costs.
    TooManyChanges,
    /// It is another database than before, or one that lost transactions: a restored backup, a standby that took over.
    AnotherDatabase,
}

/// A reader's place in the feed.
#[derive(Debug)]
pub struct ChangeFeed {
    options: PgConnectOptions,
    poll_interval: Duration,
    listener: Option<PgListener>,
    /// The node whose own entries are passed over.
    node: Option<String>,
    /// The snapshot of the last look, and the database it is of.
    seen: Option<(String, String)>,
}

impl ChangeFeed {
    /// A feed for this role's URL. `poll_interval` is how late a change may be noticed when its wake-up got lost.
    /// Nothing is connected before the first [`next`](Self::next).
    pub fn new(url: &DatabaseUrl, poll_interval: Duration) -> Result<Self, StoreError> {
        let options = url.options("change-feed")?.options([("statement_timeout", "10000")]);
        Ok(Self { options, poll_interval, listener: None, node: None, seen: None })
    }

    /// Passes over what this node wrote itself, on connections that say so (`Locations::of_node`).
    #[must_use]
    pub fn of_node(mut self, node: &str) -> Self {
        self.node = (!node.is_empty()).then(|| node.to_owned());
        self
    }

    /// As [`new`](Self::new), connected: refuses when the database is away now.
    pub async fn connect(url: &DatabaseUrl, poll_interval: Duration) -> Result<Self, StoreError> {
        let mut feed = Self::new(url, poll_interval)?;
        feed.listener = Some(listen(&feed.options).await?);
        Ok(feed)
    }

    /// Whether the feed has a connection now. While it has none, changes are not noticed.
    pub const fn is_connected(&self) -> bool {
        self.listener.is_some()
    }

    /// Waits for changes. The first answer is `Reload`: read everything after it, and later answers complete it.
    ///
    /// While the database is away this waits, and tries again. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Changes {
        loop {
            match self.look().await {
                Ok(Some(changes)) => return changes,
                Ok(None) => {}
                Err(error) => {
                    self.listener = None;
                    tracing::debug!(%error, "the change feed has no connection");
                    sleep(RETRY).await;
                    continue;
                }
            }
            let Some(listener) = &mut self.listener else { continue };
            match timeout(self.poll_interval, listener.try_recv()).await {
                // All that came meanwhile is found by one look.
                Ok(Ok(Some(_))) => while listener.next_buffered().is_some() {},
                Ok(Ok(None) | Err(_)) => self.listener = None,
                Err(_elapsed) => {}
            }
        }
    }

    /// Looks once. `None`: nothing changed.
    async fn look(&mut self) -> Result<Option<Changes>, StoreError> {
        let listener = match &mut self.listener {
            Some(listener) => listener,
            none => none.insert(listen(&self.options).await?),
        };
        let Some((snapshot, database)) = &self.seen else {
            let first =
                sqlx::query!(r#"SELECT pg_current_snapshot()::text AS "snapshot!""#).fetch_one(&mut *listener).await?;
            self.seen = Some((first.snapshot, identity(listener).await?));
            return Ok(Some(Changes::Reload(ReloadReason::First)));
        };
        let rows = sqlx::query!(
            r#"SELECT pg_current_snapshot()::text AS "snapshot!",
                      pruned_xid >= pg_snapshot_xmin($1::text::pg_snapshot) AS "forgotten!",
                      pg_snapshot_xmax(pg_current_snapshot()) < pg_snapshot_xmax($1::text::pg_snapshot) AS "rewound!",
                      (SELECT system_identifier::text FROM pg_control_system()) || '/' || CASE WHEN pg_is_in_recovery()
                          THEN 'standby' ELSE left(pg_walfile_name(pg_current_wal_lsn()), 8) END AS "database!",
                      entry.table_name AS "table_name?", entry.key AS "key?", entry.op AS "op?"
               FROM change_log_horizon LEFT JOIN LATERAL (
                   SELECT table_name, key, op FROM change_log
                   WHERE xid >= pg_snapshot_xmin($1::text::pg_snapshot)
                     AND NOT pg_visible_in_snapshot(xid, $1::text::pg_snapshot)
                     AND node IS DISTINCT FROM $3
                   ORDER BY seq LIMIT $2
               ) AS entry ON true"#,
            snapshot,
            ENTRIES_MAX + 1,
            self.node,
        )
        .fetch_all(&mut *listener)
        .await?;
        let Some(head) = rows.first() else {
            return Err(StoreError::settings("the change feed has no horizon: apply the migrations"));
        };
        let reload = if head.database != *database || head.rewound {
            Some(ReloadReason::AnotherDatabase)
        } else if head.forgotten {
            Some(ReloadReason::AwayTooLong)
        } else if rows.len() as i64 > ENTRIES_MAX {
            Some(ReloadReason::TooManyChanges)
        } else {
            None
        };
        // From here to the return nothing waits: whoever drops the future has either all of it or nothing.
        self.seen = Some((head.snapshot.clone(), head.database.clone()));
        if let Some(reason) = reload {
            return Ok(Some(Changes::Reload(reason)));
        }
        let entries: Vec<Change> = rows
            .into_iter()
            .filter_map(|row| Some(Change { table: row.table_name?, key: row.key?, op: Op::parse(&row.op?) }))
            .collect();
        Ok((!entries.is_empty()).then_some(Changes::Entries(entries)))
    }
}

impl Op {
    /// A word that this release does not know is a change all the same.
    fn parse(word: &str) -> Self {
        match word {
            "INSERT" => Self::Insert,
            "DELETE" => Self::Delete,
            "TRUNCATE" => Self::Truncate,
            _ => Self::Update,
        }
    }
}

/// Listens on a connection of its own, which also serves the looks.
pub(crate) async fn listen(options: &PgConnectOptions) -> Result<PgListener, StoreError> {
    let connecting = async {
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .acquire_timeout(CONNECT_TIMEOUT)
            .connect_with(options.clone())
            .await?;
        let mut listener = PgListener::connect_with(&pool).await?;
        // A lost connection is noticed here and made anew, so that the next look cannot be forgotten.
        listener.eager_reconnect(false);
        listener.listen(CHANNEL).await?;
        Ok(listener)
    };
    timeout(2 * CONNECT_TIMEOUT, connecting)
        .await
        .unwrap_or_else(|_| Err(StoreError::unavailable("no connection in time")))
}

/// Which database this is: of which cluster, and on which timeline of it.
async fn identity(listener: &mut PgListener) -> Result<String, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT system_identifier::text || '/' || CASE WHEN pg_is_in_recovery()
               THEN 'standby' ELSE left(pg_walfile_name(pg_current_wal_lsn()), 8) END AS "database!"
           FROM pg_control_system()"#
    )
    .fetch_one(listener)
    .await?)
}
