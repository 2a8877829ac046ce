//! Octets as they come from a network: what is legal however odd is answered and forwarded, what is not is named, and nothing goes on that
//! should not. The flows of `tests/sip` write well-formed messages; here they are written out.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

#[path = "support/mod.rs"]
#[expect(dead_code, reason = "it needs a part only")]
mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use domain::SipId;
use sip_core::locations::{Binding, BindingTexts};
use sip_core::{Command, Core, Flow, Input, Listener, ListenerId, Settings, Shared, Transport};

use support::directory::Directory;

/// A proxy of example.com, alice of elsewhere, and bob at his phone.
struct World {
    core: Core,
    directory: Directory,
    now: Instant,
    alice: Flow,
    bob: Flow,
}

impl World {
    fn new() -> World {
        #[expect(clippy::disallowed_methods, reason = "a beginning for the virtual clock")]
        let now = Instant::now();
        let phone = |address: &str| Flow::udp(ListenerId(0), address.parse().expect("an address"));
        let (alice, bob) = (phone("192.0.2.5:5060"), phone("192.0.2.7:5060"));
        let mut directory = Directory::default();
        directory.add_domain("example.com");
        directory.add_account("bob@example.com", "secret", &[], &[]);
        let shared = Arc::new(Shared::new(&[1; 32], now));
        let texts = BindingTexts { contact: b"sip:bob@192.0.2.7:5060", call_id: b"r", ..BindingTexts::default() };
        let binding = Binding::new(texts, bob, 1, now + Duration::from_secs(600)).expect("a binding");
        shared.locations.restore(&SipId::parse("bob@example.com").expect("an address"), &[binding]);
        let listener = Listener::new(Transport::Udp, "192.0.2.254:5060".parse().expect("an address"));
        let core = Core::new(Arc::new(Settings::new(vec![listener])), shared, 1);
        World { core, directory, now, alice, bob }
    }

    /// A datagram from there; what is sent then, and to whom.
    fn hears(&mut self, from: Flow, text: &str) -> Vec<(Flow, String)> {
        self.core.handle(self.now, Input::Received { flow: from, bytes: Bytes::from(text.to_owned()) });
        let mut sent = Vec::new();
        while let Some(command) = self.core.poll() {
            match command {
                Command::Send { flow, bytes, .. } => sent.push((flow, String::from_utf8_lossy(&bytes).into_owned())),
                Command::Ask { id, lookup } => {
                    let answer = self.directory.answer(&lookup);
                    self.core.handle(self.now, Input::Answer { id, answer });
                }
                Command::Store(_) | Command::Report(_) => {}
            }
        }
        sent
    }

    /// What alice is answered at once.
    fn answer(&mut self, text: &str) -> String {
        let alice = self.alice;
        let sent = self.hears(alice, text);
        assert!(matches!(&sent[..], [(to, _)] if *to == alice), "{text}: {sent:?}");
        sent[0].1.clone()
    }

    /// What bob gets of it.
    fn forwarded(&mut self, text: &str) -> String {
        let (alice, bob) = (self.alice, self.bob);
        let sent = self.hears(alice, text);
        assert!(matches!(&sent[..], [(to, _)] if *to == bob), "{text}: {sent:?}");
        sent[0].1.clone()
    }
}

/// A MESSAGE with this start line, these headers besides, and what follows them.
fn message(start: &str, headers: &str, rest: &str) -> String {
    format!(
        "{start}\r\nVia: SIP/2.0/UDP 192.0.2.5:5060;branch=z9hG4bK{}\r\nMax-Forwards: 70\r\n\
         From: <sip:alice@elsewhere.example>;tag=a\r\nTo: <sip:bob@example.com>\r\nCall-ID: c\r\n{headers}\r\n{rest}",
        start.len() + headers.len()
    )
}

const TO_BOB: &str = "MESSAGE sip:bob@example.com SIP/2.0";
const CSEQ: &str = "CSeq: 1 MESSAGE\r\n";

/// RFC 3261 §7.1, §7.3.1, §25.1: names are tokens, values may be folded, and the version has no case.
#[test]
fn odd_but_legal_octets_are_forwarded() {
    let mut world = World::new();
    let headers = "X%'~!*: odd\r\nCSeq: 1\r\n MESSAGE\r\nContent-Length: 0\r\n";
    let heard = world.forwarded(&message("MESSAGE sip:bob@example.com sip/2.0", headers, ""));
    assert!(heard.contains("\r\nX%'~!*: odd\r\n"), "{heard}");
}

/// RFC 3261 §18.3: what follows the body of a datagram is no part of the message.
#[test]
fn what_follows_the_body_of_a_datagram_goes_nowhere() {
    let headers = format!("{CSEQ}Content-Type: text/plain\r\nContent-Length: 2\r\n");
    let heard = World::new().forwarded(&message(TO_BOB, &headers, "hi, and more"));
    assert!(heard.ends_with("\r\n\r\nhi"), "{heard}");
}

/// RFC 3261 §7.1, §8.2.2, §16.3: a scheme and a version that are not known are named.
#[test]
fn what_is_not_known_is_named() {
    let mut world = World::new();
    let headers = format!("{CSEQ}Content-Length: 0\r\n");
    for (start, status) in [
        ("MESSAGE nobodyKnowsThisScheme:x SIP/2.0", "416"),
        ("MESSAGE sip:bob@example.com SIP/7.0", "505"),
        ("MESSAGE sip:bob@example.com SIP/2.0 ", "400"),
        ("MESSAGE  sip:bob@example.com SIP/2.0", "400"),
        // RFC 4475 §3.1.1.4: a null that is escaped is an octet like others, and nobody has this name.
        ("MESSAGE sip:b%00b@example.com SIP/2.0", "404"),
    ] {
        let answer = world.answer(&message(start, &headers, ""));
        assert!(answer.starts_with(&format!("SIP/2.0 {status} ")), "{start}: {answer}");
    }
}

/// RFC 3261 §7.2, §18.1.2: a response that is none, or that answers nothing of ours, goes no further.
#[test]
fn a_response_with_a_code_out_of_range_or_another_via_goes_no_further() {
    let mut world = World::new();
    let heard = world.forwarded(&message(TO_BOB, &format!("{CSEQ}Content-Length: 0\r\n"), ""));
    let bob = world.bob;
    let (_, headers) = heard.split_once("\r\n").expect("a start line");
    let answered = |start: &str, headers: &str| format!("{start}\r\n{headers}");
    for (start, headers) in [
        ("SIP/2.0 4294967496 OK", headers.to_owned()),
        ("SIP/2.0 099 OK", headers.to_owned()),
        ("SIP/2.0 700 OK", headers.to_owned()),
        ("SIP/2.0 200 OK", headers.replacen("192.0.2.254:5060", "192.0.2.253:5060", 1)),
    ] {
        assert_eq!(world.hears(bob, &answered(start, &headers)), [], "{start}");
    }
    let sent = world.hears(bob, &answered("SIP/2.0 200 OK", headers));
    assert!(
        matches!(&sent[..], [(to, text)] if *to == world.alice && text.starts_with("SIP/2.0 200 OK\r\n")),
        "{sent:?}"
    );
}
