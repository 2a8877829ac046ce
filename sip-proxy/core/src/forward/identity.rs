//! Who is told who somebody is (RFC 3325, RFC 3323): trusted peers always; the devices of accounts unless the caller wants to be private;
//! anybody else only where the caller says that it does not. What somebody untrusted asserts is taken away, and what a caller proved here
//! is asserted instead.
//!
//! RFC 3323 §5 departs: of the levels of privacy this proxy gives `id` alone. It is no end of the dialogs that pass, so it cannot rewrite
//! From, Contact or the body; who demands that by Proxy-Require is refused.

use crate::flow::Flow;
use crate::route::routing::Routing;
use crate::route::verdict::Target;
use crate::shared::Shared;
use domain::SipId;
use sip_message::{HeaderName, Message, Rewrite};

/// The levels of privacy that can be demanded here (RFC 3325 §9.3; RFC 3323 §4.2; RFC 7044 §10.1).
const GIVEN: [&str; 4] = ["id", "none", "critical", "history"];

/// The levels of privacy that a message asks for (RFC 3323 §4.2: parted by semicolons).
fn levels(message: &Message) -> impl Iterator<Item = &[u8]> {
    message
        .headers_named(HeaderName::Privacy)
        .flat_map(|line| line.value.split(|byte| matches!(byte, b';' | b',')))
        .map(<[u8]>::trim_ascii)
}

/// Whether a message asks for this level of privacy.
pub(super) fn asks_for(message: &Message, level: &str) -> bool {
    levels(message).any(|asked| asked.eq_ignore_ascii_case(level.as_bytes()))
}

/// Whether all that a request demands of its privacy can be given here.
pub(crate) fn is_privacy_given(request: &Message) -> bool {
    levels(request).all(|asked| GIVEN.iter().any(|given| asked.eq_ignore_ascii_case(given.as_bytes())))
}

/// Whether somebody who is no trusted peer is told who the sender is.
fn may_be_told(message: &Message, device: bool) -> bool {
    // RFC 3325 §7: with the level id nobody outside is told, with none everybody; else it is the proxy's policy.
    !asks_for(message, "id") && (device || asks_for(message, "none"))
}

/// What a request tells of its sender over this way.
pub(super) fn put<'a>(routing: &'a Routing, shared: &Shared, target: &Target, way: Flow, edits: &mut Rewrite<'a>) {
    let request: &Message = &routing.request;
    // RFC 3325 §3: gateways are within our trust domain, since the operator provisioned them.
    let to_peer = target.gateway.is_some() || shared.peers.trusts(way);
    let told = to_peer || may_be_told(request, target.registered);
    let shown = target.told.as_ref().and_then(|told| told.shown.as_deref());
    // RFC 3325 §9.2: a wish to the first proxy; it is no further one's business.
    remove(request, HeaderName::PPreferredIdentity, edits);
    // RFC 3325 §5: what comes from a trusted peer is passed on as it is, what comes from anybody else is not.
    if !(routing.from_peer && told) || shown.is_some() {
        remove(request, HeaderName::PAssertedIdentity, edits);
    }
    // The header before RFC 3325, with a way of its own to be private: between peers only.
    if !(routing.from_peer && to_peer) {
        remove(request, HeaderName::RemotePartyId, edits);
    }
    if let Some(asserted) = shown.or(routing.asserted.as_deref()).filter(|_| told) {
        // RFC 3325 §5: who was authenticated is asserted.
        edits.append(HeaderName::PAssertedIdentity.as_str(), [b"<", asserted, b">"].concat());
    }
    if let Some(told) = target.told.as_deref() {
        // RFC 3325 §9.3: the network is to show it to nobody.
        if told.hidden && !asks_for(request, "id") {
            edits.append(HeaderName::Privacy.as_str(), b"id".to_vec());
        }
        // RFC 5806 §3: the last diversion stands first.
        for diversion in &told.diversions {
            edits.append("Diversion", diversion.as_bytes().to_vec());
        }
    }
}

/// What a response tells of its sender: what a trusted peer asserts, to whom it may be told, and of anybody else nothing.
pub(super) fn put_into_answer<'a>(
    response: &'a Message,
    shared: &Shared,
    from: Flow,
    to: Flow,
    edits: &mut Rewrite<'a>,
) {
    let (from_peer, to_peer) = (shared.peers.trusts(from), shared.peers.trusts(to));
    let told = from_peer && (to_peer || may_be_told(response, true));
    remove(response, HeaderName::PPreferredIdentity, edits);
    if !told {
        remove(response, HeaderName::PAssertedIdentity, edits);
    }
    if !(from_peer && to_peer) {
        remove(response, HeaderName::RemotePartyId, edits);
    }
}

/// Takes away all that a message tells of its sender.
pub(super) fn remove_all(message: &Message, edits: &mut Rewrite<'_>) {
    for name in [HeaderName::PAssertedIdentity, HeaderName::PPreferredIdentity, HeaderName::RemotePartyId] {
        remove(message, name, edits);
    }
}

fn remove(message: &Message, name: HeaderName, edits: &mut Rewrite<'_>) {
    if message.has(name) {
        edits.remove(name);
    }
}

/// The URI of an address of record (RFC 3261 §19.1.2: what may not stand in a user part is escaped).
pub(crate) fn uri_of(id: &SipId) -> Box<[u8]> {
    let mut uri = b"sip:".to_vec();
    for byte in id.username.as_str().bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => uri.push(byte),
            b'-' | b'_' | b'.' | b'!' | b'~' | b'*' | b'\'' | b'(' | b')' => uri.push(byte),
            b'&' | b'=' | b'+' | b'$' | b',' | b';' | b'?' | b'/' => uri.push(byte),
            _ => uri.extend_from_slice(format!("%{byte:02X}").as_bytes()),
        }
    }
    uri.push(b'@');
    uri.extend_from_slice(id.domain.as_str().as_bytes());
    uri.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 3261 §19.1.2.
    #[test]
    fn what_may_not_stand_in_a_user_part_is_escaped() {
        let id = SipId::parse("alice@example.com").unwrap();
        assert_eq!(&*uri_of(&id), b"sip:alice@example.com");
    }
}
