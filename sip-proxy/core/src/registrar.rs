//! The registrar's rules (RFC 3261 §10.3 items 6 to 8, RFC 3327, RFC 5626 §6): what a REGISTER that was found to be genuine does to the contacts of its
//! address, and how its 200 lists them. All or nothing: a refused request changes no contact.
//!
//! Authentication, the domain check and the answers to refusals are the routing step's (`route/register.rs`), the table is
//! [`crate::locations`].

mod connections;

use crate::flow::{ConnectionId, Flow};
use crate::instance;
use crate::locations::{Binding, BindingTexts, Bindings};
use domain::SipId;
use std::time::{Duration, Instant};

pub(crate) use connections::ByConnection;

/// RFC 3261 §20.19: a malformed expiry counts as one hour.
const MALFORMED_EXPIRES_S: u32 = 3600;

/// What changed, to be written behind: all contacts that the address has now, none if it has none.
#[derive(Clone, Debug)]
pub struct BindingChange {
    /// The address of record.
    pub aor: SipId,
    /// Its contacts.
    pub bindings: Bindings,
    /// The keys ([`Binding::key`]) of contacts that another process held, and that came here with this change or ended by it.
    pub taken_over: Vec<Box<[u8]>>,
}

/// The contacts of other processes that are theirs no more, by their keys.
pub fn taken_over(before: &[Binding], after: &[Binding]) -> Vec<Box<[u8]>> {
    let theirs = |bindings: &[Binding], key: &[u8]| bindings.iter().any(|b| b.elsewhere && *b.key() == *key);
    let held = before.iter().filter(|b| b.elsewhere && !theirs(after, &b.key()));
    held.map(|binding| binding.key().into()).collect()
}

/// The bounds that a registrar holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegistrarLimits {
    /// The shortest time that is granted; less is refused with 423.
    pub expires_s_min: u32,
    /// The longest time that is granted; more is shortened.
    pub expires_s_max: u32,
    /// The time granted to who names none.
    pub expires_s_default: u32,
    /// How many contacts an address may have.
    pub contacts_max: usize,
    /// Whether a Path is stored for who did not say that it knows what that is.
    pub path_unsupported: bool,
}

impl Default for RegistrarLimits {
    fn default() -> Self {
        RegistrarLimits {
            expires_s_min: 60,
            expires_s_max: 7200,
            expires_s_default: 3600,
            contacts_max: 16,
            path_unsupported: false,
        }
    }
}

/// An expiry as it stood in the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expires {
    /// Not given.
    Absent,
    /// Given, and not a number of seconds below 2^32.
    Malformed,
    /// Given.
    Seconds(u32),
}

impl Expires {
    /// Reads a value; `None`: the parameter or header is not there.
    pub fn read(value: Option<&[u8]>) -> Expires {
        match value {
            None => Expires::Absent,
            Some(text) => sip_number(text).map_or(Expires::Malformed, Expires::Seconds),
        }
    }
}

fn sip_number(text: &[u8]) -> Option<u32> {
    let digits = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(text).ok().filter(|_| digits)?.parse().ok()
}

/// One Contact value of a REGISTER.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestedContact<'a> {
    /// Its URI, without brackets.
    pub uri: &'a [u8],
    /// Its parameters other than `q` and `expires`, with their leading semicolon; `reg-id` among them where flows are told apart.
    pub params: Vec<u8>,
    /// Its `q`, in thousandths.
    pub q_per_mille: Option<u16>,
    /// Its `expires`.
    pub expires: Expires,
}

/// What a REGISTER asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish<'a> {
    /// No Contact: to be told.
    Query,
    /// `Contact: *`, with how many Contact values there were in all.
    RemoveAll {
        /// The number of Contact values, the `*` counted.
        values: usize,
    },
    /// These contacts.
    Contacts(Vec<RequestedContact<'a>>),
}

/// A REGISTER, as far as its contacts are concerned.
#[derive(Clone, Debug)]
pub struct Registration<'a> {
    /// What it asks for.
    pub wish: Wish<'a>,
    /// The Expires header.
    pub expires: Expires,
    /// The Call-ID.
    pub call_id: &'a [u8],
    /// The CSeq number.
    pub cseq: u32,
    /// The Path values, joined by commas.
    pub path: &'a [u8],
    /// The User-Agent header, empty where absent.
    pub user_agent: &'a [u8],
    /// Where it came from.
    pub flow: Flow,
}

/// Why nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegisterRefusal {
    /// `Contact: *` with company, or without `Expires: 0`: 400.
    #[error("Contact * needs Expires 0 and no other Contact")]
    BadWildcard,
    /// A contact is longer than a binding may be: 400.
    #[error("a contact is too long")]
    ContactTooLong,
    /// Older than what it would change: 500.
    #[error("older than the registration that it would change")]
    OutOfOrder,
    /// A time below the shortest: 423 with this Min-Expires.
    #[error("the interval is below {min_s} s")]
    TooBrief {
        /// The shortest time that is granted.
        min_s: u32,
    },
    /// The address would have more contacts than it may: 403.
    #[error("more contacts than an address may have")]
    TooManyContacts,
    /// Several contacts at once, one of them a flow: 400.
    #[error("a flow is registered with other contacts")]
    FlowWithCompany,
}

/// What stands after a registration: `None` if nothing changes.
///
/// `same` tells whether two URIs are equivalent (RFC 3261 §19.1.4).
///
/// # Errors
/// Says why nothing may be changed.
pub fn apply(
    current: &[Binding],
    registration: &Registration<'_>,
    now: Instant,
    limits: &RegistrarLimits,
    same: impl Fn(&[u8], &[u8]) -> bool,
) -> Result<Option<Vec<Binding>>, RegisterRefusal> {
    match &registration.wish {
        Wish::Query => Ok(None),
        Wish::RemoveAll { values } => {
            // RFC 3261 §10.3 item 6: a "*" stands alone and with an expiration of zero, or the request is invalid.
            if *values != 1 || registration.expires != Expires::Seconds(0) {
                return Err(RegisterRefusal::BadWildcard);
            }
            current.iter().try_for_each(|b| in_order(b, registration))?;
            Ok(Some(Vec::new()))
        }
        Wish::Contacts(wanted) => {
            // Each is compared with all others. Who has so many to add or remove has not got them from here.
            if wanted.len() > current.len() + limits.contacts_max {
                return Err(RegisterRefusal::TooManyContacts);
            }
            // RFC 5626 §6: over a flow one contact is registered, that which it leads to; others may be removed beside it.
            let stays = |c: &&RequestedContact<'_>| granted_s(c.expires, registration.expires, limits) != Ok(0);
            if wanted.iter().any(|c| stays(&c) && instance::flow_key(&c.params).is_some())
                && wanted.iter().filter(stays).count() > 1
            {
                return Err(RegisterRefusal::FlowWithCompany);
            }
            let mut next = current.to_vec();
            for contact in wanted {
                apply_one(&mut next, current, contact, registration, now, limits, &same)?;
            }
            make_room(&mut next, limits.contacts_max.max(current.len()));
            if next.len() > limits.contacts_max && next.len() > current.len() {
                return Err(RegisterRefusal::TooManyContacts);
            }
            Ok(Some(next))
        }
    }
}

fn apply_one(
    next: &mut Vec<Binding>,
    current: &[Binding],
    wanted: &RequestedContact<'_>,
    registration: &Registration<'_>,
    now: Instant,
    limits: &RegistrarLimits,
    same: &impl Fn(&[u8], &[u8]) -> bool,
) -> Result<(), RegisterRefusal> {
    // RFC 5626 §6: a flow is replaced by what its instance registers under its number, whatever its URI. RFC 3261 §10.3 item 7: other
    // contacts by those with the same URI.
    let flow_key = instance::flow_key(&wanted.params);
    let is_it = |b: &Binding| match &flow_key {
        Some(key) => *b.key() == **key,
        None => same(b.contact(), wanted.uri),
    };
    // The order is checked against what stood before, so that one request may name a contact twice.
    current.iter().filter(|b| is_it(b)).try_for_each(|standing| in_order(standing, registration))?;
    let granted_s = granted_s(wanted.expires, registration.expires, limits)?;
    let place = next.iter().position(is_it);
    next.retain(|b| !is_it(b));
    if granted_s == 0 {
        return Ok(());
    }
    let texts = BindingTexts {
        contact: wanted.uri,
        params: &wanted.params,
        call_id: registration.call_id,
        path: registration.path,
        user_agent: registration.user_agent,
    };
    let expires_at = now + Duration::from_secs(u64::from(granted_s));
    let binding = Binding::new(texts, registration.flow, registration.cseq, expires_at)
        .map_err(|_| RegisterRefusal::ContactTooLong)?
        .with_q(wanted.q_per_mille);
    match place {
        Some(index) => next.insert(index, binding),
        None => next.push(binding),
    }
    Ok(())
}

/// Where there are too many, contacts go whose connection has ended, the oldest first: a phone that comes back with another port each
/// time would lock itself out.
fn make_room(next: &mut Vec<Binding>, room: usize) {
    while next.len() > room {
        let ended = next
            .iter()
            .enumerate()
            .filter(|(_, binding)| !binding.elsewhere && binding.flow.connection == Some(ConnectionId::ENDED));
        let Some((place, _)) = ended.min_by_key(|(_, binding)| binding.expires_at) else { return };
        next.remove(place);
    }
}

/// What a connection's end leaves of an address's contacts; none if nothing is lost. `reachable` tells whether a contact is reached in another
/// way. Those that stay are marked.
pub fn without_connection(
    current: &[Binding],
    ended: ConnectionId,
    reachable: impl Fn(&Binding) -> bool,
) -> Option<Vec<Binding>> {
    let over = |binding: &Binding| binding.flow.connection == Some(ended);
    if !current.iter().any(over) {
        return None;
    }
    let mut next: Vec<Binding> = current.iter().filter(|b| !over(b) || reachable(b)).cloned().collect();
    for binding in next.iter_mut().filter(|binding| over(binding)) {
        binding.flow.connection = Some(ConnectionId::ENDED);
    }
    Some(next)
}

fn in_order(standing: &Binding, registration: &Registration<'_>) -> Result<(), RegisterRefusal> {
    // RFC 3261 §10.3 items 6 and 7: with the Call-ID of the standing contact the CSeq must be higher, else all is given up.
    if standing.call_id() == registration.call_id && registration.cseq <= standing.cseq {
        return Err(RegisterRefusal::OutOfOrder);
    }
    Ok(())
}

/// The time that is granted; zero removes.
fn granted_s(own: Expires, header: Expires, limits: &RegistrarLimits) -> Result<u32, RegisterRefusal> {
    // RFC 3261 §10.2.1.1: the contact's own parameter comes before the header.
    let asked_s = match (own, header) {
        (Expires::Seconds(s), _) | (Expires::Absent, Expires::Seconds(s)) => s,
        (Expires::Malformed, _) | (Expires::Absent, Expires::Malformed) => MALFORMED_EXPIRES_S,
        (Expires::Absent, Expires::Absent) => limits.expires_s_default,
    };
    if asked_s == 0 {
        return Ok(0);
    }
    // RFC 3261 §10.3 item 7: only an interval below one hour may be refused as too brief.
    if asked_s < limits.expires_s_min && asked_s < 3600 {
        return Err(RegisterRefusal::TooBrief { min_s: limits.expires_s_min });
    }
    Ok(asked_s.min(limits.expires_s_max))
}

/// A contact as the 200 lists it: the URI in brackets, its parameters, and `more` of them, what is left of its time
/// (RFC 3261 §10.3 item 8).
pub fn render_contact(binding: &Binding, now: Instant, more: &[u8]) -> Vec<u8> {
    let mut value = Vec::with_capacity(binding.contact().len() + binding.params().len() + more.len() + 32);
    value.push(b'<');
    value.extend_from_slice(binding.contact());
    value.push(b'>');
    value.extend_from_slice(binding.params());
    value.extend_from_slice(more);
    if binding.q_given {
        value.extend_from_slice(b";q=");
        value.extend_from_slice(render_q(binding.q_per_mille).as_bytes());
    }
    value.extend_from_slice(b";expires=");
    value.extend_from_slice(binding.remaining_s(now).to_string().as_bytes());
    value
}

fn render_q(per_mille: u16) -> String {
    if per_mille >= 1000 {
        return "1".to_owned();
    }
    let digits = format!("{per_mille:03}");
    match digits.trim_end_matches('0') {
        "" => "0".to_owned(),
        rest => format!("0.{rest}"),
    }
}

#[cfg(test)]
mod tests;
