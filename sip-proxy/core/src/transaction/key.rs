//! By what a request is matched to its server transaction, where its answer goes, and the To tag that our answers carry.
//!
//! RFC 3261 §17.2.3 (matching, with and without the branch cookie), §18.2.1, §18.2.2 and RFC 3581 §4 (where responses
//! go), §8.2.6.2 (tags).

use std::net::{IpAddr, SocketAddr};

use sip_message::header::{COOKIE, Via};
use sip_message::text::number;
use sip_message::{Message, Method, Reply};

use crate::flow::{Flow, Transport};
use crate::hashing::Parts;

/// What keys the hashes, so that nobody outside can aim two requests at one transaction.
#[derive(Clone, Copy)]
pub(crate) struct KeySecret([u64; 3]);

/// A server transaction's key: 128 bits of a keyed hash, so that no part of the request need be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ServerKey {
    verify: u64,
    place: u64,
}

/// The methods that a CANCEL may name the branch of, besides INVITE.
const OTHER_METHODS: [&[u8]; 11] = [
    b"MESSAGE",
    b"BYE",
    b"OPTIONS",
    b"REGISTER",
    b"SUBSCRIBE",
    b"NOTIFY",
    b"PUBLISH",
    b"REFER",
    b"INFO",
    b"UPDATE",
    b"PRACK",
];

/// The methods that are matched differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind<'a> {
    Invite,
    Cancel,
    Other(&'a [u8]),
}

impl KeySecret {
    pub(crate) fn new(secret: [u64; 3]) -> KeySecret {
        KeySecret(secret)
    }

    /// The key of the transaction that a request begins, repeats or acknowledges.
    pub(crate) fn of_request(&self, request: &Message, via: &Via<'_>, transport: Transport) -> ServerKey {
        let kind = match request.method() {
            // RFC 3261 §17.2.3: an ACK matches the INVITE that it acknowledges.
            Method::Invite | Method::Ack => Kind::Invite,
            Method::Cancel => Kind::Cancel,
            _ => Kind::Other(request.method_text()),
        };
        self.key(request, via, transport, kind)
    }

    /// The key of the INVITE that a CANCEL is for (RFC 3261 §9.2).
    pub(crate) fn of_cancelled(&self, cancel: &Message, via: &Via<'_>, transport: Transport) -> ServerKey {
        self.key(cancel, via, transport, Kind::Invite)
    }

    /// The keys of the other requests that a CANCEL may be for: it does not say of which method they are.
    pub(crate) fn of_cancelled_others(
        &self,
        cancel: &Message,
        via: &Via<'_>,
        transport: Transport,
    ) -> impl Iterator<Item = ServerKey> {
        OTHER_METHODS.into_iter().map(move |method| self.key(cancel, via, transport, Kind::Other(method)))
    }

    fn key(&self, request: &Message, via: &Via<'_>, transport: Transport, kind: Kind<'_>) -> ServerKey {
        let [verify, place, _] = self.0;
        // RFC 3261 §18.2.2: an answer goes over the transport of its request, so what comes over another one is another
        // request, whatever its branch.
        let [verify, place] = parts(request, via, transport, kind).hash_twice([verify, place]);
        ServerKey { verify, place }
    }

    /// The To tag of our own answers to a request: the same for its repetitions, its CANCEL and its ACK.
    pub(crate) fn tag(&self, request: &Message) -> u64 {
        let [.., secret] = self.0;
        let mut parts = Parts::default();
        parts.put(request.call_id());
        parts.put_option(request.from_tag());
        parts.put_option(request.branch());
        parts.hash(secret)
    }
}

/// What identifies a transaction. `via` is the request's topmost.
fn parts(request: &Message, via: &Via<'_>, transport: Transport, kind: Kind<'_>) -> Parts {
    let mut parts = Parts::default();
    parts.put(transport.via_name().as_bytes());
    match kind {
        Kind::Invite => parts.put(b"INVITE"),
        Kind::Cancel => parts.put(b"CANCEL"),
        Kind::Other(method) => parts.put(method),
    }
    parts.put_number(via.port.map_or(0, |port| u64::from(port) + 1));
    parts.put_option(request.branch());
    parts.put_lower(via.host);
    if !request.branch().is_some_and(is_telling) {
        // RFC 3261 §17.2.3: without the cookie, Request-URI, From tag, Call-ID and CSeq number decide as well. The To tag
        // is left out, since an ACK has the response's and not the INVITE's; the rest is telling enough.
        parts.put(request.request_uri());
        parts.put_option(request.from_tag());
        parts.put(request.call_id());
        parts.put_number(request.cseq().map_or(0, |cseq| u64::from(cseq.number) + 1));
    }
    parts
}

/// RFC 3261 §17.2.3: whether a branch tells its transaction from all others: it has the cookie, and something behind it.
fn is_telling(branch: &[u8]) -> bool {
    branch.len() > COOKIE.len() && branch[..COOKIE.len()].eq_ignore_ascii_case(COOKIE)
}

/// What a server adds to the top Via of a request that it answers or forwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ViaSource {
    pub(crate) received: Option<IpAddr>,
    pub(crate) rport: Option<u16>,
}

impl ViaSource {
    pub(crate) fn new(via: &Via<'_>, flow: Flow) -> ViaSource {
        let source = flow.remote.ip().to_canonical();
        // One walk: this is asked of every message, often twice.
        let (mut asked, mut written) = (None, None);
        for param in via.params.iter() {
            if asked.is_none() && param.is("rport") {
                asked =
                    Some(param.value.is_none_or(|port| number(port).is_some_and(|port| port <= u32::from(u16::MAX))));
            } else if written.is_none() && param.is("received") {
                written = Some(());
            }
        }
        let rport = asked.unwrap_or_default().then_some(flow.remote.port());
        // RFC 3261 §18.2.1: `received` where sent-by is not the source address; RFC 3581 §4: and always with rport. One
        // that the sender wrote itself is replaced.
        let differs = || via.host_address().is_none_or(|host| host.to_canonical() != source);
        let received = (rport.is_some() || written.is_some() || differs()).then_some(source);
        ViaSource { received, rport }
    }

    /// Puts it into a reply's Via.
    pub(crate) fn mark<'a>(&self, mut reply: Reply<'a>) -> Reply<'a> {
        if let Some(address) = self.received {
            reply = reply.received(address);
        }
        if let Some(port) = self.rport {
            reply = reply.rport(port);
        }
        reply
    }
}

/// Where the responses to a request go.
pub(crate) fn reply_flow(via: &Via<'_>, flow: Flow) -> Flow {
    if flow.transport.is_reliable() {
        // RFC 3261 §18.2.2: over a reliable transport, back over the connection of the request.
        return flow;
    }
    // RFC 3261 §18.2.2 departs: `maddr` is not obeyed, or any sender could aim our answers at anybody.
    // RFC 3581 §4: with rport, to the source port; else to the port of sent-by, at the source address.
    let port = match ViaSource::new(via, flow).rport {
        Some(port) => port,
        None => via.port.unwrap_or_else(|| flow.transport.default_port()),
    };
    Flow { remote: SocketAddr::new(flow.remote.ip(), port), ..flow }
}

/// Where a response goes whose connection is gone: a new connection to where the request came from, at the port of sent-by
/// (RFC 3261 §18.2.2). Source address and `received` are the same, as it is we who write `received`.
pub(crate) fn fallback_flow(response: &Message, failed: Flow) -> Option<Flow> {
    let port = response.top_via().ok()?.port.unwrap_or_else(|| failed.transport.default_port());
    // RFC 3261 §18.2.2 departs: who sent over TLS or a WebSocket is a phone that cannot be connected to.
    let usable = failed.transport == Transport::Tcp && failed.connection.is_some();
    usable.then(|| Flow::tcp(failed.listener, SocketAddr::new(failed.remote.ip(), port), None))
}
