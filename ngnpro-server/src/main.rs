//! The program: settings, log, commands. What it serves is in the library.
//!
//! Exit status: 0 done, 1 failed, 2 wrong arguments, 69 the database is away or not as expected, 78 wrong settings.

#![expect(clippy::print_stdout, reason = "a command answers the person who typed it")]

use std::io::Read;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{Parser, Subcommand};
use ngnpro_server::app::App;
use ngnpro_server::config::Settings;
use ngnpro_server::{http, passwords};
use store::{DatabaseUrl, Store, StoreSettings};

/// The NGNPro provisioning server.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The settings' file
    #[arg(long, global = true, env = "NGNPRO_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve until told to stop (the default)
    Serve,
    /// Bring the database's schema to this version, as its owner
    Migrate {
        /// Connection URL of the owner's role; without it, that of the settings
        #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
        database_url: Option<String>,
    },
    /// Read a password from standard input and print its argon2id PHC string
    HashPassword,
    /// Check the settings and say what is wrong
    CheckConfig,
    /// Print a settings' file with every key, its meaning and its default
    SampleConfig,
}

/// Why the program ends early: exit status and one sentence.
type Failed = (u8, String);

const FAILED: u8 = 1;
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
        Command::HashPassword => hash_password(),
        Command::CheckConfig => load().map(|_| println!("the settings are fine")),
        Command::SampleConfig => {
            print!("{}", Settings::sample());
            Ok(())
        }
    }
}

fn block_on<T>(work: impl Future<Output = T>) -> Result<T, Failed> {
    let runtime = tokio::runtime::Runtime::new().map_err(|e| (FAILED, format!("no runtime: {e}")))?;
    Ok(runtime.block_on(work))
}

fn start_log(settings: &Settings) -> Result<(), Failed> {
    let filter = tracing_subscriber::EnvFilter::try_new(&settings.log.filter)
        .map_err(|e| (WRONG_SETTINGS, format!("log.filter: {e}; a level such as \"info\" will do")))?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match settings.log.format.as_str() {
        "json" => log.json().init(),
        _ => log.with_ansi(false).init(),
    }
    Ok(())
}

async fn serve(settings: Settings) -> Result<(), Failed> {
    let database = &settings.database;
    let store = Store::connect_lazily(&StoreSettings {
        connections_max: database.connections_max,
        acquire_timeout: Duration::from_millis(database.acquire_timeout_ms),
        ..StoreSettings::new(DatabaseUrl::new(database.url.expose()))
    });
    let store = store.map_err(|e| (WRONG_SETTINGS, format!("database.url: {e}")))?;
    match store.schema_version().await {
        Ok(version) => version.check().map_err(|e| (UNAVAILABLE, e.to_string()))?,
        // It may start later than we do: calls are refused until it answers.
        Err(error) if error.is_unavailable() => tracing::warn!(%error, "starting without database: {error}"),
        Err(error) => return Err((UNAVAILABLE, error.to_string())),
    }
    let listen = settings.http.listen;
    let listener = TcpListener::bind(listen).map_err(|e| (FAILED, format!("http.listen {listen}: {e}")))?;
    let address = listener.local_addr().map_err(|e| (FAILED, e.to_string()))?;
    listener.set_nonblocking(true).map_err(|e| (FAILED, e.to_string()))?;
    let app = App::new(settings, store).map_err(|e| (FAILED, format!("{e:?}")))?;
    tracing::info!(%address, "listening on {address}");
    http::serve(Arc::new(app), listener).await.map_err(|e| (FAILED, e.to_string()))
}

async fn migrate(url: String) -> Result<(), Failed> {
    let version = store::migrate(&DatabaseUrl::new(url)).await.map_err(|e| (UNAVAILABLE, e.to_string()))?;
    println!("the schema is at version {version}");
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
