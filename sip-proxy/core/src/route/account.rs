//! The called account: itself or by its alias (404 where there is neither), and the devices that it registered (480 where there are
//! none). RFC 3261 §16.5.
//!
//! A contact that is an address served here leads on to that account's devices at once, each address once, so that accounts that
//! point at each other end instead of going round.

use crate::directory::Account;
use crate::flow::Transport;
use crate::locations::Binding;
use crate::route::foreign::hop_of;
use crate::route::routing::{Env, Routing, sip_id};
use crate::route::verdict::{Hop, StepResult, Target, Verdict, reply};
use domain::{Group, SipId};
use sip_message::header::Route;
use sip_message::text::List;
use sip_message::uri::Uri;
use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::Arc;

/// How many addresses one request may be led through.
const ADDRESSES_MAX: usize = 16;

pub(super) fn run(routing: &mut Routing, env: &Env<'_>) -> StepResult {
    let called = match sip_id(&routing.uri()?) {
        Some(id) => routing.account_or_alias(&id)?,
        None => None,
    };
    // RFC 3261 §21.4.5: there is no such address.
    let Some(called) = called else { return Ok(reply(404, "no account and no alias has this address")) };
    let found = devices(routing, env, called)?;
    if !found.targets.is_empty() {
        return Ok(Verdict::Forward(found.targets, "to the account's devices"));
    }
    if found.went_round {
        return Ok(reply(482, "the contacts lead back to the address itself"));
    }
    // RFC 3261 §21.4.18: the address is known, but nobody is there.
    Ok(reply(480, "no device is registered"))
}

#[derive(Default)]
struct Devices {
    targets: Vec<Target>,
    went_round: bool,
}

fn devices(routing: &Routing, env: &Env<'_>, called: Arc<Account>) -> Result<Devices, Verdict> {
    let mut found = Devices::default();
    let mut visited: Vec<SipId> = vec![called.id.clone()];
    let mut queue = VecDeque::from([called]);
    while let Some(account) = queue.pop_front() {
        // A blocked account may not register, so what it registered before does not count.
        if account.is_in(Group::BLOCKED) {
            continue;
        }
        let Some(bindings) = env.shared.locations.get(&account.id, env.now) else { continue };
        for binding in bindings.iter() {
            let Ok(uri) = Uri::parse(binding.contact()) else { continue };
            match served_here(routing, env, &uri)? {
                Served::Elsewhere => found.targets.extend(target(binding, &uri)),
                Served::Nobody => {}
                Served::Account(next) if visited.contains(&next.id) => found.went_round = true,
                Served::Account(next) if visited.len() < ADDRESSES_MAX => {
                    visited.push(next.id.clone());
                    queue.push_back(next);
                }
                Served::Account(_) => {}
            }
        }
    }
    // RFC 3261 §16.6: better contacts first. All are tried at once, so this only decides who is kept where there are too many.
    found.targets.sort_by_key(|target| std::cmp::Reverse(target.q_per_mille));
    found.targets.truncate(env.settings.forks_max);
    Ok(found)
}

enum Served {
    /// The contact is a device.
    Elsewhere,
    /// The contact is an address of ours that nobody has.
    Nobody,
    /// The contact is this account's address.
    Account(Arc<Account>),
}

fn served_here(routing: &Routing, env: &Env<'_>, uri: &Uri<'_>) -> Result<Served, Verdict> {
    if env.is_own(uri) {
        return Ok(Served::Nobody);
    }
    // An address literal is a device unless it is provisioned as a domain, which nobody does with a device's address.
    if uri.host_address().is_some() || routing.local_domain(uri)?.is_none() {
        return Ok(Served::Elsewhere);
    }
    let account = match sip_id(uri) {
        Some(id) => routing.account_or_alias(&id)?,
        None => None,
    };
    Ok(account.map_or(Served::Nobody, Served::Account))
}

/// The target that a contact makes; none if it cannot be reached over any transport spoken here.
fn target(binding: &Binding, uri: &Uri<'_>) -> Option<Target> {
    let mut hops = Vec::with_capacity(2);
    if binding.path().is_empty() {
        let own = hop_of(uri);
        if by_flow(binding, own.as_ref()) {
            hops.push(Hop::Flow(binding.flow));
        }
        hops.extend(own.filter(|own| !hops.iter().any(|hop| same_place(hop, own))));
    } else {
        // RFC 3327 §5.4: the request visits the Path before the contact.
        let first = List::new(binding.path()).next().and_then(|value| Route::parse(value).ok())?;
        hops.extend(hop_of(&first.uri));
    }
    if hops.is_empty() {
        return None;
    }
    Some(Target {
        uri: Some(request_uri(uri)),
        path: binding.path().into(),
        hops,
        q_per_mille: binding.q_per_mille,
        registered: true,
    })
}

/// RFC 3261 §19.1.1: a contact's headers and method are not for a Request-URI.
fn request_uri(uri: &Uri<'_>) -> Box<[u8]> {
    let end = uri.headers.map_or(uri.raw.len(), |headers| uri.raw.len() - headers.len() - 1);
    uri.raw[..end].into()
}

/// Whether the way that the registration came is tried first: always over a connection, over UDP where the contact is an address
/// that cannot be reached from here although its sender can (RFC 3581 §1, RFC 5626 §3.1).
fn by_flow(binding: &Binding, contact: Option<&Hop>) -> bool {
    if binding.flow.transport != Transport::Udp {
        return true;
    }
    let Some(Hop::Address(_, contact)) = contact else {
        return contact.is_none();
    };
    let source = binding.flow.remote.ip().to_canonical();
    let contact = contact.ip().to_canonical();
    contact != source
        && ((is_private(contact) && !is_private(source)) || (is_own_host(contact) && !is_own_host(source)))
}

fn same_place(a: &Hop, b: &Hop) -> bool {
    matches!((a, b), (Hop::Flow(flow), Hop::Address(transport, address))
        if flow.transport == *transport && flow.remote == *address && flow.transport == Transport::Udp)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::{Flow, ListenerId};
    use crate::locations::BindingTexts;
    use crate::test_clock::start;

    fn hops(contact: &str, source: &str, transport: Transport) -> Vec<String> {
        let source = source.parse().unwrap();
        let flow = match transport {
            Transport::Udp => Flow::udp(ListenerId(0), source),
            Transport::Tcp => Flow::tcp(ListenerId(1), source, None),
        };
        let texts = BindingTexts { contact: contact.as_bytes(), ..BindingTexts::default() };
        let binding = Binding::new(texts, flow, 1, start()).unwrap();
        let target = target(&binding, &Uri::parse(contact.as_bytes()).unwrap());
        let shown = |hop: &Hop| match hop {
            Hop::Flow(flow) => format!("flow {flow}"),
            Hop::Address(transport, address) => format!("{transport}:{address}"),
            Hop::Name { host, .. } => host.clone(),
        };
        target.map(|t| t.hops.iter().map(shown).collect()).unwrap_or_default()
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

    #[test]
    fn a_contact_over_a_transport_that_is_not_spoken_is_reached_only_the_way_it_came() {
        assert_eq!(hops("sip:a@x.example;transport=ws", "192.0.2.7:4000", Transport::Udp), ["flow udp:192.0.2.7:4000"]);
        assert_eq!(hops("sip:a@x.example", "192.0.2.7:4000", Transport::Udp), ["x.example"]);
    }

    /// RFC 3261 §19.1.1.
    #[test]
    fn headers_of_a_contact_do_not_go_into_the_request_uri() {
        let uri = Uri::parse(b"sip:a@192.0.2.7;x=1?Route=y").unwrap();
        assert_eq!(&*request_uri(&uri), b"sip:a@192.0.2.7;x=1");
    }
}
