//! One PostgreSQL cluster for all test processes of a target directory. The first that needs it starts it, whoever
//! comes meanwhile waits, and a watcher stops it when nobody has used it for a while: with a process a test, no test can
//! know that it is the last.
//!
//! Three files beside the cluster: `users` is locked (shared) by every process for as long as it lives, `starting` by
//! the one that makes or starts something, `watched` by the watcher.

use std::fs::{self, File, OpenOptions};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use cluster::{Cluster, SUPERUSER, Settings};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use store::DatabaseUrl;
use tokio::sync::OnceCell;

/// A cluster that runs for as long as this process does, and the name of the migrated database in it.
pub(crate) struct SharedCluster {
    cluster: Cluster,
    /// The database that others are copied from.
    pub(crate) template: String,
    _user: File,
}

impl SharedCluster {
    /// The one cluster, running.
    pub(crate) async fn get() -> &'static Self {
        static SHARED: OnceCell<SharedCluster> = OnceCell::const_new();
        SHARED.get_or_init(Self::start).await
    }

    async fn start() -> Self {
        let dir = target_dir().join("test-cluster");
        fs::create_dir_all(&dir).expect("a directory for the test cluster");
        let user = open(&dir.join("users"));
        let starting = open(&dir.join("starting"));
        // Waits, on a thread of its own, while another process starts or stops it.
        let (user, starting) = tokio::task::spawn_blocking(move || {
            user.lock_shared().expect("the lock of users");
            starting.lock().expect("the lock of the one that starts");
            (user, starting)
        })
        .await
        .expect("the locks");
        let was_running = cluster_at(&dir).is_some_and(|running| running);
        let settings = Settings { directory: dir.join("cluster"), durable: false };
        let cluster = Cluster::create_or_start(&settings).expect("a test cluster");
        fs::write(dir.join("pid"), cluster.pid().map(|pid| pid.to_string()).unwrap_or_default()).expect("the pid file");
        let shared = Self { cluster, template: template_name(), _user: user };
        shared.make_template().await;
        if !was_running {
            watch(&dir);
        }
        drop(starting);
        shared
    }

    /// The URL of a role in a database.
    pub(crate) fn url(&self, role: &str, database: &str) -> DatabaseUrl {
        DatabaseUrl::new(self.cluster.url(role, database))
    }

    /// A superuser's connection, for making and dropping databases.
    pub(crate) async fn superuser(&self) -> PgConnection {
        connect(&self.url(SUPERUSER, "postgres")).await
    }

    /// Made under the lock, once for each state of the migrations.
    async fn make_template(&self) {
        let mut conn = self.superuser().await;
        let known: Vec<String> = sqlx::query_scalar(
            "SELECT datname FROM pg_database WHERE datname LIKE 'template\\_%' OR datname LIKE 'draft'",
        )
        .fetch_all(&mut conn)
        .await
        .expect("the databases");
        if known.contains(&self.template) {
            return;
        }
        for name in known.iter().filter(|name| !matches!(name.as_str(), "template0" | "template1")) {
            execute(&mut conn, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        }
        self.cluster.create_database("draft").expect("an empty database");
        store::migrate(&self.url(cluster::OWNER, "draft")).await.expect("migrations apply to an empty database");
        execute(&mut conn, format!("ALTER DATABASE draft RENAME TO {}", self.template)).await;
    }
}

pub(crate) async fn connect(url: &DatabaseUrl) -> PgConnection {
    PgConnection::connect(url.expose()).await.expect("a connection to the test cluster")
}

pub(crate) async fn execute(conn: &mut PgConnection, sql: String) {
    conn.execute(AssertSqlSafe(sql)).await.expect("a statement of the test's own");
}

/// Changes with every change of a migration.
fn template_name() -> String {
    format!("template_{:016x}", store::schema_fingerprint())
}

/// Whether the process that was last written down still runs.
fn cluster_at(dir: &Path) -> Option<bool> {
    let pid = fs::read_to_string(dir.join("pid")).ok()?;
    let name = fs::read_to_string(format!("/proc/{}/comm", pid.trim())).ok()?;
    Some(name.trim() == "postgres")
}

fn open(path: &Path) -> File {
    OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path).expect("a lock file")
}

/// `target` of the workspace, found from the test's own program: `target/debug/deps/<test>`.
fn target_dir() -> &'static Path {
    static TARGET: OnceLock<PathBuf> = OnceLock::new();
    TARGET.get_or_init(|| {
        let own = std::env::current_exe().expect("the test's own path");
        let deps = own.ancestors().find(|dir| dir.ends_with("deps")).or_else(|| own.parent());
        deps.and_then(Path::parent).and_then(Path::parent).expect("a target directory").to_owned()
    })
}

/// Stops the cluster once nobody has held the users' lock for twenty seconds. While it is being stopped the watcher
/// holds that lock, so that whoever comes then waits and starts it again.
fn watch(dir: &Path) {
    const SCRIPT: &str = "\
        flock --nonblock watched sh -c '\
            while sleep 20; do \
                flock --nonblock --exclusive users sh -c \"\
                    pid=\\$(cat pid); kill -INT \\$pid; while kill -0 \\$pid 2>/dev/null; do sleep 0.1; done\" && exit; \
            done' &";
    // The shell itself ends at once; what it leaves behind belongs to no test.
    let left = Command::new("/bin/sh")
        .args(["-c", SCRIPT])
        .current_dir(dir)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .status()
        .expect("a watcher for the test cluster");
    assert!(left.success(), "the watcher of the test cluster: {left}");
}
