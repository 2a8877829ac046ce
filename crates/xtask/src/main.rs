//! The project's own commands, behind `cargo xtask <command>` and the Makefile.
//!
//! A command is a module of its own with `run`; this file only names them. What cargo itself does well (build, format,
//! lint, test) is left to cargo.

#![expect(clippy::print_stdout, reason = "a command answers the person who typed it")]

mod advisories;
mod database;
mod generate;
mod licences;
mod platform;
mod rfc;
mod tidy;
mod tools;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Tools of the NGNPro platform's workspace.
#[derive(Parser)]
#[command(name = "xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Check the layout's invariants, module docs, file lengths, documented commands
    Tidy,
    /// Print which sections of RFCs the code cites, and which of them no test does
    Rfc,
    /// Write the wire types from wsdl/, or with --check only compare them
    Generate {
        /// Write nothing; fail when a file differs
        #[arg(long)]
        check: bool,
    },
    /// Describe every SQL statement of crates/store into .sqlx/, for building without a database
    SqlxPrepare,
    /// Write the schema that the migrations make to schema/database.sql, or with --check only compare it
    SchemaDump {
        /// Write nothing; fail when it differs
        #[arg(long)]
        check: bool,
    },
    /// Check that every dependency's licence is on the list of accepted ones
    Licences,
    /// Check dependencies against known vulnerabilities, where cargo-deny and its database can be had
    Advisories,
    /// Install what the platform or its tests need and this machine lacks
    Tools {
        /// What is needed
        #[arg(required = true)]
        tools: Vec<tools::Tool>,
    },
    /// Start the platform with a demo tenant, in the foreground until Ctrl-C
    Run,
    /// Start the platform in the background; returns when both programs are ready
    Up,
    /// Stop what `up` or `run` started
    Down,
}

/// A command fails with one sentence that says what is wrong, where, and what to do.
type Outcome = Result<(), String>;

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Tidy => tidy::run(),
        Command::Rfc => rfc::run(),
        Command::Generate { check } => generate::run(check),
        Command::SqlxPrepare => database::sqlx_prepare(),
        Command::SchemaDump { check } => database::schema_dump(check),
        Command::Licences => licences::run(),
        Command::Advisories => advisories::run(),
        Command::Tools { tools } => tools::run(&tools),
        Command::Run => platform::run(),
        Command::Up => platform::up(),
        Command::Down => platform::down(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}
