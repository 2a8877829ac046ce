//! `STATE_DIR/run.json`: what runs, where it answers, and where the administrator's password is.
//!
//! It is written when everything is ready and removed when everything has stopped, so that its presence with living
//! processes means "running". Other tools (benchmarks, conformance tests) read it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::{Deserialize, Serialize};

use super::settings::{Settings, write_secret};
use crate::Outcome;

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
        Self {
            addresses: Addresses {
                soap: soap.to_string(),
                sip: settings.sip.address.to_string(),
                proxy_http: proxy_http.to_string(),
            },
            urls: Urls {
                soap: format!("http://{soap}/"),
                wsdl: format!("http://{soap}/wsdl"),
                server_ready: format!("http://{soap}/ready"),
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

    /// The record of an earlier start; none when there is no file.
    pub(super) fn read(state_dir: &Path) -> Result<Option<Self>, String> {
        let path = Self::path(state_dir);
        let Ok(text) = fs::read(&path) else { return Ok(None) };
        let record = serde_json::from_slice(&text)
            .map_err(|error| format!("{} is not readable ({error}): remove it if nothing runs", path.display()))?;
        Ok(Some(record))
    }

    pub(super) fn write(&self, state_dir: &Path) -> Outcome {
        let text = serde_json::to_string_pretty(self).map_err(|error| error.to_string())?;
        write_secret(&Self::path(state_dir), &text)
    }

    /// Whether one of the two programs is still there.
    pub(super) fn is_alive(&self) -> bool {
        is_running(self.pids.server, "ngnpro-server") || is_running(self.pids.proxy, "sip-proxy")
    }
}

/// Whether the process exists and is the program meant: a number may have been given to another one since.
pub(super) fn is_running(pid: u32, program: &str) -> bool {
    let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    // A process that has ended but was not yet collected by its parent still has a name.
    let state = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let is_zombie = state.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z'));
    name.trim_end() == program && !is_zombie
}

/// Sends a signal by the system's `kill`, if the process is still the program meant.
pub(super) fn signal(pid: u32, program: &str, signal: &str) {
    if is_running(pid, program) {
        // It may end between the two lines; then there is nothing left to tell it.
        drop(Command::new("kill").args(["-s", signal, &pid.to_string()]).output());
    }
}

#[cfg(test)]
mod tests {
    use super::is_running;

    #[test]
    fn a_process_of_another_name_does_not_count_as_running() {
        let name = std::fs::read_to_string("/proc/self/comm").unwrap();
        assert!(is_running(std::process::id(), name.trim_end()));
        assert!(!is_running(std::process::id(), "another"));
        assert!(!is_running(u32::MAX, name.trim_end()));
    }
}
