//! Whether the request has gone far enough: Max-Forwards and loops (RFC 3261 §16.3 items 3 and 4, RFC 5393 §4).

use crate::hashing::Parts;
use crate::route::routing::{Env, Routing, is_advertised};
use crate::route::verdict::{StepResult, Verdict, reply};
use crate::transaction::Branch;
use sip_message::header::{Via, max_forwards};
use sip_message::{HeaderName, Message, Method};

pub(super) fn run(routing: &mut Routing, env: &Env<'_>) -> StepResult {
    let left = routing.request.header(HeaderName::MaxForwards).map(max_forwards);
    // RFC 3261 §16.3 item 3: nothing is forwarded with none left.
    if matches!(left, Some(Ok(0))) {
        return Ok(reply(483, "Max-Forwards is used up"));
    }
    // RFC 5393 §4.1: a proxy that forks must detect loops. Our branch tells what the request looked like when it came last.
    let looped = routing.method != Method::Ack
        && own_branches(env, &routing.request).any(|branch| branch.loop_hash() == loop_hash(&routing.request));
    if looped {
        return Ok(reply(482, "the request was here before, and nothing about it has changed"));
    }
    Ok(Verdict::Continue("may go on"))
}

/// The branches of the Vias that we wrote. Mostly there is but one Via, the caller's, whose branch is known already and not of our form.
fn own_branches(env: &Env<'_>, request: &Message) -> impl Iterator<Item = Branch> {
    let top = request.branch().and_then(Branch::parse);
    let top = top.filter(|_| request.top_via().is_ok_and(|via| is_ours(env, &via)));
    let others = request.values(HeaderName::Via).skip(1).filter_map(|value| Via::parse(value).ok());
    top.into_iter().chain(others.filter(|via| is_ours(env, via)).filter_map(|via| Branch::parse(via.branch()?)))
}

fn is_ours(env: &Env<'_>, via: &Via<'_>) -> bool {
    env.settings.listeners.iter().any(|listener| {
        is_advertised(listener, via.host, || via.port.unwrap_or_else(|| listener.transport.default_port()))
    })
}

/// A hash over everything about a request that its routing depends on (RFC 5393 §4.2.1).
pub(crate) fn loop_hash(request: &Message) -> u64 {
    let mut parts = Parts::default();
    parts.put(request.request_uri());
    parts.put(request.call_id());
    parts.put(request.from_tag().unwrap_or_default());
    parts.put(request.to_tag().unwrap_or_default());
    parts.put_number(request.cseq().map_or(0, |cseq| u64::from(cseq.number)));
    for name in [HeaderName::ProxyRequire, HeaderName::ProxyAuthorization, HeaderName::Route] {
        for line in request.headers_named(name) {
            parts.put(line.value);
        }
    }
    // Without a secret: it is read again in what comes round, perhaps by another process that stands in for this one.
    parts.hash(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::{Flow, Listener, ListenerId, Transport};
    use crate::settings::Settings;
    use crate::shared::Shared;
    use crate::test_clock::start;

    fn request(vias: &str, uri: &str, cseq: u32) -> Message {
        let text = format!(
            "MESSAGE {uri} SIP/2.0\r\n{vias}Via: SIP/2.0/UDP 192.0.2.6;branch=z9hG4bKa\r\nFrom: <sip:a@x.example>;tag=1\r\n\
             To: <sip:b@example.com>\r\nCall-ID: c\r\nCSeq: {cseq} MESSAGE\r\nContent-Length: 0\r\n\r\n"
        );
        Message::parse(text.into()).unwrap()
    }

    fn decides(message: Message) -> Option<u16> {
        let address = "192.0.2.254:5060".parse().unwrap();
        let settings = Settings::new(vec![Listener::new(Transport::Udp, address)]);
        let shared = Shared::new(&[1; 32], start());
        let from = std::net::Ipv4Addr::LOCALHOST.into();
        let env = Env { now: start(), settings: &settings, shared: &shared, from };
        let flow = Flow::udp(ListenerId(0), "192.0.2.6:5060".parse().unwrap());
        match run(&mut Routing::new(message.into(), flow, None), &env) {
            Ok(Verdict::Reply(reply)) => Some(reply.status),
            _ => None,
        }
    }

    /// RFC 3261 §16.3 item 4, RFC 5393 §4.1, §4.2.2: what comes back unchanged has looped; what comes back changed has not.
    #[test]
    fn a_request_that_was_here_before_unchanged_has_looped() {
        let uri = "sip:b@example.com";
        let first = loop_hash(&request("", uri, 1));
        let via = |host: &str| format!("Via: SIP/2.0/UDP {host};branch={}\r\n", Branch::new(7, first).as_str());
        assert_eq!(decides(request(&via("192.0.2.254:5060"), uri, 1)), Some(482));
        assert_eq!(decides(request(&via("192.0.2.254:5060"), "sip:c@example.com", 1)), None, "a spiral");
        assert_eq!(decides(request(&via("192.0.2.254:5060"), uri, 2)), None, "another request");
        assert_eq!(decides(request(&via("192.0.2.99:5060"), uri, 1)), None, "another proxy's Via");
    }
}
