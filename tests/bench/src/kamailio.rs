//! Kamailio beside us: started on the platform's PostgreSQL cluster, pinned to the proxy's core, with what `kamailio.cfg` says. It comes from the
//! distribution's packages; where it is not installed, nothing is compared.

use crate::platform::Platform;
use crate::{DOMAIN, PROXY_CORE, cpu};
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Where its package keeps the statements that make its tables.
const SCHEMA: &str = "/usr/share/kamailio/postgres";

/// How registrations are kept.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Keeps {
    /// In memory alone.
    InMemory,
    /// Written to the database before the 200 leaves.
    WriteThrough,
}

/// A running Kamailio.
pub struct Kamailio {
    pid: u32,
    /// Where it takes SIP.
    pub address: SocketAddr,
}

/// The program, where it and its module for PostgreSQL are installed.
pub fn program() -> Option<PathBuf> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&folders).chain([PathBuf::from("/usr/sbin")]);
    let program = folders.map(|folder| folder.join("kamailio")).find(|file| file.is_file())?;
    Path::new(SCHEMA).join("usrloc-create.sql").is_file().then_some(program)
}

/// The version, as it names itself.
pub fn version(program: &Path) -> String {
    let output = Command::new(program).arg("-v").output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    text.split_whitespace().nth(2).unwrap_or("unknown").to_string()
}

/// Its database, with the digests of the platform's accounts.
pub fn prepare(platform: &Platform) -> io::Result<()> {
    platform.as_superuser("postgres", "drop database if exists kamailio")?;
    platform.as_superuser("postgres", "create database kamailio")?;
    for part in ["standard", "usrloc"] {
        platform.superuser_file("kamailio", &Path::new(SCHEMA).join(format!("{part}-create.sql")))?;
    }
    let accounts = platform.sql(&format!(
        "select string_agg(a.username || ' ' || a.ha1, E'\n') from sip_accounts a join sip_domains d on d.id = a.domain_id
         where d.domain = '{DOMAIN}'"
    ))?;
    let rows: Vec<String> = accounts
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(user, ha1)| format!("('{user}@{DOMAIN}', '{ha1}')"))
        .collect();
    platform.as_superuser(
        "kamailio",
        "create table digests (id serial, key_name text, key_type int default 0, value_type int default 0, key_value text, expires int default 0);
         insert into version (table_name, table_version) values ('digests', 2)",
    )?;
    for some in rows.chunks(1_000) {
        platform.as_superuser(
            "kamailio",
            &format!("insert into digests (key_name, key_value) values {}", some.join(",")),
        )?;
    }
    Ok(())
}

impl Kamailio {
    /// Starts it and waits until it answers.
    pub fn start(platform: &Platform, program: &Path, keeps: Keeps) -> io::Result<Kamailio> {
        let address = crate::platform::free_address()?;
        let folder = platform.folder().join("kamailio");
        std::fs::create_dir_all(&folder)?;
        let pid_file = folder.join("pid");
        // One core: two workers do best while nothing waits, eight where each waits for the database.
        let (mode, workers) = match keeps {
            Keeps::InMemory => ("0", "2"),
            Keeps::WriteThrough => ("1", "8"),
        };
        let quoted = format!("DOMAIN=\"{DOMAIN}\"");
        let status = Command::new("taskset")
            .args(["-c", &PROXY_CORE.to_string()])
            .arg(program)
            .args([
                "-f",
                concat!(env!("CARGO_MANIFEST_DIR"), "/kamailio.cfg"),
                "-m",
                "1024",
                "-M",
                "16",
                // The allocator with which it is quickest.
                "-x",
                "fm",
                "-X",
                "fm",
                "-b",
                "4194304",
            ])
            .arg("-P")
            .arg(&pid_file)
            .arg("-Y")
            .arg(&folder)
            .args(["-n", workers, "-N", "2", "-A", &format!("DBMODE={mode}"), "-A", &quoted])
            .args(["-l", &format!("udp:{address}"), "-l", &format!("tcp:{address}")])
            .envs([("PGHOST", platform.socket_folder()?.as_str()), ("PGUSER", "postgres")])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(folder.join("log"))?)
            .status()?;
        if !status.success() {
            let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
            return Err(io::Error::other(format!("kamailio does not start ({status}): {log}")));
        }
        for _ in 0..200 {
            if let Ok(text) = std::fs::read_to_string(&pid_file)
                && let Ok(pid) = text.trim().parse()
            {
                let address = address.parse().map_err(io::Error::other)?;
                return Ok(Kamailio { pid, address });
            }
            std::thread::park_timeout(Duration::from_millis(20));
        }
        Err(io::Error::other("kamailio wrote no pid file"))
    }

    /// All its processes.
    pub fn pids(&self) -> Vec<u32> {
        let mut pids = vec![self.pid];
        pids.extend(cpu::children(self.pid));
        pids
    }
}

impl Drop for Kamailio {
    fn drop(&mut self) {
        let ended = Command::new("kill").arg(self.pid.to_string()).status();
        if !ended.is_ok_and(|status| status.success()) {
            eprintln!("kamailio (process {}) did not take its end", self.pid);
        }
        for _ in 0..250 {
            if !Path::new(&format!("/proc/{}", self.pid)).exists() {
                return;
            }
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }
}
