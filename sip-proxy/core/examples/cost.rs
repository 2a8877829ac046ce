//! What the core alone costs: nanoseconds for each operation, everything but sockets, with the directory answered at once.

#![expect(clippy::expect_used, reason = "a measurement fails by panicking")]
#![expect(clippy::print_stdout, reason = "it tells what it measured")]
#![expect(clippy::disallowed_methods, reason = "it measures time")]

#[path = "../tests/support/mod.rs"]
#[expect(dead_code, reason = "it needs a part only")]
mod support;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use domain::SipId;
use sip_core::directory::Memory;
use sip_core::locations::{Binding, BindingTexts};
use sip_core::{Answer, Command, Core, Flow, Input, Listener, ListenerId, Lookup, Settings, Shared, Transport};

use support::credentials::sign;
use support::directory::Directory;
use support::text::Text;

const ROUNDS: u32 = 20_000;

/// Everything is in memory, as it is in a process that has run for a while.
struct Remembered(Directory);

impl std::fmt::Debug for Remembered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Remembered").finish_non_exhaustive()
    }
}

impl Memory for Remembered {
    fn answer(&self, lookup: &Lookup) -> Option<Answer> {
        Some(self.0.answer(lookup))
    }
}

struct Bench {
    core: Core,
    now: Instant,
    alice: Flow,
    bob: Flow,
    sent: Vec<(SocketAddr, Bytes)>,
}

impl Bench {
    fn new() -> Bench {
        let proxy: SocketAddr = "192.0.2.254:5060".parse().expect("an address");
        let now = Instant::now();
        let shared = Arc::new(Shared::new(&[1; 32], now));
        let alice = Flow::udp(ListenerId(0), "192.0.2.5:5060".parse().expect("an address"));
        let bob = Flow::udp(ListenerId(0), "192.0.2.7:5060".parse().expect("an address"));
        let texts = BindingTexts { contact: b"sip:bob@192.0.2.7:5060", call_id: b"r", ..BindingTexts::default() };
        let binding = Binding::new(texts, bob, 1, now + Duration::from_secs(86_400)).expect("a binding");
        shared.locations.restore(&SipId::parse("bob@example.com").expect("a name"), &[binding]);
        let mut directory = Directory::default();
        directory.add_domain("example.com");
        directory.add_account("bob@example.com", "secret", &[], &[]);
        let settings = Settings::new(vec![Listener::new(Transport::Udp, proxy)]);
        shared.set_wall_clock(now, Duration::from_secs(1_735_689_590));
        let core = Core::new(Arc::new(settings), shared, 1).with_memory(Arc::new(Remembered(directory)));
        Bench { core, now, alice, bob, sent: Vec::new() }
    }

    fn receive(&mut self, flow: Flow, bytes: Bytes) {
        self.core.handle(self.now, Input::Received { flow, bytes });
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(command) = self.core.poll() {
            match command {
                Command::Send { flow, bytes, .. } => self.sent.push((flow.remote, bytes)),
                Command::Ask { .. } | Command::Store(_) | Command::Report(_) => {}
            }
        }
    }
}

fn request(method: &str, uri: &str, number: u32, extra: &str) -> Bytes {
    Bytes::from(format!(
        "{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.5:5060;branch=z9hG4bK{method}{number};rport\r\n\
         Max-Forwards: 70\r\nFrom: \"Alice\" <sip:alice@elsewhere.example>;tag=a{number}\r\nTo: <{uri}>\r\n\
         Call-ID: {number}@192.0.2.5\r\nCSeq: 1 {method}\r\nContact: <sip:alice@192.0.2.5:5060>\r\n\
         Allow: INVITE, ACK, CANCEL, OPTIONS, BYE\r\nUser-Agent: Phone 1.0\r\n{extra}Content-Length: 0\r\n\r\n"
    ))
}

/// A response as a phone makes it: the lines that are copied, with a To tag and a Contact.
fn answer(request: &Bytes, status: u16) -> Bytes {
    let text = String::from_utf8_lossy(request);
    let mut out = format!("SIP/2.0 {status} X\r\n");
    for line in text.lines() {
        let copied = ["Via:", "From:", "Call-ID:", "CSeq:", "Record-Route:"];
        if copied.iter().any(|name| line.starts_with(name)) {
            out += &format!("{line}\r\n");
        } else if line.starts_with("To:") {
            let tag = if line.contains(";tag=") { "" } else { ";tag=b" };
            out += &format!("{line}{tag}\r\n");
        }
    }
    Bytes::from(out + "Contact: <sip:bob@192.0.2.7:5060>\r\nContent-Length: 0\r\n\r\n")
}

/// CPU time of this process, which neighbours do not disturb as they do the clock on the wall.
fn cpu() -> u128 {
    let text = std::fs::read_to_string("/proc/self/schedstat").expect("Linux");
    text.split(' ').next().and_then(|nanoseconds| nanoseconds.parse().ok()).expect("a number")
}

/// Hands in messages that are all made before; gives the time that it took.
fn timed(bench: &mut Bench, flow: Flow, messages: Vec<Bytes>) -> u128 {
    let began = cpu();
    for bytes in messages {
        bench.now += Duration::from_micros(50);
        bench.receive(flow, bytes);
    }
    bench.core.handle(bench.now, Input::Deadline);
    bench.drain();
    cpu() - began
}

fn measure(name: &str, messages: u128, mut round: impl FnMut(&mut Bench, u32) -> u128) {
    let mut bench = Bench::new();
    let best = (0..5).map(|window| round(&mut bench, window * ROUNDS)).min().unwrap_or_default();
    let each = best / u128::from(ROUNDS);
    println!("{name:<34} {each:>6} ns, {:>5} ns a message in", each / messages);
}

fn simple(name: &str, method: &str, uri: &str, from: &str, to: &str) {
    measure(name, 1, |bench, first| {
        let message = |number| {
            let text = String::from_utf8_lossy(&request(method, uri, number, "")).into_owned();
            Bytes::from(text.replace(from, to))
        };
        bench.sent.clear();
        timed(bench, bench.alice, (first..first + ROUNDS).map(message).collect())
    });
}

/// What was sent to that address since the last look.
fn taken(bench: &mut Bench, flow: Flow, start: &[u8]) -> Vec<Bytes> {
    let sent = std::mem::take(&mut bench.sent);
    sent.into_iter().filter(|(to, bytes)| *to == flow.remote && bytes.starts_with(start)).map(|(_, b)| b).collect()
}

fn main() {
    simple("OPTIONS to the proxy", "OPTIONS", "sip:example.com", "", "");
    simple("REGISTER, challenged", "REGISTER", "sip:example.com", "<sip:example.com>", "<sip:bob@example.com>");
    measure("REGISTER, with credentials", 1, |bench, first| {
        bench.sent.clear();
        let alice = bench.alice;
        let register = |number| {
            let bytes = request("REGISTER", "sip:example.com", number, "Expires: 3600\r\n");
            Text::read(String::from_utf8_lossy(&bytes).replace("<sip:example.com>", "<sip:bob@example.com>").as_bytes())
        };
        timed(bench, alice, (first..first + ROUNDS).map(|number| Bytes::from(register(number).write())).collect());
        let challenges = taken(bench, alice, b"SIP/2.0 401");
        let signed = challenges.iter().zip(first..).map(|(challenge, number)| {
            let mut text = register(number);
            text.set("Via", format!("SIP/2.0/UDP 192.0.2.5:5060;branch=z9hG4bKsigned{number};rport"));
            text.add(
                "Contact",
                "<sip:bob@192.0.2.5:5060>;+sip.instance=\"<urn:uuid:00000000-0000-4000-8000-000000000001>\"",
            );
            text.set("CSeq", format!("{} REGISTER", number + 2));
            sign(&mut text, &Text::read(challenge), "bob", "secret", 1);
            Bytes::from(text.write())
        });
        let signed = signed.collect();
        bench.sent.clear();
        let spent = timed(bench, alice, signed);
        assert_eq!(taken(bench, alice, b"SIP/2.0 200").len(), ROUNDS as usize);
        spent
    });
    measure("MESSAGE, relayed and answered", 2, |bench, first| {
        bench.sent.clear();
        let (alice, bob) = (bench.alice, bench.bob);
        let messages = (first..first + ROUNDS).map(|number| request("MESSAGE", "sip:bob@example.com", number, ""));
        let there = timed(bench, alice, messages.collect());
        let answers = taken(bench, bob, b"MESSAGE").iter().map(|message| answer(message, 200)).collect();
        there + timed(bench, bob, answers)
    });
    measure("call: INVITE 180 200 ACK BYE 200", 6, |bench, first| {
        bench.sent.clear();
        let (alice, bob) = (bench.alice, bench.bob);
        let numbers = first..first + ROUNDS;
        let invites = numbers.clone().map(|number| request("INVITE", "sip:bob@example.com", number, ""));
        let mut spent = timed(bench, alice, invites.collect());
        let invites = taken(bench, bob, b"INVITE");
        spent += timed(bench, bob, invites.iter().map(|invite| answer(invite, 180)).collect());
        bench.sent.clear();
        spent += timed(bench, bob, invites.iter().map(|invite| answer(invite, 200)).collect());
        let ok = taken(bench, alice, b"SIP/2.0 200").swap_remove(0);
        let ok = String::from_utf8_lossy(&ok).into_owned();
        let route = ok.lines().find_map(|line| line.strip_prefix("Record-Route: ")).unwrap_or_default();
        let route = format!("Route: {route}\r\n");
        let in_dialog = |method: &str| -> Vec<Bytes> {
            let tagged = |number| {
                let bytes = request(method, "sip:bob@192.0.2.7:5060", number, &route);
                let text = String::from_utf8_lossy(&bytes).into_owned();
                Bytes::from(text.replace("To: <sip:bob@192.0.2.7:5060>", "To: <sip:bob@example.com>;tag=b"))
            };
            numbers.clone().map(tagged).collect()
        };
        spent += timed(bench, alice, in_dialog("ACK"));
        spent += timed(bench, alice, in_dialog("BYE"));
        let byes = taken(bench, bob, b"BYE");
        spent + timed(bench, bob, byes.iter().map(|bye| answer(bye, 200)).collect())
    });
}
