//! What the targets of a call are told of how it came to them (RFC 5806: who diverted it and why).

use crate::forward::identity;
use crate::route::routing::{Diverted, Routing};
use crate::route::verdict::{Target, Told};
use domain::DiversionCondition;
use std::sync::Arc;

/// Diversions that are told of; the last ones, where there are more.
const DIVERSIONS_MAX: usize = 5;

/// Tells the targets of a diverted call who diverted it.
pub(super) fn put(routing: &Routing, targets: &mut [Target]) {
    if routing.diverted.is_empty() {
        return;
    }
    let diversions: Vec<Box<str>> = routing.diverted.iter().rev().take(DIVERSIONS_MAX).map(value).collect();
    for target in targets {
        for target in std::iter::once(&mut target.told).chain(target.others.iter_mut().map(|other| &mut other.told)) {
            let known = target.as_deref().cloned().unwrap_or_default();
            *target = Some(Arc::new(Told { diversions: diversions.clone(), ..known }));
        }
    }
}

fn value(diverted: &Diverted) -> Box<str> {
    // RFC 5806 §4: the reasons that it knows.
    let reason = match diverted.condition {
        DiversionCondition::Func | DiversionCondition::Runc => "unconditional",
        DiversionCondition::Fbus | DiversionCondition::Rbus => "user-busy",
        DiversionCondition::Fnoa | DiversionCondition::Rnoa => "no-answer",
        DiversionCondition::Fnol | DiversionCondition::Rnol | DiversionCondition::Funv | DiversionCondition::Runv => {
            "unavailable"
        }
    };
    let uri = identity::uri_of(&diverted.by);
    format!("<{}>;reason={reason}", String::from_utf8_lossy(&uri)).into()
}
