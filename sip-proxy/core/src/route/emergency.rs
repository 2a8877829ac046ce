//! Calls for help: the numbers that the operator lists, at an address that is served here. Where they lead says the row for the caller's
//! domain and region; without one they go as they were dialled. Nothing that forbids other calls forbids these: no group, no network, no
//! limit, no missing registration; and while nobody can be asked who calls, nobody is.

use crate::route::routing::{Env, Routing};
use crate::route::verdict::{StepResult, Verdict};
use sip_message::Method;

pub(super) fn run(routing: &mut Routing, env: &Env<'_>) -> StepResult {
    let Some(number) = number(routing, env)? else {
        return Ok(Verdict::Continue("no call for help"));
    };
    if routing.caller.is_none() && !routing.from_peer && !routing.emergency {
        return Ok(Verdict::Continue("a call for help by nobody who is known here"));
    }
    routing.emergency = true;
    routing.led = true;
    let network = env.shared.network();
    let caller = routing.caller.as_deref();
    let domain = caller.map_or("", |caller| caller.id.domain.as_str());
    let region = caller.and_then(|caller| caller.call_settings()).map_or("", |calls| &calls.region);
    match network.emergency(&number, domain, region) {
        Some(row) => {
            routing.tell(|| format!("emergency_mapping {}: {number} for region {region:?} is {}", row.id, row.target));
            routing.uri = Some(row.target.as_bytes().into());
            Ok(Verdict::Continue("a call for help, to the place that is responsible for the caller's region"))
        }
        None => {
            routing.tell(|| format!("emergency_mapping: no row for {number} in region {region:?}"));
            Ok(Verdict::Continue("a call for help, for which no place is provisioned"))
        }
    }
}

/// Whether a request calls for help.
pub(super) fn is_one(routing: &Routing, env: &Env<'_>) -> Result<bool, Verdict> {
    number(routing, env).map(|number| number.is_some())
}

fn number(routing: &Routing, env: &Env<'_>) -> Result<Option<String>, Verdict> {
    if routing.method != Method::Invite || routing.in_dialog {
        return Ok(None);
    }
    let uri = routing.uri()?;
    let Some(user) = uri.user else { return Ok(None) };
    let Some(number) = env.settings.emergency_numbers.iter().find(|number| number.as_bytes() == user) else {
        return Ok(None);
    };
    let here = env.is_own(&uri) || routing.local_domain(&uri)?.is_some();
    Ok(here.then(|| number.clone()))
}
