//! What a REGISTER says of extensions, and what these demand: Path (RFC 3327 §5.3), outbound (RFC 5626 §6), GRUU (RFC 5627 §5.1).

use crate::instance::{REG_ID, instance};
use crate::locations::Binding;
use crate::route::own::SUPPORTED;
use crate::route::routing::{Env, Routing, sip_id};
use crate::route::sanity::bad_extension;
use crate::route::verdict::{LocalReply, Verdict, reply};
use crate::{gruu, registrar::RequestedContact};
use domain::SipId;
use sip_message::header::{Contact, Route, option_tags};
use sip_message::uri::Uri;
use sip_message::{HeaderName, Message};

/// The extensions of one REGISTER.
pub(super) struct Extensions {
    /// RFC 3327 §5.3: the Path values, topmost first, are the Route towards the contact.
    pub(super) path: Vec<u8>,
    /// Whether the flows of a device are told apart.
    pub(super) flows: bool,
    tells_path: bool,
    gruu: bool,
}

impl Extensions {
    /// Reads them; what cannot be done as it is asked is refused.
    pub(super) fn read(request: &Message, env: &Env<'_>) -> Result<Extensions, Verdict> {
        let tells_path = says(request, "path");
        let mut path = Vec::new();
        let mut at_edge = false;
        for value in request.values(HeaderName::Path) {
            let Ok(route) = Route::parse(value) else { return Err(reply(400, "a Path value cannot be read")) };
            at_edge |= route.uri.has_param("ob");
            if !path.is_empty() {
                path.extend_from_slice(b", ");
            }
            path.extend_from_slice(value);
        }
        // RFC 3327 §5.3: who did not say that it knows Path would not look at the one that comes back, and whoever put it there would
        // stand in the way of its calls unseen.
        if !path.is_empty() && !tells_path && !env.settings.registrar.path_unsupported {
            return Err(bad_extension(b"path".to_vec()));
        }
        let asks = says(request, "outbound");
        // RFC 5626 §6: flows end at the first hop; if that is another's it must have said that it keeps them.
        let flows = asks && (at_edge || request.values(HeaderName::Via).count() == 1);
        if asks && !flows && names_a_flow(request) {
            return Err(LocalReply::new(439, "the first hop keeps no flows").into());
        }
        Ok(Extensions { path, flows, tells_path, gruu: says(request, "gruu") })
    }

    /// Whether a parameter of a Contact is kept with it.
    pub(super) fn keeps(&self, name: &[u8]) -> bool {
        let is = |other: &str| name.eq_ignore_ascii_case(other.as_bytes());
        // RFC 5627 §5.2: GRUUs are the registrar's to give.
        let ours = is("q") || is("expires") || is("pub-gruu") || is("temp-gruu");
        // RFC 5626 §6: where flows are not told apart their numbers are ignored.
        !ours && (self.flows || !is(REG_ID))
    }

    /// The GRUUs of a contact, as its parameters in the 200.
    pub(super) fn gruus(&self, env: &Env<'_>, aor: &SipId, binding: &Binding) -> Vec<u8> {
        // RFC 5627 §5.2: for each contact with an instance, if the phone knows what a GRUU is.
        let Some(instance) = binding.instance().filter(|_| self.gruu) else { return Vec::new() };
        let public = gruu::public(aor, &instance);
        let temporary = env.shared.temporary_gruu(aor, binding, &instance);
        [&b";pub-gruu=\""[..], &public, b"\";temp-gruu=\"", &temporary, b"\""].concat()
    }

    /// What the 200 says of them.
    pub(super) fn told(&self, mut done: LocalReply, env: &Env<'_>, flow_registered: bool) -> LocalReply {
        if self.tells_path && !self.path.is_empty() {
            // RFC 3327 §5.3: the Path is told to the phone that it was stored for.
            done = done.header(HeaderName::Path, self.path.as_slice());
            done = done.header(HeaderName::Supported, SUPPORTED);
        }
        // RFC 5626 §6: so the phone knows that its flow is one.
        if flow_registered {
            done = done.header(HeaderName::Require, "outbound");
            // RFC 5626 §5.4: how often the phone must show that its flow is there.
            if env.settings.flow_timer_s > 0 {
                done = done.header(HeaderName::FlowTimer, env.settings.flow_timer_s.to_string());
            }
        }
        // RFC 3608 §6.3: by which way the phone sends what it begins.
        if !env.settings.service_route.is_empty() {
            done = done.header(HeaderName::ServiceRoute, env.settings.service_route.as_str());
        }
        done
    }
}

/// Refuses contacts that lead back here: RFC 5627 §5.1.
pub(super) fn refuse_own_addresses(
    routing: &Routing,
    aor: &SipId,
    contacts: &[RequestedContact<'_>],
) -> Result<(), Verdict> {
    for contact in contacts {
        let Ok(uri) = Uri::parse(contact.uri) else { continue };
        // RFC 5627 §5.1: a GRUU leads to a contact, so it is none.
        if uri.has_param(gruu::GR) && routing.local_domain(&uri)?.is_some() {
            return Err(reply(403, "a GRUU is no contact"));
        }
        // RFC 5627 §5.1: nor is the address itself the contact of one of its devices.
        if instance(&contact.params).is_some() && sip_id(&uri).is_some_and(|id| id == *aor) {
            return Err(reply(403, "the address itself is no device's contact"));
        }
    }
    Ok(())
}

fn says(request: &Message, tag: &str) -> bool {
    let lines = [HeaderName::Supported, HeaderName::Require].into_iter().flat_map(|name| request.headers_named(name));
    lines.flat_map(|line| option_tags(line.value)).any(|other| other.eq_ignore_ascii_case(tag.as_bytes()))
}

fn names_a_flow(request: &Message) -> bool {
    request.contacts().any(|contact| matches!(contact, Ok(Contact::Address(address)) if address.params.has(REG_ID)))
}
