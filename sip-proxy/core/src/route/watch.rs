//! SUBSCRIBE to what the proxy itself tells: the registrations of the caller's own account (RFC 3680, by the rules of RFC 6665). Whether there
//! is room for it, and what the watcher is told, is [`crate::notifier`]'s.
//!
//! Nobody is told of another's devices (RFC 3680 §4.6 leaves that to policy). A subscription to one's own message summary would come
//! back to the phone that asked, since its account has no mailbox here: it is refused.

use crate::directory::Account;
use crate::notifier::Watch;
use crate::route::routing::{Env, Routing, sip_id};
use crate::route::verdict::{LocalReply, StepResult, Verdict, reply};
use sip_message::header::{Contact, Event, delta_seconds};
use sip_message::{HeaderName, Method};
use std::sync::Arc;
use std::time::Duration;

/// The packages that are told of here.
pub(super) const ALLOW_EVENTS: &str = "reg";
/// RFC 3680 §4.4: what a watcher gets that asks for no time, which is a little more than an hour.
const EXPIRES_S_DEFAULT: u32 = 3761;
const EXPIRES_S_MIN: u32 = 60;
const EXPIRES_S_MAX: u32 = 7200;
const REGINFO: &[u8] = b"application/reginfo+xml";

pub(super) fn run(routing: &mut Routing, env: &Env<'_>) -> StepResult {
    if routing.method != Method::Subscribe || routing.routes_left().next().is_some() {
        return Ok(Verdict::Continue("no SUBSCRIBE"));
    }
    let request = Arc::clone(&routing.request);
    let Some(Ok(event)) = request.header(HeaderName::Event).map(Event::parse) else {
        return Ok(Verdict::Continue("no event package that is known here"));
    };
    let registrations = event.package.eq_ignore_ascii_case(b"reg");
    let summary = event.package.eq_ignore_ascii_case(b"message-summary");
    let Some(caller) = routing.caller.clone().filter(|_| registrations || summary) else {
        return Ok(Verdict::Continue("no event package that is told of here"));
    };
    if let Some(elsewhere) = not_told_here(routing, env, &caller, summary)? {
        return Ok(elsewhere);
    }
    if !accepts(routing) {
        return Ok(reply(406, "the watcher does not read reginfo"));
    }
    let expires_s = match request.header(HeaderName::Expires).map(delta_seconds) {
        None => EXPIRES_S_DEFAULT,
        Some(Ok(asked_s)) => asked_s.min(EXPIRES_S_MAX),
        Some(Err(_)) => return Ok(reply(400, "Expires is no number of seconds")),
    };
    // RFC 6665 §4.2.1.1: less than an hour may be refused as too brief.
    if (1..EXPIRES_S_MIN).contains(&expires_s) {
        let refused = LocalReply::new(423, "the subscription is too brief");
        return Ok(refused.header(HeaderName::MinExpires, EXPIRES_S_MIN.to_string()).into());
    }
    let contact = match request.contacts().next() {
        Some(Ok(Contact::Address(contact))) => contact.uri,
        _ => return Ok(reply(400, "a SUBSCRIBE needs a Contact")),
    };
    let Some(listener) = env.settings.listener(routing.flow.listener) else {
        return Ok(reply(500, "the listener is unknown"));
    };
    let own_contact = format!(
        "<sip:{}@{}{}>",
        String::from_utf8_lossy(&sip_message::uri::escape_user(caller.id.username.as_str().as_bytes())),
        listener.sent_by,
        listener.transport.uri_param()
    );
    routing.watch = Some(Box::new(Watch {
        aor: caller.id.clone(),
        target: contact.into(),
        own_contact: own_contact.clone(),
        event_id: event.id().map(Into::into),
        lasts: Duration::from_secs(u64::from(expires_s)),
    }));
    let mut done = LocalReply::new(200, "the registrations are watched")
        .header(HeaderName::Expires, expires_s.to_string())
        .header(HeaderName::Contact, own_contact)
        .header(HeaderName::AllowEvents, ALLOW_EVENTS);
    // RFC 3261 §12.1.1: as in every answer that makes a dialog.
    for line in request.headers_named(HeaderName::RecordRoute) {
        done = done.header(HeaderName::RecordRoute, line.value);
    }
    Ok(done.into())
}

/// What becomes of a SUBSCRIBE that does not ask for the caller's own registrations; none if it does.
fn not_told_here(
    routing: &Routing,
    env: &Env<'_>,
    caller: &Account,
    summary: bool,
) -> Result<Option<Verdict>, Verdict> {
    let uri = routing.uri()?;
    if routing.request.to_tag().is_some() && env.is_own(&uri) {
        return Ok(summary.then(|| reply(481, "no such subscription")));
    }
    if routing.local_domain(&uri)?.is_none() {
        return Ok(Some(Verdict::Continue("for another domain")));
    }
    let called = match sip_id(&uri) {
        Some(id) => routing.account_or_alias(&id)?,
        None => None,
    };
    let own = called.as_ref().is_some_and(|called| called.id == caller.id);
    Ok(match (summary, own) {
        // RFC 3842 §3.1: nobody here tells of messages that wait, and a phone is no notifier of its own. RFC 6665 §7.3.1, §8.3.2: 489
        // says which packages there are.
        (true, true) => {
            let refused = LocalReply::new(489, "the account has no mailbox here");
            Some(refused.header(HeaderName::AllowEvents, ALLOW_EVENTS).into())
        }
        (true, false) => Some(Verdict::Continue("somebody else's message summary")),
        (false, false) if called.is_none() => Some(reply(404, "no account and no alias has this address")),
        // RFC 3680 §4.6: whom else one's devices concern is not known here.
        (false, false) => Some(reply(403, "the registrations are another account's")),
        (false, true) => None,
    })
}

/// RFC 3680 §4.5: who does not say accepts the package's own type.
fn accepts(routing: &Routing) -> bool {
    let mut any = false;
    for value in routing.request.values(HeaderName::Accept) {
        any = true;
        let kind = value.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
        if kind.eq_ignore_ascii_case(REGINFO) || kind == b"*/*" || kind.eq_ignore_ascii_case(b"application/*") {
            return true;
        }
    }
    !any
}
