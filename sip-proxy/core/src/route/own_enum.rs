//! Numbers of the ENUM ranges that are provisioned here: the number's SIP mapping that goes before its others says where it leads
//! (RFC 6116 §3.4). A number in nobody's range, or without such a mapping, goes on into the telephone network.

use crate::number::Number;
use crate::route::routing::{Env, Routing};
use crate::route::verdict::{StepResult, Verdict};
use domain::{SipId, Username};
use sip_message::Method;

pub(super) fn run(routing: &mut Routing, env: &Env<'_>) -> StepResult {
    let number = routing.uri()?.user_decoded().and_then(|user| Number::dialled(&user));
    let Some(number) = number.filter(|_| matches!(routing.method, Method::Invite | Method::Message)) else {
        return Ok(Verdict::Continue("no number in full"));
    };
    if routing.peer.as_ref().is_some_and(|peer| !peer.calls.enum_lookup) && routing.payer.is_none() {
        return Ok(Verdict::Continue("the peer's numbers are not looked up"));
    }
    let network = env.shared.network();
    for range in network.ranges(number.digits()) {
        let Ok(user) = Username::parse(number.digits()) else { continue };
        let id = SipId::new(user, range.tld.clone());
        let found = routing.enum_number(&id)?;
        routing.tell(|| match &found {
            Some(target) => format!("enum_numbers {id} in range {}: {target}", range.id),
            None => format!("enum_numbers {id} in range {}: no SIP mapping", range.id),
        });
        if let Some(target) = found {
            routing.uri = Some(target.as_bytes().into());
            routing.led = true;
            return Ok(Verdict::Again("a number of an own range, to where it leads"));
        }
    }
    Ok(Verdict::Continue("no number of an own range"))
}
