//! The only crate that speaks SQL. A file a resource for what is provisioned, where every call runs in a transaction of
//! one [`Scope`]; `directory.rs` and `locations.rs` for the proxy; `changes.rs` is the feed between the two.
//!
//! Rules of values are in `domain`; who may call what is the server's. Below every scope stands row-level security: the
//! server's database role sees only the rows of the scope that its transaction was begun with.
//!
//! [`Scope`]: domain::Scope

#[cfg(test)]
mod broken;
mod connections;
mod credits;
mod dns_record_table;
mod error;
mod gather;
mod health;
mod initialise;
mod lanes;
mod migrate;
mod notifier;
mod rows;
mod settings;
mod sip_accounts_read;
mod tx;
mod wakes;

pub mod api_tokens;
pub mod bans;
pub mod calls;
pub mod carriers;
pub mod changes;
pub mod customer_properties;
pub mod customers;
pub mod directory;
pub mod directory_calls;
pub mod directory_network;
pub mod dns_fancy_records;
pub mod dns_records;
pub mod dns_zones;
pub mod enum_numbers;
pub mod enum_ranges;
pub mod gateway_rules;
pub mod gateways;
pub mod journal;
pub mod kept_answers;
pub mod list;
pub mod locations;
pub mod logins;
pub mod nodes;
pub mod prepaid;
pub mod presence;
pub mod proxy_secret;
pub mod rating_profiles;
pub mod routes;
pub mod seek;
pub mod sip_accept_rules;
pub mod sip_accounts;
pub mod sip_accounts_many;
pub mod sip_aliases;
pub mod sip_call_settings;
pub mod sip_domains;
pub mod sip_groups;
pub mod sip_phonebook;
pub mod traces;
pub mod trusted_peers;
pub mod voicemail_accounts;
pub mod webhooks;

use std::sync::Arc;

use domain::Scope;
use sqlx::AssertSqlSafe;
use tokio::time::timeout;

pub use error::{RefusedBy, StoreError};
pub use initialise::{Initialised, initialise};
pub use lanes::enter as enter_lane;
pub use migrate::{SchemaVersion, migrate, schema_fingerprint, schema_version_wanted};
pub use settings::{DatabaseUrl, StoreSettings};
pub use tx::{Together, Tx};

use connections::Connection;
use error::is_connection_loss;
use health::Health;
use journal::Actor;
use lanes::Lanes;
use notifier::Notifier;
use tokio::sync::{Mutex, watch};
use tx::Shared;

/// The provisioning server's way to the database: a pool of connections as the role `ngnpro_server`.
#[derive(Debug, Clone)]
pub struct Store {
    lanes: Lanes,
    settings: Arc<StoreSettings>,
    health: Arc<Health>,
    notifier: Notifier,
    /// Reads of single accounts, a lane each.
    accounts: Arc<[Arc<sip_accounts::Reads>]>,
    /// The transaction that all calls are steps of, see [`Together`].
    shared: Option<Arc<Mutex<Shared>>>,
    /// Who changes, see [`acting`](Self::acting): a setting of its transactions.
    actor: Option<Arc<Actor>>,
    /// Where its list begins, see [`seeking`](Self::seeking).
    seek: Option<seek::Seek>,
}

impl Store {
    /// Connects, and checks that the schema is one that this program knows.
    pub async fn connect(settings: &StoreSettings) -> Result<Self, StoreError> {
        let store = Self::connect_lazily(settings)?;
        let version = store.schema_version().await?;
        version.check()?;
        Ok(store)
    }

    /// Prepares to connect on first use: for programs that start while the database is away.
    /// Needs a Tokio runtime.
    pub fn connect_lazily(settings: &StoreSettings) -> Result<Self, StoreError> {
        let options = settings.connect_options("ngnpro-server")?;
        let lanes = Lanes::new(&options, settings.connections_max, settings.threads, settings.acquire_timeout);
        let notifier = Notifier::start(options, settings);
        let accounts = (0..lanes.count()).map(|_| Arc::default()).collect();
        Ok(Self {
            lanes,
            settings: Arc::new(settings.clone()),
            health: Arc::new(Health::default()),
            notifier,
            accounts,
            shared: None,
            actor: None,
            seek: None,
        })
    }

    /// The same store, whose changes the journal gives to this actor. Without one they are the database role's own.
    #[must_use]
    pub fn acting(&self, actor: Actor) -> Self {
        Self { actor: Some(Arc::new(actor)), ..self.clone() }
    }

    /// The same store for reading a page of a list by the place where it begins.
    #[must_use]
    pub fn seeking(&self, seek: &seek::Seek) -> Self {
        Self { seek: Some(seek.clone()), ..self.clone() }
    }

    /// The version of the schema that the database has.
    pub async fn schema_version(&self) -> Result<SchemaVersion, StoreError> {
        let mut tx = self.begin_with("BEGIN READ ONLY".to_owned(), Scope::Administrator).await?;
        migrate::schema_version(tx.conn()).await
    }

    /// Opens a transaction that reaches the rows of this scope and no others.
    pub async fn begin(&self, scope: &Scope) -> Result<Tx, StoreError> {
        if let Some(shared) = &self.shared {
            return Tx::step(shared, *scope, self.actor.as_deref()).await;
        }
        self.begin_with(format!("BEGIN; {}", tx::set_scope(scope, self.actor.as_deref())), *scope).await
    }

    /// As [`begin`](Self::begin), for reading only: a write fails, and its end wakes nobody.
    pub async fn begin_read(&self, scope: &Scope) -> Result<Tx, StoreError> {
        if let Some(shared) = &self.shared {
            return Tx::step(shared, *scope, self.actor.as_deref()).await;
        }
        let tx = self.begin_with(format!("BEGIN READ ONLY; {}", tx::set_scope(scope, None)), *scope).await?;
        Ok(tx.seeking(self.seek.clone()))
    }

    /// As [`begin_read`](Self::begin_read), for statements that must see one state.
    pub async fn begin_look(&self, scope: &Scope) -> Result<Tx, StoreError> {
        let begin = format!("BEGIN READ ONLY ISOLATION LEVEL REPEATABLE READ; {}", tx::set_scope(scope, None));
        self.begin_with(begin, *scope).await
    }

    /// Opens a transaction for several calls, which see what was there when the first of them looked: rows that another
    /// transaction changed since are not changed again, the call is [`StoreError::Overtaken`].
    pub async fn together(&self, scope: &Scope) -> Result<Together, StoreError> {
        let begin = format!("BEGIN ISOLATION LEVEL REPEATABLE READ; {}", tx::set_scope(scope, self.actor.as_deref()));
        Together::new(self, self.begin_with(begin, *scope).await?)
    }

    /// Opens a transaction for many calls, each of which sees what is there when it looks, as it would alone.
    pub async fn batch(&self, scope: &Scope) -> Result<Together, StoreError> {
        let tx = self.begin_with(format!("BEGIN; {}", tx::set_scope(scope, self.actor.as_deref())), *scope).await?;
        Together::new(self, tx)
    }

    /// Opens a transaction that reads all pages of one list, as it is now, one after the other: see [`Together`].
    pub async fn pages(&self, scope: &Scope) -> Result<Together, StoreError> {
        let begin = format!("BEGIN READ ONLY ISOLATION LEVEL REPEATABLE READ; {}", tx::set_scope(scope, None));
        let tx = self.begin_with(begin, *scope).await?;
        Together::pages(self, tx)
    }

    /// Changes whenever it may be worth a look at what is new in the journal, on a connection of its own for as long as somebody
    /// holds a receiver. Needs a Tokio runtime.
    pub fn wakes(&self) -> watch::Receiver<u64> {
        wakes::start(Arc::clone(&self.settings))
    }

    /// Whether the database answers now.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.begin_with("BEGIN READ ONLY".to_owned(), Scope::Administrator).await?.rollback().await
    }

    /// Begins with one round trip. `statements` is made of fixed text and numbers only.
    async fn begin_with(&self, statements: String, scope: Scope) -> Result<Tx, StoreError> {
        let read_only = statements.starts_with("BEGIN READ ONLY");
        let begin = |mut connection: Connection| {
            let statements = AssertSqlSafe(statements.clone());
            async move { connection.begin(statements).await.map(|()| connection) }
        };
        let inner = self.attempt(begin).await?;
        Ok(Tx::new(inner, (!read_only).then(|| self.notifier.clone()), scope))
    }

    /// Where the calling thread's reads of single accounts come together.
    fn account_reads(&self) -> &Arc<sip_accounts::Reads> {
        &self.accounts[self.lanes.own()]
    }

    /// Whether its transactions are steps of a larger one.
    const fn is_shared(&self) -> bool {
        self.shared.is_some()
    }

    /// Runs what begins on a connection of the pool and changes nothing.
    ///
    /// A pooled connection may have died with an earlier server; nothing was done on it yet, so the next one is tried.
    /// While the database is away only one caller at a time tries it, the others are refused at once.
    async fn attempt<T, F>(&self, run: impl Fn(Connection) -> F) -> Result<T, StoreError>
    where
        F: Future<Output = sqlx::Result<T>>,
    {
        let attempt = self.health.attempt()?;
        let tried = timeout(self.settings.acquire_timeout, async {
            let mut stale = 0;
            loop {
                let tried = match self.lanes.pool().lend().await {
                    Ok(connection) => run(connection).await,
                    Err(error) => Err(error),
                };
                let error = match tried {
                    Ok(done) => return Ok(done),
                    Err(error) => error,
                };
                stale += 1;
                if !is_connection_loss(&error) || stale > self.settings.connections_max {
                    return Err(error);
                }
            }
        })
        .await;
        match tried {
            Ok(Ok(done)) => {
                attempt.succeeded();
                Ok(done)
            }
            // All connections are at work: that is load, and says nothing about the database.
            Err(_) | Ok(Err(sqlx::Error::PoolTimedOut)) if self.lanes.are_full() => {
                Err(StoreError::unavailable("all connections are in use"))
            }
            Ok(Err(error)) => {
                let error = StoreError::from(error);
                attempt.ended_with(&error);
                Err(error)
            }
            Err(_elapsed) => {
                let error = StoreError::unavailable("no connection in time");
                attempt.ended_with(&error);
                Err(error)
            }
        }
    }
}
