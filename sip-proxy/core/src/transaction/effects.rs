//! What a transaction machine may do to the world: send, and set its timers. Everything else it says by its outcome.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::command::Command;
use crate::flow::Flow;
use crate::timer::{Due, Timer, TimerValues, Timers};
use crate::transaction::TransactionId;

/// The hands of one transaction.
pub(crate) struct Effects<'a> {
    pub(crate) now: Instant,
    pub(crate) id: TransactionId,
    pub(crate) flow: Flow,
    pub(crate) values: &'a TimerValues,
    /// The table fills: what only bridges repetitions is kept for a shorter time.
    pub(crate) crowded: bool,
    pub(crate) timers: &'a mut Timers,
    pub(crate) commands: &'a mut VecDeque<Command>,
}

impl Effects<'_> {
    /// Sends to the transaction's peer; a failure comes back to this transaction.
    pub(crate) fn send(&mut self, bytes: &Bytes) {
        self.commands.push_back(Command::Send { flow: self.flow, bytes: bytes.clone(), origin: Some(self.id) });
    }

    /// Sets a timer of this transaction.
    pub(crate) fn set(&mut self, timer: Timer, after: Duration) {
        let due = match self.id {
            TransactionId::Client(id) => Due::Client(timer, id),
            TransactionId::Server(id) => Due::Server(timer, id),
        };
        self.timers.set(self.now, after, due);
    }

    /// Timer J: how long a final response is kept for repeated requests.
    pub(crate) fn timer_j(&self) -> Duration {
        // RFC 3261 §17.2.2 departs: in a crowded table timer J is 8*T1 instead of 64*T1. Requests are repeated every T2 at
        // the latest, so most are still met, and a flood of registrations does not fill the memory with their answers.
        if self.crowded { self.values.t1 * 8 } else { self.values.give_up() }
    }

    /// Whether the transport retransmits by itself.
    pub(crate) fn reliable(&self) -> bool {
        self.flow.transport.is_reliable()
    }

    /// Sets a timer that only bridges retransmission by the peer: not needed over a reliable transport. Tells whether it
    /// was set; when not, the transaction is over.
    pub(crate) fn linger(&mut self, timer: Timer, after: Duration) -> bool {
        if self.reliable() {
            return false;
        }
        self.set(timer, after);
        true
    }
}
