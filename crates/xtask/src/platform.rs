//! The platform as a newcomer starts it: database, both programs, a demo tenant; and its end.
//!
//! `run` stays in the foreground, `up` returns when both programs are ready, `down` ends what either of them started.
//! Several instances stand side by side when their STATE_DIR and addresses differ.

mod configuration;
mod database;
mod programs;
mod record;
mod settings;

use std::fs;
use std::path::Path;
use std::process::Command;

use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};

use self::database::Database;
use self::programs::Program;
use self::record::{Pids, Record};
use self::settings::{Password, Settings};
use crate::Outcome;
use crate::tools::{self, Tool};

/// Starts everything and stays until Ctrl-C, or until one of the programs ends by itself.
pub(crate) fn run() -> Outcome {
    let settings = Settings::from_environment()?;
    if let Some(running) = running(&settings.state_dir)? {
        return Err(format!("{} already runs: {}", settings.state_dir.display(), how_to_reach(&running)));
    }
    runtime()?.block_on(async {
        let mut interrupt = signal(SignalKind::interrupt()).map_err(|error| error.to_string())?;
        let mut terminate = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
        let started = tokio::select! {
            started = start(&settings) => started,
            _ = interrupt.recv() => Err("interrupted while starting".to_owned()),
            _ = terminate.recv() => Err("ended while starting".to_owned()),
        };
        let outcome = match started {
            Ok([mut server, mut proxy]) => {
                println!("\nCtrl-C stops everything.");
                tokio::select! {
                    _ = interrupt.recv() => Ok(()),
                    _ = terminate.recv() => Ok(()),
                    cause = ended(&mut server) => Err(cause),
                    cause = ended(&mut proxy) => Err(cause),
                }
            }
            Err(cause) => Err(cause),
        };
        println!("stopping");
        // The cause matters more than what may go wrong while clearing up after it.
        let stopped = stop(&settings.state_dir).await;
        outcome.and(stopped)
    })
}

/// Starts everything in the background and returns when it is ready; says so when it already runs.
pub(crate) fn up() -> Outcome {
    let settings = Settings::from_environment()?;
    if let Some(running) = running(&settings.state_dir)? {
        println!("{} already runs: {}", settings.state_dir.display(), how_to_reach(&running));
        return Ok(());
    }
    runtime()?.block_on(async {
        match start(&settings).await {
            Ok(_) => {
                println!("\nmake down stops it{}.", other_state_dir(&settings));
                Ok(())
            }
            Err(cause) => {
                let stopped = stop(&settings.state_dir).await;
                Err(stopped.err().map_or(cause.clone(), |also| format!("{cause}\nand then: {also}")))
            }
        }
    })
}

/// Stops whatever of the instance runs; nothing running is fine.
pub(crate) fn down() -> Outcome {
    let settings = Settings::from_environment()?;
    runtime()?.block_on(stop(&settings.state_dir))?;
    println!("{}: nothing runs", settings.state_dir.display());
    Ok(())
}

fn runtime() -> Result<Runtime, String> {
    Runtime::new().map_err(|error| format!("no async runtime: {error}"))
}

async fn start(settings: &Settings) -> Result<[Program; 2], String> {
    settings.check_addresses()?;
    let logs = settings.state_dir.join("log");
    fs::create_dir_all(&logs).map_err(|error| format!("{}: {error}", logs.display()))?;
    let mut needed = Vec::new();
    if settings.database_url.is_none() {
        needed.push(Tool::Postgresql);
    }
    if settings.demo {
        needed.push(Tool::Python);
    }
    tools::run(&needed)?;
    let folder = match &settings.programs {
        Some(folder) => folder.clone(),
        None => programs::build(&settings.profile)?,
    };
    let database = Database::prepare(settings)?;
    let password = settings.administrator_password()?;
    let server_settings = configuration::server(settings, &folder, &database, &password)?;
    let proxy_settings = configuration::proxy(settings, &database)?;

    // From here on a failure leaves processes behind, so they are on record at once: `stop` finds them there.
    let mut pids = Pids { server: 0, proxy: 0, postgres: database.postgres_pid };
    let keep = |pids: Pids| Record::new(settings, pids, &database.owner_url).write(&settings.state_dir);
    keep(pids)?;
    database.migrate(&folder, &server_settings)?;
    let mut server = programs::start("ngnpro-server", &folder, &server_settings, &logs)?;
    pids.server = server.pid;
    keep(pids)?;
    let mut proxy = programs::start("sip-proxy", &folder, &proxy_settings, &logs)?;
    pids.proxy = proxy.pid;
    keep(pids)?;
    server.wait_ready(settings.soap.address).await?;
    proxy.wait_ready(settings.proxy_http.address).await?;
    describe(settings, &password);
    if settings.demo {
        demo(settings)?;
    }
    Ok([server, proxy])
}

async fn ended(program: &mut Program) -> String {
    let status = program.child.wait().await.map_or_else(|error| error.to_string(), |status| status.to_string());
    format!("{} ended by itself ({status}):\n{}", program.name, program.last_words())
}

async fn stop(state_dir: &Path) -> Outcome {
    let mut failures = Vec::new();
    if let Some(record) = Record::read(state_dir)? {
        // The proxy first: it writes its last registrations into a database that is still there.
        failures.extend(programs::stop(record.pids.proxy, "sip-proxy").await.err());
        failures.extend(programs::stop(record.pids.server, "ngnpro-server").await.err());
    }
    failures.extend(database::stop(state_dir).err());
    let record = Record::path(state_dir);
    if failures.is_empty() && record.exists() {
        fs::remove_file(&record).map_err(|error| format!("{}: {error}", record.display()))?;
    }
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\n")) }
}

/// The record of this state directory if its programs are alive.
fn running(state_dir: &Path) -> Result<Option<Record>, String> {
    Ok(Record::read(state_dir)?.filter(Record::is_alive))
}

fn how_to_reach(record: &Record) -> String {
    format!(
        "SOAP at {}, SIP at {} (processes {} and {}); make down stops it",
        record.urls.soap, record.addresses.sip, record.pids.server, record.pids.proxy
    )
}

fn other_state_dir(settings: &Settings) -> String {
    let default = tools::root().join("var");
    if settings.state_dir == default {
        String::new()
    } else {
        format!(" (with STATE_DIR={})", settings.state_dir.display())
    }
}

/// Makes the demo tenant through the SOAP API, as any client would.
fn demo(settings: &Settings) -> Outcome {
    let python = tools::python()?;
    println!("\ndemo tenant:");
    tools::succeed(
        Command::new(python)
            .args(["-m", "ngnpro.demo", "--username", &settings.admin_username])
            .arg("--wsdl")
            .arg(format!("http://{}/wsdl", settings.soap.address))
            .arg("--password-file")
            .arg(settings.password_file())
            .arg("--keep")
            .arg(settings.state_dir.join("demo.json")),
    )?;
    println!("register two phones with these at {} and let one call the other.", settings.sip.address);
    Ok(())
}

fn describe(settings: &Settings, password: &Password) {
    println!("\nSOAP  http://{}/  (WSDL at /wsdl)", settings.soap.address);
    println!("SIP   {} over UDP and TCP", settings.sip.address);
    println!("administrator {}, password in {}", settings.admin_username, settings.password_file().display());
    if password.is_new {
        println!("administrator's password, made for this first start: {}", password.text);
    }
    println!("all of it: {}", Record::path(&settings.state_dir).display());
}
