//! A platform for one test: started by the same command as `make up`, on addresses of its own.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::phone::{Phone, Transport};
use crate::soap::Client;
use crate::wait;

pub(crate) const ADMINISTRATOR: (&str, &str) = ("admin", "the-administrator's-own-password");

/// A running platform; it is stopped and its files removed when this goes.
pub(crate) struct Platform {
    folder: PathBuf,
    programs: PathBuf,
    environment: Vec<(&'static str, String)>,
    pub(crate) soap: SocketAddr,
    pub(crate) sip: SocketAddr,
    proxy_http: SocketAddr,
    restarted: Vec<Child>,
}

impl Platform {
    /// Everything but started.
    pub(crate) fn prepare() -> Self {
        let target = std::env::current_exe().unwrap();
        let programs = target.ancestors().nth(2).unwrap().to_path_buf();
        // Not below a folder that only its owner enters: PostgreSQL runs as another account when this is root.
        let folder = std::env::temp_dir().join(format!("ngnpro-together-{}-{}", std::process::id(), free_port()));
        fs::create_dir(&folder).unwrap();
        let address = || SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
        let (soap, sip, proxy_http) = (address(), address(), address());
        let environment = vec![
            ("STATE_DIR", folder.display().to_string()),
            ("PROGRAMS", programs.display().to_string()),
            ("SOAP_ADDR", soap.to_string()),
            ("SIP_ADDR", sip.to_string()),
            ("SIPS_ADDR", address().to_string()),
            ("WS_ADDR", address().to_string()),
            ("WSS_ADDR", address().to_string()),
            ("PROXY_HTTP_ADDR", proxy_http.to_string()),
            ("ADMIN_USERNAME", ADMINISTRATOR.0.to_owned()),
            ("ADMIN_PASSWORD", ADMINISTRATOR.1.to_owned()),
            ("CUSTOMER_PASSWORDS", "hashed".to_owned()),
            ("DATABASE_URL", String::new()),
            ("DEMO", "0".to_owned()),
        ];
        Self { folder, programs, environment, soap, sip, proxy_http, restarted: Vec::new() }
    }

    /// With the demo tenant that a person gets.
    pub(crate) fn with_demo(mut self) -> Self {
        self.environment.retain(|(name, _)| *name != "DEMO");
        self.environment.push(("DEMO", "1".to_owned()));
        self
    }

    /// With customers' passwords that the administrator can read, as front ends that sign in by them need.
    pub(crate) fn with_recoverable_passwords(mut self) -> Self {
        self.environment.retain(|(name, _)| *name != "CUSTOMER_PASSWORDS");
        self.environment.push(("CUSTOMER_PASSWORDS", "recoverable".to_owned()));
        self
    }

    pub(crate) fn start() -> Self {
        Self::prepare().started()
    }

    /// Started as it was prepared.
    pub(crate) fn started(self) -> Self {
        let platform = self;
        let output = platform.command("up").output().unwrap();
        let words = [output.stdout, output.stderr].map(|words| String::from_utf8_lossy(&words).into_owned());
        assert!(output.status.success(), "up: {}", words.concat());
        platform
    }

    /// `run`, `up` or `down`, with this platform's settings.
    pub(crate) fn command(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join("xtask"));
        command.arg(name).envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder of both programs.
    pub(crate) fn programs(&self) -> &Path {
        &self.programs
    }

    /// A SOAP client that signs in as somebody.
    pub(crate) fn client(&self, username: &str, password: &str) -> Client {
        Client::new(self.soap, username, password)
    }

    pub(crate) fn administrator(&self) -> Client {
        self.client(ADMINISTRATOR.0, ADMINISTRATOR.1)
    }

    pub(crate) fn phone(&self, user: &str, domain: &str, password: &str, transport: Transport) -> Phone {
        Phone::new(self.sip, self.folder.join("phones"), [user, domain, password], transport, free_port())
    }

    /// Ends the proxy as a crash would: without a word.
    pub(crate) fn kill_proxy(&self) {
        let pid = self.pid("sip-proxy");
        let comm = PathBuf::from(format!("/proc/{pid}/comm"));
        assert_eq!(fs::read_to_string(&comm).unwrap().trim_end(), "sip-proxy");
        assert!(Command::new("kill").args(["-s", "KILL", &pid.to_string()]).status().unwrap().success());
        wait::until(60, "the proxy is gone", || (!is_alive(pid)).then_some(()));
    }

    /// Starts the proxy again, as its supervisor would; returns when it is ready.
    pub(crate) fn restart_proxy(&mut self) {
        let log = fs::File::options().append(true).open(self.log("sip-proxy")).unwrap();
        let child = Command::new(self.programs.join("sip-proxy"))
            .arg("--config")
            .arg(self.folder.join("sip-proxy.toml"))
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut record = self.record();
        record["pids"]["sip-proxy"] = child.id().into();
        fs::write(self.folder.join("run.json"), record.to_string()).unwrap();
        self.restarted.push(child);
        self.wait_for_proxy();
    }

    /// Waits until the proxy says that it is ready.
    pub(crate) fn wait_for_proxy(&self) {
        let ready = format!("http://{}/ready", self.proxy_http);
        wait::until(60, "the proxy is ready", || crate::soap::get(&ready).filter(|answer| answer.status == 200));
    }

    /// The process id of a program as it is on record; 0 when it is not there yet.
    pub(crate) fn pid(&self, program: &str) -> u64 {
        let text = fs::read(self.folder.join("run.json")).unwrap_or_default();
        let record: Value = serde_json::from_slice(&text).unwrap_or_default();
        record["pids"][program].as_u64().unwrap_or_default()
    }

    pub(crate) fn stop_database(&self) {
        cluster::stop(&self.folder.join("postgres")).unwrap();
    }

    pub(crate) fn start_database(&self) {
        let settings = cluster::Settings { directory: self.folder.join("postgres"), durable: true };
        cluster::Cluster::create_or_start(&settings).unwrap();
    }

    /// Fails when one of the secrets stands in a log. Other files may hold them; logs are what people send around.
    pub(crate) fn assert_logs_hold_none_of(&self, secrets: &[&str]) {
        for program in ["ngnpro-server", "sip-proxy"] {
            let text = fs::read_to_string(self.log(program)).unwrap();
            for secret in secrets {
                let line = text.lines().find(|line| line.contains(secret));
                assert_eq!(line, None, "{program}'s log holds a secret");
            }
        }
    }

    fn log(&self, program: &str) -> PathBuf {
        self.folder.join("log").join(format!("{program}.log"))
    }

    fn record(&self) -> Value {
        serde_json::from_slice(&fs::read(self.folder.join("run.json")).unwrap()).unwrap()
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // The end of both logs says more than the assertion that failed.
            for program in ["ngnpro-server", "sip-proxy"] {
                let text = fs::read_to_string(self.log(program)).unwrap_or_default();
                let tail: Vec<&str> = text.lines().rev().take(20).collect();
                eprintln!("--- {program}'s log ends:");
                tail.iter().rev().for_each(|line| eprintln!("{line}"));
            }
        }
        let down = self.command("down").output();
        for child in &mut self.restarted {
            drop(child.kill());
            drop(child.wait());
        }
        if std::thread::panicking() {
            return;
        }
        assert!(down.unwrap().status.success());
        remove(&self.folder);
    }
}

/// Runs a statement as an operator does who owns the database.
pub(crate) fn sql(platform: &Platform, statement: &str) {
    let settings = cluster::Settings { directory: platform.folder.join("postgres"), durable: true };
    let cluster = cluster::Cluster::create_or_start(&settings).unwrap();
    let mut psql = Command::new(cluster.programs().join("psql"));
    psql.args(["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--command", statement]);
    let output = psql.arg(cluster.url(cluster::OWNER, cluster::DATABASE)).output().unwrap();
    assert!(output.status.success(), "{statement}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Removes a state directory, and what of it had to be kept elsewhere.
pub(crate) fn remove(folder: &Path) {
    if let Ok(elsewhere) = fs::read_to_string(folder.join("postgres/location")) {
        fs::remove_dir_all(elsewhere).unwrap();
    }
    fs::remove_dir_all(folder).unwrap();
}

fn is_alive(pid: u64) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // A killed child of a process that does not collect it stays as a zombie.
    !stat.is_empty() && !stat.rsplit(')').next().unwrap_or_default().trim_start().starts_with('Z')
}

/// A port of the loopback that nobody holds, over UDP and TCP, outside of the range that the system hands out itself.
pub(crate) fn free_port() -> u16 {
    use std::sync::atomic::{AtomicU16, Ordering};
    static NEXT: AtomicU16 = AtomicU16::new(0);
    loop {
        // Tests run as processes of their own at the same time: each begins elsewhere.
        let start = u16::try_from(std::process::id() % 1_200).unwrap() * 10;
        let port = 20_000 + (start + NEXT.fetch_add(1, Ordering::Relaxed)) % 12_000;
        let free = |address| UdpSocket::bind(address).is_ok() && TcpListener::bind(address).is_ok();
        if free(SocketAddr::from((Ipv4Addr::LOCALHOST, port))) {
            return port;
        }
    }
}
