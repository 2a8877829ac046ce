//! sip-proxy: SIP registrar and proxy on the database that ngnpro-server provisions.
//!
//! This binary is the process around the pure core `sip-core`: settings, sockets, timers, the directory and its change
//! feed, the journal of registrations, HTTP for operators. It decides nothing about SIP.

mod announce;
mod bans;
mod calls;
mod capture;
mod config;
mod control;
mod counters;
mod ctl;
mod directory;
mod drain;
mod exit;
mod explain;
mod feed;
mod http;
mod inbox;
mod keep_open;
mod locations;
mod logging;
mod process;
mod resolver;
mod secret;
mod shard;
mod transport;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{SAMPLE, Settings};

/// Much of what a message costs is small pieces of memory that one thread makes and drops; this allocator does that for less
/// than half of what the system's takes (docs/decisions/allocator.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// SIP registrar and proxy.
#[derive(Parser)]
#[command(version, about, after_help = exit::HELP)]
struct Arguments {
    /// The settings, a TOML file; environment variables SIP_PROXY__SECTION__KEY go before it.
    #[arg(long, global = true, env = "SIP_PROXY_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Task>,
}

#[derive(Subcommand)]
enum Task {
    /// Runs until SIGTERM or SIGINT (the default).
    Serve,
    /// Reads and checks the settings, and says what is wrong with them.
    CheckConfig,
    /// Asks a running proxy, or tells it something.
    Ctl(ctl::Arguments),
    /// Says what would become of a call: every step of the routing, the provisioned data that decided, and where the call goes.
    Explain(explain::Arguments),
    /// Prints all settings with their defaults.
    SampleConfig,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let code = match arguments.command.unwrap_or(Task::Serve) {
        Task::SampleConfig => print(SAMPLE),
        Task::Ctl(asked) => ctl::run(asked, arguments.config.as_deref()),
        Task::Explain(asked) => ctl::explain(asked, arguments.config.as_deref()),
        Task::CheckConfig => match Settings::load(arguments.config.as_deref()) {
            Ok(_) => print("the settings are good\n"),
            Err(error) => complain(&error.to_string(), exit::CONFIGURATION),
        },
        Task::Serve => match Settings::load(arguments.config.as_deref()) {
            Ok(settings) => serve(settings),
            Err(error) => complain(&error.to_string(), exit::CONFIGURATION),
        },
    };
    ExitCode::from(code)
}

fn serve(settings: Settings) -> u8 {
    logging::start(&settings.log);
    logging::end_on_panic();
    match process::run(settings) {
        Ok(()) => exit::OK,
        Err(error) => {
            tracing::error!(%error, "sip-proxy cannot run: {error}");
            error.exit_code()
        }
    }
}

fn print(text: &str) -> u8 {
    match std::io::stdout().write_all(text.as_bytes()) {
        Ok(()) => exit::OK,
        Err(_) => exit::UNAVAILABLE,
    }
}

fn complain(text: &str, code: u8) -> u8 {
    // Nobody is left to tell when standard error is closed.
    let _ = writeln!(std::io::stderr(), "sip-proxy: {text}");
    code
}
