//! The called account: itself or by its alias (404 where there is neither), and the devices that it registered (480 where there are
//! none). RFC 3261 §16.5.
//!
//! A contact that is an address served here leads on to that account's devices at once, each address once, so that accounts that
//! point at each other end instead of going round.

use crate::directory::Account;
use crate::flow::Transport;
use crate::locations::Binding;
use crate::route::reach::{hop_of, hops_to, is_within_reach};
use crate::route::routing::{Env, Routing, sip_id};
use crate::route::verdict::{Hop, StepResult, Target, Verdict, reply};
use domain::{Group, SipId};
use sip_message::header::{Event, Route};
use sip_message::text::List;
use sip_message::uri::{Scheme, Uri};
use sip_message::{HeaderName, Method};
use std::collections::VecDeque;
use std::sync::Arc;

/// How many addresses one request may be led through.
const ADDRESSES_MAX: usize = 16;

pub(super) fn run(routing: &mut Routing, env: &Env<'_>) -> StepResult {
    let called = match sip_id(&routing.uri()?) {
        Some(id) => routing.account_or_alias(&id)?,
        None => None,
    };
    // RFC 3261 §21.4.5: there is no such address.
    let Some(called) = called else { return Ok(reply(404, "no account and no alias has this address")) };
    if asks_for_own_mailbox(routing, &called) {
        // RFC 3842 §3.1: nobody here tells of messages that wait, and a phone is no notifier of its own. RFC 6665 §7.3.1: 489.
        return Ok(reply(489, "a phone asks for messages that wait for it, and there is no such service"));
    }
    routing.called = Some(Arc::clone(&called));
    let found = devices(routing, env, called)?;
    if !found.targets.is_empty() {
        return Ok(Verdict::Forward(found.targets, "to the account's devices"));
    }
    if found.went_round {
        return Ok(reply(482, "the contacts lead back to the address itself"));
    }
    // RFC 3261 §21.4.18: the address is known, but nobody is there.
    Ok(reply(480, "no device is registered"))
}

/// RFC 3842 §3: a phone subscribes to its own address to hear of messages that wait; sent to its contacts, it would come back to it.
fn asks_for_own_mailbox(routing: &Routing, called: &Account) -> bool {
    if routing.method != Method::Subscribe || routing.caller.as_ref().is_none_or(|caller| caller.id != called.id) {
        return false;
    }
    let event = routing.request.header(HeaderName::Event).and_then(|value| Event::parse(value).ok());
    event.is_some_and(|event| event.package.eq_ignore_ascii_case(b"message-summary"))
}

#[derive(Default)]
struct Devices {
    targets: Vec<Target>,
    went_round: bool,
}

fn devices(routing: &Routing, env: &Env<'_>, called: Arc<Account>) -> Result<Devices, Verdict> {
    let mut found = Devices::default();
    let mut visited: Vec<SipId> = vec![called.id.clone()];
    let mut queue = VecDeque::from([called]);
    let secure = routing.uri()?.scheme == Scheme::Sips;
    while let Some(account) = queue.pop_front() {
        // A blocked account may not register, so what it registered before does not count.
        if account.is_in(Group::BLOCKED) {
            continue;
        }
        let Some(bindings) = env.shared.locations.get(&account.id, env.now) else { continue };
        for binding in bindings.iter() {
            let Ok(uri) = Uri::parse(binding.contact()) else { continue };
            match served_here(routing, env, &uri)? {
                Served::Elsewhere => found.targets.extend(target(binding, &uri, secure)),
                Served::Nobody => {}
                Served::Account(next) if visited.contains(&next.id) => found.went_round = true,
                Served::Account(next) if visited.len() < ADDRESSES_MAX => {
                    visited.push(next.id.clone());
                    queue.push_back(next);
                }
                Served::Account(_) => {}
            }
        }
    }
    // RFC 3261 §16.6: better contacts first. All are tried at once, so this only decides who is kept where there are too many.
    found.targets.sort_by_key(|target| std::cmp::Reverse(target.q_per_mille));
    found.targets.truncate(env.settings.forks_max);
    Ok(found)
}

enum Served {
    /// The contact is a device.
    Elsewhere,
    /// The contact is an address of ours that nobody has.
    Nobody,
    /// The contact is this account's address.
    Account(Arc<Account>),
}

fn served_here(routing: &Routing, env: &Env<'_>, uri: &Uri<'_>) -> Result<Served, Verdict> {
    if env.is_own(uri) {
        return Ok(Served::Nobody);
    }
    // An address literal is a device unless it is provisioned as a domain, which nobody does with a device's address.
    if uri.host_address().is_some() || routing.local_domain(uri)?.is_none() {
        return Ok(Served::Elsewhere);
    }
    let account = match sip_id(uri) {
        Some(id) => routing.account_or_alias(&id)?,
        None => None,
    };
    Ok(account.map_or(Served::Nobody, Served::Account))
}

/// The target that a contact makes; none if it cannot be reached over any transport spoken here, or not as securely as is asked.
fn target(binding: &Binding, uri: &Uri<'_>, secure: bool) -> Option<Target> {
    let secured = uri.scheme == Scheme::Sips;
    // RFC 5630 §5.3: what is for a SIPS URI goes to no contact that is none.
    if secure && !secured {
        return None;
    }
    let mut hops = if binding.path().is_empty() {
        hops_to(binding.flow, hop_of(uri))
    } else {
        // RFC 3327 §5.4: the request visits the Path before the contact.
        let first = List::new(binding.path()).next().and_then(|value| Route::parse(value).ok())?;
        hop_of(&first.uri).into_iter().collect()
    };
    if secured {
        // RFC 5630 §5.3: and such a contact is reached over TLS, whoever asks for it.
        hops.retain(|hop| match hop {
            Hop::Flow(flow) => flow.transport.is_secure(),
            Hop::Address(transport, _) => transport.is_secure(),
            Hop::Name { transport, .. } => transport.is_some_and(Transport::is_secure),
        });
    }
    if hops.is_empty() {
        return None;
    }
    let request_uri = match secured && !secure {
        // RFC 5630 §5.3: who asked for a SIP URI sends to one.
        true => [b"sip", &request_uri(uri)[4..]].concat().into(),
        false => request_uri(uri),
    };
    Some(Target {
        uri: Some(request_uri),
        path: binding.path().into(),
        hops,
        q_per_mille: binding.q_per_mille,
        registered: true,
    })
}

/// Whether a contact is reached without the way that its registration came.
pub(super) fn is_reached_by_its_address(binding: &Binding) -> bool {
    let hop = Uri::parse(binding.contact()).ok().and_then(|uri| hop_of(&uri));
    let hop = hop.filter(|_| !binding.flow.transport.is_own_connection_only());
    !binding.path().is_empty() || hop.is_some_and(|hop| is_within_reach(binding.flow, &hop))
}

/// RFC 3261 §19.1.1: a contact's headers and method are not for a Request-URI.
pub(crate) fn request_uri(uri: &Uri<'_>) -> Box<[u8]> {
    let end = uri.headers.map_or(uri.raw.len(), |headers| uri.raw.len() - headers.len() - 1);
    uri.raw[..end].into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 3261 §19.1.1.
    #[test]
    fn headers_of_a_contact_do_not_go_into_the_request_uri() {
        let uri = Uri::parse(b"sip:a@192.0.2.7;x=1?Route=y").unwrap();
        assert_eq!(&*request_uri(&uri), b"sip:a@192.0.2.7;x=1");
    }
}
