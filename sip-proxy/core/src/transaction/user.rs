//! What the transaction layer tells its user, the proxy.
//!
//! RFC 3261 §17 calls it the "transaction user"; for a proxy that is its core (§16). RFC 6026 decides what reaches it.

use std::sync::Arc;

use sip_message::Message;

use crate::command::{Answer, AskId};
use crate::flow::Flow;
use crate::transaction::{ClientId, ServerId};

/// What a client transaction belongs to: chosen by the proxy, given back with each event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Owner(pub(crate) u64);

impl Owner {
    /// Marks the owners of requests that begin here and are forwarded for nobody.
    pub(crate) const OURS: u64 = 1 << 63;

    /// Whether the request begins here.
    pub(crate) fn is_ours(self) -> bool {
        self.0 & Owner::OURS != 0
    }
}

/// What the proxy must act on.
#[derive(Debug)]
pub(crate) enum TuEvent<'a> {
    /// A new request (never ACK, never CANCEL), its server transaction made. Exactly one final response is owed, with
    /// [`crate::transaction::Transactions::respond`] or `respond_stateless`.
    Request {
        /// Its transaction.
        txn: ServerId,
        /// The request as it came; `received` and `rport` are added by whoever copies its top Via.
        request: Arc<Message>,
        /// Where it came from.
        flow: Flow,
    },
    /// An ACK that belongs to a 2xx, or to nothing known: forwarded statelessly along its route set, or dropped.
    Ack {
        /// The ACK.
        request: Arc<Message>,
        /// Where it came from.
        flow: Flow,
    },
    /// The caller cancels this INVITE. The CANCEL itself has been answered 200.
    Cancel {
        /// The INVITE's transaction, still without a final response.
        txn: ServerId,
        /// Why, as its Reason says; empty: it does not.
        reason: Vec<u8>,
    },
    /// A response to a request that the proxy sent. 100 and retransmissions never come; each 2xx to an INVITE does.
    Response {
        /// The transaction that it answers.
        txn: ClientId,
        /// Its owner.
        owner: Owner,
        /// The response.
        response: &'a Message,
        /// Where it came from.
        flow: Flow,
    },
    /// No final response in time (timers B and F, or 64*T1 after a CANCEL): as a 408 (§16.7). The transaction is gone.
    ClientTimeout {
        /// The transaction.
        txn: ClientId,
        /// Its owner.
        owner: Owner,
    },
    /// The request could not be delivered: as a 503 (§16.9). The transaction is gone.
    ClientTransportError {
        /// The transaction.
        txn: ClientId,
        /// Its owner.
        owner: Owner,
    },
    /// Timer C (§16.8): the INVITE rang for too long. The transaction is still there: cancel it, or give it up.
    TimerC {
        /// The transaction.
        txn: ClientId,
        /// Its owner.
        owner: Owner,
    },
    /// This request was not answered for so long that it is to get its 100 with
    /// [`crate::transaction::Transactions::trying`], for which the request is needed.
    TryingDue {
        /// Its transaction.
        txn: ServerId,
    },
    /// The transaction ended before or without its final response having reached the peer (transport error, no ACK).
    /// Nothing more can be said to that peer.
    ServerGone {
        /// The transaction.
        txn: ServerId,
    },
    /// A timer set with [`crate::transaction::Transactions::set_timer`] came due.
    Timer {
        /// The number given to it.
        token: u64,
    },
    /// A lookup was answered.
    Answer {
        /// The question's number.
        id: AskId,
        /// What was found.
        answer: Answer,
    },
}
