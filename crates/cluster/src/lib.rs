//! A private PostgreSQL cluster from the system's own programs: make it, start it, stop it.
//!
//! For people who type `make run` and for tests. The cluster has its own folder and its own socket, listens on no
//! network, and has nothing to do with a PostgreSQL that the system may run. It knows no schema: it makes the roles
//! and an empty database, migrations are `store`'s.
//!
//! PostgreSQL refuses to run as root, so that for root everything here is done as `postgres` or `nobody`. Who may
//! connect is decided by the socket's folder, which only the cluster's user (and root) can enter.

mod account;
mod place;
mod programs;

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use account::Account;
use place::Place;
pub use programs::find_programs;

/// The role that owns the schema and runs the migrations.
pub const OWNER: &str = "ngnpro_owner";
/// The role of the provisioning server.
pub const SERVER: &str = "ngnpro_server";
/// The role of the proxy.
pub const PROXY: &str = "sip_proxy";
/// The cluster's superuser, for making databases.
pub const SUPERUSER: &str = "postgres";
/// The database that a new cluster has.
pub const DATABASE: &str = "ngnpro";

/// Why a cluster cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// PostgreSQL's server programs are not installed.
    #[error(
        "PostgreSQL's programs are not found (looked in PG_BIN, /usr/lib/postgresql and PATH): apt-get install postgresql"
    )]
    NoPrograms,
    /// There is no unprivileged account to run as.
    #[error("PostgreSQL does not run as root, and this system has neither a user postgres nor nobody")]
    NoAccount,
    /// A file or folder cannot be used.
    #[error("{path}: {source}")]
    File {
        /// Which one.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The cluster's files are not in the folder any more that its note names.
    #[error("the database's files were in {base} and are gone: remove {note} to begin with an empty database")]
    Gone {
        /// Where they were.
        base: PathBuf,
        /// The note.
        note: PathBuf,
    },
    /// One of PostgreSQL's programs failed.
    #[error("{program} failed: {words}")]
    Program {
        /// Its name.
        program: String,
        /// What it said.
        words: String,
    },
}

impl ClusterError {
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }
}

/// Where a cluster is and how careful it is.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The cluster's own folder; made when missing.
    pub directory: PathBuf,
    /// Whether a commit survives a power cut. Tests do without, which is faster.
    pub durable: bool,
}

/// A cluster that has been started. Dropping it leaves it running, unless it was told otherwise.
#[derive(Debug)]
pub struct Cluster {
    settings: Settings,
    programs: PathBuf,
    account: Option<Account>,
    place: Place,
    stop_on_drop: bool,
}

impl Cluster {
    /// Opens the cluster of a folder, makes it first when there is none, and starts it when it does not run.
    pub fn create_or_start(settings: &Settings) -> Result<Self, ClusterError> {
        let account = account::for_server()?;
        let cluster = Self {
            programs: find_programs().ok_or(ClusterError::NoPrograms)?,
            place: Place::of(&settings.directory, account.as_ref())?,
            settings: settings.clone(),
            account,
            stop_on_drop: false,
        };
        let is_new = !cluster.place.data.join("PG_VERSION").exists();
        if is_new {
            cluster.initialise()?;
        }
        cluster.start()?;
        // A first start may have been interrupted between the two steps: the second is repeated until it is done.
        let done = cluster.place.data.join("ngnpro.done");
        if !done.exists() {
            cluster.prepare()?;
            fs::write(&done, "").map_err(ClusterError::file(&done))?;
        }
        Ok(cluster)
    }

    /// Stops the cluster when this value goes, for tests.
    #[must_use]
    pub fn stop_on_drop(mut self, stop: bool) -> Self {
        self.stop_on_drop = stop;
        self
    }

    /// Starts the server if it does not run, and returns when it takes connections.
    pub fn start(&self) -> Result<(), ClusterError> {
        if self.pid().is_some() {
            return Ok(());
        }
        self.configure()?;
        // pg_ctl waits for the server; the server itself must not hold our output open for as long as it lives.
        let mut command = self.program("pg_ctl");
        command.args(["start", "--wait", "--silent", "--timeout=60", "--log"]).arg(&self.place.log);
        command.arg("--pgdata").arg(&self.place.data).stdout(Stdio::null()).stderr(Stdio::null());
        let status = command.status().map_err(ClusterError::file(self.programs.join("pg_ctl")))?;
        if status.success() {
            return Ok(());
        }
        let log = fs::read_to_string(&self.place.log).unwrap_or_default();
        let tail: Vec<&str> = log.lines().rev().take(5).collect();
        let words = tail.into_iter().rev().collect::<Vec<_>>().join("\n");
        Err(ClusterError::Program {
            program: "pg_ctl start".to_owned(),
            words: format!("{words} ({})", self.place.log.display()),
        })
    }

    /// Stops the server: sessions are ended, committed work is kept. A server that does not run is fine.
    pub fn stop(&self) -> Result<(), ClusterError> {
        if self.pid().is_none() {
            return Ok(());
        }
        let mut command = self.program("pg_ctl");
        command.args(["stop", "--wait", "--silent", "--mode=fast", "--timeout=60", "--pgdata"]).arg(&self.place.data);
        run(&mut command, "pg_ctl stop").map(|_| ())
    }

    /// The process id of the running server.
    pub fn pid(&self) -> Option<u32> {
        self.place.pid()
    }

    /// The URL by which a role reaches a database of this cluster. It holds no password.
    pub fn url(&self, role: &str, database: &str) -> String {
        format!("postgresql://{role}@localhost/{database}?host={}", self.place.socket.display())
    }

    /// Makes an empty database that the owner role owns.
    pub fn create_database(&self, name: &str) -> Result<(), ClusterError> {
        self.sql(&format!("CREATE DATABASE \"{name}\" OWNER {OWNER}"))
    }

    /// The folder with PostgreSQL's programs, for those who need psql or pgbench.
    pub fn programs(&self) -> &Path {
        &self.programs
    }

    fn initialise(&self) -> Result<(), ClusterError> {
        tracing::info!(directory = %self.place.data.display(), "making a PostgreSQL cluster");
        let mut command = self.program("initdb");
        command.args(["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--username", SUPERUSER, "--pgdata"]);
        command.arg(&self.place.data);
        if !self.settings.durable {
            command.arg("--no-sync");
        }
        run(&mut command, "initdb")?;
        let main = self.place.data.join("postgresql.conf");
        let mut file = fs::OpenOptions::new().append(true).open(&main).map_err(ClusterError::file(&main))?;
        file.write_all(b"\ninclude = 'ngnpro.conf'\n").map_err(ClusterError::file(&main))
    }

    /// Writes what is ours of the server's configuration, at each start, because the socket's folder may change.
    fn configure(&self) -> Result<(), ClusterError> {
        let path = self.place.data.join("ngnpro.conf");
        let mut text = format!(
            "listen_addresses = ''\nunix_socket_directories = '{}'\nunix_socket_permissions = 0700\n\
             max_connections = 200\ntimezone = 'UTC'\nlog_timezone = 'UTC'\nlogging_collector = off\n\
             log_error_verbosity = terse\n",
            self.place.socket.display()
        );
        if !self.settings.durable {
            text.push_str("fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n");
        }
        fs::write(&path, text).map_err(ClusterError::file(&path))?;
        account::give(&path, self.account.as_ref())
    }

    fn prepare(&self) -> Result<(), ClusterError> {
        let mut sql = String::new();
        for (role, rights) in [(OWNER, "LOGIN CREATEROLE"), (SERVER, "LOGIN"), (PROXY, "LOGIN")] {
            sql.push_str(&format!(
                "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') \
                 THEN CREATE ROLE {role} {rights}; END IF; END $$;\n"
            ));
        }
        // CREATE DATABASE runs in no block; \gexec runs the row that says it is missing.
        sql.push_str(&format!(
            "SELECT 'CREATE DATABASE {DATABASE} OWNER {OWNER}' WHERE NOT EXISTS \
             (SELECT FROM pg_database WHERE datname = '{DATABASE}') \\gexec\n"
        ));
        self.sql(&sql)
    }

    /// Runs statements as the superuser.
    fn sql(&self, statements: &str) -> Result<(), ClusterError> {
        let mut command = self.program("psql");
        command.args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=-"]);
        command
            .arg(self.url(SUPERUSER, "postgres"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let psql = || self.programs.join("psql");
        let mut child = command.spawn().map_err(ClusterError::file(psql()))?;
        if let Some(mut input) = child.stdin.take() {
            input.write_all(statements.as_bytes()).map_err(ClusterError::file(psql()))?;
        }
        let output = child.wait_with_output().map_err(ClusterError::file(psql()))?;
        checked(output, "psql").map(|_| ())
    }

    /// One of PostgreSQL's programs, as the account that the server runs as.
    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        account::become_it(&mut command, self.account.as_ref());
        // The caller's folder may be one that the other account cannot enter.
        command.current_dir("/").stdin(Stdio::null()).env_remove("PGDATA").env_remove("PGHOST").env_remove("PGPORT");
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.stop_on_drop
            && let Err(error) = self.stop()
        {
            tracing::warn!(%error, "the cluster could not be stopped");
        }
    }
}

/// Whether the cluster of a folder runs.
pub fn runs(directory: &Path) -> bool {
    matches!(Place::existing(directory, None), Ok(Some(place)) if place.pid().is_some())
}

/// Stops the cluster of a folder, if there is one and it runs.
pub fn stop(directory: &Path) -> Result<(), ClusterError> {
    let account = account::for_server()?;
    let place = match Place::existing(directory, account.as_ref())? {
        Some(place) if place.pid().is_some() => place,
        _ => return Ok(()),
    };
    let programs = find_programs().ok_or(ClusterError::NoPrograms)?;
    let settings = Settings { directory: directory.to_path_buf(), durable: true };
    Cluster { settings, programs, account, place, stop_on_drop: false }.stop()
}

fn run(command: &mut Command, name: &str) -> Result<Output, ClusterError> {
    let output = command.output().map_err(ClusterError::file(command.get_program()))?;
    checked(output, name)
}

fn checked(output: Output, name: &str) -> Result<Output, ClusterError> {
    if output.status.success() {
        return Ok(output);
    }
    let words = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(ClusterError::Program { program: name.to_owned(), words })
}
