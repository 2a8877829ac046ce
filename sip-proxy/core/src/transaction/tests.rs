//! The transaction layer alone, on virtual time: what it sends, when, and what it tells the proxy.

mod cancel;
mod client;
mod invite_client;
mod invite_server;
mod matching;
mod server;
mod undeliverable;

use std::net::SocketAddr;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use sip_message::Message;

use super::{Branch, ClientId, OutgoingRequest, Owner, ServerId, TransactionId, Transactions, TuEvent};
use crate::command::Command;
use crate::flow::{ConnectionId, Flow, Listener, ListenerId, Transport};
use crate::settings::Settings;
use crate::test_clock::start;

const PEER: &str = "192.0.2.7:5060";

/// The layer with a clock that the test moves.
struct Rig {
    began: Instant,
    now: Instant,
    layer: Transactions,
    flow: Flow,
    /// What the proxy was told since it was last looked at.
    told: Vec<TuEvent<'static>>,
}

impl Rig {
    fn new(flow: Flow) -> Rig {
        let local: SocketAddr = "192.0.2.254:5060".parse().unwrap();
        let mut settings =
            Settings::new(vec![Listener::new(Transport::Udp, local), Listener::new(Transport::Tcp, local)]);
        settings.transactions_max = 8;
        settings.transactions_per_source_max = 6;
        let now = start();
        Rig { began: now, now, layer: Transactions::new(Arc::new(settings), 1), flow, told: Vec::new() }
    }

    fn udp() -> Rig {
        Rig::new(Flow::udp(ListenerId(0), PEER.parse().unwrap()))
    }

    fn tcp() -> Rig {
        let connection = Some(ConnectionId(NonZeroU64::MIN));
        Rig::new(Flow::tcp(ListenerId(1), "192.0.2.7:40000".parse().unwrap(), connection))
    }

    /// Moves the clock, firing timers at their times; gives what was sent, each with its time in milliseconds.
    fn pass(&mut self, after: Duration) -> Vec<(u128, String)> {
        let until = self.now + after;
        let mut sent = self.sent();
        while let Some((at, _)) = self.layer.timers.next().filter(|(at, _)| *at <= until) {
            self.now = self.now.max(at);
            while let Some(due) = self.layer.timers.pop(self.now) {
                let event = self.layer.fire(self.now, due);
                self.told.extend(event);
            }
            sent.extend(self.sent());
        }
        self.now = until;
        sent
    }

    /// What was sent since the last look: the start line without the version.
    fn sent(&mut self) -> Vec<(u128, String)> {
        let at = (self.now - self.began).as_millis();
        self.commands()
            .into_iter()
            .filter_map(|command| match command {
                Command::Send { bytes, .. } => Some((at, summary(&bytes))),
                _ => None,
            })
            .collect()
    }

    fn commands(&mut self) -> Vec<Command> {
        self.layer.commands.drain(..).collect()
    }

    /// The one message that was sent since the last look.
    fn sent_message(&mut self) -> Message {
        let commands = self.commands();
        let [Command::Send { bytes, .. }] = &commands[..] else { panic!("one message is sent: {commands:?}") };
        Message::parse(bytes.clone()).unwrap()
    }

    /// A request arrives. What the proxy is told is given back.
    fn request(&mut self, text: &str) -> Option<TuEvent<'static>> {
        let message = Message::parse(Bytes::copy_from_slice(text.as_bytes())).unwrap();
        self.layer.receive_request(self.now, self.flow, message.into())
    }

    /// A request arrives that begins a transaction.
    fn begin(&mut self, text: &str) -> ServerId {
        match self.request(text) {
            Some(TuEvent::Request { txn, .. }) => txn,
            other => panic!("a transaction begins: {other:?}"),
        }
    }

    fn respond(&mut self, txn: ServerId, status: u16) {
        let bytes = Bytes::from(format!("SIP/2.0 {status} X\r\n\r\n"));
        self.layer.respond(self.now, txn, status, bytes);
    }

    /// Sends a request in a client transaction.
    fn send(&mut self, method: &str) -> (ClientId, Branch) {
        let branch = self.layer.new_branch(0);
        let bytes = Bytes::from(text(method, branch.as_str()));
        let request = OutgoingRequest { invite: method == "INVITE", bytes };
        let txn = self.layer.send_request(self.now, self.flow, branch, request, Owner(5)).unwrap();
        (txn, branch)
    }

    /// A response arrives; what the proxy is told is given back, a response by its status.
    fn response(&mut self, status: u16, method: &str, branch: Branch) -> Option<u16> {
        let text = format!(
            "SIP/2.0 {status} X\r\nVia: SIP/2.0/UDP 192.0.2.254;branch={}\r\nVia: SIP/2.0/UDP 192.0.2.5;branch=z9hG4bKx\r\nFrom: <sip:a@h>;tag=1\r\n\
             To: <sip:b@h>;tag=2\r\nCall-ID: c\r\nCSeq: 7 {method}\r\nContent-Length: 0\r\n\r\n",
            branch.as_str()
        );
        let message = Message::parse(Bytes::from(text)).unwrap();
        match self.layer.receive_response(self.now, self.flow, &message) {
            None => None,
            Some(TuEvent::Response { response, owner: Owner(5), .. }) => response.status(),
            other => panic!("a response is passed up: {other:?}"),
        }
    }

    fn fail(&mut self, origin: TransactionId, flow: Flow, bytes: Bytes) {
        let event = self.layer.send_failed(self.now, origin, flow, bytes);
        self.told.extend(event);
    }
}

fn text(method: &str, branch: &str) -> String {
    format!(
        "{method} sip:b@192.0.2.9 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.7;branch={branch}\r\nMax-Forwards: 70\r\n\
         From: <sip:a@h>;tag=1\r\nTo: <sip:b@h>\r\nCall-ID: c\r\nCSeq: 7 {method}\r\nContent-Length: 0\r\n\r\n"
    )
}

/// `INVITE`, `200`.
fn summary(bytes: &[u8]) -> String {
    let line = String::from_utf8_lossy(bytes);
    let mut words = line.split(' ');
    let first = words.next().unwrap_or_default();
    if first == "SIP/2.0" { words.next().unwrap_or_default().to_owned() } else { first.to_owned() }
}

/// `[(0, "INVITE"), …]` from `"INVITE@0 …"`.
fn sends(list: &str) -> Vec<(u128, String)> {
    list.split_whitespace()
        .map(|word| {
            let (what, at) = word.split_once('@').unwrap();
            (at.parse().unwrap(), what.to_owned())
        })
        .collect()
}

const MS: Duration = Duration::from_millis(1);
const S: Duration = Duration::from_secs(1);

#[test]
fn a_transaction_takes_little_room_beside_its_message() {
    use super::tables::{ClientEntry, ServerEntry};
    let sizes = (size_of::<ServerEntry>(), size_of::<ClientEntry>());
    assert!(sizes.0 <= 144 && sizes.1 <= 160, "{sizes:?}");
}
