//! A database in a cluster of its own, which a test may stop, start and kill.

use cluster::{Cluster, DATABASE, OWNER, PROXY, SERVER, SUPERUSER, Settings};
use store::{DatabaseUrl, Store, StoreSettings};
use tempfile::TempDir;

use crate::shared_cluster::{connect, execute};

/// A migrated database whose server can be stopped. It ends with the value.
pub struct StoppableDb {
    cluster: Cluster,
    // After the cluster: its files are removed when it has stopped.
    _dir: TempDir,
}

impl StoppableDb {
    /// Makes a cluster and the schema in it; takes a second or two.
    pub async fn new() -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let settings = Settings { directory: dir.path().join("cluster"), durable: false };
        let cluster = tokio::task::spawn_blocking(move || Cluster::create_or_start(&settings))
            .await
            .expect("the thread that starts it")
            .expect("a cluster of the test's own")
            .stop_on_drop(true);
        let db = Self { cluster, _dir: dir };
        store::migrate(&db.owner_url()).await.expect("migrations apply to an empty database");
        db
    }

    /// Stops the server: connections end, nothing listens any more.
    pub fn stop(&self) {
        self.cluster.stop().expect("the server stops");
    }

    /// Starts it again, with what it had.
    pub fn start(&self) {
        self.cluster.start().expect("the server starts");
    }

    /// The server's process.
    pub fn pid(&self) -> Option<u32> {
        self.cluster.pid()
    }

    /// For the role that owns the tables.
    pub fn owner_url(&self) -> DatabaseUrl {
        DatabaseUrl::new(self.cluster.url(OWNER, DATABASE))
    }

    /// For the provisioning server's role.
    pub fn server_url(&self) -> DatabaseUrl {
        DatabaseUrl::new(self.cluster.url(SERVER, DATABASE))
    }

    /// For the proxy's role.
    pub fn proxy_url(&self) -> DatabaseUrl {
        DatabaseUrl::new(self.cluster.url(PROXY, DATABASE))
    }

    /// For the superuser.
    pub fn superuser_url(&self) -> DatabaseUrl {
        DatabaseUrl::new(self.cluster.url(SUPERUSER, DATABASE))
    }

    /// A connection as the owner.
    pub async fn owner(&self) -> sqlx::PgConnection {
        connect(&self.owner_url()).await
    }

    /// Runs statements as the owner.
    pub async fn execute(&self, sql: &str) {
        execute(&mut connect(&self.owner_url()).await, sql.to_owned()).await;
    }

    /// A store, as the provisioning server has it.
    pub async fn store(&self) -> Store {
        Store::connect(&StoreSettings::new(self.server_url())).await.expect("a store on the test's own cluster")
    }
}
