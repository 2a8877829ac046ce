//! Requests whose next hop is not ours to choose: within a dialog along its route set (RFC 3261 §16.12), and from a caller that proved its
//! account to other domains. Nobody else is relayed.

use crate::flow::Flow;
use crate::locations::Binding;
use crate::route::authenticate::demand;
use crate::route::reach::{hop_of, hops_to};
use crate::route::routing::{Env, Routing, sip_id};
use crate::route::verdict::{StepResult, Target, Verdict, reply};
use sip_message::header::Route;
use sip_message::uri::Uri;

pub(super) fn run(routing: &mut Routing, env: &Env<'_>) -> StepResult {
    let next = match routing.routes_left().next().map(Route::parse) {
        None => None,
        Some(Ok(route)) => Some(route),
        Some(Err(_)) => return Ok(reply(400, "a Route value cannot be read")),
    };
    let uri = routing.uri()?;
    if next.is_none() {
        let domain =
            if routing.in_dialog { routing.local_domain_in_dialog(&uri)? } else { routing.local_domain(&uri)? };
        if domain.is_some() || env.is_own(&uri) {
            return Ok(Verdict::Continue("for an address that is served here"));
        }
    }
    if !routing.in_dialog && routing.caller.is_none() && !routing.led {
        if let Some(challenge) = demand(routing, env)? {
            return Ok(challenge);
        }
        // RFC 3261 §21.4.4: a peer is known and may not; trust is no way to everywhere.
        if routing.from_peer {
            return Ok(reply(403, "a trusted peer reaches what is served here"));
        }
        // RFC 3261 §21.4.5: also for a domain that the recipient does not handle. Anything else would be an open relay.
        return Ok(reply(404, "neither the caller nor the called domain is served here"));
    }
    let hops = match (&next, routing.other_side.filter(|_| routing.in_dialog)) {
        // RFC 3261 §16.6 item 7: the topmost Route before the Request-URI.
        (Some(route), _) => hop_of(&route.uri).into_iter().collect(),
        // RFC 5626 §5.3.1: the way that our own Route value kept for this end.
        (None, Some(flow)) => hops_to(present_flow(routing, env, &uri).unwrap_or(flow), hop_of(&uri)),
        (None, None) => hop_of(&uri).into_iter().collect(),
    };
    let why = if routing.in_dialog { "along the dialog's route" } else { "to another domain" };
    Ok(Verdict::Forward(vec![Target::along(hops)], why))
}

/// The way by which a phone registered the contact last that it has in this dialog: its connection, or its router's port, may have changed
/// since the dialog began.
fn present_flow(routing: &Routing, env: &Env<'_>, contact: &Uri<'_>) -> Option<Flow> {
    let to = routing.request.to().ok()?;
    let bindings = env.shared.locations.get(&sip_id(&to.parse_uri().ok()?)?, env.now)?;
    let same = |binding: &&Binding| Uri::parse(binding.contact()).is_ok_and(|own| own.is_equivalent(contact));
    bindings.iter().find(same).map(|binding| binding.flow)
}
