//! The core, the network and the phones; and what must hold of all that the core sends.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use rand::RngExt;
use sip_core::{
    Answer, Command, ConnectionId, Core, Flow, Input, Listener, ListenerId, Lookup, Settings, Shared, Transport,
};

use super::Tally;
use super::network::{Event, Network};
use super::phone::{PASSWORD, Phone, name_of};
use crate::support::directory::Directory;
use crate::support::text::Text;

const PROXY: &str = "192.0.2.254:5060";
/// Phones; every account has one or two.
const PHONES: usize = 12;
const ACCOUNTS: usize = 8;
/// Far above what so few phones can cause in the time that transactions live.
const TRANSACTIONS_MAX: usize = 5_000;

pub(crate) struct World {
    pub(crate) now: Instant,
    pub(crate) network: Network,
    pub(crate) phones: Vec<Phone>,
    pub(crate) tally: Tally,
    /// Phones begin nothing new.
    pub(crate) quiet: bool,
    core: Core,
    settings: Arc<Settings>,
    shared: Arc<Shared>,
    seed: u64,
    directory: Directory,
    broken: Option<String>,
}

impl World {
    pub(crate) fn new(seed: u64) -> World {
        #[expect(clippy::disallowed_methods, reason = "a beginning for virtual time")]
        let now = Instant::now();
        let proxy: SocketAddr = PROXY.parse().expect("an address");
        let listeners = vec![Listener::new(Transport::Udp, proxy), Listener::new(Transport::Tcp, proxy)];
        let shared = Arc::new(Shared::new(&[seed as u8; 32], now));
        let mut directory = Directory::default();
        directory.add_domain("example.com");
        for account in 0..ACCOUNTS {
            directory.add_account(&format!("u{account}@example.com"), PASSWORD, &[], &[]);
        }
        directory.add_alias("desk@example.com", "u0@example.com");
        let phone = |number: usize| {
            let remote = SocketAddr::from(([192, 0, 2, 10 + number as u8], 5060));
            let flow = match number % 3 {
                2 => Flow::tcp(ListenerId(1), remote, NonZeroU64::new(number as u64).map(ConnectionId)),
                _ => Flow::udp(ListenerId(0), remote),
            };
            Phone::new(number, format!("u{}", number % ACCOUNTS), flow)
        };
        let mut settings = Settings::new(listeners);
        settings.follow_redirects = seed.is_multiple_of(2);
        settings.session_timers.max_s = if seed.is_multiple_of(3) { 1800 } else { 0 };
        let settings = Arc::new(settings);
        World {
            now,
            network: Network::new(seed),
            phones: (0..PHONES).map(phone).collect(),
            tally: Tally::default(),
            quiet: false,
            core: Core::new(Arc::clone(&settings), Arc::clone(&shared), seed),
            settings,
            shared,
            seed,
            directory,
            broken: None,
        }
    }

    /// Lets the phones act that many times.
    pub(crate) fn play(&mut self, steps: u32) -> Result<(), String> {
        for phone in 0..PHONES {
            self.register(phone);
        }
        for _ in 0..steps {
            let pause = Duration::from_millis(self.network.rng.random_range(1..700));
            self.run_until(self.now + pause)?;
            self.act();
        }
        Ok(())
    }

    /// Lets all come to its end.
    pub(crate) fn settle(&mut self, time: Duration) -> Result<(), String> {
        self.quiet = true;
        self.run_until(self.now + time)
    }

    fn run_until(&mut self, until: Instant) -> Result<(), String> {
        loop {
            let deadline = self.core.next_deadline().map(|(at, _)| at);
            let arrival = self.network.next_at();
            let next = match (deadline, arrival) {
                (Some(deadline), Some(arrival)) => deadline.min(arrival),
                (one, other) => match one.or(other) {
                    Some(at) => at,
                    None => break,
                },
            };
            if next > until {
                break;
            }
            self.now = self.now.max(next);
            if deadline.is_some_and(|deadline| deadline <= self.now) {
                self.input(Input::Deadline);
            } else if let Some(event) = self.network.pop() {
                self.happen(event);
            }
            if let Some(why) = self.broken.take() {
                return Err(why);
            }
        }
        self.now = until;
        Ok(())
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::ToProxy(flow, bytes) => {
                self.note_arrival(flow, &bytes);
                self.input(Input::Received { flow, bytes });
            }
            Event::ToPhone(phone, bytes) => self.hear(phone, &Text::read(&bytes)),
            Event::Answer(id, answer) => self.input(Input::Answer { id, answer }),
            Event::Phone(phone, chore) => self.chore(phone, chore),
        }
    }

    fn note_arrival(&mut self, flow: Flow, bytes: &Bytes) {
        let message = Text::read(bytes);
        if message.status().is_none() && message.method() != "ACK" {
            let phone = self.phones.iter_mut().find(|phone| phone.flow.remote == flow.remote);
            if let Some(asked) = phone.and_then(|phone| phone.asked.get_mut(&name_of(&message))) {
                asked.arrived = true;
            }
        }
    }

    fn input(&mut self, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            self.core.handle(self.now, input);
            while let Some(command) = self.core.poll() {
                match command {
                    Command::Send { flow, bytes, origin } => {
                        let failed = !self.deliver(flow, &bytes);
                        let failure = origin.map(|origin| Input::SendFailed { origin, flow, bytes });
                        inputs.extend(failure.filter(|_| failed));
                    }
                    Command::Ask { id, lookup } => {
                        if let Some(answer) = self.look_up(&lookup) {
                            let late = Duration::from_millis(self.network.rng.random_range(1..3000));
                            match self.network.chance(0.15) {
                                true => self.network.at(self.now + late, Event::Answer(id, answer)),
                                false => inputs.push_back(Input::Answer { id, answer }),
                            }
                        }
                    }
                    Command::Store(_) => self.tally.registrations += 1,
                    Command::Report(_) => {}
                }
            }
        }
        self.tally.transactions_max = self.tally.transactions_max.max(self.core.transactions());
    }

    /// Once in a while the directory is away, or never answers.
    fn look_up(&mut self, lookup: &Lookup) -> Option<Answer> {
        if self.network.chance(0.003) {
            return None;
        }
        self.directory.away = self.network.chance(0.02);
        Some(self.directory.answer(lookup))
    }

    /// Puts a message on its way. It fails over a connection that is gone.
    fn deliver(&mut self, flow: Flow, bytes: &Bytes) -> bool {
        let takes = |phone: &Phone| phone.flow.transport == flow.transport && phone.flow.remote == flow.remote;
        let Some(phone) = self.phones.iter().position(takes) else {
            self.break_off(format!("sent to {flow}, where nobody is"), bytes);
            return true;
        };
        if let Err(why) = check_sent(&mut self.phones[phone], &Text::read(bytes)) {
            self.break_off(why, bytes);
        }
        if flow.connection.is_some() && flow.connection != self.phones[phone].flow.connection {
            return false;
        }
        self.tally.messages += 1;
        self.network.carry(self.now, flow.transport, || Event::ToPhone(phone, bytes.clone()));
        true
    }

    /// A phone's connection ends, and it makes another.
    pub(crate) fn reconnect(&mut self, phone: usize) {
        let flow = self.phones[phone].flow;
        if let Some(connection) = flow.connection {
            let next = connection.0.checked_add(PHONES as u64).map(ConnectionId);
            self.phones[phone].flow.connection = next;
            self.tally.reconnected += 1;
            self.input(Input::FlowClosed { flow });
        }
    }

    /// The node dies and begins anew: its contacts were written down, its transactions and connections were not.
    pub(crate) fn crash(&mut self) {
        self.tally.crashes += 1;
        let seed = self.seed ^ self.tally.crashes << 32;
        self.core = Core::new(Arc::clone(&self.settings), Arc::clone(&self.shared), seed);
        for phone in &mut self.phones {
            phone.flow.connection =
                phone.flow.connection.and_then(|own| own.0.checked_add(PHONES as u64)).map(ConnectionId);
            for asked in phone.asked.values_mut() {
                asked.arrived = false;
                asked.forgotten = true;
            }
        }
    }

    fn break_off(&mut self, why: String, bytes: &Bytes) {
        let why = format!("{why}:\n{}", String::from_utf8_lossy(bytes));
        self.broken.get_or_insert(why);
    }

    /// What must hold in the end.
    pub(crate) fn judge(&mut self) -> Result<(), String> {
        self.tally.lost = self.network.lost;
        let left = (self.core.transactions(), self.core.requests(), self.core.deadlines());
        if left != (0, 0, 0) {
            let next = self.core.next_deadline().map(|(at, why)| (at - self.now, why.to_string()));
            return Err(format!("(transactions, requests, deadlines) are left: {left:?}, the next {next:?}"));
        }
        if self.tally.transactions_max > TRANSACTIONS_MAX {
            return Err(format!("{} transactions at once", self.tally.transactions_max));
        }
        for phone in &self.phones {
            for asked in phone.asked.values().filter(|asked| asked.arrived && asked.finals.is_empty()) {
                let method = asked.request.method();
                // RFC 4320 §4.2: a forwarded request other than INVITE may stay without an answer.
                if matches!(method, "INVITE" | "CANCEL" | "REGISTER" | "OPTIONS") {
                    return Err(format!("{} was never answered: {:?}", asked.request.start, asked.request.headers));
                }
            }
        }
        Ok(())
    }
}

/// What must hold of a message that the core sends to a phone.
fn check_sent(phone: &mut Phone, message: &Text) -> Result<(), String> {
    let Some(status) = message.status() else {
        // RFC 3261 §16.6: our Via on top, one hop less.
        let hops: u32 = message.header("Max-Forwards").and_then(|hops| hops.parse().ok()).ok_or("no Max-Forwards")?;
        let ours = message.header("Via").is_some_and(|via| via.contains(PROXY));
        return if ours && hops <= 70 { Ok(()) } else { Err("forwarded wrongly".to_owned()) };
    };
    let asked = phone.asked.get_mut(&name_of(message)).ok_or("an answer to nothing that was asked")?;
    if asked.request.method() != message.method() || asked.request.call_id() != message.call_id() {
        return Err("an answer to another request".to_owned());
    }
    // RFC 4320 §4.2: no 408 to a request other than INVITE.
    if status == 408 && message.method() != "INVITE" {
        return Err("a 408 to a request that is no INVITE".to_owned());
    }
    // RFC 3261 §26.3.2.4: a challenge is made without a transaction, so a repeated request is decided upon anew.
    let challenged = asked.forgotten || asked.finals.iter().all(|(other, _)| matches!(other, 401 | 407));
    // RFC 4320 §4.1: and no provisional response but 100.
    if (101..200).contains(&status) && message.method() != "INVITE" {
        return Err("a provisional response to a request that is no INVITE".to_owned());
    }
    if status < 200 {
        // Answers to OPTIONS are made without a transaction too, and a repeated one may wait for the directory.
        let over = !challenged && message.method() != "OPTIONS";
        return if over { Err("a provisional response after the final one".to_owned()) } else { Ok(()) };
    }
    let answer = (status, message.tag("To").unwrap_or_default().to_owned());
    if asked.finals.contains(&answer) {
        return Ok(());
    }
    let success = |status: u16| (200..300).contains(&status);
    let fits = challenged
        || message.method() == "OPTIONS"
        || success(status) && message.method() == "INVITE" && asked.finals.iter().all(|(other, _)| success(*other));
    asked.finals.push(answer);
    if fits { Ok(()) } else { Err(format!("more than one final response: {:?}", asked.finals)) }
}
