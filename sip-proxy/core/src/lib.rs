//! The pure core of the SIP registrar and proxy: state machines without sockets, clocks, tasks or SQL.
//!
//! Inputs go in with the time at which they happened, commands come out, and the next deadline can be asked for. There is
//! one [`Core`] for each shard; shards share the location table and the nonces ([`Shared`]) and nothing else.
//!
//! RFC 3261 §16 (proxy), §10 (registrar), §17 (transactions).

pub mod abuse;
pub mod command;
mod date;
pub mod digest;
pub mod directory;
pub mod explain;
pub mod flow;
mod forward;
mod gruu;
mod hashing;
pub mod instance;
pub mod locations;
pub mod network;
mod notifier;
mod number;
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
use sip_message::{HeaderName, Message, Method};

pub use command::{Answer, AskId, CallEvent, Command, Input, Lookup, Report};
pub use flow::{ConnectionId, Flow, Listener, ListenerId, Transport};
pub use peer_names::{PeerName, PeerNames};
pub use settings::{Relay, Settings};
pub use shared::Shared;
pub use timer::{Reason, Timer, TimerValues};
pub use transaction::{ClientId, KEEP_ALIVE, ServerId, TransactionId};

use abuse::{Offence, Shed};
use route::Proxy;
use transaction::{Transactions, TuEvent};

/// One shard's SIP: feed it inputs, drain its commands after each, wake it at its next deadline.
pub struct Core {
    transactions: Transactions,
    proxy: Proxy,
    shared: Arc<Shared>,
    shed: Shed,
    /// Whether what is shed is answered.
    silent: bool,
    draining: bool,
}

impl Core {
    /// A core without transactions. `seed` must differ between shards and between starts: branches and tags come from it.
    pub fn new(settings: Arc<Settings>, shared: Arc<Shared>, seed: u64) -> Core {
        let transactions = Transactions::new(Arc::clone(&settings), seed);
        let proxy = Proxy::new(settings, Arc::clone(&shared));
        Core { transactions, proxy, shared, shed: Shed::Nothing, silent: false, draining: false }
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
                Err(error) => {
                    self.shared.guard.offence(now, flow.remote.ip(), Offence::Malformed);
                    return self.transactions.refuse_unreadable(flow, &error);
                }
            },
            Input::Answer { id, answer } => Some(TuEvent::Answer { id, answer }),
            Input::SendFailed { origin, flow, bytes } => self.transactions.send_failed(now, origin, flow, bytes),
            Input::Undeliverable { flow, quoted } => self.transactions.undeliverable(now, flow, &quoted),
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

    /// Which requests that begin something are refused with 503 and Retry-After; or dropped, where an answer would come too late to be
    /// worth its cost. What has begun and calls for help are always taken.
    pub fn set_shed(&mut self, shed: Shed, silent: bool) {
        (self.shed, self.silent) = (shed, silent);
    }

    /// From now on nothing new is begun: requests outside of dialogs are answered 503 with Retry-After.
    pub fn drain(&mut self) {
        self.draining = true;
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

    /// How many requests have no final answer yet because somebody else must give it.
    pub fn under_way(&self) -> usize {
        self.proxy.under_way()
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
        if self.is_scanner(now, flow, &request) {
            return self.transactions.report(Report::Scanner { flow });
        }
        let shed = self.sheds(now, flow, &request);
        self.transactions.set_overloaded(shed, self.silent && !self.draining);
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

    /// Whether a known scanner asks. It gets no answer: what it does not hear it cannot list.
    fn is_scanner(&self, now: Instant, flow: Flow, request: &Message) -> bool {
        let named = |agent: &[u8]| self.shared.guard.is_scanner(agent);
        let is_one = request.to_tag().is_none() && request.header(HeaderName::UserAgent).is_some_and(named);
        if is_one {
            self.shared.guard.offence(now, flow.remote.ip(), Offence::Scanner);
        }
        is_one
    }

    fn sheds(&self, now: Instant, flow: Flow, request: &Message) -> bool {
        let level = if self.draining { Shed::New } else { self.shed };
        let stranger = || !self.shared.guard.has_proved(now, flow.remote.ip());
        match level {
            Shed::Nothing => false,
            _ if self.shared.guard.is_emergency(request.request_uri()) => false,
            Shed::Strangers => stranger(),
            Shed::New => true,
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
