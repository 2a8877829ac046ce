//! First step: whether the request can be worked on at all (RFC 3261 §16.3 items 1, 2 and 5; §8.2.2.3; RFC 4028 §8.1).

use crate::forward::{identity, session_timer};
use crate::route::routing::{Env, Routing};
use crate::route::verdict::{LocalReply, StepResult, Verdict, reply};
use sip_message::header::{max_forwards, option_tags};
use sip_message::uri::Scheme;
use sip_message::{HeaderName, Method};

pub(super) fn run(routing: &mut Routing, env: &Env<'_>) -> StepResult {
    let uri = routing.uri()?;
    // RFC 3261 §16.3 item 2: a scheme that is not understood is refused with 416.
    // RFC 3261 §26.2.2: sips demands TLS on every hop; without TLS here it is a scheme that cannot be served.
    if uri.scheme != Scheme::Sip && !(uri.scheme == Scheme::Sips && env.settings.is_secured()) {
        return Ok(reply(416, "the Request-URI has a scheme that is not served"));
    }
    // RFC 3261 §19.1.1: a Request-URI has no header component.
    if uri.headers.is_some() {
        return Ok(reply(400, "the Request-URI carries headers"));
    }
    // RFC 3261 §20.22: 0 to 255.
    let hops = routing.request.header(HeaderName::MaxForwards);
    if hops.is_some_and(|value| max_forwards(value).is_err()) {
        return Ok(LocalReply::new(400, "Max-Forwards is no number of hops").phrase("Bad Max-Forwards").into());
    }
    // RFC 3261 §16.3 item 5: what is demanded of a proxy and not known here is refused; §8.2.2.3: never asked of ACK.
    if routing.method != Method::Ack {
        // RFC 3323 §4.3: who demands privacy of every proxy is served where it demands no more than can be given.
        let known: &[&str] = if identity::is_privacy_given(&routing.request) { &["privacy"] } else { &[] };
        let unknown = tags_except(routing, HeaderName::ProxyRequire, known);
        if !unknown.is_empty() {
            return Ok(bad_extension(unknown));
        }
    }
    // RFC 4028 §8.1: an interval that is too small for us is refused, in a way that lets the caller ask for a longer one.
    if let Some(min_s) = session_timer::too_small(&routing.request, env.settings.session_timers) {
        return Ok(LocalReply::new(422, "the session interval is too small")
            .header(HeaderName::MinSe, min_s.to_string())
            .into());
    }
    Ok(Verdict::Continue("well formed"))
}

/// The option tags of a header that are not among the known ones, joined by commas.
pub(super) fn tags_except(routing: &Routing, name: HeaderName, known: &[&str]) -> Vec<u8> {
    let mut joined = Vec::new();
    for line in routing.request.headers_named(name) {
        for tag in option_tags(line.value) {
            if known.iter().any(|k| tag.eq_ignore_ascii_case(k.as_bytes())) {
                continue;
            }
            if !joined.is_empty() {
                joined.extend_from_slice(b", ");
            }
            joined.extend_from_slice(tag);
        }
    }
    joined
}

/// 420 with the tags that are not supported (RFC 3261 §21.4.15).
pub(super) fn bad_extension(tags: Vec<u8>) -> Verdict {
    LocalReply::new(420, "an extension is required that is not supported").header(HeaderName::Unsupported, tags).into()
}
