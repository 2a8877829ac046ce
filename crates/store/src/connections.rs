//! Connections that are lent and come back.
//!
//! One that was given back clean is lent again at once, without a question to the server: a trip to the database that nobody
//! asked for costs as much as one that somebody did. One that was given up in the middle of something, its caller gone, is brought
//! in order first, in the background, and closed where that fails.

use std::time::Duration;

use deadpool::managed::{self, Manager, Metrics, Object, PoolError, QueueMode, RecycleError, RecycleResult, Timeouts};
use deadpool::{Runtime, Status};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection as _, Executor, PgConnection};
use tokio::runtime::Handle;
use tokio::time::timeout;

/// How old a connection gets: what a session of the server has gathered is not kept for ever.
const AGE_MAX: Duration = Duration::from_secs(30 * 60);

/// How long a statement that was given up may go on before its connection is closed.
const TIDYING_MAX: Duration = Duration::from_secs(30);

/// A bounded number of connections.
#[derive(Debug, Clone)]
pub(crate) struct Pool(managed::Pool<Opener>);

/// Opens connections.
#[derive(Debug)]
struct Opener(PgConnectOptions);

impl Manager for Opener {
    type Type = PgConnection;
    type Error = sqlx::Error;

    async fn create(&self) -> sqlx::Result<PgConnection> {
        PgConnection::connect_with(&self.0).await
    }

    async fn recycle(&self, _connection: &mut PgConnection, metrics: &Metrics) -> RecycleResult<sqlx::Error> {
        match metrics.age() > AGE_MAX {
            true => Err(RecycleError::message("the connection is old")),
            false => Ok(()),
        }
    }
}

impl Pool {
    /// At most so many, for whom a caller waits so long.
    pub(crate) fn new(options: PgConnectOptions, connections: u32, patience: Duration) -> Self {
        let wait = Some(patience);
        let pool = managed::Pool::builder(Opener(options))
            .max_size(usize::try_from(connections).unwrap_or(usize::MAX))
            .queue_mode(QueueMode::Lifo)
            .timeouts(Timeouts { wait, create: wait, recycle: wait })
            .runtime(Runtime::Tokio1);
        // With a runtime named, the builder refuses nothing.
        Self(pool.build().unwrap_or_else(|error| unreachable!("{error}")))
    }

    /// Lends one.
    pub(crate) async fn lend(&self) -> sqlx::Result<Connection> {
        match self.0.get().await {
            Ok(object) => Ok(Connection { object: Some(object), state: State::Clean }),
            Err(PoolError::Backend(error)) => Err(error),
            Err(PoolError::Timeout(_)) => Err(sqlx::Error::PoolTimedOut),
            Err(_) => Err(sqlx::Error::PoolClosed),
        }
    }

    /// Whether every connection is lent and no more may be opened.
    pub(crate) fn is_full(&self) -> bool {
        let Status { max_size, size, available, .. } = self.0.status();
        available == 0 && size >= max_size
    }
}

/// A connection that was lent.
#[derive(Debug)]
pub(crate) struct Connection {
    /// Absent once it is closed or given back.
    object: Option<Object<Opener>>,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing is under way.
    Clean,
    /// A statement may be.
    Busy,
    /// A transaction is.
    Within,
    /// What was under way is being ended: nobody else will.
    Tidied,
}

impl Connection {
    /// Begins a transaction.
    pub(crate) async fn begin(&mut self, statements: AssertSqlSafe<String>) -> sqlx::Result<()> {
        self.state = State::Within;
        self.inner().execute(statements).await.map(drop)
    }

    /// Ends it, and what was done lasts.
    pub(crate) async fn commit(mut self) -> sqlx::Result<()> {
        self.end("COMMIT").await
    }

    /// Ends it, and what was done is forgotten.
    pub(crate) async fn rollback(mut self) -> sqlx::Result<()> {
        self.end("ROLLBACK").await
    }

    async fn end(&mut self, how: &'static str) -> sqlx::Result<()> {
        self.inner().execute(how).await?;
        self.state = State::Clean;
        Ok(())
    }

    /// Asks one thing, outside of a transaction.
    pub(crate) async fn ask<T>(
        mut self,
        question: impl AsyncFnOnce(&mut PgConnection) -> sqlx::Result<T>,
    ) -> sqlx::Result<T> {
        self.state = State::Busy;
        let answer = question(self.inner()).await?;
        self.state = State::Clean;
        Ok(answer)
    }

    /// For the statements of a transaction.
    #[expect(clippy::unreachable, reason = "it is taken away only where the connection itself is dropped")]
    pub(crate) fn inner(&mut self) -> &mut PgConnection {
        self.object.as_deref_mut().unwrap_or_else(|| unreachable!("a connection is used after it was given back"))
    }

    /// Ends what was under way.
    async fn tidy(mut self, state: State) {
        let work = async {
            match state {
                State::Within => self.inner().execute("ROLLBACK").await.map(drop),
                _ => self.inner().ping().await,
            }
        };
        if matches!(timeout(TIDYING_MAX, work).await, Ok(Ok(()))) {
            self.state = State::Clean;
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let Some(object) = self.object.take() else { return };
        match (self.state, Handle::try_current()) {
            (State::Clean, _) => drop(object),
            (state @ (State::Busy | State::Within), Ok(runtime)) => {
                let connection = Connection { object: Some(object), state: State::Tidied };
                runtime.spawn(connection.tidy(state));
            }
            // Closed: the server forgets what was under way.
            (_, _) => drop(Object::take(object)),
        }
    }
}

#[cfg(test)]
mod tests {
    use test_support::ScratchDb;

    use super::*;
    use crate::{DatabaseUrl, StoreSettings};

    /// A database and a pool of one connection to it.
    async fn one() -> (ScratchDb, Pool) {
        let db = ScratchDb::new().await;
        let settings = StoreSettings::new(DatabaseUrl::new(db.owner_url().expose()));
        let options = settings.connect_options("connections").unwrap();
        (db, Pool::new(options, 1, Duration::from_secs(30)))
    }

    async fn ask<T>(pool: &Pool, question: &'static str) -> sqlx::Result<T>
    where
        T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
    {
        pool.lend().await?.ask(async |database| sqlx::query_scalar(question).fetch_one(database).await).await
    }

    const PID: &str = "SELECT pg_backend_pid()";

    #[tokio::test]
    async fn what_came_back_clean_is_lent_again() {
        let (_db, pool) = one().await;
        let first = ask::<i32>(&pool, PID).await.unwrap();
        let mut tx = pool.lend().await.unwrap();
        tx.begin(AssertSqlSafe("BEGIN".to_owned())).await.unwrap();
        assert!(pool.is_full());
        tx.commit().await.unwrap();
        assert!(!pool.is_full());
        assert_eq!(ask::<i32>(&pool, PID).await.unwrap(), first);
    }

    #[tokio::test]
    async fn a_transaction_that_was_given_up_is_rolled_back_before_the_next_one_has_its_connection() {
        let (db, pool) = one().await;
        db.execute("CREATE TABLE kept (n integer)").await;
        let first = ask::<i32>(&pool, PID).await.unwrap();
        let mut tx = pool.lend().await.unwrap();
        tx.begin(AssertSqlSafe("BEGIN; INSERT INTO kept VALUES (1)".to_owned())).await.unwrap();
        drop(tx);
        assert_eq!(ask::<i64>(&pool, "SELECT count(*) FROM kept").await.unwrap(), 0);
        assert_eq!(ask::<i32>(&pool, PID).await.unwrap(), first);
    }

    #[tokio::test]
    async fn an_answer_that_nobody_waited_for_is_nobody_elses() {
        let (_db, pool) = one().await;
        let slow = pool.lend().await.unwrap();
        let asked = slow.ask(async |database| {
            sqlx::query_scalar::<_, i32>("SELECT 1 FROM pg_sleep(0.2)").fetch_one(database).await
        });
        assert!(timeout(Duration::from_millis(20), asked).await.is_err());
        assert_eq!(ask::<i32>(&pool, "SELECT 2").await.unwrap(), 2);
    }

    #[tokio::test]
    async fn a_connection_that_died_is_not_kept() {
        let (db, pool) = one().await;
        let first = ask::<i32>(&pool, PID).await.unwrap();
        db.execute(&format!("SELECT pg_terminate_backend({first})")).await;
        // The first that asks learns of it; the next one has a new connection.
        let second = match ask::<i32>(&pool, PID).await {
            Ok(pid) => pid,
            Err(_) => ask::<i32>(&pool, PID).await.unwrap(),
        };
        assert_ne!(first, second);
    }
}
