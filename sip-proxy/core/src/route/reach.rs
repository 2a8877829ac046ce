//! How a URI is reached: the next hop that it names, and when the way that its owner's message came is better. Two parameters of our
//! Record-Route keep such ways for the requests of the dialog, since a Contact behind a router or on a connection leads nowhere.
//!
//! RFC 3263 §4, RFC 3581 §1, RFC 5626 §3.1 and §5.2 (a flow kept in the route), RFC 3261 §18.4.

use crate::command::Lookup;
use crate::flow::{ConnectionId, Flow, Transport};
use crate::route::verdict::Hop;
use crate::shared::Shared;
use crate::tokens::Purpose;
use sip_message::header::Contact;
use sip_message::uri::{Scheme, Uri};
use sip_message::{HeaderName, Message};
use std::hash::Hasher;
use std::net::{IpAddr, SocketAddr};

/// The way to the end that sent the request which recorded the route.
const SENDER: &str = "fs";
/// The way to the end that received it.
const RECEIVER: &str = "fr";
/// By which tag the sender is known.
const SENDER_TAG: &str = "ft";

/// The next hop that a URI names (RFC 3263 §4); none where its transport is not spoken here.
pub(crate) fn hop_of(uri: &Uri<'_>) -> Option<Hop> {
    if !uri.is_sip() {
        return None;
    }
    let transport = Transport::of_uri(uri.scheme == Scheme::Sips, uri.param("transport"))?;
    if transport.is_some_and(|transport| !transport.is_dialled()) {
        return None;
    }
    // RFC 3261 §19.1.1: maddr overrides the host.
    let maddr = uri.param("maddr").filter(|host| !host.is_empty());
    let host = std::str::from_utf8(maddr.unwrap_or(uri.host)).ok()?;
    let literal = host.trim_start_matches('[').trim_end_matches(']').parse();
    if let Ok(ip) = literal {
        // RFC 3263 §4.1: an address without a transport is UDP.
        let transport = transport.unwrap_or(Transport::Udp);
        let port = uri.port.unwrap_or_else(|| transport.default_port());
        return Some(Hop::Address(transport, SocketAddr::new(ip, port)));
    }
    Some(Hop::Name { host: host.to_ascii_lowercase(), port: uri.port, transport })
}

/// The question for a hop that has to be resolved.
pub(crate) fn lookup_of(hop: &Hop) -> Option<Lookup> {
    match hop {
        Hop::Name { host, port, transport } => {
            Some(Lookup::Resolve { host: host.clone(), port: *port, transport: *transport })
        }
        Hop::Flow(_) | Hop::Address(..) | Hop::Datagram(_) | Hop::Named(..) => None,
    }
}

/// The ways to the owner of a contact whose message came by `flow`, the best first.
pub(crate) fn hops_to(flow: Flow, contact: Option<Hop>) -> Vec<Hop> {
    let mut hops = Vec::with_capacity(2);
    if by_flow(flow, contact.as_ref()) && flow.connection != Some(ConnectionId::ENDED) {
        hops.push(Hop::Flow(flow));
    }
    if flow.transport.is_own_connection_only() {
        return hops;
    }
    // An address in somebody else's network is somebody else in ours, so it is not tried either.
    hops.extend(contact.filter(|own| is_within_reach(flow, own)));
    hops
}

/// Whether the way that a message came is tried first for its sender's contact: always over a connection, over UDP where the contact
/// is an address that cannot be reached from here although its sender can (RFC 3581 §1, RFC 5626 §3.1).
pub(crate) fn by_flow(flow: Flow, contact: Option<&Hop>) -> bool {
    if flow.transport != Transport::Udp {
        return true;
    }
    contact.is_none_or(|own| !is_within_reach(flow, own))
}

/// Whether a contact can be reached from here by what it says, seen that its owner's message came by `flow`.
pub(crate) fn is_within_reach(flow: Flow, contact: &Hop) -> bool {
    match contact {
        Hop::Flow(_) => true,
        Hop::Address(_, contact) | Hop::Datagram(contact) | Hop::Named(_, contact) => {
            let source = flow.remote.ip().to_canonical();
            let contact = contact.ip().to_canonical();
            let elsewhere =
                (is_private(contact) && !is_private(source)) || (is_own_host(contact) && !is_own_host(source));
            contact == source || !elsewhere
        }
        // RFC 2606 §2: phones that cannot be reached by any name say so.
        Hop::Name { host, .. } => !host.ends_with(".invalid"),
    }
}

/// RFC 1918, RFC 6598, RFC 3927, RFC 4193, RFC 4291 §2.5.6: addresses of a network behind somebody's router.
fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            v4.is_private() || v4.is_link_local() || (a == 100 && b & 0xc0 == 64)
        }
        IpAddr::V6(v6) => v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

/// Addresses that mean the phone itself.
fn is_own_host(ip: IpAddr) -> bool {
    ip.is_loopback() || ip.is_unspecified()
}

/// The way to the sender of a request, if requests of its dialog should take it: its Contact leads elsewhere, and no other proxy
/// stands between.
pub(crate) fn sender_flow(request: &Message, flow: Flow) -> Option<Flow> {
    if request.values(HeaderName::Via).count() != 1 {
        return None;
    }
    let Some(Ok(Contact::Address(contact))) = request.contacts().next() else { return None };
    let hop = hop_of(&contact.parse_uri().ok()?);
    by_flow(flow, hop.as_ref()).then_some(flow)
}

/// The parameters that keep the ways to both ends; empty where both are reached by their Contact.
pub(crate) fn sides(shared: &Shared, request: &Message, sender: Option<Flow>, receiver: Option<Flow>) -> String {
    let mut text = String::new();
    for (name, flow) in [(SENDER, sender), (RECEIVER, receiver)] {
        if let Some(flow) = flow {
            // RFC 5626 §5.2: sealed, so that nobody is led to by who was in some other call.
            let flow = Flow { connection: None, ..flow };
            text += &format!(";{name}={}", shared.token(flow, Purpose::Dialog(request.call_id())));
        }
    }
    if !text.is_empty() {
        text += &format!(";{SENDER_TAG}={:08x}", tag_hash(request.from_tag()));
    }
    text
}

/// The way to the other end of the dialog, as our Record-Route kept it.
pub(crate) fn other_side(shared: &Shared, request: &Message, own: &Uri<'_>) -> Option<Flow> {
    let sender = own.param(SENDER_TAG)?;
    let is = |tag| format!("{:08x}", tag_hash(tag)).as_bytes() == sender;
    let name = if is(request.from_tag()) {
        RECEIVER
    } else if is(request.to_tag()) {
        SENDER
    } else {
        return None;
    };
    let flow = shared.flow_of(own.param(name)?, Purpose::Dialog(request.call_id())).ok()?;
    let connection = flow.transport.is_own_connection_only().then_some(ConnectionId::STANDING);
    Some(Flow { connection, ..flow })
}

fn tag_hash(tag: Option<&[u8]>) -> u32 {
    let mut hash = std::hash::DefaultHasher::new();
    hash.write(tag.unwrap_or_default());
    (hash.finish() >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::ListenerId;

    fn hops(contact: &str, source: &str, transport: Transport) -> Vec<String> {
        let source = source.parse().unwrap();
        let flow = Flow::to(transport, ListenerId(0), source);
        let hops = hops_to(flow, hop_of(&Uri::parse(contact.as_bytes()).unwrap()));
        let shown = |hop: &Hop| match hop {
            Hop::Flow(flow) => format!("flow {flow}"),
            Hop::Address(transport, address) => format!("{transport}:{address}"),
            Hop::Name { host, .. } => host.clone(),
            other => format!("{other:?}"),
        };
        hops.iter().map(shown).collect()
    }

    /// RFC 3581 §1, RFC 5626 §3.1.
    #[test]
    fn a_contact_over_udp_is_followed_unless_it_cannot_be_reached() {
        let cases = [
            ("sip:a@127.0.0.1:23200", "127.0.0.1:23100", "udp:127.0.0.1:23200"),
            ("sip:a@198.51.100.7:5070", "203.0.113.7:4000", "udp:198.51.100.7:5070"),
            ("sip:a@192.168.1.7", "192.168.1.9:5060", "udp:192.168.1.7:5060"),
            ("sip:a@10.9.8.7:5060", "127.0.0.1:4000", "flow udp:127.0.0.1:4000"),
            ("sip:a@100.64.1.1:5060", "203.0.113.7:4000", "flow udp:203.0.113.7:4000"),
            ("sip:a@127.0.0.1:5060", "203.0.113.7:4000", "flow udp:203.0.113.7:4000"),
            ("sip:a@[fe80::1]:5060", "[2001:db8::7]:4000", "flow udp:[2001:db8::7]:4000"),
        ];
        for (contact, source, first) in cases {
            assert_eq!(hops(contact, source, Transport::Udp)[0], first, "{contact} from {source}");
        }
    }

    /// RFC 3261 §18.4, RFC 5923: the connection first, then the contact's own address.
    #[test]
    fn a_contact_over_a_connection_is_sent_to_over_it_first() {
        let hops = hops("sip:a@192.0.2.7:5060;transport=tcp", "192.0.2.7:40000", Transport::Tcp);
        assert_eq!(hops, ["flow tcp:192.0.2.7:40000", "tcp:192.0.2.7:5060"]);
    }

    /// RFC 7118 §1, RFC 5626 §3.1.
    #[test]
    fn who_came_over_tls_or_a_websocket_is_reached_over_that_connection_only() {
        for transport in [Transport::Tls, Transport::Ws, Transport::Wss] {
            for contact in ["sip:a@192.0.2.7:5060", "sips:a@192.0.2.7", "sip:a@x.example;transport=tcp"] {
                assert_eq!(hops(contact, "192.0.2.7:40000", transport), [format!("flow {transport}:192.0.2.7:40000")]);
            }
        }
    }

    /// RFC 3261 §26.2.2, RFC 3263 §4.1.
    #[test]
    fn a_secure_contact_is_gone_to_over_tls() {
        let first = |contact: &str| hops(contact, "192.0.2.9:5060", Transport::Udp).remove(0);
        assert_eq!(first("sips:a@192.0.2.7"), "tls:192.0.2.7:5061");
        assert_eq!(first("sips:a@192.0.2.7;transport=tcp"), "tls:192.0.2.7:5061");
        assert_eq!(first("sip:a@192.0.2.7:5070;transport=tls"), "tls:192.0.2.7:5070");
        assert_eq!(first("sips:a@192.0.2.7;transport=udp"), "flow udp:192.0.2.9:5060");
    }

    /// RFC 2606 §2, RFC 3263 §4.1: a name that nobody can have is not looked up; an address is sent to over UDP unless it says otherwise.
    #[test]
    fn a_phone_that_has_no_name_is_reached_only_the_way_it_came() {
        assert_eq!(hops("sip:a@q7d2.invalid", "192.0.2.7:4000", Transport::Udp), ["flow udp:192.0.2.7:4000"]);
        assert_eq!(hops("sip:a@q7d2.INVALID", "192.0.2.7:4000", Transport::Udp), ["flow udp:192.0.2.7:4000"]);
        assert_eq!(hops("sip:a@192.0.2.9;transport=TCP", "192.0.2.7:4000", Transport::Udp), ["tcp:192.0.2.9:5060"]);
        assert_eq!(hops("sip:a@192.0.2.9", "192.0.2.7:4000", Transport::Udp), ["udp:192.0.2.9:5060"]);
    }

    #[test]
    fn a_contact_over_a_transport_that_is_not_spoken_is_reached_only_the_way_it_came() {
        assert_eq!(hops("sip:a@x.example;transport=ws", "192.0.2.7:4000", Transport::Udp), ["flow udp:192.0.2.7:4000"]);
        assert_eq!(hops("sip:a@x.example", "192.0.2.7:4000", Transport::Udp), ["x.example"]);
    }

    fn message(from: &str, to: &str) -> Message {
        let text = format!(
            "INFO sip:b@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.6;branch=z9hG4bKa\r\nFrom: <sip:a@x.example>;tag={from}\r\n\
             To: <sip:b@example.com>;tag={to}\r\nCall-ID: c\r\nCSeq: 1 INFO\r\nContent-Length: 0\r\n\r\n"
        );
        Message::parse(text.into()).unwrap()
    }

    /// RFC 5626 §5.2: the way to the other end, whichever end asks.
    #[test]
    fn the_ways_to_both_ends_are_kept_in_the_route() {
        let sender = Flow::udp(ListenerId(0), "[2001:db8::7]:4000".parse().unwrap());
        let receiver = Flow::tcp(ListenerId(1), "203.0.113.7:4000".parse().unwrap(), None);
        let shared = Shared::new(&[1; 32], crate::test_clock::start());
        let sides = |sender, receiver| sides(&shared, &message("one", "two"), sender, receiver);
        let other_side = |message: &Message, own: &Uri<'_>| other_side(&shared, message, own);
        let kept = format!("sip:192.0.2.254;lr{}", sides(Some(sender), Some(receiver)));
        let own = Uri::parse(kept.as_bytes()).unwrap();
        assert_eq!(other_side(&message("one", "two"), &own), Some(receiver));
        assert_eq!(other_side(&message("two", "one"), &own), Some(sender));
        assert_eq!(other_side(&message("three", "four"), &own), None);
        let browser = Flow::to(Transport::Wss, ListenerId(4), "203.0.113.7:4000".parse().unwrap());
        let kept = format!("sip:192.0.2.254;lr{}", sides(Some(browser), None));
        let standing = Flow { connection: Some(ConnectionId::STANDING), ..browser };
        assert_eq!(other_side(&message("two", "one"), &Uri::parse(kept.as_bytes()).unwrap()), Some(standing));
        assert_eq!(sides(None, None), "");
    }
}
