//! A platform of the bench's own: `make up` in a state directory that is thrown away, found again through its run.json.

use crate::soap::Endpoint;
use serde_json::Value;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Mutex;

/// The running programs.
pub struct Platform {
    directory: PathBuf,
    run: Value,
    environment: Vec<(String, String)>,
    keep: bool,
}

impl Platform {
    /// Measures on a platform of its own; when that fails, the programs' logs stay for whoever looks for the cause.
    pub fn with(measure: impl FnOnce(&Platform) -> io::Result<()>) -> io::Result<()> {
        let mut platform = Self::up()?;
        let measured = measure(&platform);
        platform.keep = measured.is_err();
        measured
    }

    /// Starts PostgreSQL and both programs and waits until they are ready.
    fn up() -> io::Result<Self> {
        let directory = std::env::temp_dir().join(format!("ngnpro-bench-{}", std::process::id()));
        let environment = vec![
            ("STATE_DIR".into(), directory.display().to_string()),
            ("SOAP_ADDR".into(), free_address()?),
            ("SIP_ADDR".into(), free_address()?),
            ("PROXY_HTTP_ADDR".into(), free_address()?),
            ("SIPS_ADDR".into(), free_address()?),
            ("WS_ADDR".into(), free_address()?),
            ("WSS_ADDR".into(), free_address()?),
            ("ADMIN_USERNAME".into(), "admin".into()),
            ("ADMIN_PASSWORD".into(), "bench-password".into()),
            ("DEMO".into(), "0".into()),
            // The proxy gets one core, which is then the machine that it adapts to.
            ("SIP_PROXY__SIP__SHARDS".into(), "1".into()),
            // All of them come from one address.
            ("SIP_PROXY__LIMITS__TCP_CONNECTIONS_PER_SOURCE".into(), "16384".into()),
        ];
        let mut platform = Platform { directory, run: Value::Null, environment, keep: false };
        // Ctrl-C reaches the bench and not the programs, which have a process group of their own.
        let (environment, directory) = (platform.environment.clone(), platform.directory.clone());
        let end = move || {
            let stopped = make("down", &environment);
            let removed = std::fs::remove_dir_all(&directory);
            eprintln!("bench: interrupted; its platform is gone: {}", stopped.is_ok() && removed.is_ok());
            std::process::exit(130);
        };
        *ON_INTERRUPT.lock().map_err(|_| io::Error::other("a thread panicked"))? = Some(Box::new(end));
        platform.make("up")?;
        let text = std::fs::read_to_string(platform.directory.join("run.json"))?;
        platform.run = serde_json::from_str(&text).map_err(io::Error::other)?;
        Ok(platform)
    }

    fn make(&self, target: &str) -> io::Result<()> {
        make(target, &self.environment)
    }

    /// The SOAP service, as the administrator.
    pub fn endpoint(&self) -> io::Result<Endpoint> {
        Ok(Endpoint { address: self.address("soap")?, username: "admin".into(), password: "bench-password".into() })
    }

    /// Where the proxy takes SIP.
    pub fn sip(&self) -> io::Result<SocketAddr> {
        self.address("sip")
    }

    /// Where it takes SIP over TLS.
    pub fn sips(&self) -> io::Result<SocketAddr> {
        self.address("sips")
    }

    /// Where it takes WebSockets.
    pub fn ws(&self) -> io::Result<SocketAddr> {
        self.address("ws")
    }

    /// Where it takes secure ones.
    pub fn wss(&self) -> io::Result<SocketAddr> {
        self.address("wss")
    }

    /// Where the proxy answers its operators.
    pub fn http(&self) -> io::Result<SocketAddr> {
        self.address("proxy_http")
    }

    fn address(&self, what: &str) -> io::Result<SocketAddr> {
        self.text(&["addresses", what])?.parse().map_err(io::Error::other)
    }

    /// The process id of a program: `ngnpro-server`, `sip-proxy`.
    pub fn pid(&self, program: &str) -> io::Result<u32> {
        let pid = self.run.get("pids").and_then(|pids| pids.get(program)).and_then(Value::as_u64);
        pid.and_then(|pid| u32::try_from(pid).ok())
            .ok_or_else(|| io::Error::other(format!("run.json has no pids.{program}")))
    }

    /// The database as its owner, for pgbench and for filling tables.
    pub fn database_url(&self) -> io::Result<String> {
        self.text(&["database", "owner_url"])
    }

    fn text(&self, path: &[&str]) -> io::Result<String> {
        let value = path.iter().try_fold(&self.run, |value, key| value.get(key)).and_then(Value::as_str);
        value.map(str::to_string).ok_or_else(|| io::Error::other(format!("run.json has no {}", path.join("."))))
    }

    /// Runs SQL as the owner and answers its unaligned output.
    pub fn sql(&self, text: &str) -> io::Result<String> {
        let output = Command::new("psql")
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d"])
            .arg(self.database_url()?)
            .args(["-c", text])
            .output()?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).trim().to_string());
        }
        Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()))
    }

    /// The folder of everything that this platform keeps.
    pub fn folder(&self) -> &std::path::Path {
        &self.directory
    }

    /// The folder of PostgreSQL's socket.
    pub fn socket_folder(&self) -> io::Result<String> {
        let url = self.database_url()?;
        let folder = url.split_once("host=").map(|(_, rest)| rest.split('&').next().unwrap_or(rest).to_string());
        folder.ok_or_else(|| io::Error::other(format!("no socket in {url}")))
    }

    /// Runs SQL as the cluster's superuser.
    pub fn as_superuser(&self, database: &str, text: &str) -> io::Result<()> {
        self.superuser(database, &["-c".as_ref(), text.as_ref()])
    }

    /// The same with a file of statements.
    pub fn superuser_file(&self, database: &str, file: &std::path::Path) -> io::Result<()> {
        self.superuser(database, &["-f".as_ref(), file.as_ref()])
    }

    fn superuser(&self, database: &str, arguments: &[&std::ffi::OsStr]) -> io::Result<()> {
        let output = Command::new("psql")
            .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", database, "-h"])
            .arg(self.socket_folder()?)
            .args(arguments)
            .stdout(Stdio::null())
            .output()?;
        if output.status.success() {
            return Ok(());
        }
        Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()))
    }

    /// Transactions per second of one statement with `callers` connections, prepared, as pgbench reports them.
    pub fn pgbench(&self, script: &str, callers: u32, seconds: u64) -> io::Result<f64> {
        let file = self.directory.join("pgbench.sql");
        std::fs::write(&file, script)?;
        let output = Command::new("pgbench")
            .args(["-n", "-M", "prepared", "-c", &callers.to_string(), "-j", "1", "-T", &seconds.to_string(), "-f"])
            .arg(&file)
            .arg(self.database_url()?)
            .output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let tps = text.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
        tps.ok_or_else(|| io::Error::other(format!("pgbench: {}", String::from_utf8_lossy(&output.stderr))))
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        if let Ok(mut end) = ON_INTERRUPT.lock() {
            *end = None;
        }
        if let Err(error) = self.make("down") {
            eprintln!("the bench's platform did not stop: {error}");
        }
        if self.keep {
            eprintln!("the programs' logs: {}", self.directory.join("log").display());
            return;
        }
        if let Err(error) = std::fs::remove_dir_all(&self.directory) {
            eprintln!("{} was not removed: {error}", self.directory.display());
        }
    }
}

/// An address on loopback that nobody uses.
pub fn free_address() -> io::Result<String> {
    Ok(format!("127.0.0.1:{}", TcpListener::bind("127.0.0.1:0")?.local_addr()?.port()))
}

fn make(target: &str, environment: &[(String, String)]) -> io::Result<()> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let status = Command::new("make")
        .arg("--no-print-directory")
        .arg(target)
        .current_dir(root)
        .envs(environment.iter().cloned())
        .env_remove("DATABASE_URL") // never somebody's own database
        .stdout(Stdio::null()) // how to try it, for people; the errors and the builder's progress stay visible
        .status()?;
    if status.success() {
        return Ok(());
    }
    Err(io::Error::other(format!("make {target} failed: {status}")))
}

type OnInterrupt = Box<dyn FnOnce() + Send>;
static ON_INTERRUPT: Mutex<Option<OnInterrupt>> = Mutex::new(None);

/// From here on Ctrl-C and SIGTERM end the platform that is up, if one is, and then the bench.
pub fn end_on_interrupt() -> io::Result<()> {
    ctrlc::set_handler(|| {
        let end = ON_INTERRUPT.lock().ok().and_then(|mut end| end.take());
        match end {
            Some(end) => end(),
            None => std::process::exit(130),
        }
    })
    .map_err(io::Error::other)
}
