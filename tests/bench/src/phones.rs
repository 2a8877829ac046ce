//! A lean closed-loop SIP load: callers and callees in one thread, so many operations always under way.
//!
//! The generator shares its core with the database alone and spins on its two sockets: a wake-up would cost more than the datagram.
//! It reads just what the scenario needs of an answer: status, CSeq, To, Contact, Record-Route and the MD5 nonce.

use crate::digest::Answer;
use crate::stats::Durations;
use crate::wire::{Wire, header, headers, md5_nonce, reply};
use std::collections::HashMap;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

/// What an operation is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Scenario {
    /// REGISTER, 401, REGISTER with credentials, 200.
    Register,
    /// REGISTER with the nonce of the time before, 200.
    Refresh,
    /// INVITE, 407, ACK, INVITE, 180, 200, ACK, BYE, 200.
    Call,
    /// MESSAGE, 407, MESSAGE with credentials, 200 from the callee.
    Message,
    /// OPTIONS to the proxy, 200.
    Options,
}

impl Scenario {
    fn registers(self) -> bool {
        matches!(self, Scenario::Register | Scenario::Refresh)
    }

    fn method(self) -> &'static str {
        match self {
            Scenario::Register | Scenario::Refresh => "REGISTER",
            Scenario::Call => "INVITE",
            Scenario::Message => "MESSAGE",
            Scenario::Options => "OPTIONS",
        }
    }
}

/// Who takes part: `user000001` … with the password `pw000001` …, all in one domain.
#[derive(Clone)]
pub struct Population {
    /// The SIP domain, which is also the realm.
    pub domain: String,
    /// How many accounts there are.
    pub users: u32,
}

/// What a run did.
#[derive(Default)]
pub struct Outcome {
    /// Operations that came to their good end.
    pub ok: u64,
    /// Operations that did not.
    pub failed: u64,
    /// Requests that had to be sent again.
    pub retransmitted: u64,
    /// From the request that carries credentials to its answer (180 for a call).
    pub latency: Durations,
    /// First failure seen, for the report.
    pub first_failure: Option<String>,
    /// How long the run took.
    pub wall: Duration,
}

/// Retransmission interval: far above any answer time that would count as good.
const AGAIN: Duration = Duration::from_millis(500);
const TRIES: u32 = 6;

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Challenge,
    Answer,
    Bye,
}

struct Operation {
    user: u32,
    state: State,
    cseq: u32,
    sent: Instant,
    tries: u32,
    last: String,
    to: String,
    target: String,
    routes: String,
    rang: bool,
}

/// The generator: its sockets and the operations under way.
pub struct Phones {
    caller: Wire,
    callee: UdpSocket,
    population: Population,
    scenario: Scenario,
    run: u64,
    under_way: HashMap<u64, Operation>,
    next_id: u64,
    next_user: u32,
    /// The nonce that each phone was last given, and how often it was used.
    nonces: HashMap<u32, (String, u32)>,
    outcome: Outcome,
}

impl Phones {
    /// Over UDP on loopback. `callee` is where every Contact points: keep it for a second run.
    pub fn new(proxy: SocketAddr, callee: &UdpSocket, population: Population, scenario: Scenario) -> io::Result<Self> {
        Self::over(Wire::udp(proxy)?, callee, population, scenario)
    }

    /// Over this wire.
    pub fn over(caller: Wire, callee: &UdpSocket, population: Population, scenario: Scenario) -> io::Result<Self> {
        let callee = callee.try_clone()?;
        callee.set_nonblocking(true)?;
        let run = u64::from(std::process::id()) << 20 | u64::from(caller.port());
        Ok(Phones {
            caller,
            callee,
            population,
            scenario,
            run,
            under_way: HashMap::new(),
            next_id: 0,
            next_user: 0,
            nonces: HashMap::new(),
            outcome: Outcome::default(),
        })
    }

    /// Runs `total` operations with `at_once` of them under way, or paced to `per_second` when that is given.
    pub fn run(&mut self, total: u64, at_once: usize, per_second: Option<f64>) -> io::Result<Outcome> {
        let began = Instant::now();
        let mut started = 0u64;
        let mut swept = began;
        let mut buffer = vec![0u8; 65536];
        while started < total || !self.under_way.is_empty() {
            let due = per_second.map_or(total, |rate| ((began.elapsed().as_secs_f64() * rate) as u64 + 1).min(total));
            while started < due && self.under_way.len() < at_once {
                self.start()?;
                started += 1;
            }
            let mut idle = true;
            for _ in 0..64 {
                let Some(text) = self.caller.receive(&mut buffer)? else { break };
                self.answered(&text)?;
                idle = false;
            }
            for _ in 0..64 {
                match self.callee.recv_from(&mut buffer) {
                    Ok((length, from)) => self.called(&String::from_utf8_lossy(&buffer[..length]), from)?,
                    Err(_) => break,
                }
                idle = false;
            }
            if idle {
                // The core is shared with the database, which must not wait for the end of this thread's time slice.
                std::thread::yield_now();
            }
            if swept.elapsed() > Duration::from_millis(50) {
                swept = Instant::now();
                self.sweep(swept)?;
            }
        }
        let mut outcome = std::mem::take(&mut self.outcome);
        outcome.wall = began.elapsed();
        Ok(outcome)
    }

    fn start(&mut self) -> io::Result<()> {
        self.next_id += 1;
        self.next_user = self.next_user % self.population.users + 1;
        let (id, user) = (self.next_id, self.next_user);
        let mut operation = Operation {
            user,
            state: State::Challenge,
            cseq: 1,
            sent: Instant::now(),
            tries: 1,
            last: String::new(),
            to: String::new(),
            target: String::new(),
            routes: String::new(),
            rang: false,
        };
        let known = self.scenario == Scenario::Refresh && self.nonces.contains_key(&user);
        if known || self.scenario == Scenario::Options {
            operation.state = State::Answer;
        }
        let credentials = known.then(|| self.credentials(&operation));
        operation.last = self.request(id, &operation, credentials.as_deref());
        self.caller.send(operation.last.as_bytes())?;
        self.under_way.insert(id, operation);
        Ok(())
    }

    fn user(number: u32) -> String {
        format!("user{number:06}")
    }

    fn callee_of(&self, user: u32) -> u32 {
        (u64::from(user) * 7919 % u64::from(self.population.users)) as u32 + 1
    }

    fn uri(&self, operation: &Operation) -> String {
        match self.scenario {
            Scenario::Call | Scenario::Message => {
                format!("sip:{}@{}", Self::user(self.callee_of(operation.user)), self.population.domain)
            }
            _ => format!("sip:{}", self.population.domain),
        }
    }

    /// The answer to the nonce that this phone was last given.
    fn credentials(&mut self, operation: &Operation) -> String {
        let uri = self.uri(operation);
        let Some((nonce, count)) = self.nonces.get_mut(&operation.user) else { return String::new() };
        *count += 1;
        Answer {
            username: &Self::user(operation.user),
            realm: &self.population.domain,
            password: &format!("pw{:06}", operation.user),
            method: self.scenario.method(),
            uri: &uri,
            nonce,
            count: *count,
        }
        .header()
    }

    fn request(&self, id: u64, operation: &Operation, credentials: Option<&str>) -> String {
        let (method, uri, user) = (self.scenario.method(), self.uri(operation), Self::user(operation.user));
        let domain = &self.population.domain;
        let (port, callee) = (self.caller.port(), local_port(&self.callee));
        let aor = format!("sip:{user}@{domain}");
        let to = if self.scenario.registers() { &aor } else { &uri };
        let authorization = credentials.map_or(String::new(), |value| {
            let name = if self.scenario.registers() { "Authorization" } else { "Proxy-Authorization" };
            format!("{name}: {value}\r\n")
        });
        let (extra, body) = match self.scenario {
            Scenario::Register | Scenario::Refresh => (
                format!(
                    "Contact: <sip:{user}@127.0.0.1:{callee}>;+sip.instance=\"<urn:uuid:00000000-0000-4000-8000-{:012}>\"\r\nExpires: 3600\r\n",
                    operation.user
                ),
                "",
            ),
            Scenario::Call => (
                format!(
                    "Contact: <sip:{user}@127.0.0.1:{port}>\r\nAllow: INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, PRACK\r\nSupported: replaces, timer\r\nContent-Type: application/sdp\r\n"
                ),
                SDP,
            ),
            Scenario::Message => ("Content-Type: text/plain\r\n".to_string(), TEXT),
            Scenario::Options => (format!("Contact: <sip:{user}@127.0.0.1:{port}>\r\nAccept: application/sdp\r\n"), ""),
        };
        format!(
            "{method} {uri} SIP/2.0\r\nVia: SIP/2.0/{transport} 127.0.0.1:{port};branch=z9hG4bK-{run:x}-{id:x}-{cseq}\r\nMax-Forwards: 70\r\n\
             From: <{aor}>;tag=f{id:x}\r\nTo: <{to}>\r\nCall-ID: {id:x}.{run:x}@bench\r\nCSeq: {cseq} {method}\r\n{extra}{authorization}\
             User-Agent: BenchPhone 1.0\r\nContent-Length: {length}\r\n\r\n{body}",
            transport = self.caller.transport(),
            run = self.run,
            cseq = operation.cseq,
            length = body.len()
        )
    }

    fn in_dialog(&self, id: u64, operation: &Operation, method: &str, cseq: u32) -> String {
        let (user, domain) = (Self::user(operation.user), &self.population.domain);
        format!(
            "{method} {target} SIP/2.0\r\nVia: SIP/2.0/{transport} 127.0.0.1:{port};branch=z9hG4bK-{run:x}-{id:x}-{method}\r\nMax-Forwards: 70\r\n\
             From: <sip:{user}@{domain}>;tag=f{id:x}\r\nTo: {to}\r\nCall-ID: {id:x}.{run:x}@bench\r\nCSeq: {cseq} {method}\r\n{routes}\
             User-Agent: BenchPhone 1.0\r\nContent-Length: 0\r\n\r\n",
            target = operation.target,
            transport = self.caller.transport(),
            port = self.caller.port(),
            run = self.run,
            to = operation.to,
            routes = operation.routes
        )
    }

    fn ack_of_refusal(&self, id: u64, operation: &Operation, to: &str) -> String {
        let (user, uri) = (Self::user(operation.user), self.uri(operation));
        format!(
            "ACK {uri} SIP/2.0\r\nVia: SIP/2.0/{transport} 127.0.0.1:{port};branch=z9hG4bK-{run:x}-{id:x}-{cseq}\r\nMax-Forwards: 70\r\n\
             From: <sip:{user}@{domain}>;tag=f{id:x}\r\nTo: {to}\r\nCall-ID: {id:x}.{run:x}@bench\r\nCSeq: {cseq} ACK\r\nContent-Length: 0\r\n\r\n",
            transport = self.caller.transport(),
            port = self.caller.port(),
            run = self.run,
            domain = self.population.domain,
            cseq = operation.cseq
        )
    }

    fn answered(&mut self, text: &str) -> io::Result<()> {
        let Some(status) = text.strip_prefix("SIP/2.0 ").and_then(|rest| rest.get(..3)?.parse::<u16>().ok()) else {
            return Ok(());
        };
        let Some(id) = header(text, "call-id").and_then(|value| u64::from_str_radix(value.split('.').next()?, 16).ok())
        else {
            return Ok(());
        };
        let Some(mut operation) = self.under_way.remove(&id) else { return Ok(()) };
        let cseq = header(text, "cseq").and_then(|value| value.split(' ').next()?.parse::<u32>().ok()).unwrap_or(0);
        if cseq != operation.cseq {
            self.under_way.insert(id, operation);
            return Ok(());
        }
        match (status, operation.state) {
            (100..=199, state) => {
                if status == 180 && state == State::Answer && !operation.rang {
                    operation.rang = true;
                    self.outcome.latency.push(operation.sent.elapsed());
                }
                self.under_way.insert(id, operation);
            }
            (401 | 407, State::Challenge) => self.challenged(id, operation, text)?,
            (200, State::Answer) if self.scenario == Scenario::Call => self.picked_up(id, operation, text)?,
            (200, State::Answer) => {
                self.outcome.latency.push(operation.sent.elapsed());
                self.outcome.ok += 1;
            }
            (200, State::Bye) => self.outcome.ok += 1,
            _ => self.fail(text.lines().next().unwrap_or_default()),
        }
        Ok(())
    }

    fn challenged(&mut self, id: u64, mut operation: Operation, text: &str) -> io::Result<()> {
        if self.scenario == Scenario::Call {
            let ack = self.ack_of_refusal(id, &operation, header(text, "to").unwrap_or_default());
            self.caller.send(ack.as_bytes())?;
        }
        let Some(nonce) = md5_nonce(text) else {
            self.fail("challenge without an MD5 nonce");
            return Ok(());
        };
        self.nonces.insert(operation.user, (nonce, 0));
        operation.cseq += 1;
        operation.state = State::Answer;
        let credentials = self.credentials(&operation);
        operation.last = self.request(id, &operation, Some(&credentials));
        operation.tries = 1;
        operation.sent = Instant::now();
        self.caller.send(operation.last.as_bytes())?;
        self.under_way.insert(id, operation);
        Ok(())
    }

    fn picked_up(&mut self, id: u64, mut operation: Operation, text: &str) -> io::Result<()> {
        operation.to = header(text, "to").unwrap_or_default().to_string();
        let contact = header(text, "contact").unwrap_or_default();
        operation.target = contact.split(['<', '>']).nth(1).unwrap_or(contact).to_string();
        let mut routes: Vec<&str> =
            headers(text, "record-route").flat_map(|value| value.split(',')).map(str::trim).collect();
        routes.reverse();
        operation.routes = routes.iter().map(|route| format!("Route: {route}\r\n")).collect();
        let ack = self.in_dialog(id, &operation, "ACK", operation.cseq);
        self.caller.send(ack.as_bytes())?;
        operation.cseq += 1;
        operation.state = State::Bye;
        operation.last = self.in_dialog(id, &operation, "BYE", operation.cseq);
        operation.tries = 1;
        operation.sent = Instant::now();
        self.caller.send(operation.last.as_bytes())?;
        self.under_way.insert(id, operation);
        Ok(())
    }

    /// The callee: rings and picks up at once, agrees to every BYE and every MESSAGE.
    fn called(&mut self, text: &str, from: SocketAddr) -> io::Result<()> {
        let Some(method) = text.split(' ').next().filter(|method| ["INVITE", "BYE", "MESSAGE"].contains(method)) else {
            return Ok(());
        };
        if method != "INVITE" {
            return self.callee.send_to(reply(text, "200 OK", None, "").as_bytes(), from).map(drop);
        }
        let contact = format!("<sip:callee@127.0.0.1:{}>", local_port(&self.callee));
        self.callee.send_to(reply(text, "180 Ringing", Some(&contact), "").as_bytes(), from)?;
        self.callee.send_to(reply(text, "200 OK", Some(&contact), SDP).as_bytes(), from).map(drop)
    }

    fn sweep(&mut self, now: Instant) -> io::Result<()> {
        let mut lost = Vec::new();
        for (id, operation) in &mut self.under_way {
            if now.duration_since(operation.sent) < AGAIN * operation.tries {
                continue;
            }
            if operation.tries == TRIES {
                lost.push(*id);
                continue;
            }
            operation.tries += 1;
            self.outcome.retransmitted += 1;
            self.caller.send(operation.last.as_bytes())?;
        }
        for id in lost {
            self.under_way.remove(&id);
            self.fail("no answer");
        }
        Ok(())
    }

    fn fail(&mut self, why: &str) {
        self.outcome.failed += 1;
        self.outcome.first_failure.get_or_insert_with(|| why.to_string());
    }
}

const SDP: &str = "v=0\r\no=bench 53655765 2353687637 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
                   m=audio 40000 RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=sendrecv\r\n";

const TEXT: &str = "Hello from the bench, this is a short text message of ordinary length.\r\n";

fn local_port(socket: &UdpSocket) -> u16 {
    socket.local_addr().map_or(0, |address| address.port())
}
