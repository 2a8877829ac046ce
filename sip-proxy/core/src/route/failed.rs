//! Calls whose devices have failed, on their way to where the called account has them diverted then. All others pass.

use crate::route::routing::{Env, Routing};
use crate::route::verdict::{StepResult, Verdict, reply};
use crate::route::wishes;

pub(super) fn run(routing: &mut Routing, env: &Env<'_>) -> StepResult {
    let (Some(when), Some(called)) = (routing.failed, routing.called.clone()) else {
        return Ok(Verdict::Continue("nothing has failed yet"));
    };
    let diverted = match called.call_settings() {
        Some(calls) => wishes::divert(routing, env, &called, calls, when)?,
        None => None,
    };
    routing.failed = None;
    // RFC 3261 §21.4.18.
    Ok(diverted.unwrap_or_else(|| reply(480, "the account's devices have failed, and the call cannot be diverted")))
}
