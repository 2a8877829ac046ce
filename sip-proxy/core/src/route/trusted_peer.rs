//! Trusted peers, known by their address: what they send is not challenged, and who they say the caller is counts (RFC 3325 §5). What else
//! is provisioned of a peer decides its calls: a blocked one is refused, digits are taken from the numbers that it calls and put before
//! them. Beyond the addresses that are served here it reaches only what its transit opens.

use crate::peers::PeerCalls;
use crate::route::routing::{Env, Routing};
use crate::route::verdict::{StepResult, Verdict, reply};
use sip_message::Method;
use sip_message::uri::Uri;

pub(super) fn run(routing: &mut Routing, env: &Env<'_>) -> StepResult {
    let Some(peer) = env.shared.peers.peer(routing.flow) else {
        return Ok(Verdict::Continue("not from a trusted peer"));
    };
    routing.tell(|| format!("trusted_peers {}: {}", peer.calls.id, peer.address));
    if peer.calls.blocked {
        // RFC 3261 §21.4.4: authorization will not help.
        return Ok(reply(403, "the trusted peer is blocked"));
    }
    routing.from_peer = true;
    let new_call = routing.method == Method::Invite && !routing.in_dialog;
    let written = match routing.uri() {
        Ok(uri) if new_call => written(&peer.calls, &uri),
        _ => None,
    };
    routing.peer = Some(peer);
    let Some(uri) = written else { return Ok(Verdict::Continue("from a trusted peer")) };
    routing.tell(|| format!("its number becomes {}", String::from_utf8_lossy(&uri)));
    routing.uri = Some(uri);
    Ok(Verdict::Continue("from a trusted peer, whose number is written as is provisioned"))
}

/// The Request-URI with the number as the peer's digits make it; none: as it came.
fn written(peer: &PeerCalls, uri: &Uri<'_>) -> Option<Box<[u8]>> {
    if peer.strip == 0 && peer.prefix.is_empty() {
        return None;
    }
    let user = uri.user?;
    let (plus, digits) = match user.strip_prefix(b"+") {
        Some(digits) => (1, digits),
        None => (0, user),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    // The plus counts as one: what is taken away is taken from what is written.
    let rest = user.get(usize::from(peer.strip)..).unwrap_or_default();
    let at = uri.raw.windows(user.len()).position(|part| part == user)?;
    let (before, after) = (&uri.raw[..at], &uri.raw[at + user.len()..]);
    let rest = if peer.strip == 0 && plus == 1 && !peer.prefix.is_empty() { digits } else { rest };
    Some([before, peer.prefix.as_bytes(), rest, after].concat().into())
}
