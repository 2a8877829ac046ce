//! Trusted peers, known by their address: what they send is not challenged, and who they say the caller is counts (RFC 3325 §5). Beyond
//! the addresses that are served here they reach nothing.

use crate::route::routing::{Env, Routing};
use crate::route::verdict::{StepResult, Verdict};

pub(super) fn run(routing: &mut Routing, env: &Env<'_>) -> StepResult {
    routing.from_peer = env.shared.peers.trusts(routing.flow);
    Ok(Verdict::Continue(if routing.from_peer { "from a trusted peer" } else { "not from a trusted peer" }))
}
