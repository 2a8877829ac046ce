//! What the caller's account may do: nothing while it is in the group `blocked`, and nothing from outside of its networks.

use crate::directory::Account;
use crate::flow::Flow;
use crate::route::routing::{Env, Routing};
use crate::route::verdict::{StepResult, Verdict, reply};
use domain::Group;

pub(super) fn run(routing: &mut Routing, _env: &Env<'_>) -> StepResult {
    let Some(caller) = &routing.caller else {
        return Ok(Verdict::Continue("no local caller"));
    };
    if routing.emergency {
        return Ok(Verdict::Continue("help may always be called for"));
    }
    match refusal(caller, routing.flow) {
        Some(refusal) => Ok(refusal),
        None => Ok(Verdict::Continue("the caller may call")),
    }
}

/// Why an account may not be used from here, registration and calls alike.
pub(super) fn refusal(account: &Account, flow: Flow) -> Option<Verdict> {
    // RFC 3261 §21.4.4: authorization will not help, so the request is not to be repeated.
    if account.is_in(Group::BLOCKED) {
        return Some(reply(403, "the account is in the group blocked"));
    }
    if !account.may_be_used_from(flow.remote.ip()) {
        return Some(reply(403, "the account may not be used from this network"));
    }
    None
}
