//! From the SOAP reply to the next routing decision: how long the proxy goes on with what it knew.
//!
//! Each round asks the proxy for an address that does not exist (it answers 404 and remembers that), provisions the
//! address over SOAP, and asks again from the moment of the reply until the proxy answers otherwise (480: it exists, no
//! phone is registered).

use crate::soap::{Connection, Endpoint, account};
use crate::stats::Durations;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

const WRITERS: u64 = 8;
/// Also the figure's resolution.
const ASK_AGAIN: Duration = Duration::from_millis(1);
const PATIENCE: Duration = Duration::from_secs(10);

/// Delays of a run and the rate that was reached.
pub struct Outcome {
    /// Time from the reply to the first decision that knew.
    pub delay: Durations,
    /// Writes per second reached.
    pub per_second: f64,
}

/// Writes `per_second` accounts a second for `lasts` and follows each of them.
pub fn measure(
    endpoint: &Endpoint,
    proxy: SocketAddr,
    domain: &str,
    per_second: u64,
    lasts: Duration,
) -> io::Result<Outcome> {
    let began = Instant::now();
    let total = per_second * lasts.as_secs();
    let next = AtomicU64::new(0);
    let results: Vec<io::Result<Durations>> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|_| scope.spawn(|| writer(endpoint, proxy, domain, per_second, total, &next, began)))
            .collect();
        writers
            .into_iter()
            .map(|writer| writer.join().unwrap_or_else(|_| Err(io::Error::other("a writer panicked"))))
            .collect()
    });
    let wall = began.elapsed();
    let mut delay = Durations::default();
    for result in results {
        delay.extend(result?);
    }
    let per_second = delay.len() as f64 / wall.as_secs_f64();
    Ok(Outcome { delay, per_second })
}

fn writer(
    endpoint: &Endpoint,
    proxy: SocketAddr,
    domain: &str,
    per_second: u64,
    total: u64,
    next: &AtomicU64,
    began: Instant,
) -> io::Result<Durations> {
    let mut connection = Connection::open(endpoint)?;
    let probe = Probe::new(proxy, domain)?;
    let mut delays = Durations::default();
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= total {
            return Ok(delays);
        }
        let username = format!("late{number:06}");
        let before = probe.ask(&username, 0)?;
        if before != 404 {
            return Err(io::Error::other(format!("{username} was answered {before} before it existed")));
        }
        let due = Duration::from_secs_f64(number as f64 / per_second as f64);
        std::thread::park_timeout(due.saturating_sub(began.elapsed()));
        connection.call("Sip", "addAccount", &account(&username, domain, "secret"))?;
        let replied = Instant::now();
        let mut asked = 1;
        while probe.ask(&username, asked)? == 404 {
            asked += 1;
            // Each answer is a transaction that the proxy keeps for a while: not more of them than the figure needs.
            std::thread::park_timeout(ASK_AGAIN);
            if replied.elapsed() > PATIENCE {
                return Err(io::Error::other(format!("{username} is still unknown after {PATIENCE:?}")));
            }
        }
        delays.push(replied.elapsed());
    }
}

struct Probe<'a> {
    socket: UdpSocket,
    domain: &'a str,
}

impl<'a> Probe<'a> {
    fn new(proxy: SocketAddr, domain: &'a str) -> io::Result<Self> {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        socket.connect(proxy)?;
        socket.set_read_timeout(Some(Duration::from_secs(5)))?;
        Ok(Probe { socket, domain })
    }

    /// A MESSAGE from a foreign domain, which needs no credentials; answers the final status.
    fn ask(&self, username: &str, attempt: u32) -> io::Result<u16> {
        let address = self.socket.local_addr()?;
        let id = format!("{username}-{attempt}");
        let text = format!(
            "MESSAGE sip:{username}@{domain} SIP/2.0\r\nVia: SIP/2.0/UDP {address};branch=z9hG4bK-{id};rport\r\nMax-Forwards: 70\r\n\
             From: <sip:probe@elsewhere.example>;tag={attempt}\r\nTo: <sip:{username}@{domain}>\r\nCall-ID: {id}@probe\r\n\
             CSeq: 1 MESSAGE\r\nContent-Length: 0\r\n\r\n",
            domain = self.domain
        );
        self.socket.send(text.as_bytes())?;
        let mut buffer = [0u8; 4096];
        loop {
            let length = self.socket.recv(&mut buffer)?;
            let answer = String::from_utf8_lossy(&buffer[..length]);
            let status = answer.get(8..11).and_then(|code| code.parse::<u16>().ok()).unwrap_or(0);
            if status >= 200 && answer.contains(&id) {
                return Ok(status);
            }
        }
    }
}
