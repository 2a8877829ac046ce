//! A lean closed-loop SIP load over UDP: callers and callees in one thread, so many operations always under way.
//!
//! The generator has a core of its own and spins on its two sockets: a wake-up would cost more than the datagram.
//! It reads just what the scenario needs of an answer: status, CSeq, To, Contact, Record-Route and the MD5 nonce.

use crate::digest::Answer;
use crate::stats::Durations;
use std::collections::HashMap;
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

/// What an operation is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Scenario {
    /// REGISTER, 401, REGISTER with credentials, 200.
    Register,
    /// INVITE, 407, ACK, INVITE, 180, 200, ACK, BYE, 200.
    Call,
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
    nonce: String,
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
    caller: UdpSocket,
    callee: UdpSocket,
    proxy: SocketAddr,
    population: Population,
    scenario: Scenario,
    run: u64,
    under_way: HashMap<u64, Operation>,
    next_id: u64,
    next_user: u32,
    outcome: Outcome,
}

impl Phones {
    /// Binds both sockets on loopback. `callee` is where every Contact points: keep it for a second run.
    pub fn new(
        proxy: SocketAddr,
        callee: &UdpSocket,
        population: Population,
        scenario: Scenario,
    ) -> std::io::Result<Self> {
        let caller = UdpSocket::bind("127.0.0.1:0")?;
        caller.set_nonblocking(true)?;
        let callee = callee.try_clone()?;
        callee.set_nonblocking(true)?;
        let run = u64::from(std::process::id()) << 20 | u64::from(caller.local_addr()?.port());
        Ok(Phones {
            caller,
            callee,
            proxy,
            population,
            scenario,
            run,
            under_way: HashMap::new(),
            next_id: 0,
            next_user: 0,
            outcome: Outcome::default(),
        })
    }

    /// Runs `total` operations with `at_once` of them under way, or paced to `per_second` when that is given.
    pub fn run(mut self, total: u64, at_once: usize, per_second: Option<f64>) -> std::io::Result<Outcome> {
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
            for _ in 0..64 {
                match self.caller.recv(&mut buffer) {
                    Ok(length) => self.answered(&String::from_utf8_lossy(&buffer[..length]))?,
                    Err(_) => break,
                }
            }
            for _ in 0..64 {
                match self.callee.recv_from(&mut buffer) {
                    Ok((length, from)) => self.called(&String::from_utf8_lossy(&buffer[..length]), from)?,
                    Err(_) => break,
                }
            }
            if swept.elapsed() > Duration::from_millis(50) {
                swept = Instant::now();
                self.sweep(swept)?;
            }
        }
        self.outcome.wall = began.elapsed();
        Ok(self.outcome)
    }

    fn start(&mut self) -> std::io::Result<()> {
        self.next_id += 1;
        self.next_user = self.next_user % self.population.users + 1;
        let (id, user) = (self.next_id, self.next_user);
        let mut operation = Operation {
            user,
            state: State::Challenge,
            cseq: 1,
            nonce: String::new(),
            sent: Instant::now(),
            tries: 1,
            last: String::new(),
            to: String::new(),
            target: String::new(),
            routes: String::new(),
            rang: false,
        };
        operation.last = self.request(id, &operation, None);
        self.caller.send_to(operation.last.as_bytes(), self.proxy)?;
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
            Scenario::Register => format!("sip:{}", self.population.domain),
            Scenario::Call => format!("sip:{}@{}", Self::user(self.callee_of(operation.user)), self.population.domain),
        }
    }

    fn method(&self) -> &'static str {
        if self.scenario == Scenario::Register { "REGISTER" } else { "INVITE" }
    }

    fn request(&self, id: u64, operation: &Operation, credentials: Option<&str>) -> String {
        let (method, uri, user) = (self.method(), self.uri(operation), Self::user(operation.user));
        let domain = &self.population.domain;
        let (port, callee) = (local_port(&self.caller), local_port(&self.callee));
        let aor = format!("sip:{user}@{domain}");
        let to = if self.scenario == Scenario::Register { &aor } else { &uri };
        let authorization = credentials.map_or(String::new(), |value| {
            let name = if self.scenario == Scenario::Register { "Authorization" } else { "Proxy-Authorization" };
            format!("{name}: {value}\r\n")
        });
        let (extra, body) = match self.scenario {
            Scenario::Register => (
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
        };
        format!(
            "{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK-{run:x}-{id:x}-{cseq}\r\nMax-Forwards: 70\r\n\
             From: <{aor}>;tag=f{id:x}\r\nTo: <{to}>\r\nCall-ID: {id:x}.{run:x}@bench\r\nCSeq: {cseq} {method}\r\n{extra}{authorization}\
             User-Agent: BenchPhone 1.0\r\nContent-Length: {length}\r\n\r\n{body}",
            run = self.run,
            cseq = operation.cseq,
            length = body.len()
        )
    }

    fn in_dialog(&self, id: u64, operation: &Operation, method: &str, cseq: u32) -> String {
        let (user, domain) = (Self::user(operation.user), &self.population.domain);
        format!(
            "{method} {target} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK-{run:x}-{id:x}-{method}\r\nMax-Forwards: 70\r\n\
             From: <sip:{user}@{domain}>;tag=f{id:x}\r\nTo: {to}\r\nCall-ID: {id:x}.{run:x}@bench\r\nCSeq: {cseq} {method}\r\n{routes}\
             User-Agent: BenchPhone 1.0\r\nContent-Length: 0\r\n\r\n",
            target = operation.target,
            port = local_port(&self.caller),
            run = self.run,
            to = operation.to,
            routes = operation.routes
        )
    }

    fn ack_of_refusal(&self, id: u64, operation: &Operation, to: &str) -> String {
        let (user, uri) = (Self::user(operation.user), self.uri(operation));
        format!(
            "ACK {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK-{run:x}-{id:x}-{cseq}\r\nMax-Forwards: 70\r\n\
             From: <sip:{user}@{domain}>;tag=f{id:x}\r\nTo: {to}\r\nCall-ID: {id:x}.{run:x}@bench\r\nCSeq: {cseq} ACK\r\nContent-Length: 0\r\n\r\n",
            port = local_port(&self.caller),
            run = self.run,
            domain = self.population.domain,
            cseq = operation.cseq
        )
    }

    fn answered(&mut self, text: &str) -> std::io::Result<()> {
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
            (200, State::Answer) if self.scenario == Scenario::Register => {
                self.outcome.latency.push(operation.sent.elapsed());
                self.outcome.ok += 1;
            }
            (200, State::Answer) => self.picked_up(id, operation, text)?,
            (200, State::Bye) => self.outcome.ok += 1,
            _ => self.fail(text.lines().next().unwrap_or_default()),
        }
        Ok(())
    }

    fn challenged(&mut self, id: u64, mut operation: Operation, text: &str) -> std::io::Result<()> {
        if self.scenario == Scenario::Call {
            let ack = self.ack_of_refusal(id, &operation, header(text, "to").unwrap_or_default());
            self.caller.send_to(ack.as_bytes(), self.proxy)?;
        }
        let Some(nonce) = md5_nonce(text) else {
            self.fail("challenge without an MD5 nonce");
            return Ok(());
        };
        operation.nonce = nonce;
        operation.cseq += 1;
        operation.state = State::Answer;
        let answer = Answer {
            username: &Self::user(operation.user),
            realm: &self.population.domain,
            password: &format!("pw{:06}", operation.user),
            method: self.method(),
            uri: &self.uri(&operation),
            nonce: &operation.nonce,
            count: 1,
        }
        .header();
        operation.last = self.request(id, &operation, Some(&answer));
        operation.tries = 1;
        operation.sent = Instant::now();
        self.caller.send_to(operation.last.as_bytes(), self.proxy)?;
        self.under_way.insert(id, operation);
        Ok(())
    }

    fn picked_up(&mut self, id: u64, mut operation: Operation, text: &str) -> std::io::Result<()> {
        operation.to = header(text, "to").unwrap_or_default().to_string();
        let contact = header(text, "contact").unwrap_or_default();
        operation.target = contact.split(['<', '>']).nth(1).unwrap_or(contact).to_string();
        let mut routes: Vec<&str> =
            headers(text, "record-route").flat_map(|value| value.split(',')).map(str::trim).collect();
        routes.reverse();
        operation.routes = routes.iter().map(|route| format!("Route: {route}\r\n")).collect();
        let ack = self.in_dialog(id, &operation, "ACK", operation.cseq);
        self.caller.send_to(ack.as_bytes(), self.proxy)?;
        operation.cseq += 1;
        operation.state = State::Bye;
        operation.last = self.in_dialog(id, &operation, "BYE", operation.cseq);
        operation.tries = 1;
        operation.sent = Instant::now();
        self.caller.send_to(operation.last.as_bytes(), self.proxy)?;
        self.under_way.insert(id, operation);
        Ok(())
    }

    /// The callee: rings and picks up at once, agrees to every BYE.
    fn called(&mut self, text: &str, from: SocketAddr) -> std::io::Result<()> {
        let Some(method) = text.split(' ').next().filter(|method| ["INVITE", "BYE"].contains(method)) else {
            return Ok(());
        };
        if method == "BYE" {
            return self.callee.send_to(reply(text, "200 OK", None, "").as_bytes(), from).map(drop);
        }
        let contact = format!("<sip:callee@127.0.0.1:{}>", local_port(&self.callee));
        self.callee.send_to(reply(text, "180 Ringing", Some(&contact), "").as_bytes(), from)?;
        self.callee.send_to(reply(text, "200 OK", Some(&contact), SDP).as_bytes(), from).map(drop)
    }

    fn sweep(&mut self, now: Instant) -> std::io::Result<()> {
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
            self.caller.send_to(operation.last.as_bytes(), self.proxy)?;
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

fn local_port(socket: &UdpSocket) -> u16 {
    socket.local_addr().map_or(0, |address| address.port())
}

fn headers<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    text.split("\r\n").skip(1).take_while(|line| !line.is_empty()).filter_map(move |line| {
        let (field, value) = line.split_once(':')?;
        field.trim_end().eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

fn header<'a>(text: &'a str, name: &'a str) -> Option<&'a str> {
    headers(text, name).next()
}

/// The nonce of the MD5 challenge; there may be one for each algorithm.
fn md5_nonce(text: &str) -> Option<String> {
    let challenges = headers(text, "www-authenticate").chain(headers(text, "proxy-authenticate"));
    let md5 = challenges.into_iter().find(|value| !value.to_ascii_uppercase().contains("SHA-"))?;
    md5.split("nonce=\"").nth(1)?.split('"').next().map(str::to_string)
}

fn reply(request: &str, status: &str, contact: Option<&str>, body: &str) -> String {
    let mut text = format!("SIP/2.0 {status}\r\n");
    for name in ["Via", "Record-Route", "From", "Call-ID", "CSeq"] {
        for value in headers(request, name) {
            text += &format!("{name}: {value}\r\n");
        }
    }
    let to = header(request, "to").unwrap_or_default();
    text += &if to.contains("tag=") { format!("To: {to}\r\n") } else { format!("To: {to};tag=callee\r\n") };
    if let Some(contact) = contact {
        text += &format!("Contact: {contact}\r\n");
    }
    if !body.is_empty() {
        text += "Content-Type: application/sdp\r\n";
    }
    text + &format!("Content-Length: {}\r\n\r\n{body}", body.len())
}
