//! Requests for the proxy itself, not for anybody behind it (RFC 3261 §11.2 and §16.3: a Request-URI without a user that names us).

use crate::route::routing::{Env, Routing};
use crate::route::sanity::{bad_extension, tags_except};
use crate::route::verdict::{LocalReply, StepResult, Verdict, reply};
use crate::route::watch::ALLOW_EVENTS;
use sip_message::{HeaderName, Method};

/// The methods that are answered or forwarded.
pub(crate) const ALLOW: &str =
    "INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER, MESSAGE, SUBSCRIBE, NOTIFY, PUBLISH, REFER, INFO, UPDATE, PRACK";
/// The extensions that are supported here.
pub(crate) const SUPPORTED: &str = "path, outbound, gruu";
/// The same one by one.
pub(crate) const EXTENSIONS: [&str; 3] = ["path", "outbound", "gruu"];

pub(super) fn run(routing: &mut Routing, env: &Env<'_>) -> StepResult {
    let uri = routing.uri()?;
    if uri.user.is_some() || routing.in_dialog || routing.routes_left().next().is_some() {
        return Ok(Verdict::Continue("not for the proxy itself"));
    }
    if !env.is_own(&uri) && routing.local_domain(&uri)?.is_none() {
        return Ok(Verdict::Continue("not for the proxy itself"));
    }
    if routing.method != Method::Options {
        // RFC 3261 §21.4.5: there is no user to find.
        return Ok(reply(404, "the Request-URI names no user"));
    }
    let unknown = tags_except(routing, HeaderName::Require, &EXTENSIONS);
    if !unknown.is_empty() {
        return Ok(bad_extension(unknown));
    }
    // RFC 3261 §11.2: what an answer to OPTIONS should have.
    let told = [
        (HeaderName::Allow, ALLOW),
        (HeaderName::Accept, "application/sdp"),
        (HeaderName::AcceptEncoding, "identity"),
        (HeaderName::AcceptLanguage, "en"),
        (HeaderName::Supported, SUPPORTED),
        (HeaderName::AllowEvents, ALLOW_EVENTS),
    ];
    Ok(LocalReply::new(200, "OPTIONS to the proxy").always(told).into())
}
