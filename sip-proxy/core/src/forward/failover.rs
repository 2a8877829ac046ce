//! Gateways one after the other: the next takes the place of one that cannot complete the call, says nothing, or cannot be reached. What
//! the called number itself answers (busy, unknown, refused) is the answer, whichever gateway brings it.
//!
//! RFC 3261 §21.5 (failures of servers), RFC 3263 §4.3 (a server that is not available is passed over).

use super::context::{Context, State};
use super::{Forwards, split};
use crate::transaction::{ClientId, Owner, Transactions};
use std::time::Instant;

/// Whether a gateway says by this status that it, and not the called number, is the reason.
fn is_gateways_fault(status: u16) -> bool {
    matches!(status, 408 | 500 | 502..=504 | 580)
}

impl Context {
    /// Something came from where a branch was sent.
    pub(super) fn heard(&mut self, place: usize) {
        if let Some(branch) = self.branches.get_mut(place) {
            branch.heard = true;
        }
    }

    /// The transaction that took the place of this one, where a gateway was given up.
    pub(super) fn passed_over_for(&self, place: usize, client: ClientId) -> Option<ClientId> {
        match self.branches.get(place)?.state {
            State::Waiting(current) if current != client => Some(current),
            _ => None,
        }
    }

    /// Whether the next gateway takes the place of this one.
    pub(super) fn fails_over(&self, place: usize, status: u16) -> bool {
        let to_gateway = self.branches.get(place).is_some_and(|branch| branch.target.gateway.is_some());
        to_gateway && is_gateways_fault(status) && self.may_reach_otherwise(place)
    }
}

impl Forwards {
    /// A gateway has had its time to say something.
    pub(super) fn gateway_silent(&mut self, now: Instant, txns: &mut Transactions, owner: Owner) {
        let (id, place) = split(owner);
        let Some(context) = self.contexts.get(&id) else { return };
        let Some(branch) = context.branches.get(place) else { return };
        let State::Waiting(client) = branch.state else { return };
        if branch.heard || !context.may_reach_otherwise(place) {
            return;
        }
        // RFC 3261 §9.1: should it say something after all, it is told that nobody waits.
        txns.cancel(now, client, b"");
        self.retry(now, txns, id, place);
    }
}
