//! What the process remembers is not asked for: a request whose questions memory answers is decided within one input.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

#[path = "support/mod.rs"]
#[expect(dead_code, reason = "it needs a part only")]
mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use sip_core::directory::Memory;
use sip_core::{Answer, Command, Core, Flow, Input, Listener, ListenerId, Lookup, Settings, Shared, Transport};

use support::directory::Directory;

/// Knows the domain, and no account.
#[derive(Debug)]
struct DomainAlone(Answer);

impl Memory for DomainAlone {
    fn answer(&self, lookup: &Lookup) -> Option<Answer> {
        matches!(lookup, Lookup::Domain(_)).then(|| self.0.clone())
    }
}

fn core(memory: Option<Arc<dyn Memory>>, now: Instant) -> Core {
    let listener = Listener::new(Transport::Udp, "192.0.2.254:5060".parse().expect("an address"));
    let shared = Arc::new(Shared::new(&[1; 32], now));
    let core = Core::new(Arc::new(Settings::new(vec![listener])), shared, 1);
    match memory {
        Some(memory) => core.with_memory(memory),
        None => core,
    }
}

fn receive(core: &mut Core, now: Instant, method: &str, uri: &str) -> Vec<String> {
    let flow = Flow::udp(ListenerId(0), "192.0.2.5:5060".parse().expect("an address"));
    let bytes = Bytes::from(format!(
        "{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.5:5060;branch=z9hG4bK{method}\r\nMax-Forwards: 70\r\n\
         From: <sip:alice@elsewhere.example>;tag=a\r\nTo: <{uri}>\r\nCall-ID: {method}\r\nCSeq: 1 {method}\r\nContent-Length: 0\r\n\r\n"
    ));
    core.handle(now, Input::Received { flow, bytes });
    let commands = std::iter::from_fn(|| core.poll());
    commands
        .filter_map(|command| match command {
            Command::Ask { lookup, .. } => Some(format!("ask {lookup:?}")),
            Command::Send { bytes, .. } => Some(String::from_utf8_lossy(&bytes[..11]).into_owned()),
            Command::Store(_) | Command::Report(_) => None,
        })
        .collect()
}

fn start() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "a beginning for the virtual clock")]
    Instant::now()
}

#[test]
fn what_is_remembered_is_not_asked_for_and_the_rest_is() {
    let mut directory = Directory::default();
    directory.add_domain("example.com");
    let domain = Lookup::Domain(domain::DomainName::parse("example.com").expect("a domain"));
    let memory: Arc<dyn Memory> = Arc::new(DomainAlone(directory.answer(&domain)));
    let now = start();
    let mut core = core(Some(memory), now);
    assert_eq!(receive(&mut core, now, "OPTIONS", "sip:example.com"), ["SIP/2.0 200"]);
    let asked = receive(&mut core, now, "MESSAGE", "sip:bob@example.com");
    assert!(matches!(&asked[..], [one] if one.starts_with("ask Account")), "{asked:?}");
    core.handle(now + Duration::from_secs(60), Input::Deadline);
}

#[test]
fn without_a_memory_everything_is_asked_for() {
    let now = start();
    let mut core = core(None, now);
    let asked = receive(&mut core, now, "OPTIONS", "sip:example.com");
    assert!(matches!(&asked[..], [one] if one.starts_with("ask Domain")), "{asked:?}");
}

#[test]
fn a_memory_that_knows_of_no_database_is_an_answer_too() {
    let now = start();
    let mut core = core(Some(Arc::new(DomainAlone(Answer::Unavailable))), now);
    assert_eq!(receive(&mut core, now, "OPTIONS", "sip:example.com"), ["SIP/2.0 503"]);
}
