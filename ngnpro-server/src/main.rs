//! The program: settings, log, commands. What it serves is in the library.
//!
//! Exit status: 0 done, 1 failed, 2 wrong arguments, 69 the database is away or not as expected, 78 wrong settings.

#![expect(clippy::print_stdout, reason = "a command answers the person who typed it")]

mod commands;

use std::fs::File;
use std::io::Read;
use std::net::TcpListener;
use std::os::fd::AsFd as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{Parser, Subcommand};
use ngnpro_server::app::App;
use ngnpro_server::config::Settings;
use ngnpro_server::{explain, http, passwords};
use store::nodes::Node;
use store::{DatabaseUrl, Store, StoreSettings};

/// A call is many small pieces of memory that one thread makes and drops (docs/decisions/allocator.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The NGNPro provisioning server: customers, SIP domains, accounts and more over SOAP and JSON (/api/v1, /api/docs)
///
/// Serves the contract at the address of `http.listen`, on the PostgreSQL database of `database.url`. Without a command it
/// serves.
#[derive(Parser)]
#[command(version, after_long_help = HELP)]
struct Arguments {
    /// The settings' file (TOML); every key of it can also be given as NGNPRO__SECTION__KEY
    #[arg(long, global = true, env = "NGNPRO_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What `--help` ends with.
const HELP: &str = "\
A first start, with a PostgreSQL 15 or newer:
  ngnpro-server init-db --admin-url URL               as the database's superuser: roles, database, schema
  ngnpro-server sample-config > ngnpro-server.toml    then write the URLs into it that init-db printed
  ngnpro-server hash-password                         type a password: administrator.password_hash
  ngnpro-server --config ngnpro-server.toml check-config
  ngnpro-server --config ngnpro-server.toml           serves; SIGTERM ends it after the calls under way

An upgrade is: install, ngnpro-server migrate (as the schema's owner, database.owner_url), restart.

What it answers: /wsdl the contract over SOAP, /api/v1 the same operations over JSON, /api/docs their page for a browser,
/health the process lives, /ready the database answers, /metrics for Prometheus. Each answer has an X-Request-Id, which the
log's lines have too.

Exit status: 0 ended as asked, 1 failed, 2 wrong arguments, 69 the database is away or not as expected, 78 wrong settings.";

#[derive(Subcommand)]
enum Command {
    /// Serve until told to stop (the default)
    Serve,
    /// Bring the database's schema to this version, as its owner
    ///
    /// Several at once wait for each other. The programs of the release before go on working on the new schema, so that this
    /// comes first in an upgrade.
    Migrate {
        /// Connection URL of the owner's role; without it, database.owner_url of the settings
        #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
        database_url: Option<String>,
    },
    /// Make roles, database and schema on a PostgreSQL server, once, as its superuser; prints what the settings need
    ///
    /// Roles ngnpro_owner (the schema's), ngnpro_server and sip_proxy (the programs'), each with a password made now. What exists
    /// is left as it is, passwords too.
    InitDb {
        /// Connection URL of a superuser, such as postgresql://postgres@localhost/postgres?host=/run/postgresql
        #[arg(long, env = "NGNPRO_ADMIN_URL", hide_env_values = true, value_name = "URL")]
        admin_url: String,
        /// Name of the database to make
        #[arg(long, default_value = "ngnpro", value_name = "NAME")]
        database: String,
    },
    /// Read a password from standard input and print its argon2id PHC string
    HashPassword,
    /// Check the settings and say what is wrong: file, key and remedy
    CheckConfig,
    /// Print a settings' file with every key, its meaning and its default
    SampleConfig,
    /// Add many records from a file of NDJSON or CSV, a verdict for each row
    ///
    /// A row is what the JSON wire takes to add such a record. Bad rows do not stop the good ones. Exit status 1: some were
    /// refused; 69: the database went away.
    ///
    ///   ngnpro-server import accounts.csv --dry-run
    ///   ngnpro-server import domains.ndjson --into sip/domains --as 1001 --verdicts verdicts.ndjson
    #[command(verbatim_doc_comment)]
    Import(commands::ImportArguments),
    /// Write all records of a kind as NDJSON or CSV
    ///
    ///   ngnpro-server export sip/accounts --format csv --query filter.domain=example.com --output accounts.csv
    #[command(verbatim_doc_comment)]
    Export(commands::ExportArguments),
    /// Say why a call was refused with a code, and what helps; without a code, list all
    ExplainError {
        /// The errorcode of the fault, such as 9004
        code: Option<u16>,
    },
}

/// Why the program ends early: exit status and one sentence.
type Failed = (u8, String);

const FAILED: u8 = 1;
const WRONG_ARGUMENTS: u8 = 2;
const UNAVAILABLE: u8 = 69;
const WRONG_SETTINGS: u8 = 78;

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err((status, message)) => {
            eprintln!("ngnpro-server: {message}");
            ExitCode::from(status)
        }
    }
}

fn run(arguments: Arguments) -> Result<(), Failed> {
    let load = || Settings::load(arguments.config.as_deref()).map_err(|e| (WRONG_SETTINGS, e.to_string()));
    match arguments.command.unwrap_or(Command::Serve) {
        Command::Serve => {
            let settings = load()?;
            start_log(&settings)?;
            block_on(serve(settings))?
        }
        Command::Migrate { database_url: Some(url) } => block_on(migrate(url))?,
        Command::Migrate { database_url: None } => {
            let settings = load()?;
            let url =
                [&settings.database.owner_url, &settings.database.url].into_iter().find(|url| !url.expose().is_empty());
            block_on(migrate(url.map(|url| url.expose().to_owned()).unwrap_or_default()))?
        }
        Command::InitDb { admin_url, database } => block_on(init_db(admin_url, database))?,
        Command::HashPassword => hash_password(),
        Command::CheckConfig => load().map(|_| println!("the settings are fine")),
        Command::SampleConfig => {
            print!("{}", Settings::sample());
            Ok(())
        }
        Command::Import(arguments) => {
            let settings = load()?;
            block_on(async { commands::import(&app(settings, None).await?, arguments).await })?
        }
        Command::Export(arguments) => {
            let settings = load()?;
            block_on(async { commands::export(&app(settings, None).await?, arguments).await })?
        }
        Command::ExplainError { code } => explain_error(code),
    }
}

fn block_on<T>(work: impl Future<Output = T>) -> Result<T, Failed> {
    let runtime = tokio::runtime::Runtime::new().map_err(|e| (FAILED, format!("no runtime: {e}")))?;
    Ok(runtime.block_on(work))
}

fn start_log(settings: &Settings) -> Result<(), Failed> {
    let filter = tracing_subscriber::EnvFilter::try_new(&settings.log.filter)
        .map_err(|e| (WRONG_SETTINGS, format!("log.filter: {e}; a level such as \"info\" will do")))?;
    // A line is one write to the kernel, which keeps lines apart; under the lock of `std::io::stderr` the threads that serve
    // calls would wait for each other's.
    let stderr =
        std::io::stderr().as_fd().try_clone_to_owned().map_err(|e| (FAILED, format!("standard error: {e}")))?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(Arc::new(File::from(stderr)));
    match settings.log.format.as_str() {
        "json" => log.json().init(),
        _ => log.with_ansi(false).init(),
    }
    Ok(())
}

/// What this program says of itself to the platform's operators.
fn this_node(settings: &Settings) -> Node {
    let listen = settings.http.listen;
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    Node {
        id: format!("{}:{}", host.trim(), listen.port()),
        ip: listen.ip().to_string(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        roles: vec!["provisioning_server".to_owned()],
    }
}

/// The parts put together over the database of the settings.
async fn app(settings: Settings, node: Option<Node>) -> Result<App, Failed> {
    let is_served = node.is_some();
    let database = &settings.database;
    let store = Store::connect_lazily(&StoreSettings {
        connections_max: database.connections_max,
        threads: http::workers(&settings),
        acquire_timeout: Duration::from_millis(database.acquire_timeout_ms),
        journal_keep: Duration::from_secs(u64::from(settings.journal.keep_days) * 24 * 3600),
        journal_rows_max: settings.journal.entries_max,
        node,
        ..StoreSettings::new(DatabaseUrl::new(database.url.expose()))
    });
    let store = store.map_err(|e| (WRONG_SETTINGS, format!("database.url: {e}")))?;
    match store.schema_version().await {
        Ok(version) => version.check().map_err(|e| (UNAVAILABLE, e.to_string()))?,
        // It may start later than we do: calls are refused until it answers.
        Err(error) if error.is_unavailable() && is_served => {
            tracing::warn!(%error, "starting without database: {error}")
        }
        Err(error) => return Err((UNAVAILABLE, error.to_string())),
    }
    App::new(settings, store).map_err(|e| (FAILED, format!("{e:?}")))
}

async fn serve(settings: Settings) -> Result<(), Failed> {
    let node = this_node(&settings);
    let listen = settings.http.listen;
    let app = app(settings, Some(node)).await?;
    let listener = TcpListener::bind(listen).map_err(|e| (FAILED, format!("http.listen {listen}: {e}")))?;
    let address = listener.local_addr().map_err(|e| (FAILED, e.to_string()))?;
    listener.set_nonblocking(true).map_err(|e| (FAILED, e.to_string()))?;
    tracing::info!(%address, "listening on {address}");
    http::serve(Arc::new(app), listener).await.map_err(|e| (FAILED, e.to_string()))
}

async fn migrate(url: String) -> Result<(), Failed> {
    let version = store::migrate(&DatabaseUrl::new(url)).await.map_err(|e| (UNAVAILABLE, e.to_string()))?;
    println!("the schema is at version {version}");
    Ok(())
}

async fn init_db(admin_url: String, database: String) -> Result<(), Failed> {
    let mut passwords = Vec::new();
    for _ in 0..3 {
        let random = getrandom::u64().and_then(|one| Ok((one, getrandom::u64()?)));
        let (one, two) = random.map_err(|e| (FAILED, format!("no random numbers from the system: {e}")))?;
        passwords.push(format!("{one:016x}{two:016x}"));
    }
    let admin_url = DatabaseUrl::new(admin_url);
    let [owner, server, proxy] = [0, 1, 2].map(|at| passwords[at].as_str());
    let made = store::initialise(&admin_url, &database, [owner, server, proxy]).await;
    let made = made.map_err(|e| (UNAVAILABLE, e.to_string()))?;
    let [owner, server, proxy] = made.urls.each_ref().map(DatabaseUrl::expose);
    println!("# The schema is at version {}.", made.version);
    for role in &made.kept {
        println!("# {role} existed before: write its password into its URL.");
    }
    println!("# For ngnpro-server.toml:\n[database]\nurl = \"{server}\"\nowner_url = \"{owner}\"");
    println!("# For sip-proxy.toml:\n[database]\nurl = \"{proxy}\"");
    Ok(())
}

fn hash_password() -> Result<(), Failed> {
    let mut password = String::new();
    std::io::stdin().read_to_string(&mut password).map_err(|e| (FAILED, format!("standard input: {e}")))?;
    let password = password.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        return Err((FAILED, "the password on standard input is empty".to_owned()));
    }
    println!("{}", passwords::hash(password.as_bytes()).map_err(|e| (FAILED, format!("{e:?}")))?);
    Ok(())
}

fn explain_error(code: Option<u16>) -> Result<(), Failed> {
    let Some(code) = code else {
        explain::all().for_each(|one| println!("{}  {:24}  {}", one.code, one.name, one.cause));
        return Ok(());
    };
    let one = explain::find(code)
        .ok_or_else(|| (FAILED, format!("the contract has no code {code}; `ngnpro-server explain-error` lists all")))?;
    println!("{} {}\n{}\n{}", one.code, one.name, one.cause, one.remedy);
    Ok(())
}
