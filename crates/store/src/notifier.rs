//! Wakes the readers of the change feed after commits: one task, one connection, one NOTIFY for all the commits since
//! the last one. It is never part of a writer's transaction, because a NOTIFY takes a lock at commit that would put all
//! writers in a row. A wake-up that gets lost costs a reader one polling interval.
//!
//! The same task forgets old entries of the feed and of the journal and old kept answers, and says every half minute that this
//! program is there.

use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::postgres::types::PgInterval;
use sqlx::{Connection, PgConnection};
use tokio::sync::Notify;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use crate::nodes::{Node, announce};
use crate::{StoreError, StoreSettings};

/// How often old entries are looked for.
const PRUNE_INTERVAL: Duration = Duration::from_secs(30);
/// The least time between two wake-ups: what commits meanwhile goes with the second.
const GAP: Duration = Duration::from_millis(5);
/// How long to leave a database alone that cannot be reached.
const RETRY: Duration = Duration::from_millis(500);
/// Most entries that are forgotten in one statement.
const PRUNE_MAX: i32 = 10_000;

/// A handle on the task, which ends when the last handle is dropped.
#[derive(Debug, Clone)]
pub(crate) struct Notifier {
    wake: Arc<Wake>,
}

#[derive(Debug)]
struct Wake {
    notify: Arc<Notify>,
    task: tokio::task::AbortHandle,
}

/// How much of what is only added to is kept.
#[derive(Debug)]
struct Kept {
    change_log: PgInterval,
    journal: PgInterval,
    journal_rows: i64,
}

fn interval_of(duration: Duration) -> PgInterval {
    PgInterval { months: 0, days: 0, microseconds: i64::try_from(duration.as_micros()).unwrap_or(i64::MAX) }
}

impl Drop for Wake {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Notifier {
    /// Starts the task on the current runtime.
    pub(crate) fn start(options: PgConnectOptions, settings: &StoreSettings) -> Self {
        let notify = Arc::new(Notify::new());
        let kept = Kept {
            change_log: interval_of(settings.change_log_keep),
            journal: interval_of(settings.journal_keep),
            journal_rows: i64::try_from(settings.journal_rows_max).unwrap_or(i64::MAX),
        };
        let task = tokio::spawn(run(options, kept, settings.node.clone(), Arc::clone(&notify))).abort_handle();
        Self { wake: Arc::new(Wake { notify, task }) }
    }

    /// Something was committed.
    pub(crate) fn wake(&self) {
        self.wake.notify.notify_one();
    }
}

/// Keeps a connection and works on it until it fails, for ever.
async fn run(options: PgConnectOptions, kept: Kept, node: Option<Node>, notify: Arc<Notify>) {
    if node.is_some() {
        notify.notify_one();
    }
    loop {
        // Nothing to say yet: connect on the first commit, or when it is time to forget what others have written.
        let _whichever = timeout(PRUNE_INTERVAL, notify.notified()).await;
        match PgConnection::connect_with(&options).await {
            Ok(mut conn) => {
                if let Err(error) = serve(&mut conn, &kept, node.as_ref(), &notify).await {
                    tracing::debug!(%error, "the change feed's notifier lost its connection");
                }
            }
            Err(error) => tracing::debug!(%error, "the change feed's notifier cannot connect"),
        }
        sleep(RETRY).await;
        notify.notify_one();
    }
}

async fn serve(conn: &mut PgConnection, kept: &Kept, node: Option<&Node>, notify: &Notify) -> Result<(), StoreError> {
    let mut prune = interval(PRUNE_INTERVAL);
    prune.set_missed_tick_behavior(MissedTickBehavior::Delay);
    sqlx::query!("SELECT pg_notify('ngnpro_changes', '')").execute(&mut *conn).await?;
    loop {
        tokio::select! {
            () = notify.notified() => {
                sqlx::query!("SELECT pg_notify('ngnpro_changes', '')").execute(&mut *conn).await?;
                sleep(GAP).await;
            }
            _ = prune.tick() => {
                if let Some(node) = node {
                    announce(conn, node).await?;
                }
                let pruned = sqlx::query_scalar!(
                    "SELECT greatest(ngnpro_prune_change_log($1, $4), ngnpro_prune_journal($2, $3, $4), ngnpro_forget_answers($4))",
                    kept.change_log,
                    kept.journal,
                    kept.journal_rows,
                    PRUNE_MAX
                )
                .fetch_one(&mut *conn)
                .await?;
                tracing::trace!(?pruned, "old entries of the change feed and of the journal and old answers are forgotten");
                if pruned.is_some_and(|pruned| pruned >= PRUNE_MAX) {
                    // There are more: after the next wake-up, which must not wait for all of them.
                    prune.reset_immediately();
                }
            }
        }
    }
}
