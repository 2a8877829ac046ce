//! Keeps what the registrar acknowledges: at once in the local journal, within a second in the database, in batches.
//!
//! A shard hands over its changes before the answers leave ([`LocationWriter::record`]); the [`writer`] takes what has
//! gathered, writes each address's latest set, and forgets it here once the database has it. While the database is away
//! sets gather, one for each address, and the journal is rewritten when it holds much that is outdated.
//!
//! What other processes hold comes the other way: the change feed names addresses ([`LocationWriter::look_at`]), the writer reads
//! them, and [`elsewhere`] puts both parts together.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Instant, SystemTime};

use domain::SipId;
use sip_core::locations::{Binding, Bindings};
use sip_core::registrar::BindingChange;
use sip_core::{Listener, Relay, Shared};
use tokio::sync::Notify;
use tracing::{error, info, warn};

use crate::counters::Counters;

pub(crate) mod elsewhere;
pub(crate) mod journal;
pub(crate) mod record;
pub(crate) mod sync;
pub(crate) mod writer;

use elsewhere::Looks;
use journal::Journal;
use record::{Clocks, StoredSet};

/// The journal is not rewritten below this size. Whoever registers meanwhile waits for it, so it must be seldom; reading so much at the
/// start takes a part of a second.
const REWRITE_ABOVE: u64 = 64 << 20;

/// What is acknowledged and not yet in the database, and what is to be read of what others acknowledged.
pub(crate) struct LocationWriter {
    state: Mutex<State>,
    work: Notify,
    shared: Arc<Shared>,
    listeners: Vec<Listener>,
    node: String,
    relay: Option<Relay>,
    counters: Arc<Counters>,
    looks: Mutex<Looks>,
    look: Notify,
}

struct State {
    journal: Journal,
    journal_works: bool,
    rewrite_above: u64,
    pending: HashMap<SipId, Pending>,
    generation: u64,
    /// Reused for the bytes of records.
    bytes: Vec<u8>,
}

struct Pending {
    bindings: Bindings,
    taken_over: Vec<Box<[u8]>>,
    generation: u64,
}

/// A set on its way to the database, with the generation by which a later change is recognised.
pub(crate) struct Taken {
    pub(crate) change: BindingChange,
    generation: u64,
}

impl LocationWriter {
    /// Opens the journal in `state_dir`, and puts the registrations that it holds back into the table.
    pub(crate) fn open(
        state_dir: &Path,
        journal_bytes: u64,
        shared: Arc<Shared>,
        listeners: Vec<Listener>,
        node: String,
        relay: Option<Relay>,
        counters: Arc<Counters>,
    ) -> std::io::Result<LocationWriter> {
        let (journal, replayed) = Journal::open(&state_dir.join("locations.journal"), journal_bytes)?;
        if replayed.torn_bytes > 0 {
            let torn = replayed.torn_bytes;
            info!(torn, "the journal of registrations ended in {torn} bytes of an unfinished record");
        }
        let state = State {
            journal,
            journal_works: true,
            rewrite_above: REWRITE_ABOVE,
            pending: HashMap::new(),
            generation: 0,
            bytes: Vec::new(),
        };
        let writer = LocationWriter {
            state: Mutex::new(state),
            work: Notify::new(),
            shared,
            listeners,
            node,
            relay,
            counters,
            looks: Mutex::default(),
            look: Notify::new(),
        };
        writer.tell_the_time(&clocks());
        let sets = replayed.sets.len();
        writer.replay(replayed.sets);
        if sets > 0 {
            info!(sets, "{sets} changes of registrations were read back from the journal");
        }
        Ok(writer)
    }

    fn replay(&self, sets: Vec<StoredSet>) {
        let clocks = clocks();
        let mut state = self.state();
        for set in sets {
            let bindings: Bindings =
                set.bindings.iter().filter_map(|binding| binding.restore(&self.listeners, &clocks)).collect();
            self.shared.locations.restore(&set.aor, &bindings);
            state.put(BindingChange { aor: set.aor, bindings, taken_over: set.taken_over });
        }
        drop(state);
        self.work.notify_one();
    }

    /// Takes over what a shard has changed. When this returns, the changes outlive the process.
    pub(crate) fn record(&self, now: Instant, mut changes: Vec<BindingChange>) {
        let clocks = Clocks { now, wall: wall() };
        self.tell_the_time(&clocks);
        let mut state = self.state();
        for change in &mut changes {
            // As it stands now: an address that is registered by an alias too has two shards that change it, and what they hand
            // over need not come in the order in which they changed the table.
            change.bindings = self.shared.locations.get(&change.aor, now).unwrap_or_default();
        }
        let mut bytes = std::mem::take(&mut state.bytes);
        bytes.clear();
        for change in &changes {
            journal::encode(&mut bytes, |out| record::encode(change, &self.listeners, &clocks, out));
        }
        // Under one lock with the table below: what is cut from the journal is what the table no longer holds.
        let written = state.journal.append(&bytes);
        state.bytes = bytes;
        for change in changes {
            state.put(change);
        }
        let written = match written {
            Ok(()) => state.rewrite_if_long(&self.listeners, &clocks),
            // It may be full of what is outdated.
            Err(_) => state.rewrite(&self.listeners, &clocks),
        };
        self.journal_result(&mut state, written);
        drop(state);
        self.work.notify_one();
    }

    /// The core writes dates and reads no clock; here one is read with every registration.
    fn tell_the_time(&self, clocks: &Clocks) {
        let since_1970 = clocks.wall.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        self.shared.set_wall_clock(clocks.now, since_1970);
    }

    /// Forgets the contacts of an account that is gone.
    pub(crate) fn forget(&self, aor: &SipId) {
        self.shared.locations.restore(aor, &[]);
        let gone = BindingChange { aor: aor.clone(), bindings: Bindings::default(), taken_over: Vec::new() };
        self.record(clocks().now, vec![gone]);
    }

    /// The latest sets of at most so many addresses.
    pub(crate) fn take(&self, most: usize) -> Vec<Taken> {
        let state = self.state();
        let taken = state.pending.iter().take(most);
        taken.map(|(aor, pending)| Taken { change: pending.change(aor), generation: pending.generation }).collect()
    }

    /// The database has these sets; what changed again meanwhile stays.
    pub(crate) fn stored(&self, taken: &[Taken]) {
        let mut state = self.state();
        for done in taken {
            let aor = &done.change.aor;
            if state.pending.get(aor).is_some_and(|pending| pending.generation == done.generation) {
                state.pending.remove(aor);
            }
        }
        let result = if !state.pending.is_empty() {
            state.rewrite_if_long(&self.listeners, &clocks())
        } else if state.journal.is_empty() {
            Ok(())
        } else {
            state.pending.shrink_to(1024);
            state.bytes.shrink_to(1 << 20);
            state.journal.clear()
        };
        self.journal_result(&mut state, result);
    }

    /// The journal's file, if something was written to it that may not be on the disk.
    pub(crate) fn unsynced(&self) -> Option<std::io::Result<std::fs::File>> {
        self.state().journal.unsynced()
    }

    /// The Route by which others reach a contact that is held here; empty where they need none.
    pub(crate) fn relay_route(&self, binding: &Binding) -> String {
        let route = self.relay.as_ref().and_then(|relay| self.shared.relay_route(binding, relay));
        route.unwrap_or_default()
    }

    /// The name under which this process stores what it holds.
    pub(crate) fn node(&self) -> &str {
        &self.node
    }

    /// How many addresses' contacts wait for the database.
    pub(crate) fn waiting(&self) -> usize {
        self.state().pending.len()
    }

    /// The size of the journal in bytes.
    pub(crate) fn journal_bytes(&self) -> u64 {
        self.state().journal.length()
    }

    /// Logs when the journal stops working and when it works again; once each.
    fn journal_result(&self, state: &mut State, result: std::io::Result<()>) {
        match result {
            Ok(()) if state.journal_works => {}
            Ok(()) => {
                state.journal_works = true;
                warn!("the journal of registrations is written again");
            }
            Err(error) => {
                self.counters.journal_failures.one();
                if state.journal_works {
                    error!(%error, "registrations are not safe from a kill, the journal cannot be written: {error}");
                }
                state.journal_works = false;
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic ends the process (see `logging`); nobody meets a state that is half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn put(&mut self, change: BindingChange) {
        self.generation += 1;
        let BindingChange { aor, bindings, taken_over } = change;
        let generation = self.generation;
        match self.pending.get_mut(&aor) {
            Some(pending) => {
                // What was taken over before is not written yet either.
                let before = std::mem::replace(&mut pending.taken_over, taken_over);
                for contact in before {
                    if !pending.taken_over.contains(&contact) {
                        pending.taken_over.push(contact);
                    }
                }
                pending.bindings = bindings;
                pending.generation = generation;
            }
            None => drop(self.pending.insert(aor, Pending { bindings, taken_over, generation })),
        }
    }

    fn rewrite_if_long(&mut self, listeners: &[Listener], clocks: &Clocks) -> std::io::Result<()> {
        if self.journal.length() > self.rewrite_above { self.rewrite(listeners, clocks) } else { Ok(()) }
    }

    /// Keeps of the journal what the database does not have.
    fn rewrite(&mut self, listeners: &[Listener], clocks: &Clocks) -> std::io::Result<()> {
        let mut bytes = Vec::new();
        for (aor, pending) in &self.pending {
            journal::encode(&mut bytes, |out| record::encode(&pending.change(aor), listeners, clocks, out));
        }
        self.journal.replace(&bytes)?;
        self.rewrite_above = REWRITE_ABOVE.max(2 * self.journal.length());
        Ok(())
    }
}

impl Pending {
    fn change(&self, aor: &SipId) -> BindingChange {
        BindingChange { aor: aor.clone(), bindings: Arc::clone(&self.bindings), taken_over: self.taken_over.clone() }
    }
}

/// Both clocks, read together.
#[expect(clippy::disallowed_methods, reason = "stored registrations end by the wall clock, those in memory do not")]
pub(crate) fn clocks() -> Clocks {
    Clocks { now: Instant::now(), wall: SystemTime::now() }
}

#[expect(clippy::disallowed_methods, reason = "stored registrations end by the wall clock")]
fn wall() -> SystemTime {
    SystemTime::now()
}

#[cfg(test)]
mod tests;
