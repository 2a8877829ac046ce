//! `STATE_DIR/run.json`: what runs, where it answers, and where the administrator's password is.
//!
//! It is written as soon as there is something to stop and removed when everything has stopped. Other tools (benchmarks,
//! conformance tests) read it; what really runs is asked of the system.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::{Deserialize, Serialize};

use super::settings::{Settings, write_secret};
use crate::Outcome;

/// The two programs, in the order in which they are stopped: the proxy writes its last registrations into a database that is
/// still there.
pub(super) const PROGRAMS: [&str; 2] = ["sip-proxy", "ngnpro-server"];

#[derive(Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) addresses: Addresses,
    pub(super) urls: Urls,
    pub(super) pids: Pids,
    pub(super) administrator: Administrator,
    pub(super) database: Database,
    pub(super) logs: PathBuf,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Addresses {
    pub(super) soap: String,
    pub(super) sip: String,
    /// Over TLS, WebSocket and secure WebSocket; absent where they are not spoken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sips: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ws: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) wss: Option<String>,
    pub(super) proxy_http: String,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Urls {
    pub(super) soap: String,
    pub(super) wsdl: String,
    pub(super) server_ready: String,
    pub(super) proxy_ready: String,
}

/// Process ids; PostgreSQL's is absent when the database is the caller's.
#[derive(Serialize, Deserialize, Clone, Copy)]
pub(super) struct Pids {
    #[serde(rename = "ngnpro-server")]
    pub(super) server: u32,
    #[serde(rename = "sip-proxy")]
    pub(super) proxy: u32,
    pub(super) postgres: Option<u32>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Administrator {
    pub(super) username: String,
    pub(super) password_file: PathBuf,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Database {
    /// For psql and benchmarks; the programs themselves sign in with fewer rights.
    pub(super) owner_url: String,
}

impl Record {
    pub(super) fn new(settings: &Settings, pids: Pids, owner_url: &str) -> Self {
        let (soap, proxy_http) = (settings.soap.address, settings.proxy_http.address);
        let server = settings.server_url();
        Self {
            addresses: Addresses {
                soap: soap.to_string(),
                sip: settings.sip.address.to_string(),
                sips: settings.sips.as_ref().map(|sips| sips.address.to_string()),
                ws: settings.ws.as_ref().map(|ws| ws.address.to_string()),
                wss: settings.wss.as_ref().map(|wss| wss.address.to_string()),
                proxy_http: proxy_http.to_string(),
            },
            urls: Urls {
                soap: format!("{server}/"),
                wsdl: format!("{server}/wsdl"),
                server_ready: format!("{server}/ready"),
                proxy_ready: format!("http://{proxy_http}/ready"),
            },
            pids,
            administrator: Administrator {
                username: settings.admin_username.clone(),
                password_file: settings.password_file(),
            },
            database: Database { owner_url: owner_url.to_owned() },
            logs: settings.state_dir.join("log"),
        }
    }

    pub(super) fn path(state_dir: &Path) -> PathBuf {
        state_dir.join("run.json")
    }

    /// The record of an earlier start; none when there is no file, or no readable one. It is for being read by others:
    /// what runs is seen by `running`, so that a lost or broken file hides nothing.
    pub(super) fn read(state_dir: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(Self::path(state_dir)).ok()?).ok()
    }

    pub(super) fn write(&self, state_dir: &Path) -> Outcome {
        let text = serde_json::to_string_pretty(self).map_err(|error| error.to_string())?;
        write_secret(&Self::path(state_dir), &text)
    }
}

/// A program of an instance that is alive.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Running {
    pub(super) name: &'static str,
    pub(super) pid: u32,
}

/// The programs that run with the settings of this state directory: found among the system's processes, because a number on
/// record may have been given to another program since, even to one of the same name.
pub(super) fn running(state_dir: &Path) -> Vec<Running> {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter_map(|pid| {
        let name = PROGRAMS.into_iter().find(|name| is_alive(pid, name, state_dir))?;
        Some(Running { name, pid })
    })
    .collect()
}

/// Whether the process exists, is the program meant and was started for this state directory.
pub(super) fn is_alive(pid: u32, name: &str, state_dir: &Path) -> bool {
    let command_line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    // A process that has ended but was not yet collected by its parent has a name, but no command line any more.
    let mut words = command_line.split(|byte| *byte == 0).map(|word| Path::new(OsStr::from_bytes(word)));
    let is_program = words.next().and_then(Path::file_name).is_some_and(|file| file == name);
    is_program && words.any(|word| is_same(word, &state_dir.join(format!("{name}.toml"))))
}

/// Whether two paths name the same file, by one way or another.
fn is_same(one: &Path, other: &Path) -> bool {
    one == other
        || match (one.canonicalize(), other.canonicalize()) {
            (Ok(one), Ok(other)) => one == other,
            _ => false,
        }
}

/// Sends a signal by the system's `kill`.
pub(super) fn signal(pid: u32, signal: &str) {
    // It may have ended since it was looked for; then there is nothing left to tell it.
    drop(Command::new("kill").args(["-s", signal, &pid.to_string()]).output());
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::path::Path;
    use std::process::{Child, Command, Stdio};

    use super::{Running, running};

    /// A process with the name and the arguments of the proxy.
    fn a_process_that_looks_like_the_proxy(state_dir: &Path) -> Child {
        let program = state_dir.join("sip-proxy");
        if !program.exists() {
            std::os::unix::fs::symlink("/bin/sh", &program).unwrap();
        }
        let settings = state_dir.join("sip-proxy.toml");
        let mut command = Command::new(program);
        command.args(["-c", "echo; read line", "--config"]).arg(settings).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // Until the new program has begun, the process has no command line to be known by.
        child.stdout.as_mut().unwrap().read_exact(&mut [0]).unwrap();
        child
    }

    #[test]
    fn what_runs_is_seen_without_a_record_and_not_mistaken_for_another_instance_s() {
        let folder = tempfile::tempdir().unwrap();
        let [one, other] = ["one", "other"].map(|name| folder.path().join(name));
        std::fs::create_dir(&one).unwrap();
        std::fs::create_dir(&other).unwrap();
        let mut child = a_process_that_looks_like_the_proxy(&one);
        assert_eq!(running(&one), [Running { name: "sip-proxy", pid: child.id() }]);
        assert_eq!(running(&other), []);
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(running(&one), []);
    }
}
