//! A running proxy with its files, ended with the value.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use store::DatabaseUrl;
use tempfile::TempDir;

const BINARY: &str = env!("CARGO_BIN_EXE_sip-proxy");

/// How long something may take that takes milliseconds on a quiet machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Proxy {
    pub(crate) sip: SocketAddr,
    pub(crate) tls: SocketAddr,
    pub(crate) ws: SocketAddr,
    pub(crate) wss: SocketAddr,
    http: SocketAddr,
    dir: TempDir,
    child: Option<Child>,
}

impl Proxy {
    /// Starts one and waits until it is ready.
    pub(crate) fn start(url: &DatabaseUrl) -> Proxy {
        Proxy::start_with(url, "")
    }

    /// As [`Proxy::start`], with more settings.
    pub(crate) fn start_with(url: &DatabaseUrl, more: &str) -> Proxy {
        Proxy::start_as(url, |_| String::new(), more)
    }

    /// As [`Proxy::start_with`], on all transports.
    pub(crate) fn start_on_all(url: &DatabaseUrl, more: &str) -> Proxy {
        Proxy::start_as(url, on_all, more)
    }

    /// The same, which logs as little as in service: for floods.
    pub(crate) fn start_quietly(url: &DatabaseUrl, more: &str) -> Proxy {
        Proxy::start_logging(url, on_all, more, "info")
    }

    /// As [`Proxy::start_with`], with more lines in its first section.
    pub(crate) fn start_as(url: &DatabaseUrl, sip_section: impl Fn(&Proxy) -> String, more: &str) -> Proxy {
        Proxy::start_logging(url, sip_section, more, "trace,actix_http=info,actix_server=warn,mio=info,sqlx=info")
    }

    fn start_logging(url: &DatabaseUrl, sip_section: impl Fn(&Proxy) -> String, more: &str, filter: &str) -> Proxy {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let free = test_support::free_address;
        let (sip, http) = (free(), free());
        let mut proxy = Proxy { sip, tls: free(), ws: free(), wss: free(), http, dir, child: None };
        let section = sip_section(&proxy);
        let listen = if section.contains("listen = ") { String::new() } else { format!("listen = [\"{sip}\"]\n") };
        let settings = format!(
            "[sip]\n{listen}shards = 2\nstate_dir = \"{}\"\n{}[database]\nurl = \"{}\"\n[http]\nlisten = \"{http}\"\n\
             [log]\nfilter = \"{filter}\"\nformat = \"json\"\n{more}",
            proxy.state_dir().display(),
            section,
            url.expose(),
        );
        std::fs::write(proxy.config(), settings).expect("written");
        proxy.run_again();
        proxy.wait_until_ready();
        proxy
    }

    /// Starts the program, without waiting.
    pub(crate) fn run_again(&mut self) {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.log_path()).expect("a log");
        let child = Command::new(BINARY)
            .arg("--config")
            .arg(self.config())
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("the binary starts");
        self.child = Some(child);
    }

    /// Where it keeps what is its own.
    pub(crate) fn state_dir(&self) -> PathBuf {
        self.dir.path().join("state")
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.dir.path().join("proxy.toml")
    }

    fn log_path(&self) -> PathBuf {
        self.dir.path().join("log")
    }

    /// Everything that was logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.log_path()).expect("a log")
    }

    fn last_lines(&self) -> String {
        let log = self.log();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(30)..].join("\n")
    }

    pub(crate) fn wait_until_ready(&mut self) {
        self.wait_until("it is ready", |proxy| proxy.get("/ready").is_some_and(|body| body.contains("\"ready\":true")));
    }

    /// Asks again until it is so; a proxy that ends meanwhile fails at once.
    pub(crate) fn wait_until(&mut self, what: &str, mut is_so: impl FnMut(&Proxy) -> bool) {
        let until = now() + PATIENCE;
        while !is_so(self) {
            let ended = self.child.as_mut().and_then(|child| child.try_wait().expect("a child"));
            assert!(ended.is_none(), "the proxy ended ({ended:?}) before {what}:\n{}", self.last_lines());
            assert!(now() < until, "not within {PATIENCE:?}: {what}\n{}", self.last_lines());
            std::thread::yield_now();
        }
    }

    /// The body of a page, if it comes.
    pub(crate) fn get(&self, path: &str) -> Option<String> {
        use std::io::{Read, Write};
        let mut stream = std::net::TcpStream::connect_timeout(&self.http, PATIENCE).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).ok()?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: proxy\r\nConnection: close\r\n\r\n").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned())
    }

    /// The memory that it has.
    pub(crate) fn resident_bytes(&self) -> u64 {
        let child = self.child.as_ref().expect("it runs");
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a figure");
        line.trim().trim_end_matches(" kB").trim().parse::<u64>().expect("a number") * 1024
    }

    /// Kills it as the kernel does, and waits until it is gone.
    pub(crate) fn kill(&mut self) {
        let mut child = self.child.take().expect("it runs");
        child.kill().expect("killed");
        child.wait().expect("gone");
    }

    /// Sends SIGTERM and waits for the end.
    pub(crate) fn terminate(&mut self) -> ExitStatus {
        let mut child = self.child.take().expect("it runs");
        let sent = Command::new("kill").arg(child.id().to_string()).status().expect("kill runs");
        assert!(sent.success());
        child.wait().expect("it ends")
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if self.child.is_some() {
            self.kill();
        }
    }
}

/// All transports but those that every proxy has.
fn on_all(proxy: &Proxy) -> String {
    let Proxy { tls, ws, wss, .. } = proxy;
    format!("listen_tls = [\"{tls}\"]\nlisten_ws = [\"{ws}\"]\nlisten_wss = [\"{wss}\"]\n")
}

/// Runs the program with these arguments to its end.
pub(crate) fn run(arguments: &[&str], config: Option<&Path>) -> Output {
    let mut command = Command::new(BINARY);
    command.env_clear().args(arguments);
    if let Some(config) = config {
        command.arg("--config").arg(config);
    }
    command.output().expect("the binary starts")
}

#[expect(clippy::disallowed_methods, reason = "a test against a real process waits in real time")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Sockets that outlive the processes that serve them, as systemd holds them.
pub(crate) struct Sockets {
    udp: std::net::UdpSocket,
    tcp: std::net::TcpListener,
}

impl Sockets {
    /// UDP and TCP on one free port.
    pub(crate) fn bind() -> Sockets {
        let address = test_support::free_address();
        let udp = std::net::UdpSocket::bind(address).expect("a free port");
        Sockets { udp, tcp: std::net::TcpListener::bind(address).expect("a free port") }
    }
}

impl Proxy {
    /// As [`Proxy::start`], on sockets that are handed over to it.
    pub(crate) fn start_on(url: &DatabaseUrl, sockets: &Sockets) -> Proxy {
        let mut proxy = Proxy::start(url);
        proxy.kill();
        let address = sockets.udp.local_addr().expect("bound");
        let settings = std::fs::read_to_string(proxy.config()).expect("settings");
        let settings = settings.replace(&proxy.sip.to_string(), &address.to_string());
        std::fs::write(proxy.config(), settings).expect("written");
        proxy.sip = address;
        proxy.run_on(sockets);
        proxy.wait_until_ready();
        proxy
    }

    /// Starts the program with these sockets as systemd does, without waiting.
    pub(crate) fn run_on(&mut self, sockets: &Sockets) {
        use std::os::fd::OwnedFd;
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.log_path()).expect("a log");
        let udp: OwnedFd = sockets.udp.try_clone().expect("cloned").into();
        let tcp: OwnedFd = sockets.tcp.try_clone().expect("cloned").into();
        let hand_over =
            "exec 3<&0 4<&1 </dev/null >/dev/null; export LISTEN_PID=$$ LISTEN_FDS=2; exec \"$0\" --config \"$1\"";
        let child = Command::new("/bin/sh")
            .args(["-c", hand_over, BINARY])
            .arg(self.config())
            .env_clear()
            .stdin(Stdio::from(udp))
            .stdout(Stdio::from(tcp))
            .stderr(log)
            .spawn()
            .expect("the binary starts");
        self.child = Some(child);
    }

    /// Sends SIGTERM.
    pub(crate) fn ask_to_end(&self) {
        let child = self.child.as_ref().expect("it runs");
        assert!(Command::new("kill").arg(child.id().to_string()).status().expect("kill runs").success());
    }

    /// Waits for the end that it was asked for.
    pub(crate) fn wait_for_end(&mut self) -> ExitStatus {
        self.child.take().expect("it runs").wait().expect("it ends")
    }
}

/// Begins to run the program with these arguments.
pub(crate) fn begin(arguments: &[&str], config: &Path) -> Child {
    let mut command = Command::new(BINARY);
    command.env_clear().args(arguments).arg("--config").arg(config);
    command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().expect("the binary starts")
}
