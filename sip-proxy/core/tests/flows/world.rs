//! A core, its clock, its directory and the phones around it.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use domain::SipId;
use sip_core::locations::{Binding, BindingTexts};
use sip_core::peers::{PeerCalls, TrustedPeer};
use sip_core::{
    Answer, AskId, Command, ConnectionId, Core, Flow, Input, Listener, Relay, Settings, Shared, TransactionId,
    Transport,
};

use super::phone::Phone;
use crate::support::directory::Directory;

pub(crate) const HOME: &str = "example.com";
pub(crate) const PROXY: &str = "192.0.2.254:5060";
const PROXY6: &str = "[2001:db8::fe]:5060";

pub(crate) struct World {
    pub(crate) now: Instant,
    pub(crate) directory: Directory,
    pub(crate) phones: Vec<Phone>,
    pub(crate) settings: Settings,
    core: Option<Core>,
    shared: Arc<Shared>,
    /// Answers that the file holds back.
    pub(crate) holding: bool,
    held: VecDeque<(AskId, Answer)>,
    /// Connections that are gone, so that nothing goes over them.
    closed: Vec<Flow>,
    connections: u64,
    /// How many contacts each address had when it was last stored.
    pub(crate) stored: Vec<(String, usize)>,
}

/// UDP and TCP share a port; the others have their own.
fn listener(transport: Transport, address: SocketAddr) -> Listener {
    let port = match transport {
        Transport::Udp | Transport::Tcp => address.port(),
        other => other.default_port(),
    };
    Listener::new(transport, SocketAddr::new(address.ip(), port))
}

impl World {
    pub(crate) fn new() -> World {
        #[expect(clippy::disallowed_methods, reason = "a beginning for virtual time")]
        let now = Instant::now();
        let proxy: SocketAddr = PROXY.parse().expect("an address");
        let sixth: SocketAddr = PROXY6.parse().expect("an address");
        let listeners = [proxy, sixth]
            .into_iter()
            .flat_map(|address| Transport::ALL.map(|transport| listener(transport, address)))
            .collect();
        let mut directory = Directory::default();
        directory.add_domain(HOME);
        let shared = Arc::new(Shared::new(&[7; 32], now));
        // Every case begins at the same time on the wall.
        shared.set_wall_clock(now, Duration::from_secs(1_735_689_590));
        World {
            now,
            directory,
            phones: Vec::new(),
            settings: Settings::new(listeners),
            core: None,
            shared,
            holding: false,
            held: VecDeque::new(),
            closed: Vec::new(),
            connections: 0,
            stored: Vec::new(),
        }
    }

    /// What comes from this address is trusted.
    pub(crate) fn trust(&mut self, address: &str) -> Result<(), String> {
        let address = address.parse().map_err(|_| format!("{address} is no address"))?;
        self.shared.peers.set([TrustedPeer { address, transport: None, calls: PeerCalls::default() }]);
        Ok(())
    }

    /// The phone of that name; made where there is none, at an address of its own.
    pub(crate) fn phone(&mut self, name: &str) -> &mut Phone {
        let place = self.phones.iter().position(|phone| phone.name == name).unwrap_or_else(|| {
            let address = SocketAddr::from(([192, 0, 2, 10 + self.phones.len() as u8], 5060));
            self.add_phone(name, Transport::Udp, address)
        });
        &mut self.phones[place]
    }

    pub(crate) fn add_phone(&mut self, name: &str, transport: Transport, address: SocketAddr) -> usize {
        let home = format!("{name}@{HOME}");
        let aor = if self.has_account(&home) { home } else { format!("{name}@elsewhere.example") };
        self.phones.push(Phone::new(name, aor, transport, address));
        self.phones.len() - 1
    }

    pub(crate) fn has_account(&self, id: &str) -> bool {
        SipId::parse(id).is_ok_and(|id| self.directory.accounts.contains_key(&id))
    }

    /// A contact that was registered before the case begins.
    pub(crate) fn register(
        &mut self,
        aor: &str,
        [contact, params]: [&str; 2],
        flow: Flow,
        q_per_mille: Option<u16>,
        expires: Duration,
    ) {
        let id = SipId::parse(aor).expect("an address of record");
        let (contact, params) = (contact.as_bytes(), params.as_bytes());
        let texts = BindingTexts { contact, params, call_id: b"before", ..BindingTexts::default() };
        let binding = Binding::new(texts, flow, 1, self.now + expires).expect("short texts").with_q(q_per_mille);
        let mut bindings = self.shared.locations.get(&id, self.now).map(|known| known.to_vec()).unwrap_or_default();
        bindings.push(binding);
        self.shared.locations.restore(&id, &bindings);
    }

    /// The token with which another proxy would ask for this phone.
    pub(crate) fn relay_token(&mut self, name: &str) -> String {
        self.connect(name);
        let flow = self.phone(name).flow();
        let texts = BindingTexts { contact: b"sip:it@10.0.0.1", ..BindingTexts::default() };
        let binding = Binding::new(texts, flow, 1, self.now).expect("short texts");
        let relay = Relay { address: PROXY.to_owned(), transport: Transport::Tcp, udp: true };
        let route = self.shared.relay_route(&binding, &relay).expect("it is held here");
        route.split_once("flow=").expect("a token").1.trim_end_matches('>').to_owned()
    }

    /// A connection from a phone that has none and needs one.
    pub(crate) fn connect(&mut self, name: &str) {
        let number = self.connections + 1;
        let phone = self.phone(name);
        if phone.transport.is_reliable() && phone.connection.is_none() {
            phone.connect(number);
            self.connections = number;
        }
    }

    pub(crate) fn close(&mut self, name: &str) {
        let phone = self.phone(name);
        let flow = phone.flow();
        phone.connection = None;
        self.closed.push(flow);
        self.input(Input::FlowClosed { flow });
    }

    pub(crate) fn receive(&mut self, name: &str, bytes: Vec<u8>) {
        self.connect(name);
        let flow = self.phone(name).flow();
        self.input(Input::Received { flow, bytes: Bytes::from(bytes) });
    }

    /// Lets time pass, waking the core at its deadlines.
    pub(crate) fn pass(&mut self, time: Duration) {
        let until = self.now + time;
        while let Some((at, _)) = self.core().next_deadline().filter(|(at, _)| *at <= until) {
            self.now = self.now.max(at);
            self.input(Input::Deadline);
        }
        self.now = until;
    }

    pub(crate) fn release(&mut self) {
        self.holding = false;
        while let Some((id, answer)) = self.held.pop_front() {
            self.input(Input::Answer { id, answer });
        }
    }

    pub(crate) fn transactions(&mut self) -> usize {
        self.core().transactions()
    }

    fn core(&mut self) -> &mut Core {
        let (settings, shared) = (&self.settings, &self.shared);
        self.core.get_or_insert_with(|| Core::new(Arc::new(settings.clone()), Arc::clone(shared), 42))
    }

    /// Gives an input to the core, and all that follows from it at once.
    fn input(&mut self, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let now = self.now;
            self.core().handle(now, input);
            while let Some(command) = self.core().poll() {
                match command {
                    Command::Send { flow, bytes, origin } => inputs.extend(self.deliver(flow, bytes, origin)),
                    Command::Ask { id, lookup } => {
                        let answer = self.directory.answer(&lookup);
                        match self.holding {
                            true => self.held.push_back((id, answer)),
                            false => inputs.push_back(Input::Answer { id, answer }),
                        }
                    }
                    Command::Store(change) => self.stored.push((change.aor.to_string(), change.bindings.len())),
                    Command::Report(_) => {}
                }
            }
        }
    }

    fn deliver(&mut self, flow: Flow, bytes: Bytes, origin: Option<TransactionId>) -> Option<Input> {
        let failed = origin.map(|origin| Input::SendFailed { origin, flow, bytes: bytes.clone() });
        if self.closed.contains(&flow) {
            return failed;
        }
        let takes = |phone: &Phone| match flow.connection {
            Some(ConnectionId::STANDING) => {
                phone.connection.is_some() && phone.transport == flow.transport && phone.address == flow.remote
            }
            Some(connection) => phone.connection == Some(connection),
            None => phone.transport == flow.transport && phone.address == flow.remote,
        };
        let place = self.phones.iter().position(takes);
        if place.is_none() && flow.connection == Some(ConnectionId::STANDING) {
            return failed;
        }
        let Some(place) = place else {
            panic!("sent to {flow}, where nobody is:\n{}", String::from_utf8_lossy(&bytes));
        };
        if self.phones[place].unreachable {
            return failed;
        }
        let name = self.phones[place].name.clone();
        self.connect(&name);
        self.phones[place].hear(&bytes);
        None
    }
}
