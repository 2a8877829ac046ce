//! The shards' inboxes: which shard a message belongs to, and the bounded queues by which it gets there.
//!
//! A REGISTER goes by its address of record, everything else by its Call-ID: so each address's contacts have one writer,
//! and all messages of a call meet in one shard. A full inbox drops a datagram (its sender repeats it) and holds back a
//! stream (its sender waits).

use std::hash::{BuildHasher, RandomState};
use std::time::Instant;

use bytes::Bytes;
use memchr::memchr;
use sip_core::Flow;
use sip_core::TransactionId;
use sip_core::{Answer, AskId};
use tokio::sync::mpsc;

/// What reaches a shard from outside its own sockets.
#[derive(Debug)]
pub(crate) enum Delivery {
    /// A message from a stream, or from another shard's datagram socket.
    Received { flow: Flow, bytes: Bytes },
    /// An answer that had to be fetched.
    Answer { id: AskId, answer: Answer },
    /// A message that could not be delivered.
    SendFailed { origin: TransactionId, flow: Flow, bytes: Bytes },
    /// The network says that a datagram did not arrive, and gives back its beginning.
    Undeliverable { flow: Flow, quoted: Bytes },
    /// A connection that ended.
    FlowClosed { flow: Flow },
    /// Nothing new is to be begun.
    Drain,
    /// The process ends: what came before is still handled, nothing after it.
    Stop,
}

/// The receiving end of an inbox: what was put in, and when.
pub(crate) type Inbox = mpsc::Receiver<(Instant, Delivery)>;

/// The sending ends of all inboxes.
#[derive(Clone, Debug)]
pub(crate) struct Inboxes {
    senders: Vec<mpsc::Sender<(Instant, Delivery)>>,
    hasher: RandomState,
}

impl Inboxes {
    /// As many inboxes as shards, each of this length.
    pub(crate) fn new(shards: usize, length: usize) -> (Inboxes, Vec<Inbox>) {
        let (senders, receivers) = (0..shards).map(|_| mpsc::channel(length)).unzip();
        (Inboxes { senders, hasher: RandomState::new() }, receivers)
    }

    /// The shard to which a message belongs.
    pub(crate) fn shard_of(&self, message: &[u8]) -> usize {
        if self.senders.len() < 2 {
            return 0;
        }
        let mut key = [0; KEY_BYTES_MAX];
        let length = shard_key(message, &mut key);
        (self.hasher.hash_one(&key[..length]) % self.senders.len() as u64) as usize
    }

    /// Puts something into a shard's inbox if there is room.
    pub(crate) fn try_deliver(&self, shard: usize, delivery: Delivery) -> bool {
        self.senders.get(shard).is_some_and(|sender| sender.try_send((clock(), delivery)).is_ok())
    }

    /// Puts something into a shard's inbox, waiting for room.
    pub(crate) async fn deliver(&self, shard: usize, delivery: Delivery) {
        if let Some(sender) = self.senders.get(shard) {
            // The shard is gone only when the process ends.
            let _ = sender.send((clock(), delivery)).await;
        }
    }

    /// Tells every shard to end.
    pub(crate) async fn stop(&self) {
        for shard in 0..self.senders.len() {
            self.deliver(shard, Delivery::Stop).await;
        }
    }

    /// Asks every shard whether a datagram that did not arrive was its own. One that has no room finds it out by its timers.
    pub(crate) fn undeliverable(&self, flow: Flow, quoted: &Bytes) {
        for shard in 0..self.senders.len() {
            self.try_deliver(shard, Delivery::Undeliverable { flow, quoted: quoted.clone() });
        }
    }

    /// Tells every shard that a connection ended.
    pub(crate) async fn flow_closed(&self, flow: Flow) {
        for shard in 0..self.senders.len() {
            self.deliver(shard, Delivery::FlowClosed { flow }).await;
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "how long a message waits is measured from when it is put in")]
fn clock() -> Instant {
    Instant::now()
}

/// Longer keys are cut: they still go to one shard, only less evenly.
const KEY_BYTES_MAX: usize = 256;

/// Writes what decides about the shard: the address of a REGISTER's To, or the Call-ID. Only as much is read as this
/// needs; the core reads the message properly. Whatever cannot be read belongs to one shard.
fn shard_key(message: &[u8], key: &mut [u8; KEY_BYTES_MAX]) -> usize {
    let register = message.starts_with(b"REGISTER ");
    let mut rest = message;
    while let Some(end) = memchr(b'\n', rest) {
        let line = &rest[..end];
        rest = &rest[end + 1..];
        if line.is_empty() || line == b"\r" {
            break;
        }
        if !line.first().is_some_and(|first| b"cCiItT".contains(first)) {
            continue;
        }
        let Some(colon) = memchr(b':', line) else { continue };
        let name = line[..colon].trim_ascii_end();
        let value = line[colon + 1..].trim_ascii();
        if register {
            if name.eq_ignore_ascii_case(b"to") || name.eq_ignore_ascii_case(b"t") {
                return address_key(value, key);
            }
        } else if name.eq_ignore_ascii_case(b"call-id") || name.eq_ignore_ascii_case(b"i") {
            return take(value.iter().copied(), key);
        }
    }
    0
}

/// `user@host` of a To header's value, in lower case and without escapes, so that every spelling has one writer.
fn address_key(value: &[u8], key: &mut [u8; KEY_BYTES_MAX]) -> usize {
    // A display name in quotes may hold anything, angle brackets too.
    let value = match value.strip_prefix(b"\"") {
        Some(quoted) => after_quoted(quoted),
        None => value,
    };
    let uri = memchr(b'<', value).map_or(value, |open| &value[open + 1..]);
    let after_scheme = memchr(b':', uri).map_or(uri, |colon| &uri[colon + 1..]);
    let host_from = memchr(b'@', after_scheme).map_or(0, |at| at + 1);
    let host_length = after_scheme[host_from..]
        .iter()
        .position(|byte| b">;?: \t,".contains(byte))
        .unwrap_or(after_scheme.len() - host_from);
    take(Unescaped(&after_scheme[..host_from + host_length]).map(|byte| byte.to_ascii_lowercase()), key)
}

fn after_quoted(quoted: &[u8]) -> &[u8] {
    let mut escaped = false;
    for (index, byte) in quoted.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return &quoted[index + 1..],
            _ => {}
        }
    }
    &[]
}

fn take(bytes: impl Iterator<Item = u8>, key: &mut [u8; KEY_BYTES_MAX]) -> usize {
    let mut length = 0;
    for (slot, byte) in key.iter_mut().zip(bytes) {
        *slot = byte;
        length += 1;
    }
    length
}

struct Unescaped<'a>(&'a [u8]);

impl Iterator for Unescaped<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        if *first == b'%'
            && let [high, low, after @ ..] = rest
            && let (Some(high), Some(low)) = ((*high as char).to_digit(16), (*low as char).to_digit(16))
        {
            self.0 = after;
            return u8::try_from(high * 16 + low).ok();
        }
        Some(*first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(message: &str) -> String {
        let mut key = [0; KEY_BYTES_MAX];
        let length = shard_key(message.replace('\n', "\r\n").as_bytes(), &mut key);
        String::from_utf8_lossy(&key[..length]).into_owned()
    }

    #[test]
    fn every_spelling_of_an_address_has_one_writer() {
        for to in [
            "To: <sip:alice@example.com>",
            "t:sip:alice@EXAMPLE.com;tag=1",
            "TO : \"A <x@y> \\\" \" <sips:%61lice@example.com:5061;transport=tcp>;tag=a",
            "To: Alice <sip:Alice@example.com?a=b>",
        ] {
            assert_eq!(key(&format!("REGISTER sip:example.com SIP/2.0\ni: 1\n{to}\n\n")), "alice@example.com", "{to}");
        }
    }

    #[test]
    fn a_call_is_found_by_its_call_id_in_requests_and_responses() {
        assert_eq!(key("INVITE sip:a@b SIP/2.0\nTo: <sip:a@b>\nCALL-ID : abc@1 \n\n"), "abc@1");
        assert_eq!(key("SIP/2.0 200 OK\ni:abc@1\n\nCall-ID: other\n"), "abc@1");
    }

    #[test]
    fn a_body_and_rubbish_decide_nothing() {
        assert_eq!(key("INVITE sip:a@b SIP/2.0\n\nCall-ID: x\n"), "");
        assert_eq!(key("\n\n"), "");
        assert_eq!(key("REGISTER sip:b SIP/2.0\nTo: \"open\n\n"), "");
    }

    #[tokio::test]
    async fn a_full_inbox_says_so() {
        let (inboxes, mut receivers) = Inboxes::new(2, 1);
        let flow = Flow::udp(sip_core::ListenerId(0), std::net::SocketAddr::from(([192, 0, 2, 1], 5060)));
        let message = || Delivery::Received { flow, bytes: Bytes::from_static(b"x") };
        assert!(inboxes.try_deliver(1, message()));
        assert!(!inboxes.try_deliver(1, message()));
        assert!(!inboxes.try_deliver(7, message()));
        assert!(receivers[1].recv().await.is_some());
        assert!(inboxes.try_deliver(1, message()));
    }
}
