//! The called account, itself or by its alias, what it wants of its calls ([`wishes`]), and the devices that it registered (480 where there
//! are none). RFC 3261 §16.5.
//!
//! A GRUU (RFC 5627 §6.1) means one device of an account. Of the contacts that one device has one is tried, and the next only if that
//! flow has failed (RFC 5626 §6). A contact that another proxy holds is reached through that proxy, by the Route that it left with it.
//!
//! A contact that is an address served here leads on to that account's devices at once, each address once, so that accounts that
//! point at each other end instead of going round.

use crate::directory::Account;
use crate::flow::Transport;
use crate::gruu::{self, Device};
use crate::locations::Binding;
use crate::route::reach::{hop_of, hops_to, is_within_reach};
use crate::route::routing::{Env, Routing, domain_name, sip_id};
use crate::route::verdict::{Hop, StepResult, Target, Verdict, reply};
use crate::route::wishes;
use crate::tokens::TOKEN;
use domain::{Group, SipId};
use sip_message::header::Route;
use sip_message::text::List;
use sip_message::uri::{Scheme, Uri};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

/// How many addresses one request may be led through.
const ADDRESSES_MAX: usize = 16;

pub(super) fn run(routing: &mut Routing, env: &Env<'_>) -> StepResult {
    let (called, device) = called(routing, env)?;
    let Some(called) = called else {
        // RFC 3261 §21.4.5: there is no such address.
        return Ok(match device {
            Some(_) => reply(404, "no account and no alias has this address"),
            None => Verdict::Continue("no account and no alias has this address"),
        });
    };
    routing.called = Some(Arc::clone(&called));
    routing.tell(|| format!("sip_accounts {}", called.id));
    if device.is_none()
        && let Some(wish) = wishes::before(routing, env, &called)?
    {
        return Ok(wish);
    }
    let found = devices(routing, env, Arc::clone(&called), device.as_ref())?;
    if !found.targets.is_empty() {
        return Ok(Verdict::Forward(found.targets, "to the account's devices"));
    }
    if found.went_round {
        return Ok(reply(482, "the contacts lead back to the address itself"));
    }
    // RFC 5627 §5.4: a temporary GRUU ends with the registration that it was given to.
    if matches!(device, Some(Device::Hidden { .. })) {
        return Ok(reply(404, "a temporary GRUU that is no longer good"));
    }
    if device.is_none()
        && let Some(wish) = wishes::not_online(routing, env, &called)?
    {
        return Ok(wish);
    }
    // RFC 3261 §21.4.18, RFC 5627 §6.1: the address is known, but nobody is there.
    Ok(reply(480, "no device is registered"))
}

/// The account that is called, and which of its devices, where one is meant.
fn called(routing: &Routing, env: &Env<'_>) -> Result<(Option<Arc<Account>>, Option<Device>), Verdict> {
    let uri = routing.uri()?;
    if let Some(hidden) = gruu::hidden(&uri) {
        let revealed = domain_name(&uri).and_then(|domain| env.shared.revealed(&domain, hidden));
        let Some((id, device)) = revealed else { return Ok((None, None)) };
        return Ok((routing.account(&id)?, Some(device)));
    }
    let account = match sip_id(&uri) {
        Some(id) => routing.account_or_alias(&id)?,
        None => None,
    };
    Ok((account, gruu::named_device(&uri)))
}

#[derive(Default)]
struct Devices {
    targets: Vec<Target>,
    went_round: bool,
}

fn devices(
    routing: &Routing,
    env: &Env<'_>,
    called: Arc<Account>,
    device: Option<&Device>,
) -> Result<Devices, Verdict> {
    let mut found = Devices::default();
    let mut contacts = Vec::new();
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
            // RFC 5627 §6.1: a GRUU reaches the contacts of its device and no others.
            if device.is_some_and(|device| !device.has(binding)) {
                continue;
            }
            let Ok(uri) = Uri::parse(binding.contact()) else { continue };
            match served_here(routing, env, &uri)? {
                Served::Elsewhere => contacts.extend(contact(binding, &uri, secure)),
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
    found.targets = by_device(contacts);
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

/// A target, and what decides how it stands to others of the same device.
struct ContactTarget {
    instance: Option<Box<[u8]>>,
    expires_at: Instant,
    target: Target,
}

fn contact(binding: &Binding, uri: &Uri<'_>, secure: bool) -> Option<ContactTarget> {
    let target = target(binding, uri, secure)?;
    let instance = binding.instance().map(|instance| instance.into());
    Some(ContactTarget { instance, expires_at: binding.expires_at, target })
}

/// RFC 5626 §6: no two contacts of one device are tried at once. The one that was refreshed last stands first: it is the likeliest to
/// be there.
fn by_device(contacts: Vec<ContactTarget>) -> Vec<Target> {
    let mut groups: Vec<Vec<ContactTarget>> = Vec::with_capacity(contacts.len());
    for contact in contacts {
        let same = |group: &&mut Vec<ContactTarget>| {
            contact.instance.is_some() && group.first().is_some_and(|first| first.instance == contact.instance)
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push(contact),
            None => groups.push(vec![contact]),
        }
    }
    let first_with_others = |mut group: Vec<ContactTarget>| {
        group.sort_by_key(|contact| std::cmp::Reverse(contact.expires_at));
        let mut targets = group.into_iter().map(|contact| contact.target);
        let mut first = targets.next()?;
        first.others.extend(targets);
        Some(first)
    };
    groups.into_iter().filter_map(first_with_others).collect()
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
    // Between our own proxies a request is as safe as within one.
    if secured && !is_relayed(binding) {
        // RFC 5630 §5.3: and such a contact is reached over TLS, whoever asks for it.
        hops.retain(|hop| match hop {
            Hop::Flow(flow) => flow.transport.is_secure(),
            Hop::Address(transport, _) => transport.is_secure(),
            Hop::Named(..) => true,
            Hop::Datagram(_) => false,
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
        q_per_mille: binding.q_per_mille,
        registered: true,
        others: around_its_holder(binding, uri, secured),
        ..Target::along(hops)
    })
}

/// Whether a contact is reached through the proxy that holds its flow.
fn is_relayed(binding: &Binding) -> bool {
    binding.elsewhere && Route::parse(binding.path()).is_ok_and(|route| route.uri.has_param(TOKEN))
}

/// Where another proxy holds a contact and cannot be reached, or no longer has its connection: the contact's own address, if it leads
/// anywhere; over UDP else the address that its router was seen at, which may let us in as well.
fn around_its_holder(binding: &Binding, uri: &Uri<'_>, secured: bool) -> Vec<Target> {
    let flow = binding.flow;
    if !is_relayed(binding) || secured || flow.transport.is_own_connection_only() {
        return Vec::new();
    }
    let own = hop_of(uri).filter(|hop| is_within_reach(flow, hop));
    let hop = own.or_else(|| (!flow.transport.is_reliable()).then_some(Hop::Flow(flow)));
    let own = |hop| Target {
        uri: Some(request_uri(uri)),
        q_per_mille: binding.q_per_mille,
        registered: true,
        ..Target::along(vec![hop])
    };
    hop.map(own).into_iter().collect()
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
