//! How a request came to its target (RFC 7044): an entry for the address that was called, where it has none yet, and one for each that
//! it was led to. Told where the caller wants to know or somebody before us began to tell, and after every redirection.

use super::context::{Branch, State};
use super::identity;
use crate::route::routing::Routing;
use sip_message::header::NameAddr;
use sip_message::{HeaderName, Message, Method};

/// The entries that this branch adds; none: nothing is told.
pub(super) fn entries(routing: &Routing, branches: &[Branch], place: usize) -> Option<Vec<u8>> {
    let request: &Message = &routing.request;
    let branch = branches.get(place)?;
    let told = branch.came_from.is_some()
        || request.has(HeaderName::HistoryInfo)
        || request.has_option(HeaderName::Supported, "histinfo");
    // RFC 7044 §10.1.2: who wants its history to be private has none told.
    let private = || ["history", "header"].iter().any(|level| identity::asks_for(request, level));
    if !told || routing.in_dialog || routing.method == Method::Ack || private() {
        return None;
    }
    let mut out = Vec::new();
    let called = request.request_uri();
    let parent = match last_entry(request) {
        Some((uri, index)) if uri == called => index.to_vec(),
        // RFC 7044 §9.1: who sent it here told nothing of it.
        Some((_, index)) => first_entry(&mut out, called, [index, b".1"].concat()),
        None => first_entry(&mut out, called, b"1".to_vec()),
    };
    own_entries(&mut out, routing, branches, place, &parent);
    Some(out)
}

fn first_entry(out: &mut Vec<u8>, uri: &[u8], index: Vec<u8>) -> Vec<u8> {
    out.extend_from_slice(&[b"<", uri, b">;index=", &index].concat());
    index
}

/// The last entry that came: its URI, without what was added to it, and its index.
fn last_entry(request: &Message) -> Option<(&[u8], &[u8])> {
    let last = NameAddr::parse(request.values(HeaderName::HistoryInfo).last()?).ok()?;
    let index = last.params.value("index")?;
    let uri = last.uri.split(|byte| *byte == b'?').next()?;
    Some((uri, index))
}

/// The entries of a branch and of those that it was redirected from; its index is returned.
fn own_entries(out: &mut Vec<u8>, routing: &Routing, branches: &[Branch], place: usize, parent: &[u8]) -> Vec<u8> {
    let Some(branch) = branches.get(place) else { return parent.to_vec() };
    let parent = match branch.came_from {
        Some(before) if before < place => {
            let index = own_entries(out, routing, branches, before, parent);
            give_reason(out, branches.get(before));
            index
        }
        _ => parent.to_vec(),
    };
    let siblings = branches.iter().take(place + 1).filter(|other| other.came_from == branch.came_from).count();
    // RFC 7044 §10.3: forking and following both begin a new level.
    let index = [parent.as_slice(), b".", siblings.to_string().as_bytes()].concat();
    let uri = branch.target.uri.as_deref().or(routing.uri.as_deref()).unwrap_or_else(|| routing.request.request_uri());
    // RFC 7044 §10.4: another user after a redirection, the same one at a registered contact, the same target beyond.
    let how: &[u8] = match (branch.came_from, branch.target.registered) {
        (Some(_), _) => b";mp=",
        (None, true) => b";rc=",
        (None, false) => b";np=",
    };
    if !out.is_empty() {
        out.extend_from_slice(b", ");
    }
    out.extend_from_slice(&[b"<", uri, b">;index=", &index, how, &parent].concat());
    index
}

/// RFC 7044 §10.2: why the entry that was written last was left, in its URI.
fn give_reason(out: &mut Vec<u8>, branch: Option<&Branch>) {
    let Some(State::Over(_, Some(response))) = branch.map(|branch| &branch.state) else { return };
    let Some(end) = out.iter().rposition(|byte| *byte == b'>') else { return };
    let reason = format!("?Reason=SIP%3Bcause%3D{}", response.status().unwrap_or_default());
    out.splice(end..end, reason.into_bytes());
}
