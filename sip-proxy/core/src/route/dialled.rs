//! What an account dialled where that is no address: the number by which it hears its messages, and short numbers that its quick dial
//! prefix makes long ones. Who has the dialled number for an address is called by it: an account goes before a quick dial.

use crate::directory::{Account, CallSettings, Domain};
use crate::route::routing::{Env, Routing, sip_id};
use crate::route::verdict::{StepResult, Verdict, reply};
use crate::route::wishes;
use sip_message::Method;
use std::sync::Arc;

/// Longer ones are no short numbers.
const SHORT_MAX: usize = 6;

pub(super) fn run(routing: &mut Routing, env: &Env<'_>) -> StepResult {
    // What a diversion or a range led to was not dialled.
    let Some(caller) = routing.caller.clone().filter(|_| routing.turns == 0 && !routing.emergency) else {
        return Ok(Verdict::Continue("not dialled by an account"));
    };
    if routing.method != Method::Invite || routing.in_dialog {
        return Ok(Verdict::Continue("no new call"));
    }
    let uri = routing.uri()?;
    let Some(user) = uri.user.and_then(|user| std::str::from_utf8(user).ok()) else {
        return Ok(Verdict::Continue("no number"));
    };
    if is_access_number(routing, env, &caller, user)? {
        let Some(mailbox) = wishes::mailbox(routing, env, &caller)? else {
            return Ok(reply(404, "the account has no mailbox"));
        };
        routing.tell(|| format!("voicemail access number {user}: {}", String::from_utf8_lossy(&mailbox)));
        routing.uri = Some(mailbox);
        routing.led = true;
        return Ok(Verdict::Again("to the account's own mailbox"));
    }
    let Some(long) = caller.call_settings().and_then(|calls| quick_dial(calls, user)) else {
        return Ok(Verdict::Continue("dialled in full"));
    };
    if let Some(id) = sip_id(&uri)
        && routing.account_or_alias(&id)?.is_some()
    {
        return Ok(Verdict::Continue("a short number that somebody has for an address"));
    }
    routing.tell(|| format!("sip_accounts {}: the quick dial prefix makes {user} {long}", caller.id));
    let uri = format!("sip:{long}@{}", caller.id.domain.as_str());
    routing.uri = Some(uri.into_bytes().into());
    Ok(Verdict::Again("a short number, made long by the quick dial prefix"))
}

fn quick_dial(calls: &CallSettings, user: &str) -> Option<String> {
    let prefix = &*calls.quickdial_prefix;
    let short = (1..=SHORT_MAX).contains(&user.len()) && user.bytes().all(|b| b.is_ascii_digit());
    if prefix.is_empty() || !short || user.starts_with('0') {
        return None;
    }
    // The contract writes it with the country and nothing before that.
    let in_full = if prefix.starts_with('+') || prefix.starts_with("00") { "" } else { "00" };
    Some([in_full, prefix, user].concat())
}

fn is_access_number(routing: &Routing, env: &Env<'_>, caller: &Account, user: &str) -> Result<bool, Verdict> {
    let network = env.shared.network();
    let domain: Option<Arc<Domain>> = routing.domain(caller.id.domain.clone())?;
    let own = domain.and_then(|domain| network.voicemail(domain.customer)).map(|said| &*said.access_number);
    let number = own.filter(|number| !number.is_empty()).unwrap_or(&env.settings.voicemail_access_number);
    Ok(!number.is_empty() && number == user)
}
