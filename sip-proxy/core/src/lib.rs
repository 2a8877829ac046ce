//! The pure core of the SIP registrar and proxy: state machines without sockets, clocks, tasks or SQL.
//!
//! Inputs go in with the time at which they happened, commands come out, and the next deadline can be asked for. There is
//! one [`Core`] for each shard; shards share the location table and the nonces ([`Shared`]) and nothing else.
//!
//! RFC 3261 §16 (proxy), §10 (registrar), §17 (transactions).

pub mod command;
pub mod digest;
pub mod directory;
pub mod flow;
pub mod locations;
pub mod registrar;
pub mod settings;
mod shared;
#[cfg(test)]
mod test_clock;
pub mod timer;
mod transaction;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

pub use command::{Answer, AskId, Command, Input, Lookup, Report};
pub use flow::{ConnectionId, Flow, Listener, ListenerId, Transport};
pub use settings::Settings;
pub use shared::Shared;
pub use timer::{Reason, Timer, TimerValues};
pub use transaction::{ClientId, ServerId, TransactionId};

use timer::Timers;

/// One shard's SIP: feed it inputs, drain its commands after each, wake it at its next deadline.
pub struct Core {
    settings: Arc<Settings>,
    shared: Arc<Shared>,
    timers: Timers,
    commands: VecDeque<Command>,
    overloaded: bool,
}

impl Core {
    /// A core without transactions. `seed` must differ between shards and between starts: branches and tags come from it.
    pub fn new(settings: Arc<Settings>, shared: Arc<Shared>, _seed: u64) -> Core {
        Core { settings, shared, timers: Timers::new(), commands: VecDeque::new(), overloaded: false }
    }

    /// Takes in what happened at `now`.
    pub fn handle(&mut self, now: Instant, _input: Input) {
        while self.timers.pop(now).is_some() {}
    }

    /// The next thing to do, if there is one.
    pub fn poll(&mut self) -> Option<Command> {
        self.commands.pop_front()
    }

    /// When [`Input::Deadline`] is due, and why.
    pub fn next_deadline(&self) -> Option<(Instant, Reason)> {
        self.timers.next()
    }

    /// While set, requests that would begin something new are answered 503 with Retry-After at once.
    pub fn set_overloaded(&mut self, overloaded: bool) {
        self.overloaded = overloaded;
    }

    /// How many transactions are under way.
    pub fn transactions(&self) -> usize {
        self.timers.len()
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What it shares with the other shards.
    pub fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }
}
