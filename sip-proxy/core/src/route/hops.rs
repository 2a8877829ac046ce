//! Whether the request has gone far enough: Max-Forwards and loops (RFC 3261 §16.3 items 3 and 4, RFC 5393 §4.2).

use crate::route::routing::{Env, Routing};
use crate::route::verdict::{StepResult, Verdict, reply};
use sip_message::header::{Via, max_forwards};
use sip_message::{HeaderName, Message, Method};
use std::hash::Hasher;

pub(super) fn run(routing: &mut Routing, env: &Env<'_>) -> StepResult {
    let left = routing.request.header(HeaderName::MaxForwards).map(max_forwards);
    // RFC 3261 §16.3 item 3: nothing is forwarded with none left.
    if matches!(left, Some(Ok(0))) {
        return Ok(reply(483, "Max-Forwards is used up"));
    }
    // RFC 5393 §4.2: a proxy that forks must detect loops. Our branch tells what the request looked like when it came last.
    let looks = loop_hash(&routing.request);
    let looped = routing.method != Method::Ack
        && routing
            .request
            .vias()
            .flatten()
            .filter(|via| is_ours(env, via))
            .filter_map(|via| crate::transaction::Branch::parse(via.branch()?))
            .any(|branch| branch.loop_hash() == looks);
    if looped {
        return Ok(reply(482, "the request was here before, and nothing about it has changed"));
    }
    Ok(Verdict::Continue("may go on"))
}

fn is_ours(env: &Env<'_>, via: &Via<'_>) -> bool {
    env.settings.listeners.iter().any(|listener| {
        let sent_by = listener.sent_by.as_bytes();
        let (host, port) = match sent_by.iter().rposition(|b| *b == b':').filter(|_| !sent_by.ends_with(b"]")) {
            Some(colon) => {
                (&sent_by[..colon], std::str::from_utf8(&sent_by[colon + 1..]).ok().and_then(|p| p.parse().ok()))
            }
            None => (sent_by, None),
        };
        via.host.eq_ignore_ascii_case(host) && via.port.unwrap_or(5060) == port.unwrap_or(5060)
    })
}

/// A hash over everything about a request that its routing depends on (RFC 5393 §4.2.1).
pub(crate) fn loop_hash(request: &Message) -> u64 {
    let mut hash = std::hash::DefaultHasher::new();
    let mut part = |text: &[u8]| {
        hash.write_usize(text.len());
        hash.write(text);
    };
    part(request.request_uri());
    part(request.call_id());
    part(request.from_tag().unwrap_or_default());
    part(request.to_tag().unwrap_or_default());
    part(&request.cseq().map(|cseq| cseq.number).unwrap_or_default().to_be_bytes());
    for name in [HeaderName::ProxyRequire, HeaderName::ProxyAuthorization, HeaderName::Route] {
        for line in request.headers_named(name) {
            part(line.value);
        }
    }
    hash.finish()
}
