//! Takes off the hops that are ourselves (RFC 3261 §16.4), so that what is left says where the request goes, and tells whether it
//! belongs to a dialog in which we recorded our route.
//!
//! The Record-Route that we write carries a mark sealed over the Call-ID. Only a request that brings it back passes unauthenticated:
//! a Route header alone makes nobody's request part of a dialog. A second mark is sealed over the addresses in From and To, so that who
//! is in a dialog speaks in it for itself and for nobody else.

use crate::flow::Flow;
use crate::route::reach;
use crate::route::routing::{Env, Routing};
use crate::route::verdict::{StepResult, Verdict, reply};
use crate::shared::Shared;
use crate::tokens::{Closed, Purpose, TOKEN};
use sip_message::header::{Malformed, Route};
use sip_message::uri::Uri;
use sip_message::{HeaderName, Message, Method};
use subtle::ConstantTimeEq;

/// The parameter of our Record-Route URI that carries the mark.
pub(crate) const MARK: &str = "dlg";
/// The parameter with the mark over the addresses of its two ends.
pub(crate) const NAMES: &str = "ids";

pub(super) fn run(routing: &mut Routing, env: &Env<'_>) -> StepResult {
    let request = std::sync::Arc::clone(&routing.request);
    let (mut marked, mut named, mut other_side, mut relayed) = (false, false, None, None);
    // The Request-URI as it came: this step may run twice.
    let Ok(uri) = request.uri() else { return Ok(reply(400, "the Request-URI cannot be read")) };
    // RFC 3261 §16.4: a strict router put our own Record-Route value into the Request-URI; the last Route is what it replaced.
    if env.is_own(&uri)
        && uri.user.is_none()
        && uri.has_param("lr")
        && let Some(last) = request.values(HeaderName::Route).last()
    {
        let Ok(last) = Route::parse(last) else { return Ok(reply(400, "a Route value cannot be read")) };
        routing.uri = Some(last.address.uri.into());
        routing.last_route_taken = true;
        marked = bears_mark(routing, env, &uri);
        named = names_are_those(env, &request, &uri);
        other_side = reach::other_side(env.shared, &request, &uri);
    }
    // RFC 3261 §16.4: the first Route value goes if it is us. Where transports differ we recorded two (RFC 5658 §5).
    let mut done = 0;
    for value in routing.routes_left() {
        let Ok(route) = Route::parse(value) else { return Ok(reply(400, "a Route value cannot be read")) };
        let us = match is_us(routing, env, &route.uri) {
            // A dialog goes on while nobody can be asked.
            Err(Verdict::Reply(_)) if marked => false,
            us => us?,
        };
        if !us {
            break;
        }
        marked = marked || bears_mark(routing, env, &route.uri);
        named = named || names_are_those(env, &request, &route.uri);
        other_side = other_side.or_else(|| reach::other_side(env.shared, &request, &route.uri));
        relayed = relayed.or_else(|| flow_token(env, &route.uri));
        done += 1;
    }
    routing.routes_done = done;
    routing.other_side = other_side;
    routing.relayed = relayed;
    routing.in_dialog = marked && request.to_tag().is_some();
    routing.own_names = named;
    if routing.method == Method::Ack && !routing.in_dialog {
        // RFC 3261 §22.1 departs: an ACK that belongs to no dialog of ours is dropped, since it cannot be challenged.
        return Ok(reply(481, "an ACK outside of any dialog"));
    }
    Ok(Verdict::Continue(if routing.in_dialog { "within a dialog" } else { "outside of any dialog" }))
}

/// Whether a Route value means this proxy: one of its addresses, or a domain that it serves.
fn is_us(routing: &Routing, env: &Env<'_>, uri: &Uri<'_>) -> Result<bool, Verdict> {
    // RFC 5626 §5.3: who has a token of ours was told this address by us.
    if env.is_own(uri) || matches!(flow_token(env, uri), Some(Ok(_) | Err(Closed::Gone))) {
        return Ok(true);
    }
    let default_port = uri.port.is_none_or(|port| env.settings.listeners.iter().any(|l| l.address.port() == port));
    if uri.user.is_some() || !default_port || uri.host_address().is_some() {
        return Ok(false);
    }
    Ok(routing.local_domain(uri)?.is_some())
}

/// The flow of a registration that a Route value asks for, if it does.
fn flow_token(env: &Env<'_>, uri: &Uri<'_>) -> Option<Result<Flow, Closed>> {
    Some(env.shared.flow_of(uri.param(TOKEN)?, Purpose::Relay))
}

/// The mark over the addresses in From and To (RFC 3261 §12.2.1.1: they are the same in all requests of a dialog, in turn).
pub(crate) fn names_mark(env: &Shared, request: &Message) -> Option<String> {
    let name = |uri: Result<Uri<'_>, Malformed>| {
        let uri = uri.ok()?;
        let user = uri.user_decoded().unwrap_or_default();
        let mut name = Vec::with_capacity(user.len() + 1 + uri.host.len());
        name.extend_from_slice(&user);
        name.push(b'@');
        name.extend_from_slice(uri.host);
        name.make_ascii_lowercase();
        Some(name)
    };
    let (from, to) = (name(request.from_uri())?, name(request.to_uri())?);
    Some(env.names_mark(request.call_id(), [&from, &to]))
}

fn names_are_those(env: &Env<'_>, request: &Message, uri: &Uri<'_>) -> bool {
    let Some(mark) = uri.param(NAMES) else { return false };
    names_mark(env.shared, request).is_some_and(|own| own.as_bytes().ct_eq(mark).into())
}

fn bears_mark(routing: &Routing, env: &Env<'_>, uri: &Uri<'_>) -> bool {
    uri.param(MARK).is_some_and(|mark| env.shared.is_dialog_mark(routing.request.call_id(), mark))
}
