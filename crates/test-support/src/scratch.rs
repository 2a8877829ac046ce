//! A database for one test: a copy of a migrated one, dropped with the value.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use cluster::{OWNER, PROXY, SERVER, SUPERUSER};
use sqlx::PgConnection;
use store::{DatabaseUrl, Store, StoreSettings};

use crate::shared_cluster::{SharedCluster, connect, execute};

/// A migrated, empty database that nobody else uses.
pub struct ScratchDb {
    name: String,
    shared: &'static SharedCluster,
}

impl ScratchDb {
    /// Makes one.
    pub async fn new() -> Self {
        let db = Self::named(SharedCluster::get().await);
        db.create_from(&db.shared.template).await;
        // A copy has the template's tables but not its own rights.
        let mut conn = db.shared.superuser().await;
        execute(
            &mut conn,
            format!(
                "REVOKE ALL ON DATABASE {0} FROM PUBLIC; GRANT CONNECT ON DATABASE {0} TO {SERVER}, {PROXY}",
                db.name
            ),
        )
        .await;
        db
    }

    /// One without any schema: for tests of the migrations themselves.
    pub async fn without_schema() -> Self {
        let db = Self::named(SharedCluster::get().await);
        db.create_from("template0").await;
        db
    }

    fn named(shared: &'static SharedCluster) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("scratch_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        Self { name, shared }
    }

    async fn create_from(&self, template: &str) {
        let mut conn = self.shared.superuser().await;
        // A process that was killed may have left one of this name behind.
        execute(&mut conn, format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)).await;
        execute(&mut conn, format!("CREATE DATABASE {} OWNER {OWNER} TEMPLATE {template}", self.name)).await;
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// For the role that owns the tables.
    pub fn owner_url(&self) -> DatabaseUrl {
        self.shared.url(OWNER, &self.name)
    }

    /// For the provisioning server's role.
    pub fn server_url(&self) -> DatabaseUrl {
        self.shared.url(SERVER, &self.name)
    }

    /// For the proxy's role.
    pub fn proxy_url(&self) -> DatabaseUrl {
        self.shared.url(PROXY, &self.name)
    }

    /// For the superuser.
    pub fn superuser_url(&self) -> DatabaseUrl {
        self.shared.url(SUPERUSER, &self.name)
    }

    /// A store, as the provisioning server has it.
    pub async fn store(&self) -> Store {
        // A busy machine is no outage.
        let acquire_timeout = Duration::from_secs(60);
        let settings = StoreSettings { acquire_timeout, ..StoreSettings::new(self.server_url()) };
        Store::connect(&settings).await.expect("a store on a scratch database")
    }

    /// A connection as the owner: sees and changes everything.
    pub async fn owner(&self) -> PgConnection {
        connect(&self.owner_url()).await
    }

    /// A connection as the provisioning server's role, of no scope.
    pub async fn server(&self) -> PgConnection {
        connect(&self.server_url()).await
    }

    /// A connection as the proxy's role.
    pub async fn proxy(&self) -> PgConnection {
        connect(&self.proxy_url()).await
    }

    /// The texts of a query's first column, as the owner reads them.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(&mut self.owner().await).await.expect("a query of texts")
    }

    /// Runs statements as the owner.
    pub async fn execute(&self, sql: &str) {
        execute(&mut self.owner().await, sql.to_owned()).await;
    }
}

impl Drop for ScratchDb {
    fn drop(&mut self) {
        let (name, url) = (std::mem::take(&mut self.name), self.shared.url(SUPERUSER, "postgres"));
        // On a thread and runtime of its own: the test's runtime may be ending.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                if let Ok(mut conn) = <PgConnection as sqlx::Connection>::connect(url.expose()).await {
                    let sql = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                    // What stays is dropped when its name comes up again.
                    let _stays = sqlx::Executor::execute(&mut conn, sqlx::AssertSqlSafe(sql)).await;
                }
            });
            Ok::<_, std::io::Error>(())
        });
        let _ends = dropped.join();
    }
}
