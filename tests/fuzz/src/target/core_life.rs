//! One shard's core over time: messages that come at any time over datagrams and connections, connections that end, sending that fails.
//! Whatever comes, everything comes to an end.
//!
//! An input is a story: a line `%% 500 tcp` lets 500 ms pass and has the message behind it come over a connection, `%% 0 closed` ends the
//! connection, anything else is a datagram.

use super::core_shard::{QUIET, SENT_MAX, drain, set_up};
use bytes::Bytes;
use sip_core::{ConnectionId, Core, Flow, Input, ListenerId};
use std::num::NonZeroU64;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// The longest pause of a story.
const PAUSE_MAX: u64 = 300_000;
const MESSAGES_MAX: usize = 32;

/// Holds one story against the invariants.
pub fn run(input: &[u8]) {
    static START: OnceLock<Instant> = OnceLock::new();
    let start = *START.get_or_init(Instant::now);
    let Some((mut core, peer)) = set_up(start) else { return };
    let stream = Flow::tcp(ListenerId(1), ([192, 0, 2, 8], 40_000).into(), NonZeroU64::new(1).map(ConnectionId));
    let (mut now, mut sent) = (start, 0);
    for (pause, how, message) in chapters(input) {
        now = pass(&mut core, now, now + pause, peer, &mut sent);
        let flow = if how == b"tcp" { stream } else { peer };
        let input = match how {
            b"closed" => Input::FlowClosed { flow: stream },
            _ => Input::Received { flow, bytes: Bytes::copy_from_slice(message) },
        };
        core.handle(now, input);
        drain(&mut core, now, peer, &mut sent, SENT_MAX * MESSAGES_MAX);
    }
    pass(&mut core, now, now + QUIET, peer, &mut sent);
    assert_eq!((core.transactions(), core.requests()), (0, 0), "all comes to an end");
}

/// Lets time pass, waking the core at its deadlines.
fn pass(core: &mut Core, now: Instant, until: Instant, peer: Flow, sent: &mut usize) -> Instant {
    while let Some((at, _)) = core.next_deadline().filter(|(at, _)| *at <= until) {
        let at = at.max(now);
        core.handle(at, Input::Deadline);
        drain(core, at, peer, sent, SENT_MAX * MESSAGES_MAX);
    }
    until
}

/// The pause before each message, how it comes, and the message.
fn chapters(input: &[u8]) -> Vec<(Duration, &[u8], &[u8])> {
    let mut found = Vec::new();
    let (mut pause, mut how, mut begin) = (Duration::ZERO, &b"udp"[..], 0);
    let mut at = 0;
    for line in input.split_inclusive(|byte| *byte == b'\n') {
        if let Some(words) = line.strip_prefix(b"%% ") {
            if at > begin || how == b"closed" {
                found.push((pause, how, &input[begin..at]));
            }
            let mut words = words.trim_ascii().split(|byte| *byte == b' ');
            let millis = words.next().and_then(|word| std::str::from_utf8(word).ok()?.parse::<u64>().ok());
            pause = Duration::from_millis(millis.unwrap_or_default().min(PAUSE_MAX));
            how = words.next().unwrap_or(b"udp");
            begin = at + line.len();
        }
        at += line.len();
    }
    found.push((pause, how, &input[begin..]));
    found.truncate(MESSAGES_MAX);
    found
}
