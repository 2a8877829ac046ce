//! The pure core of the SIP registrar and proxy: state machines without sockets, clocks, tasks or SQL.
//!
//! Inputs go in with the time at which they happened, commands come out, and the next deadline can be asked for. There is
//! one [`Core`] for each shard; shards share the location table and the nonces ([`Shared`]) and nothing else.
//!
//! RFC 3261 §16 (proxy), §10 (registrar), §17 (transactions).

pub mod command;
mod date;
pub mod digest;
pub mod directory;
pub mod flow;
mod forward;
mod gruu;
mod hashing;
pub mod instance;
pub mod locations;
mod notifier;
pub mod peer_names;
pub mod peers;
pub mod records;
pub mod registrar;
mod route;
pub mod settings;
mod shared;
#[cfg(test)]
mod test_clock;
pub mod timer;
mod tokens;
mod transaction;

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use sip_message::{Message, Method};

pub use command::{Answer, AskId, Command, Input, Lookup, Report};
pub use flow::{ConnectionId, Flow, Listener, ListenerId, Transport};
pub use peer_names::{PeerName, PeerNames};
pub use settings::{Relay, Settings};
pub use shared::Shared;
pub use timer::{Reason, Timer, TimerValues};
pub use transaction::{ClientId, ServerId, TransactionId};

use route::Proxy;
use transaction::{Transactions, TuEvent};

/// One shard's SIP: feed it inputs, drain its commands after each, wake it at its next deadline.
pub struct Core {
    transactions: Transactions,
    proxy: Proxy,
}

impl Core {
    /// A core without transactions. `seed` must differ between shards and between starts: branches and tags come from it.
    pub fn new(settings: Arc<Settings>, shared: Arc<Shared>, seed: u64) -> Core {
        let transactions = Transactions::new(Arc::clone(&settings), seed);
        Core { transactions, proxy: Proxy::new(settings, shared) }
    }

    /// The same, with something that answers at once what it knows: only the rest becomes a [`Command::Ask`].
    #[must_use]
    pub fn with_memory(mut self, memory: Arc<dyn directory::Memory>) -> Core {
        self.proxy.remember(memory);
        self
    }

    /// Takes in what happened at `now`.
    pub fn handle(&mut self, now: Instant, input: Input) {
        let event = match input {
            Input::Received { flow, bytes } => match Message::parse(bytes) {
                Ok(message) if message.is_request() => return self.receive_request(now, flow, message),
                Ok(message) => return self.receive_response(now, flow, &message),
                Err(error) => return self.transactions.refuse_unreadable(flow, &error),
            },
            Input::Answer { id, answer } => Some(TuEvent::Answer { id, answer }),
            Input::SendFailed { origin, flow, bytes } => self.transactions.send_failed(now, origin, flow, bytes),
            Input::FlowClosed { flow } => return self.flow_closed(now, flow),
            Input::Deadline => return self.fire_timers(now),
        };
        if let Some(event) = event {
            self.proxy.handle(now, &mut self.transactions, event);
        }
    }

    /// The next thing to do, if there is one.
    pub fn poll(&mut self) -> Option<Command> {
        self.transactions.commands.pop_front()
    }

    /// When [`Input::Deadline`] is due, and why.
    pub fn next_deadline(&self) -> Option<(Instant, Reason)> {
        self.transactions.timers.next()
    }

    /// While set, requests that would begin something new are answered 503 with Retry-After at once.
    pub fn set_overloaded(&mut self, overloaded: bool) {
        self.transactions.set_overloaded(overloaded);
    }

    /// A message for which there is no room where it belongs. A REGISTER is answered 503 with Retry-After, without a transaction. Anything
    /// else is lost as if the network had lost it: what it repeats may be under way where it belongs, and a final answer from here would end
    /// a call that goes on there.
    pub fn refuse(&mut self, flow: Flow, bytes: Bytes) {
        if let Ok(message) = Message::parse(bytes)
            && message.is_request()
            && message.method() == Method::Register
        {
            self.transactions.refuse(&message, flow);
        }
    }

    /// How many transactions are under way.
    pub fn transactions(&self) -> usize {
        self.transactions.len()
    }

    /// How many deadlines are waited for, those included that have become stale.
    pub fn deadlines(&self) -> usize {
        self.transactions.timers.len()
    }

    /// How many requests the proxy waits upon: for the directory, or for those that they were forwarded to.
    pub fn requests(&self) -> usize {
        self.proxy.pending()
    }

    fn receive_request(&mut self, now: Instant, flow: Flow, request: Message) {
        let invite = request.method() == Method::Invite;
        let Some(event) = self.transactions.receive_request(now, flow, Arc::new(request)) else { return };
        let begun = match event {
            TuEvent::Request { txn, .. } => Some(txn),
            _ => None,
        };
        self.proxy.handle(now, &mut self.transactions, event);
        if let Some(txn) = begun {
            self.transactions.await_decision(now, txn, invite);
        }
    }

    fn receive_response(&mut self, now: Instant, flow: Flow, response: &Message) {
        if let Some(event) = self.transactions.receive_response(now, flow, response) {
            self.proxy.handle(now, &mut self.transactions, event);
        }
    }

    fn flow_closed(&mut self, now: Instant, flow: Flow) {
        self.proxy.flow_closed(now, &mut self.transactions, flow);
        for txn in self.transactions.clients_over(flow) {
            if let Some(event) = self.transactions.flow_closed(now, txn, flow) {
                self.proxy.handle(now, &mut self.transactions, event);
            }
        }
    }

    fn fire_timers(&mut self, now: Instant) {
        while let Some(due) = self.transactions.timers.pop(now) {
            if let Some(event) = self.transactions.fire(now, due) {
                self.proxy.handle(now, &mut self.transactions, event);
            }
        }
    }
}
