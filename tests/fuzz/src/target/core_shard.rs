//! One shard's core: whatever arrives, what it sends are SIP messages, bounded in number, and everything comes to an end.

use bytes::Bytes;
use domain::{DomainName, SipId};
use sip_core::directory::{Account, Domain};
use sip_core::locations::{Binding, BindingTexts};
use sip_core::{Answer, Command, Core, Flow, Input, Listener, ListenerId, Lookup, Settings, Shared, Transport};
use sip_message::{Limits, Message, Reply};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// What one datagram may lead to: its answers and forwarded copies, each repeated until its time is over.
pub(super) const SENT_MAX: usize = 200;
/// Longer than every timer.
pub(super) const QUIET: Duration = Duration::from_secs(600);
/// Enough for what a hop adds to a message at the usual limits.
const WIDE: Limits = Limits { message: 1 << 20, headers: 1000, line: 65_000 };

/// Holds one input, taken as a datagram, against the invariants.
pub fn run(input: &[u8]) {
    // One beginning of time for all runs: nothing depends on it.
    static START: OnceLock<Instant> = OnceLock::new();
    let start = *START.get_or_init(Instant::now);
    let Some((mut core, peer)) = set_up(start) else { return };
    let mut sent = 0;
    core.handle(start, Input::Received { flow: peer, bytes: Bytes::copy_from_slice(input) });
    drain(&mut core, start, peer, &mut sent, SENT_MAX);
    while let Some((at, _)) = core.next_deadline().filter(|(at, _)| *at <= start + QUIET) {
        core.handle(at, Input::Deadline);
        drain(&mut core, at, peer, &mut sent, SENT_MAX);
    }
    assert_eq!((core.transactions(), core.requests()), (0, 0), "all comes to an end");
}

/// A core that serves example.com, and somebody who asks it.
pub(super) fn set_up(start: Instant) -> Option<(Core, Flow)> {
    let peer = Flow::udp(ListenerId(0), ([192, 0, 2, 7], 5060).into());
    let shared = Arc::new(Shared::new(&[1; 32], start));
    for user in ["user", "joe", "bob"] {
        let texts = BindingTexts { contact: b"sip:x@192.0.2.7:5060", call_id: b"r", ..BindingTexts::default() };
        let binding = Binding::new(texts, peer, 1, start + QUIET).ok()?;
        shared.locations.restore(&SipId::parse(&format!("{user}@example.com")).ok()?, &[binding]);
    }
    let listeners =
        [Transport::Udp, Transport::Tcp].map(|spoken| Listener::new(spoken, ([192, 0, 2, 254], 5060).into()));
    let mut settings = Settings::new(listeners.into());
    settings.follow_redirects = true;
    settings.session_timers.max_s = 1800;
    Some((Core::new(Arc::new(settings), shared, 1), peer))
}

/// Takes what the core wants, and answers some of it.
pub(super) fn drain(core: &mut Core, now: Instant, peer: Flow, sent: &mut usize, most: usize) {
    while let Some(command) = core.poll() {
        match command {
            Command::Send { bytes, .. } => {
                *sent += 1;
                assert!(*sent <= most, "what comes of a datagram is bounded");
                let message = match Message::parse_with(bytes, &WIDE) {
                    Ok(message) => message,
                    // An answer to what is itself malformed copies what it must copy.
                    Err(error) => {
                        assert!(error.message.is_some_and(|message| message.is_response()), "a readable request");
                        continue;
                    }
                };
                if message.is_request() && (*sent).is_multiple_of(2) {
                    let mut answer = Vec::new();
                    Reply::new(&message, [180, 200, 486, 302, 503][*sent % 5]).to_tag("t").render(&mut answer);
                    core.handle(now, Input::Received { flow: peer, bytes: Bytes::from(answer) });
                }
            }
            Command::Ask { id, lookup } => core.handle(now, Input::Answer { id, answer: look_up(&lookup) }),
            Command::Store(_) | Command::Report(_) => {}
        }
    }
}

fn look_up(lookup: &Lookup) -> Answer {
    match lookup {
        Lookup::Domain(name) => {
            let ours = DomainName::parse("example.com").is_ok_and(|home| home == *name);
            Answer::Domain(ours.then(|| Arc::new(Domain { name: name.clone(), customer: 0, reseller: 0 })))
        }
        Lookup::Account(id) => Answer::Account(Some(Arc::new(Account {
            id: id.clone(),
            digests: Default::default(),
            groups: Box::default(),
            acl: Box::default(),
            calls: None,
        }))),
        Lookup::Alias(_) => Answer::Alias(None),
        Lookup::Number(_) => Answer::Number(None),
        Lookup::Resolve { .. } => Answer::Addresses(vec![(Transport::Udp, ([192, 0, 2, 9], 5060).into())]),
    }
}
