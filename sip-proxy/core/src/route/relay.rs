//! Requests that another proxy relays to a phone whose connection, or whose router's port, is held here (RFC 5626 §5.3). The Route that
//! brought them bears our token for that flow, which nobody else can make; so nobody has to prove anything, and they go by that flow or
//! nowhere.
//!
//! The proxy that routed the request has asked who calls. What a token cannot be had for is any other way.

use crate::route::routing::{Env, Routing};
use crate::route::verdict::{Hop, StepResult, Target, Verdict, reply};
use crate::tokens::Closed;

pub(super) fn run(routing: &mut Routing, _env: &Env<'_>) -> StepResult {
    match routing.relayed {
        None => Ok(Verdict::Continue("not relayed")),
        // RFC 5626 §5.3: a token that was tampered with is forbidden.
        Some(Err(Closed::Forged)) => Ok(reply(403, "the flow token is not ours")),
        // RFC 5626 §5.3.1: 430 has who relays try another flow.
        Some(Err(Closed::Gone)) => Ok(reply(430, "the flow is no more")),
        Some(Ok(flow)) => {
            // RFC 3325 §5: what one of our proxies says of the caller is what all of them know.
            routing.from_peer = true;
            let target = Target { flow_only: true, ..Target::along(vec![Hop::Flow(flow)]) };
            Ok(Verdict::Forward(vec![target], "relayed to a phone that is held here"))
        }
    }
}
