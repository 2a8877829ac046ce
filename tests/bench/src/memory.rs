//! A million registrations: what each takes, and how soon they stand again after a restart of the proxy.

use crate::phones::{Phones, Population, Scenario};
use crate::platform::Platform;
use crate::{DOMAIN, Size, bad, cpu, fill_accounts, line, verdict};
use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long the database may take to have everything.
const WRITTEN_WITHIN: Duration = Duration::from_secs(120);
/// How long a restart may take before it is given up.
const RESTARTED_WITHIN: Duration = Duration::from_secs(120);
/// The targets.
const BINDING_BYTES_MAX: u64 = 600;
const STANDS_WITHIN: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(10);
/// The gauges of `/metrics` that are read.
const HELD: &str = "sip_proxy_addresses_registered";
const WAITING: &str = "sip_proxy_registrations_waiting";

/// Registers, weighs, restarts.
pub fn report(platform: &Platform, size: Size) -> io::Result<()> {
    let bindings = size.bindings;
    fill_accounts(platform, bindings)?;
    let proxy = platform.pid("sip-proxy")?;
    let callee = UdpSocket::bind("127.0.0.1:0")?;
    let register = |users: u32| {
        let population = Population { domain: DOMAIN.into(), users };
        Phones::new(platform.sip()?, &callee, population, Scenario::Register)?.run(u64::from(users), 32, None)
    };
    let few = bindings / 100;
    let http = platform.http()?;
    register(few)?;
    std::thread::park_timeout(size.transactions_end);
    let before = cpu::resident_bytes(proxy);
    let few = gauge(http, HELD).unwrap_or(0);
    let outcome = register(bindings)?;
    let began = Instant::now();
    // What was shed on a busy machine is not held: the proxy itself says what is.
    let bindings = gauge(http, HELD).unwrap_or(0);
    while gauge(http, WAITING) != Some(0) {
        if began.elapsed() > WRITTEN_WITHIN {
            return Err(io::Error::other("the database has not got all registrations"));
        }
        std::thread::park_timeout(Duration::from_millis(200));
    }
    std::thread::park_timeout(size.transactions_end.saturating_sub(began.elapsed()));
    let each = cpu::resident_bytes(proxy).saturating_sub(before) / u64::from(bindings.saturating_sub(few).max(1));
    line(
        &format!("memory a binding, {bindings} bindings held, all in"),
        &format!("{each} bytes"),
        &format!(
            "target: at most {BINDING_BYTES_MAX}: {}; Kamailio 5.6: 1,081; {} registered{}",
            verdict(each <= BINDING_BYTES_MAX),
            outcome.ok,
            bad(&outcome)
        ),
    );
    let (again, took) = Restarted::of(proxy, http, bindings)?;
    line(
        &format!("restart until {bindings} bindings stand again"),
        &format!("{:.1} s", took.as_secs_f64()),
        &format!("target: under {} s: {}", STANDS_WITHIN.as_secs(), verdict(took < STANDS_WITHIN)),
    );
    drop(again);
    Ok(())
}

/// The proxy, started again by hand; ended with the measurement.
struct Restarted(Child);

impl Restarted {
    /// Ends the process, starts the same program with the same settings, and waits until it serves with all bindings.
    fn of(pid: u32, http: SocketAddr, bindings: u32) -> io::Result<(Restarted, Duration)> {
        let program = std::fs::read_link(format!("/proc/{pid}/exe"))?;
        let arguments = words(&format!("/proc/{pid}/cmdline"))?;
        let environment = words(&format!("/proc/{pid}/environ"))?;
        signal(pid)?;
        let began = Instant::now();
        while std::path::Path::new(&format!("/proc/{pid}/cmdline")).exists()
            && !words(&format!("/proc/{pid}/cmdline"))?.is_empty()
        {
            if began.elapsed() > RESTARTED_WITHIN {
                return Err(io::Error::other("the proxy does not end"));
            }
            std::thread::park_timeout(POLL);
        }
        let began = Instant::now();
        let child = Command::new(program)
            .args(arguments.iter().skip(1))
            .envs(environment.iter().filter_map(|pair| pair.split_once('=')))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let restarted = Restarted(child);
        while !get(http, "/ready").starts_with("HTTP/1.1 200") || gauge(http, HELD) != Some(bindings) {
            if began.elapsed() > RESTARTED_WITHIN {
                return Err(io::Error::other("the bindings do not all stand again"));
            }
            std::thread::park_timeout(POLL);
        }
        Ok((restarted, began.elapsed()))
    }
}

impl Drop for Restarted {
    fn drop(&mut self) {
        let ended = signal(self.0.id()).and_then(|()| self.0.wait());
        if let Err(error) = ended {
            eprintln!("the restarted proxy did not end: {error}");
        }
    }
}

fn signal(pid: u32) -> io::Result<()> {
    let status = Command::new("kill").arg(pid.to_string()).status()?;
    if status.success() { Ok(()) } else { Err(io::Error::other(format!("kill {pid}: {status}"))) }
}

/// Words with a NUL behind each.
fn words(path: &str) -> io::Result<Vec<String>> {
    let text = match std::fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let words = text.split(|byte| *byte == 0).filter(|word| !word.is_empty());
    Ok(words.map(|word| String::from_utf8_lossy(word).into_owned()).collect())
}

/// A gauge's value, if it can be asked for.
fn gauge(http: SocketAddr, name: &str) -> Option<u32> {
    let text = get(http, "/metrics");
    text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok())
}

/// An answer, or nothing where nobody answers.
fn get(address: SocketAddr, path: &str) -> String {
    let ask = || -> io::Result<String> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").as_bytes())?;
        let mut text = Vec::new();
        stream.read_to_end(&mut text)?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    };
    ask().unwrap_or_default()
}
