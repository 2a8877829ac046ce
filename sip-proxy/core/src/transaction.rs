//! The transaction layer: matches each message to its transaction or makes one, runs the four machines and their timers,
//! and tells the proxy what is left for it to decide.
//!
//! It absorbs retransmissions, answers CANCEL, makes ACKs for refused INVITEs, and drops what belongs to nothing. Where a
//! request goes and what is answered is left to the proxy.
//!
//! RFC 3261 §17, §9, §18.2.2; RFC 3581 §4; RFC 6026; RFC 4320.

mod branch;
pub use branch::KEEP_ALIVE;
mod client;
mod effects;
mod hop;
mod invite_client;
mod invite_server;
mod key;
mod receive;
mod server;
mod slab;
mod tables;
mod undeliverable;
mod user;

#[cfg(test)]
mod tests;

use std::fmt;
use std::time::{Duration, Instant};

use bytes::Bytes;
use sip_message::Message;

pub(crate) use branch::Branch;
pub(crate) use key::ViaSource;
pub(crate) use receive::render;
pub(crate) use slab::SlabKey;
pub(crate) use tables::Transactions;
pub(crate) use user::{Owner, TuEvent};

use crate::command::{AskId, Command, Lookup, Report};
use crate::flow::Flow;
use crate::registrar::BindingChange;
use crate::timer::{Due, Timer};
use client::ClientInput;
use server::ServerInput;

/// A server transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ServerId(SlabKey);

/// A client transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClientId(SlabKey);

/// A transaction of either side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TransactionId {
    /// A request that was received.
    Server(ServerId),
    /// A request that was sent.
    Client(ClientId),
}

impl fmt::Display for TransactionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TransactionId::Server(id) => write!(f, "server transaction {:x}", id.0.number()),
            TransactionId::Client(id) => write!(f, "client transaction {:x}", id.0.number()),
        }
    }
}

/// RFC 3261 §17.2.1: a 100 is due when no other answer is known to come within 200 ms.
const TRYING_AFTER: Duration = Duration::from_millis(200);

/// The table of transactions is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no room for another transaction")]
pub(crate) struct Full;

/// What the proxy may ask of the transaction layer.
impl Transactions {
    /// Answers a request: provisional responses, then one final; after a 2xx to an INVITE further 2xx. What comes too
    /// late, or for a transaction that is gone, is dropped.
    pub(crate) fn respond(&mut self, now: Instant, txn: ServerId, status: u16, bytes: Bytes) {
        self.drive_server(now, txn, ServerInput::Respond { status, bytes });
    }

    /// Sends a request's 100, unless something was answered already: called when an INVITE is forwarded, and when it is due.
    pub(crate) fn trying(&mut self, now: Instant, txn: ServerId, request: &Message, flow: Flow) {
        if self.is_unanswered(txn) {
            let bytes = render(&self.reply(request, flow, 100));
            self.respond(now, txn, 100, bytes);
        }
    }

    /// A request that the proxy has not answered at once will get its 100 if that goes on.
    pub(crate) fn await_decision(&mut self, now: Instant, txn: ServerId, invite: bool) {
        if self.is_unanswered(txn) {
            // RFC 4320 §4.1: a request other than INVITE gets it when its sender's timer E has reached T2, and not before.
            let after = if invite { TRYING_AFTER } else { self.settings.timers.e_at_t2() };
            self.timers.set(now, after, Due::Server(Timer::Trying, txn));
        }
    }

    /// Whether nothing at all was answered yet.
    pub(crate) fn is_unanswered(&self, txn: ServerId) -> bool {
        self.server(txn).is_some_and(|server| server.machine.is_unanswered())
    }

    /// Whether the next request is shed if it begins something, and whether without an answer.
    pub(crate) fn set_overloaded(&mut self, overloaded: bool, silent: bool) {
        (self.overloaded, self.silent) = (overloaded, silent);
    }

    /// Answers a request finally and forgets it: for what costs nothing to answer again (RFC 3261 §8.2.7, §26.3.2.4).
    pub(crate) fn respond_stateless(&mut self, txn: ServerId, bytes: Bytes) {
        if let Some(server) = self.remove_server(txn) {
            self.send_stateless(server.flow, bytes);
        }
    }

    /// Leaves a request unanswered for ever, as RFC 4320 asks where an answer would come too late.
    pub(crate) fn forget(&mut self, txn: ServerId) {
        self.remove_server(txn);
    }

    /// Whether the request still waits for its final response.
    pub(crate) fn awaits_final(&self, txn: ServerId) -> bool {
        self.server(txn).is_some_and(|server| server.machine.awaits_final())
    }

    /// A fresh branch for a request about to be written, with the hash by which a loop is recognised.
    pub(crate) fn new_branch(&mut self, loop_hash: u64) -> Branch {
        // The last bit tells a CANCEL from its INVITE in the table; both carry one branch.
        Branch::new(self.random() & !1, loop_hash)
    }

    /// Sends a request, not an ACK, in a client transaction of its own. Its top Via carries `branch`.
    pub(crate) fn send_request(
        &mut self,
        now: Instant,
        flow: Flow,
        branch: Branch,
        request: OutgoingRequest,
        owner: Owner,
    ) -> Result<ClientId, Full> {
        self.start_client(now, flow, branch.number(), request, Some(owner))
    }

    /// Cancels an INVITE: at once if a provisional response was heard, else when one is; not at all once it is answered. `reason` is the
    /// value of the CANCEL's Reason; empty: it has none.
    pub(crate) fn cancel(&mut self, now: Instant, txn: ClientId, reason: &[u8]) {
        // A cancelled INVITE's events come as before; nothing here ends it.
        let _quiet = self.drive_client(now, txn, ClientInput::Cancel { reason });
    }

    /// Wants no more events of this transaction; it goes on until its own end.
    pub(crate) fn abandon(&mut self, txn: ClientId) {
        if let Some(client) = self.client_mut(txn) {
            client.owner = None;
        }
    }

    /// Sends something outside of any transaction: an ACK for a 2xx, an answer that nobody waits for.
    pub(crate) fn send_stateless(&mut self, flow: Flow, bytes: Bytes) {
        self.commands.push_back(Command::Send { flow, bytes, origin: None });
    }

    /// Sets a timer of the proxy's own. It cannot be taken back: what has become stale is to be ignored.
    pub(crate) fn set_timer(&mut self, now: Instant, after: Duration, token: u64) {
        self.timers.set(now, after, Due::Proxy(token));
    }

    /// Asks the directory or the resolver; the answer comes as [`TuEvent::Answer`].
    pub(crate) fn ask(&mut self, lookup: Lookup) -> AskId {
        self.asked += 1;
        let id = AskId(self.asked);
        self.commands.push_back(Command::Ask { id, lookup });
        id
    }

    /// Has changed bindings written behind.
    pub(crate) fn store(&mut self, change: BindingChange) {
        self.commands.push_back(Command::Store(change));
    }

    /// Says something worth counting or logging.
    pub(crate) fn report(&mut self, report: Report) {
        self.commands.push_back(Command::Report(report));
    }
}

/// A request on its way out.
#[derive(Debug)]
pub(crate) struct OutgoingRequest {
    /// Whether it is an INVITE.
    pub(crate) invite: bool,
    /// The whole message.
    pub(crate) bytes: Bytes,
}
