//! The two programs as processes: their settings files, start, readiness, end.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time;

use super::record::{self, Running};
use crate::{Outcome, tools};

/// How long a program may take to become ready, migrations and a crash recovery of PostgreSQL included.
const START_TIMEOUT: Duration = Duration::from_secs(60);
/// How long a program may take to end after it was asked to.
const STOP_TIMEOUT: Duration = Duration::from_secs(15);
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// Builds both programs and answers the folder with them.
pub(super) fn build(profile: &str) -> Result<PathBuf, String> {
    let mut command = tools::cargo();
    command.current_dir(tools::root()).env("SQLX_OFFLINE", "true").args([
        "build",
        "--locked",
        "--profile",
        profile,
        "--package",
        "ngnpro-server",
        "--package",
        "sip-proxy",
    ]);
    tools::succeed(&mut command)?;
    let metadata: serde_json::Value = tools::metadata(&["--no-deps"])?;
    let target = metadata["target_directory"].as_str().ok_or("cargo metadata has no target_directory")?;
    Ok(Path::new(target).join(if profile == "dev" { "debug" } else { profile }))
}

/// A started program.
pub(super) struct Program {
    pub(super) name: &'static str,
    pub(super) pid: u32,
    pub(super) child: Child,
    log: PathBuf,
}

/// Starts a program with its settings file; what it says goes to `logs/<name>.log`.
pub(super) fn start(name: &'static str, folder: &Path, settings: &Path, logs: &Path) -> Result<Program, String> {
    let log = logs.join(format!("{name}.log"));
    let file = fs::File::options()
        .create(true)
        .append(true)
        .open(&log)
        .map_err(|error| format!("{}: {error}", log.display()))?;
    let errors = file.try_clone().map_err(|error| format!("{}: {error}", log.display()))?;
    let child = Command::new(folder.join(name))
        .arg("--config")
        .arg(settings)
        .stdin(Stdio::null())
        .stdout(file)
        .stderr(errors)
        // A group of its own: Ctrl-C reaches the starter alone, which then stops everything in order.
        .process_group(0)
        .spawn()
        .map_err(|error| format!("{}: {error}", folder.join(name).display()))?;
    let pid = child.id().unwrap_or_default();
    Ok(Program { name, pid, child, log })
}

impl Program {
    /// Waits until `GET /ready` answers 200. A program that ends before that is an error with its last words.
    pub(super) async fn wait_ready(&mut self, url: &str) -> Outcome {
        let ready = async {
            let mut ticks = time::interval(POLL_INTERVAL);
            loop {
                ticks.tick().await;
                if let Ok(Some(status)) = self.child.try_wait() {
                    return Err(format!("{} ended while starting ({status}):\n{}", self.name, self.last_words()));
                }
                if is_ready(url).await {
                    return Ok(());
                }
            }
        };
        match time::timeout(START_TIMEOUT, ready).await {
            Ok(outcome) => outcome,
            Err(_) => {
                Err(format!("{} is not ready after {} s:\n{}", self.name, START_TIMEOUT.as_secs(), self.last_words()))
            }
        }
    }

    /// The end of the log, and where all of it is.
    pub(super) fn last_words(&self) -> String {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().rev().take(8).collect();
        let tail: Vec<String> = lines.into_iter().rev().map(|line| format!("  {line}")).collect();
        format!("{}\n  (log: {})", tail.join("\n"), self.log.display())
    }
}

async fn is_ready(url: &str) -> bool {
    let Some(address) = url.strip_prefix("http://") else { return is_ready_over_tls(url).await };
    let ask = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(format!("GET /ready HTTP/1.0\r\nHost: {address}\r\n\r\n").as_bytes()).await?;
        let mut head = [0_u8; 12];
        stream.read_exact(&mut head).await?;
        Ok::<_, std::io::Error>(head.ends_with(b" 200"))
    };
    matches!(time::timeout(Duration::from_secs(2), ask).await, Ok(Ok(true)))
}

/// The same by curl, which knows TLS. Whose certificate it is is no question here: the address is our own program's.
async fn is_ready_over_tls(url: &str) -> bool {
    let mut curl = Command::new("curl");
    curl.args(["--insecure", "--silent", "--fail", "--max-time", "5", "--output", "/dev/null"]);
    let status = curl.arg(format!("{url}/ready")).stdin(Stdio::null()).status().await;
    status.is_ok_and(|status| status.success())
}

/// Asks a program of this state directory to end and waits until it has; one that does not is killed.
pub(super) async fn stop(program: &Running, state_dir: &Path) -> Outcome {
    let Running { name, pid } = *program;
    record::signal(pid, "TERM");
    let gone = async {
        let mut ticks = time::interval(POLL_INTERVAL);
        while record::is_alive(pid, name, state_dir) {
            ticks.tick().await;
        }
    };
    if time::timeout(STOP_TIMEOUT, gone).await.is_ok() {
        return Ok(());
    }
    record::signal(pid, "KILL");
    Err(format!("{name} (process {pid}) did not end within {} s and was killed", STOP_TIMEOUT.as_secs()))
}
