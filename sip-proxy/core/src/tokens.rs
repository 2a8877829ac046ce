//! Flow tokens (RFC 5626 §5.2): a way to a peer, written into a URI that comes back to us, and sealed so that nobody makes one up. Whoever
//! brings one reaches that peer over that way and nothing else.
//!
//! A token names the process that holds the way, and one over a connection that run of it: numbers of connections begin anew. It is sealed
//! over a purpose as well, so that what was made for a dialog opens nothing outside of it.

use crate::flow::{ConnectionId, Flow, ListenerId, Transport};
use crate::hashing::{base32, from_base32};
use crate::locations::Binding;
use crate::route::reach::{hop_of, is_within_reach};
use crate::settings::Relay;
use crate::shared::Shared;
use hmac::Mac;
use sip_message::uri::Uri;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU64;
use subtle::ConstantTimeEq;

/// RFC 5626 §5.2 takes 80 bits of an HMAC-SHA1; these are as many of a better one.
const SEAL: usize = 10;
const IPV6: u8 = 1 << 7;
const CONNECTED: u8 = 1 << 6;

/// The URI parameter that carries a token.
pub(crate) const TOKEN: &str = "flow";

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose<'a> {
    /// Requests that other processes relay to the peer of a registration.
    Relay,
    /// Requests of the dialog with this Call-ID.
    Dialog(&'a [u8]),
}

/// Why a token opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Closed {
    /// Nobody of us made it, or not for this.
    Forged,
    /// It is genuine, but the way is another process's, or of an earlier run of this one.
    Gone,
}

impl Shared {
    /// The Route by which other processes on the same secret reach a contact that this one holds; none where they reach it as well
    /// without.
    pub fn relay_route(&self, binding: &Binding, relay: &Relay) -> Option<String> {
        let flow = binding.flow;
        let needed = match flow.connection {
            // RFC 3327 §5.4: behind a Path stands a proxy, to which everybody finds.
            _ if !binding.path().is_empty() => false,
            Some(connection) => connection != ConnectionId::ENDED,
            // RFC 3581 §1: a router lets in only whom the phone has sent to.
            None => relay.udp && is_behind_router(binding),
        };
        needed.then(|| {
            let token = self.token(flow, Purpose::Relay);
            ["<sip:", &relay.address, relay.transport.uri_param(), ";lr;", TOKEN, "=", &token, ">"].concat()
        })
    }

    /// The address to which something must be sent now and then, or the router before the phone forgets who may reach it. None for who is
    /// reached otherwise, and for phones that other processes hold.
    pub fn to_be_kept_open(&self, binding: &Binding) -> Option<Flow> {
        let held = !binding.elsewhere && binding.path().is_empty() && binding.flow.connection.is_none();
        (held && is_behind_router(binding)).then_some(binding.flow)
    }

    /// The token of a way.
    pub(crate) fn token(&self, flow: Flow, purpose: Purpose<'_>) -> String {
        let mut octets = Vec::with_capacity(48);
        let flag = |is_so, flag| if is_so { flag } else { 0 };
        let connection = flow.connection;
        octets.push(flow.transport as u8 | flag(flow.remote.is_ipv6(), IPV6) | flag(connection.is_some(), CONNECTED));
        octets.extend_from_slice(&flow.listener.0.to_be_bytes());
        octets.extend_from_slice(&self.node.to_be_bytes());
        octets.extend_from_slice(&flow.remote.port().to_be_bytes());
        match flow.remote.ip() {
            IpAddr::V4(ip) => octets.extend_from_slice(&ip.octets()),
            IpAddr::V6(ip) => octets.extend_from_slice(&ip.octets()),
        }
        if let Some(connection) = connection {
            octets.extend_from_slice(&self.life.to_be_bytes());
            octets.extend_from_slice(&connection.0.get().to_be_bytes());
        }
        let seal = self.token_seal(&octets, purpose);
        octets.extend_from_slice(&seal);
        base32(&octets)
    }

    /// The way that a token of ours names.
    pub(crate) fn flow_of(&self, token: &[u8], purpose: Purpose<'_>) -> Result<Flow, Closed> {
        let octets = from_base32(token).ok_or(Closed::Forged)?;
        let end = octets.len().checked_sub(SEAL).ok_or(Closed::Forged)?;
        let (head, seal) = octets.split_at(end);
        if !bool::from(self.token_seal(head, purpose).ct_eq(seal)) {
            return Err(Closed::Forged);
        }
        // What is sealed was written above, perhaps by another release.
        self.read(head).ok_or(Closed::Gone)
    }

    fn read(&self, head: &[u8]) -> Option<Flow> {
        let mut rest = head;
        let mut take = |length: usize| {
            let (taken, after) = rest.split_at_checked(length)?;
            rest = after;
            Some(taken)
        };
        let flags = take(1)?[0];
        let transport = Transport::ALL.into_iter().find(|known| *known as u8 == flags & !(IPV6 | CONNECTED))?;
        let listener = ListenerId(u16::from_be_bytes(take(2)?.try_into().ok()?));
        let node = u32::from_be_bytes(take(4)?.try_into().ok()?);
        let port = u16::from_be_bytes(take(2)?.try_into().ok()?);
        let ip = match flags & IPV6 {
            0 => IpAddr::from(<[u8; 4]>::try_from(take(4)?).ok()?),
            _ => IpAddr::from(<[u8; 16]>::try_from(take(16)?).ok()?),
        };
        let mut connection = None;
        if flags & CONNECTED != 0 {
            let life = u32::from_be_bytes(take(4)?.try_into().ok()?);
            let number = NonZeroU64::new(u64::from_be_bytes(take(8)?.try_into().ok()?))?;
            connection = (life == self.life).then_some(ConnectionId(number));
            connection?;
        }
        (node == self.node && rest.is_empty()).then_some(Flow {
            transport,
            listener,
            remote: SocketAddr::new(ip, port),
            connection,
            peer: None,
        })
    }

    fn token_seal(&self, head: &[u8], purpose: Purpose<'_>) -> [u8; SEAL] {
        let mut mac = self.seals().flow.clone();
        match purpose {
            Purpose::Relay => mac.update(b"relay"),
            Purpose::Dialog(call_id) => {
                mac.update(b"dialog");
                mac.update(&call_id.len().to_be_bytes());
                mac.update(call_id);
            }
        }
        mac.update(head);
        let whole = mac.finalize().into_bytes();
        let mut seal = [0; SEAL];
        seal.copy_from_slice(&whole[..SEAL]);
        seal
    }
}

/// RFC 3581 §1: whether a phone over UDP is behind a router, which lets in only whom the phone has sent to.
fn is_behind_router(binding: &Binding) -> bool {
    let contact = Uri::parse(binding.contact()).ok().and_then(|uri| hop_of(&uri));
    !binding.flow.transport.is_reliable() && !contact.is_some_and(|own| is_within_reach(binding.flow, &own))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locations::BindingTexts;
    use crate::test_clock::start;

    fn node(name: &str, life: u32) -> Shared {
        Shared::new(&[1; 32], start()).of_node(name, life)
    }

    fn flows() -> [Flow; 3] {
        let connection = Some(ConnectionId(NonZeroU64::new(77).unwrap()));
        [
            Flow::udp(ListenerId(0), "[2001:db8::7]:4000".parse().unwrap()),
            Flow::tcp(ListenerId(1), "203.0.113.7:4000".parse().unwrap(), None),
            Flow::tcp(ListenerId(3), "203.0.113.7:4000".parse().unwrap(), connection),
        ]
    }

    /// RFC 5626 §5.2.
    #[test]
    fn a_token_opens_the_way_that_it_was_made_of() {
        let shared = node("one", 1);
        for flow in flows() {
            for purpose in [Purpose::Relay, Purpose::Dialog(b"call")] {
                let token = shared.token(flow, purpose);
                assert_eq!(shared.flow_of(token.as_bytes(), purpose), Ok(flow));
            }
        }
    }

    /// RFC 5626 §5.3: a token that was tampered with, or is nobody's, is no way to anybody.
    #[test]
    fn a_token_that_is_not_ours_or_for_something_else_opens_nothing() {
        let shared = node("one", 1);
        let token = shared.token(flows()[2], Purpose::Relay);
        assert_eq!(shared.flow_of(token.as_bytes(), Purpose::Dialog(b"")), Err(Closed::Forged));
        for place in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[place] = if changed[place] == b'a' { b'b' } else { b'a' };
            assert_eq!(shared.flow_of(&changed, Purpose::Relay), Err(Closed::Forged), "letter {place}");
            assert_eq!(shared.flow_of(&token.as_bytes()[..place], Purpose::Relay), Err(Closed::Forged));
        }
        let dialog = shared.token(flows()[0], Purpose::Dialog(b"call-1"));
        assert_eq!(shared.flow_of(dialog.as_bytes(), Purpose::Dialog(b"call-2")), Err(Closed::Forged));
        let stranger = Shared::new(&[2; 32], start()).of_node("one", 1);
        assert_eq!(stranger.flow_of(token.as_bytes(), Purpose::Relay), Err(Closed::Forged));
    }

    /// RFC 5626 §5.3.1: 430 is for a flow that is no more.
    #[test]
    fn a_connection_ends_with_the_run_of_its_process_and_is_nobody_elses() {
        let (one, again, two) = (node("one", 1), node("one", 2), node("two", 1));
        let tokens = flows().map(|flow| one.token(flow, Purpose::Relay));
        for (token, survives) in tokens.iter().zip([true, true, false]) {
            assert_eq!(again.flow_of(token.as_bytes(), Purpose::Relay).is_ok(), survives);
            assert_eq!(two.flow_of(token.as_bytes(), Purpose::Relay), Err(Closed::Gone));
        }
    }

    /// RFC 5626 §5.3, RFC 3581 §1, RFC 3327 §5.4.
    #[test]
    fn a_contact_is_relayed_to_where_only_its_holder_reaches_it() {
        let one = node("one", 1);
        let relay = |udp| Relay { address: "192.0.2.1:5060".to_owned(), transport: Transport::Tcp, udp };
        let route = |contact: &str, path: &str, flow, udp| {
            let texts = BindingTexts { contact: contact.as_bytes(), path: path.as_bytes(), ..BindingTexts::default() };
            one.relay_route(&Binding::new(texts, flow, 1, start()).unwrap(), &relay(udp))
        };
        let [_, _, connected] = flows();
        let udp = Flow::udp(ListenerId(0), "203.0.113.7:4000".parse().unwrap());
        let ended = Flow { connection: Some(ConnectionId::ENDED), ..connected };
        let held = route("sip:a@203.0.113.7:4000;transport=tcp", "", connected, false).unwrap();
        assert!(held.starts_with("<sip:192.0.2.1:5060;transport=tcp;lr;flow="), "{held}");
        assert_eq!(route("sip:a@203.0.113.7;transport=tcp", "<sip:edge.example;lr>", connected, true), None);
        assert_eq!(route("sip:a@203.0.113.7;transport=tcp", "", ended, true), None);
        assert_eq!(route("sip:a@203.0.113.7:4000", "", udp, true), None);
        assert!(route("sip:a@10.0.0.7:5060", "", udp, true).is_some());
        assert_eq!(route("sip:a@10.0.0.7:5060", "", udp, false), None);
    }
}
