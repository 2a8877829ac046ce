//! Requests whose next hop is not ours to choose: within a dialog along its route set (RFC 3261 §16.12), and from a caller that proved its
//! account to other domains. Nobody else is relayed.

use crate::command::Lookup;
use crate::flow::Transport;
use crate::route::routing::{Env, Routing};
use crate::route::verdict::{Hop, StepResult, Target, Verdict, reply};
use sip_message::header::Route;
use sip_message::uri::{Scheme, Uri};
use std::net::SocketAddr;

pub(super) fn run(routing: &mut Routing, env: &Env<'_>) -> StepResult {
    let next = match routing.routes_left().next().map(Route::parse) {
        None => None,
        Some(Ok(route)) => Some(route),
        Some(Err(_)) => return Ok(reply(400, "a Route value cannot be read")),
    };
    let uri = routing.uri()?;
    if next.is_none() && (env.is_own(&uri) || routing.local_domain(&uri)?.is_some()) {
        return Ok(Verdict::Continue("for an address that is served here"));
    }
    if !routing.in_dialog && routing.caller.is_none() {
        // RFC 3261 §21.4.5: also for a domain that the recipient does not handle. Anything else would be an open relay.
        return Ok(reply(404, "neither the caller nor the called domain is served here"));
    }
    let mut target = Target { uri: None, path: Box::default(), hops: Vec::new(), q_per_mille: 1000, registered: false };
    target.hops.extend(match &next {
        // RFC 3261 §16.6 item 7: the topmost Route before the Request-URI.
        Some(route) => hop_of(&route.uri),
        None => hop_of(&uri),
    });
    let why = if routing.in_dialog { "along the dialog's route" } else { "to another domain" };
    Ok(Verdict::Forward(vec![target], why))
}

/// The next hop that a URI names (RFC 3263 §4); none where its transport is not spoken here.
pub(crate) fn hop_of(uri: &Uri<'_>) -> Option<Hop> {
    if uri.scheme != Scheme::Sip {
        return None;
    }
    let transport = match uri.param("transport") {
        None => None,
        Some(name) => Some(Transport::from_name(name)?),
    };
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
        Hop::Flow(_) | Hop::Address(..) => None,
    }
}
