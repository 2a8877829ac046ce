//! REGISTER to a domain that is served here (RFC 3261 §10.3): who asks, for which address, and whether it may. What happens to the
//! contacts is [`crate::registrar`]'s.
//!
//! An account that does not exist is challenged and refused exactly as one whose password is wrong.

use crate::instance::flow_key;
use crate::locations::Binding;
use crate::registrar::{self, BindingChange, Expires, RegisterRefusal, Registration, RequestedContact, Wish};
use crate::route::authenticate::{Demand, prove};
use crate::route::caller_rights::refusal;
use crate::route::extensions::{Extensions, refuse_own_addresses};
use crate::route::own::EXTENSIONS;
use crate::route::routing::{Env, Routing, sip_id};
use crate::route::sanity::{bad_extension, tags_except};
use crate::route::verdict::{LocalReply, StepResult, Verdict, reply};
use domain::SipId;
use sip_message::header::{Contact, NameAddr};
use sip_message::uri::Uri;
use sip_message::{HeaderName, Message, Method};
use std::sync::Arc;

pub(super) fn run(routing: &mut Routing, env: &Env<'_>) -> StepResult {
    if routing.method != Method::Register || routing.routes_left().next().is_some() {
        return Ok(Verdict::Continue("no REGISTER"));
    }
    let uri = routing.uri()?;
    // RFC 3261 §10.3 item 1: the Request-URI says whose registrar is meant.
    if !env.is_own(&uri) && routing.local_domain(&uri)?.is_none() {
        return Ok(Verdict::Continue("a REGISTER for another domain"));
    }
    // RFC 3261 §10.3 item 2.
    let unknown = tags_except(routing, HeaderName::Require, &EXTENSIONS);
    if !unknown.is_empty() {
        return Ok(bad_extension(unknown));
    }
    let request = Arc::clone(&routing.request);
    let to = match request.to_uri() {
        Ok(to) if to.is_sip() => to,
        _ => return Ok(reply(400, "To is no address of record")),
    };
    // RFC 3261 §10.3 item 5: 404 for an address outside of the domains that are served.
    let Some(domain) = routing.local_domain(&to)? else { return Ok(reply(404, "To is not of a domain served here")) };
    let named = sip_id(&to);
    // RFC 3261 §10.3 items 3 and 4.
    let account = prove(routing, env, &domain, named.as_ref(), Demand::Registrar)?;
    let own_name = match &named {
        None => false,
        Some(id) => *id == account.id || routing.alias(id)?.is_some_and(|target| target == account.id),
    };
    if !own_name {
        return Ok(reply(403, "To is neither the account's address nor one of its aliases"));
    }
    if let Some(refused) = refusal(&account, routing.flow) {
        return Ok(refused);
    }
    let extensions = Extensions::read(&request, env)?;
    let registration = match read(&request, &extensions, routing) {
        Ok(registration) => registration,
        Err(why) => return Ok(reply(400, why)),
    };
    if let Wish::Contacts(contacts) = &registration.wish {
        refuse_own_addresses(routing, &account.id, contacts)?;
    }
    let limits = &env.settings.registrar;
    let mut taken_over = Vec::new();
    let applied = env.shared.locations.update(&account.id, env.now, |current| {
        let next = registrar::apply(current, &registration, env.now, limits, equivalent)?;
        if let Some(next) = &next {
            taken_over = registrar::taken_over(current, next);
        }
        Ok(next)
    });
    match applied {
        Ok(bindings) => {
            let done = accepted(&account.id, &bindings, &extensions, &registration, env);
            if registration.wish != Wish::Query {
                routing.change = Some(BindingChange { aor: account.id.clone(), bindings, taken_over });
            }
            Ok(done)
        }
        Err(refused) => Ok(refuse(refused)),
    }
}

fn equivalent(a: &[u8], b: &[u8]) -> bool {
    // The same phone mostly writes the same octets.
    a == b || matches!((Uri::parse(a), Uri::parse(b)), (Ok(a), Ok(b)) if a.is_equivalent(&b))
}

fn read<'a>(
    request: &'a Message,
    extensions: &'a Extensions,
    routing: &Routing,
) -> Result<Registration<'a>, &'static str> {
    let mut contacts = Vec::new();
    let (mut values, mut star) = (0, false);
    for contact in request.contacts() {
        values += 1;
        match contact.map_err(|_| "a Contact cannot be read")? {
            Contact::Star => star = true,
            Contact::Address(address) => contacts.push(requested(address, extensions)?),
        }
    }
    let wish = match (star, values) {
        (_, 0) => Wish::Query,
        (true, values) => Wish::RemoveAll { values },
        (false, _) => Wish::Contacts(contacts),
    };
    Ok(Registration {
        wish,
        expires: Expires::read(request.header(HeaderName::Expires)),
        call_id: request.call_id(),
        cseq: request.cseq().map_or(0, |cseq| cseq.number),
        path: &extensions.path,
        user_agent: request.header(HeaderName::UserAgent).unwrap_or_default(),
        flow: routing.flow,
    })
}

fn requested<'a>(address: NameAddr<'a>, extensions: &Extensions) -> Result<RequestedContact<'a>, &'static str> {
    let uri = Uri::parse(address.uri).map_err(|_| "the URI of a Contact cannot be read")?;
    let mut params = Vec::new();
    for param in address.params.iter().filter(|p| extensions.keeps(p.name)) {
        params.push(b';');
        params.extend_from_slice(param.name);
        if let Some(value) = param.value {
            params.push(b'=');
            params.extend_from_slice(value);
        }
    }
    let q = if address.params.has("q") { Some(address.q().map_err(|_| "a q value cannot be read")?) } else { None };
    let expires = match address.params.get("expires") {
        None => Expires::Absent,
        Some(param) => Expires::read(Some(param.unquoted().as_deref().unwrap_or_default())),
    };
    Ok(RequestedContact { uri: uri.raw, params, q_per_mille: q, expires })
}

/// RFC 3261 §10.3 item 8: the 200 lists every contact that stands now.
fn accepted(
    aor: &SipId,
    bindings: &[Binding],
    extensions: &Extensions,
    registration: &Registration<'_>,
    env: &Env<'_>,
) -> Verdict {
    let mut done = LocalReply::new(200, "the registration is done");
    for binding in bindings {
        let gruus = extensions.gruus(env, aor, binding);
        done = done.header(HeaderName::Contact, registrar::render_contact(binding, env.now, &gruus));
    }
    // RFC 3261 §10.3 item 8: phones without a clock of their own set theirs by it.
    if let Some(date) = env.shared.date(env.now) {
        done = done.header(HeaderName::Date, date);
    }
    let flow_registered = match &registration.wish {
        Wish::Contacts(contacts) => contacts.iter().any(|contact| flow_key(&contact.params).is_some()),
        Wish::Query | Wish::RemoveAll { .. } => false,
    };
    extensions.told(done, env, flow_registered).into()
}

fn refuse(refused: RegisterRefusal) -> Verdict {
    match refused {
        RegisterRefusal::BadWildcard => LocalReply::new(400, "a wildcard with company or without Expires: 0"),
        RegisterRefusal::FlowWithCompany => LocalReply::new(400, "a flow is registered with other contacts"),
        RegisterRefusal::ContactTooLong => LocalReply::new(400, "a contact is too long"),
        // RFC 3261 §10.3 items 6 and 7: the update is given up and the request fails, with 500.
        RegisterRefusal::OutOfOrder => LocalReply::new(500, "older than the registration that it would change"),
        // RFC 3261 §21.4.17.
        RegisterRefusal::TooBrief { min_s } => {
            LocalReply::new(423, "the interval is too brief").header(HeaderName::MinExpires, min_s.to_string())
        }
        RegisterRefusal::TooManyContacts => LocalReply::new(403, "more contacts than an address may have"),
    }
    .into()
}
