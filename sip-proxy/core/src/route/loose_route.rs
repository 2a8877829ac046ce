//! Takes off the hops that are ourselves (RFC 3261 §16.4), so that what is left says where the request goes, and tells whether it
//! belongs to a dialog in which we recorded our route.
//!
//! The Record-Route that we write carries a mark sealed over the Call-ID. Only a request that brings it back passes unauthenticated:
//! a Route header alone makes nobody's request part of a dialog.

use crate::route::reach;
use crate::route::routing::{Env, Routing};
use crate::route::verdict::{StepResult, Verdict, reply};
use sip_message::header::Route;
use sip_message::uri::Uri;
use sip_message::{HeaderName, Method};

/// The parameter of our Record-Route URI that carries the mark.
pub(crate) const MARK: &str = "dlg";

pub(super) fn run(routing: &mut Routing, env: &Env<'_>) -> StepResult {
    let request = std::sync::Arc::clone(&routing.request);
    let (mut marked, mut other_side) = (false, None);
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
        other_side = reach::other_side(&request, &uri);
    }
    // RFC 3261 §16.4: the first Route value goes if it is us. Where transports differ we recorded two (RFC 5658 §5).
    let mut done = 0;
    for value in routing.routes_left() {
        let Ok(route) = Route::parse(value) else { return Ok(reply(400, "a Route value cannot be read")) };
        if !is_us(routing, env, &route.uri)? {
            break;
        }
        marked = marked || bears_mark(routing, env, &route.uri);
        other_side = other_side.or_else(|| reach::other_side(&request, &route.uri));
        done += 1;
    }
    routing.routes_done = done;
    routing.other_side = other_side;
    routing.in_dialog = marked && request.to_tag().is_some();
    if routing.method == Method::Ack && !routing.in_dialog {
        // RFC 3261 §22.1 departs: an ACK that belongs to no dialog of ours is dropped, since it cannot be challenged.
        return Ok(reply(481, "an ACK outside of any dialog"));
    }
    Ok(Verdict::Continue(if routing.in_dialog { "within a dialog" } else { "outside of any dialog" }))
}

/// Whether a Route value means this proxy: one of its addresses, or a domain that it serves.
fn is_us(routing: &Routing, env: &Env<'_>, uri: &Uri<'_>) -> Result<bool, Verdict> {
    if env.is_own(uri) {
        return Ok(true);
    }
    let default_port = uri.port.is_none_or(|port| env.settings.listeners.iter().any(|l| l.address.port() == port));
    if uri.user.is_some() || !default_port || uri.host_address().is_some() {
        return Ok(false);
    }
    Ok(routing.local_domain(uri)?.is_some())
}

fn bears_mark(routing: &Routing, env: &Env<'_>, uri: &Uri<'_>) -> bool {
    uri.param(MARK).is_some_and(|mark| env.shared.is_dialog_mark(routing.request.call_id(), mark))
}
