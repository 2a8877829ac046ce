//! Captures: what is sent and received of one call, or of one user's calls, copied for an operator who asked for it.
//!
//! While nobody has asked, a message costs one look at a flag. What is copied goes into bounded queues; a reader that is too slow loses
//! messages and is told how many. Files, HEP and ladders are made of it by [`pcap`], [`hep`] and [`ladder`].

pub(crate) mod hep;
pub(crate) mod ladder;
pub(crate) mod pcap;

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use sip_core::{Flow, Transport};
use tokio::sync::mpsc;

use crate::locations::clocks;

/// Captures at once.
const CAPTURES_MAX: usize = 16;
/// Messages that may wait for one reader.
const QUEUE_MESSAGES: usize = 4_096;
/// Calls that one capture of a user follows.
const CALLS_MAX: usize = 1_000;

/// Which calls are captured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Filter {
    /// The call with this Call-ID.
    CallId(String),
    /// Every call in whose From, To or Request-URI this user stands: `alice`, `alice@example.com`.
    User(String),
}

/// One captured message.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) at: SystemTime,
    pub(crate) inbound: bool,
    pub(crate) transport: Transport,
    pub(crate) local: SocketAddr,
    pub(crate) remote: SocketAddr,
    pub(crate) call_id: Box<[u8]>,
    pub(crate) bytes: Bytes,
}

/// Where the shards show what they see.
#[derive(Debug)]
pub(crate) struct Tap {
    active: AtomicBool,
    captures: Mutex<Vec<Capture>>,
    /// Our addresses, by listener.
    locals: Vec<SocketAddr>,
}

#[derive(Debug)]
struct Capture {
    filter: Filter,
    followed: HashSet<Box<[u8]>>,
    queue: mpsc::Sender<Seen>,
    lost: Arc<AtomicU64>,
}

/// What comes of a capture; dropping it ends the capture.
#[derive(Debug)]
pub(crate) struct Captured {
    pub(crate) messages: mpsc::Receiver<Seen>,
    /// Messages that there was no room for.
    pub(crate) lost: Arc<AtomicU64>,
}

impl Tap {
    /// A tap that nobody listens to.
    pub(crate) fn new(locals: Vec<SocketAddr>) -> Tap {
        Tap { active: AtomicBool::new(false), captures: Mutex::default(), locals }
    }

    /// Begins a capture; none if there are as many as there may be.
    pub(crate) fn begin(&self, filter: Filter) -> Option<Captured> {
        let mut captures = self.captures();
        captures.retain(|capture| !capture.queue.is_closed());
        if captures.len() >= CAPTURES_MAX {
            return None;
        }
        let (queue, messages) = mpsc::channel(QUEUE_MESSAGES);
        let lost = Arc::new(AtomicU64::new(0));
        captures.push(Capture { filter, followed: HashSet::new(), queue, lost: Arc::clone(&lost) });
        self.active.store(true, Ordering::Relaxed);
        Some(Captured { messages, lost })
    }

    /// Shows a message.
    pub(crate) fn see(&self, inbound: bool, flow: &Flow, bytes: &Bytes) {
        if self.active.load(Ordering::Relaxed) {
            self.look(inbound, flow, bytes);
        }
    }

    #[cold]
    fn look(&self, inbound: bool, flow: &Flow, bytes: &Bytes) {
        let parts = Parts::of(bytes);
        let mut captures = self.captures();
        captures.retain(|capture| !capture.queue.is_closed());
        self.active.store(!captures.is_empty(), Ordering::Relaxed);
        for capture in captures.iter_mut().filter_map(|capture| capture.wants(&parts).then_some(capture)) {
            let seen = Seen {
                at: clocks().wall,
                inbound,
                transport: flow.transport,
                local: self.locals.get(usize::from(flow.listener.0)).copied().unwrap_or(flow.remote),
                remote: flow.remote,
                call_id: parts.call_id.into(),
                bytes: bytes.clone(),
            };
            if capture.queue.try_send(seen).is_err() {
                capture.lost.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    fn captures(&self) -> MutexGuard<'_, Vec<Capture>> {
        // Each change is complete before anything can panic.
        self.captures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Capture {
    fn wants(&mut self, parts: &Parts<'_>) -> bool {
        match &self.filter {
            Filter::CallId(wanted) => parts.call_id == wanted.as_bytes(),
            Filter::User(user) => {
                let named = parts.names.iter().any(|name| names_user(name, user.as_bytes()));
                if named && self.followed.len() < CALLS_MAX && !self.followed.contains(parts.call_id) {
                    self.followed.insert(parts.call_id.into());
                }
                named || self.followed.contains(parts.call_id)
            }
        }
    }
}

/// Whether a user, or a user at a host, stands behind a colon of the text, as in a URI.
fn names_user(text: &[u8], user: &[u8]) -> bool {
    let behind = text.iter().enumerate().filter(|(_, byte)| **byte == b':').map(|(at, _)| &text[at + 1..]);
    behind.filter(|rest| rest.len() >= user.len() && rest[..user.len()].eq_ignore_ascii_case(user)).any(|rest| {
        let next = rest.get(user.len());
        next.is_none_or(|next| !next.is_ascii_alphanumeric() && !b"-_.!~*'+%".contains(next))
    })
}

/// What a message is told by.
struct Parts<'a> {
    call_id: &'a [u8],
    /// The first line of a request, From and To.
    names: [&'a [u8]; 3],
}

impl Parts<'_> {
    fn of(message: &[u8]) -> Parts<'_> {
        let mut lines = message.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        let first = lines.next().unwrap_or_default();
        let mut parts = Parts { call_id: &[], names: [if first.starts_with(b"SIP/") { &[] } else { first }, &[], &[]] };
        for line in lines.take_while(|line| !line.is_empty()) {
            let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
            let (name, value) = (line[..colon].trim_ascii_end(), line[colon + 1..].trim_ascii());
            match name.to_ascii_lowercase().as_slice() {
                b"call-id" | b"i" => parts.call_id = value,
                b"from" | b"f" => parts.names[1] = value,
                b"to" | b"t" => parts.names[2] = value,
                _ => {}
            }
        }
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sip_core::ListenerId;

    fn tap() -> (Tap, Flow) {
        let local = SocketAddr::from(([192, 0, 2, 1], 5060));
        (Tap::new(vec![local]), Flow::udp(ListenerId(0), SocketAddr::from(([192, 0, 2, 7], 5070))))
    }

    fn message(first: &str, from: &str, call_id: &str) -> Bytes {
        Bytes::from(format!(
            "{first}\r\nFrom: <sip:{from}@example.com>;tag=1\r\nTo: <sip:bob@example.com>\r\ni: {call_id}\r\n\r\n"
        ))
    }

    #[test]
    fn a_capture_has_the_messages_of_its_call_and_no_others() {
        let (tap, flow) = tap();
        tap.see(true, &flow, &message("INVITE sip:bob@example.com SIP/2.0", "alice", "1"));
        let mut captured = tap.begin(Filter::CallId("1".to_owned())).expect("begun");
        tap.see(true, &flow, &message("INVITE sip:bob@example.com SIP/2.0", "alice", "1"));
        tap.see(false, &flow, &message("SIP/2.0 200 OK", "alice", "1"));
        tap.see(false, &flow, &message("SIP/2.0 200 OK", "alice", "2"));
        assert!(captured.messages.try_recv().expect("one").inbound);
        assert!(!captured.messages.try_recv().expect("two").inbound);
        assert!(captured.messages.try_recv().is_err());
        drop(captured);
        tap.see(true, &flow, &message("INVITE sip:bob@example.com SIP/2.0", "alice", "1"));
        assert!(!tap.active.load(Ordering::Relaxed), "nobody listens any more");
    }

    #[test]
    fn a_user_is_found_where_it_stands_as_one_and_its_calls_are_followed() {
        let (tap, flow) = tap();
        let mut captured = tap.begin(Filter::User("alice@example.com".to_owned())).expect("begun");
        tap.see(true, &flow, &message("INVITE sip:bob@example.com SIP/2.0", "malice", "1"));
        tap.see(true, &flow, &message("INVITE sip:bob@example.com SIP/2.0", "Alice", "2"));
        tap.see(true, &flow, &message("BYE sip:bob@192.0.2.8 SIP/2.0", "somebody", "2"));
        tap.see(true, &flow, &message("OPTIONS sip:alice@example.com;x=y SIP/2.0", "carol", "3"));
        let mut found = Vec::new();
        while let Ok(seen) = captured.messages.try_recv() {
            found.push(seen.call_id);
        }
        assert_eq!(found, [&b"2"[..], b"2", b"3"].map(Box::from));
    }

    #[test]
    fn captures_and_their_queues_are_bounded() {
        let (tap, flow) = tap();
        let mut held: Vec<Captured> = Vec::new();
        while let Some(captured) = tap.begin(Filter::CallId("1".to_owned())) {
            held.push(captured);
        }
        assert_eq!(held.len(), CAPTURES_MAX);
        for _ in 0..=QUEUE_MESSAGES {
            tap.see(true, &flow, &message("BYE sip:b@h SIP/2.0", "a", "1"));
        }
        assert_eq!(held[0].lost.load(Ordering::Relaxed), 1);
    }
}
