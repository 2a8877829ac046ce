//! What the called account wants of its calls: whom it never takes, whom it takes when, and where its calls go instead, in this order: not
//! available, unconditionally, not online; busy and no answer only after the call has failed. A forwarded call goes on through this proxy
//! at the cost of the account that forwards it; a redirected one is sent by its caller (RFC 3261 §21.3.3).
//!
//! RFC 5079 (433 to who hides), RFC 3261 §21.6.2 (603 to who is rejected), §8.1.3.4 (redirections that go round).

use crate::directory::{Account, CallSettings};
use crate::route::routing::{Diverted, Env, Routing};
use crate::route::verdict::{LocalReply, Verdict, reply};
use domain::{DiversionCondition, DiversionTarget, Group};
use sip_message::header::NameAddr;
use sip_message::uri::Uri;
use sip_message::{HeaderName, Method};
use std::sync::Arc;

/// When a call is diverted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    NotAvailable,
    Always,
    NotOnline,
    Busy,
    NoAnswer,
}

impl When {
    /// By forwarding, and by redirecting.
    pub(crate) fn conditions(self) -> [DiversionCondition; 2] {
        match self {
            When::NotAvailable => [DiversionCondition::Funv, DiversionCondition::Runv],
            When::Always => [DiversionCondition::Func, DiversionCondition::Runc],
            When::NotOnline => [DiversionCondition::Fnol, DiversionCondition::Rnol],
            When::Busy => [DiversionCondition::Fbus, DiversionCondition::Rbus],
            When::NoAnswer => [DiversionCondition::Fnoa, DiversionCondition::Rnoa],
        }
    }
}

/// What the account wants before its devices are looked for; none: they are.
pub(super) fn before(routing: &mut Routing, env: &Env<'_>, called: &Arc<Account>) -> Result<Option<Verdict>, Verdict> {
    if !matches!(routing.method, Method::Invite | Method::Message) || routing.in_dialog {
        return Ok(None);
    }
    if called.is_in(Group::ANONYMOUS_REJECT) && is_anonymous(routing) {
        routing.tell(|| format!("sip_accounts {}: in group anonymous-reject", called.id));
        // RFC 5079 §3.
        let refused = LocalReply::new(433, "the account takes no calls of those who hide");
        return Ok(Some(refused.phrase("Anonymity Disallowed").into()));
    }
    let Some(calls) = called.call_settings() else { return Ok(None) };
    let callers = callers(routing);
    if let Some(member) = callers.iter().find_map(|caller| calls.rejects(caller)) {
        routing.tell(|| format!("sip_reject_members {}: {member}", called.id));
        return Ok(Some(reply(603, "the account rejects this caller")));
    }
    if routing.method != Method::Invite {
        return Ok(None);
    }
    if let Some(now_s) = routing.at_s.or_else(|| env.shared.unix_s(env.now)) {
        let rulings = callers.iter().map(|caller| calls.accepts(caller, now_s));
        let best = rulings.max_by_key(|(accepted, _)| *accepted);
        if let Some((accepted, by)) = best {
            routing.tell(|| {
                format!(
                    "sip_accept_rules {}: {}, {by:?}",
                    called.id,
                    if accepted { "accepted" } else { "not accepted" }
                )
            });
            if !accepted {
                let diverted = divert(routing, env, called, calls, When::NotAvailable)?;
                return Ok(Some(
                    diverted.unwrap_or_else(|| reply(480, "the account accepts no call from this caller now")),
                ));
            }
        }
    }
    divert(routing, env, called, calls, When::Always)
}

/// Where the call goes when the account has no device.
pub(super) fn not_online(
    routing: &mut Routing,
    env: &Env<'_>,
    called: &Arc<Account>,
) -> Result<Option<Verdict>, Verdict> {
    let Some(calls) = called.call_settings().filter(|_| routing.method == Method::Invite && !routing.in_dialog) else {
        return Ok(None);
    };
    divert(routing, env, called, calls, When::NotOnline)
}

/// Diverts the call, if the account wants that then.
pub(crate) fn divert(
    routing: &mut Routing,
    env: &Env<'_>,
    called: &Arc<Account>,
    calls: &CallSettings,
    when: When,
) -> Result<Option<Verdict>, Verdict> {
    let chosen = when.conditions().into_iter().find_map(|condition| Some((condition, calls.diversion(condition)?)));
    let Some((condition, target)) = chosen else { return Ok(None) };
    let uri: Box<[u8]> = match target {
        DiversionTarget::Uri(uri) => uri.as_bytes().into(),
        DiversionTarget::VoiceMailbox => match mailbox(routing, env, called)? {
            Some(uri) => uri,
            None => {
                routing
                    .tell(|| format!("sip_call_diversions {} {}: there is no mailbox", called.id, condition.as_str()));
                return Ok(None);
            }
        },
    };
    routing.tell(|| {
        format!("sip_call_diversions {} {}: {}", called.id, condition.as_str(), String::from_utf8_lossy(&uri))
    });
    if is_redirect(condition) {
        let contact = [b"<", &*uri, b">"].concat();
        return Ok(Some(
            LocalReply::new(302, "the account redirects its calls").header(HeaderName::Contact, contact).into(),
        ));
    }
    if routing.diverted.iter().any(|before| before.by == called.id) {
        // RFC 3261 §21.4.20: it has been here before.
        let refused = LocalReply::new(482, "diversions lead the call back to an account that has diverted it");
        return Ok(Some(refused.phrase("Diversions go round").into()));
    }
    routing.diverted.push(Diverted { by: called.id.clone(), condition });
    routing.payer = Some(Arc::clone(called));
    routing.led = true;
    routing.uri = Some(uri);
    Ok(Some(Verdict::Again("diverted by the account")))
}

fn is_redirect(condition: DiversionCondition) -> bool {
    condition.as_str().starts_with('R')
}

/// The address of an account's mailbox, if it has one and a server is named.
pub(super) fn mailbox(routing: &Routing, env: &Env<'_>, account: &Account) -> Result<Option<Box<[u8]>>, Verdict> {
    let Some(calls) = account.call_settings().filter(|calls| !calls.mailbox.is_empty()) else { return Ok(None) };
    let network = env.shared.network();
    let domain = routing.domain(account.id.domain.clone())?;
    let own = domain.and_then(|domain| network.voicemail(domain.customer)).map(|said| &*said.server);
    let server = own.filter(|server| !server.is_empty()).unwrap_or(&env.settings.voicemail_server);
    Ok((!server.is_empty()).then(|| format!("sip:{}@{server}", calls.mailbox).into_bytes().into()))
}

/// Who calls, as `user@domain` in lower case: who proved it or is vouched for, and who From says it is.
fn callers(routing: &Routing) -> Vec<String> {
    let mut found = Vec::with_capacity(2);
    if let Some(caller) = &routing.caller {
        found.push(caller.id.to_string());
    } else if routing.from_peer
        && let Some(asserted) = routing.request.header(HeaderName::PAssertedIdentity)
        && let Ok(address) = NameAddr::parse(asserted)
        && let Ok(uri) = address.parse_uri()
    {
        found.push(written(&uri));
    }
    if let Ok(from) = routing.request.from_uri() {
        found.push(written(&from));
    }
    found.dedup();
    found
}

fn written(uri: &Uri<'_>) -> String {
    let user = uri.user_decoded().unwrap_or_default();
    let host = uri.host_lower();
    format!("{}@{}", String::from_utf8_lossy(&user).to_lowercase(), String::from_utf8_lossy(&host))
}

/// RFC 3323 §4.1.1.3: a caller whose From names nobody.
fn is_anonymous(routing: &Routing) -> bool {
    routing.request.from_uri().is_ok_and(|from| {
        from.host.eq_ignore_ascii_case(b"anonymous.invalid")
            || from.user.is_some_and(|user| user.eq_ignore_ascii_case(b"anonymous"))
    })
}
