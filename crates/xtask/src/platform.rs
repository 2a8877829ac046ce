//! The platform as a newcomer starts it: database, both programs, a demo tenant; and its end.
//!
//! `run` stays in the foreground, `up` returns when both programs are ready, `down` ends what either of them started.
//! Several instances stand side by side when their STATE_DIR and addresses differ.

mod configuration;
mod database;
mod holder;
mod programs;
mod record;
mod settings;

use std::fs;
use std::path::Path;
use std::process::Command;

use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};

use self::database::Database;
use self::programs::Program;
use self::record::{PROGRAMS, Pids, Record, Running};
use self::settings::{PUBLIC_URL, Password, Settings};
use crate::Outcome;
use crate::tools::{self, Tool};

/// Starts everything and stays until Ctrl-C, or until one of the programs ends by itself.
pub(crate) fn run() -> Outcome {
    let settings = Settings::from_environment()?;
    runtime()?.block_on(async {
        if let State::Running(how) = state(&settings.state_dir).await? {
            return Err(format!("{} already runs: {how}", settings.state_dir.display()));
        }
        let mut interruption = Interruption::new()?;
        let [mut server, mut proxy] = start_or_undo(&settings, &mut interruption).await?;
        println!("\nCtrl-C stops everything.");
        let outcome = tokio::select! {
            () = interruption.wait() => Ok(()),
            cause = ended(&mut server) => Err(cause),
            cause = ended(&mut proxy) => Err(cause),
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
    runtime()?.block_on(async {
        if let State::Running(how) = state(&settings.state_dir).await? {
            println!("{} already runs: {how}", settings.state_dir.display());
            return Ok(());
        }
        start_or_undo(&settings, &mut Interruption::new()?).await?;
        println!("\nmake down stops it{}.", other_state_dir(&settings));
        Ok(())
    })
}

/// Stops whatever of the instance runs; nothing running is fine.
pub(crate) fn down() -> Outcome {
    let state_dir = Settings::from_environment()?.state_dir;
    let ran = !record::running(&state_dir).is_empty() || database::runs(&state_dir);
    runtime()?.block_on(stop(&state_dir))?;
    println!("{}: {}", state_dir.display(), if ran { "stopped" } else { "nothing runs" });
    Ok(())
}

fn runtime() -> Result<Runtime, String> {
    Runtime::new().map_err(|error| format!("no async runtime: {error}"))
}

/// Ctrl-C, or the same by a supervisor.
struct Interruption(Signal, Signal);

impl Interruption {
    fn new() -> Result<Self, String> {
        let listen = |kind| signal(kind).map_err(|error| error.to_string());
        Ok(Self(listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?))
    }

    async fn wait(&mut self) {
        tokio::select! {
            _ = self.0.recv() => {}
            _ = self.1.recv() => {}
        }
    }
}

/// Starts everything. What a failure or an interruption leaves behind is stopped.
async fn start_or_undo(settings: &Settings, interruption: &mut Interruption) -> Result<[Program; 2], String> {
    let started = tokio::select! {
        started = start(settings) => started,
        () = interruption.wait() => Err("interrupted while starting".to_owned()),
    };
    let cause = match started {
        Ok(programs) => return Ok(programs),
        Err(cause) => cause,
    };
    let stopped = stop(&settings.state_dir).await;
    Err(stopped.err().map_or(cause.clone(), |also| format!("{cause}\nand then: {also}")))
}

async fn start(settings: &Settings) -> Result<[Program; 2], String> {
    settings.check_addresses()?;
    let logs = settings.make_state_dir()?;
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
    server.wait_ready(&settings.server_url()).await?;
    proxy.wait_ready(&format!("http://{}", settings.proxy_http.address)).await?;
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
    let running = record::running(state_dir);
    for program in PROGRAMS.iter().flat_map(|name| running.iter().filter(move |program| program.name == *name)) {
        failures.extend(programs::stop(program, state_dir).await.err());
    }
    failures.extend(database::stop(state_dir).err());
    let record = Record::path(state_dir);
    if failures.is_empty() && record.exists() {
        fs::remove_file(&record).map_err(|error| format!("{}: {error}", record.display()))?;
    }
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\n")) }
}

/// Whether an instance stands.
enum State {
    Stopped,
    /// Where it answers.
    Running(String),
}

/// Looks for the programs of a state directory. What has lost a part of itself is stopped: a start makes it whole.
async fn state(state_dir: &Path) -> Result<State, String> {
    let running = record::running(state_dir);
    let missing = PROGRAMS.iter().find(|name| running.iter().all(|program| program.name != **name));
    match (missing, Record::read(state_dir)) {
        _ if running.is_empty() => Ok(State::Stopped),
        (None, Some(record)) => Ok(State::Running(how_to_reach(&record, &running))),
        (missing, _) => {
            let what = missing.map_or("run.json is missing".to_owned(), |name| format!("{name} has ended"));
            println!("{}: {what}; stopping the rest and starting anew", state_dir.display());
            stop(state_dir).await.map(|()| State::Stopped)
        }
    }
}

fn how_to_reach(record: &Record, running: &[Running]) -> String {
    let pids: Vec<String> = running.iter().map(|program| program.pid.to_string()).collect();
    format!(
        "SOAP at {}, SIP at {} (processes {}); make down stops it",
        record.urls.soap,
        record.addresses.sip,
        pids.join(" and ")
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
            .arg(format!("{}/wsdl", settings.server_url()))
            .arg("--password-file")
            .arg(settings.password_file())
            .arg("--keep")
            .arg(settings.state_dir.join("demo.json"))
            // One that nobody else has signed is believed here: it is the operator's own.
            .envs(Settings::certificate().map(|file| ("REQUESTS_CA_BUNDLE", file))),
    )?;
    println!("register two phones with these at {} and let one call the other.", settings.sip.address);
    Ok(())
}

fn describe(settings: &Settings, password: &Password) {
    println!("\nSOAP  {}/  (WSDL at /wsdl)", settings.server_url());
    if settings.wsdl_needs_a_name() {
        println!("      for clients elsewhere set {PUBLIC_URL}=http://this.host:{}/", settings.soap.address.port());
    }
    println!("SIP   {} over UDP and TCP", settings.sip.address);
    for (address, over) in [(&settings.sips, "TLS"), (&settings.ws, "WebSocket"), (&settings.wss, "secure WebSocket")] {
        if let Some(wanted) = address {
            println!("SIP   {} over {over}", wanted.address);
        }
    }
    println!("administrator {}, password in {}", settings.admin_username, settings.password_file().display());
    if password.is_new {
        println!("administrator's password, made for this first start: {}", password.text);
    }
    println!("all of it: {}", Record::path(&settings.state_dir).display());
}
