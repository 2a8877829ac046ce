//! Keeps what the registrar acknowledges: at once in the local journal, within a second in the database, in batches.
//!
//! A shard hands over its changes before the answers leave ([`LocationWriter::record`]); the [`writer`] takes what has
//! gathered, writes each address's latest set, and forgets it here once the database has it. While the database is away
//! sets gather, one for each address, and the journal is rewritten when it holds much that is outdated.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Instant, SystemTime};

use domain::SipId;
use sip_core::registrar::BindingChange;
use sip_core::{Listener, Shared};
use tokio::sync::Notify;
use tracing::{error, info, warn};

use crate::counters::Counters;

pub(crate) mod journal;
pub(crate) mod record;
pub(crate) mod writer;

use journal::Journal;
use record::{Clocks, StoredSet};

/// The journal is not rewritten below this size.
const REWRITE_ABOVE: u64 = 8 << 20;

/// What is acknowledged and not yet in the database.
pub(crate) struct LocationWriter {
    state: Mutex<State>,
    work: Notify,
    shared: Arc<Shared>,
    listeners: Vec<Listener>,
    node: String,
    counters: Arc<Counters>,
}

struct State {
    journal: Journal,
    journal_works: bool,
    rewrite_above: u64,
    pending: HashMap<SipId, Pending>,
    generation: u64,
}

struct Pending {
    set: StoredSet,
    generation: u64,
}

/// A set on its way to the database, with the generation by which a later change is recognised.
pub(crate) struct Taken {
    pub(crate) aor: SipId,
    pub(crate) set: StoredSet,
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
        };
        let writer =
            LocationWriter { state: Mutex::new(state), work: Notify::new(), shared, listeners, node, counters };
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
            let Some((aor, bindings)) = set.restore(&self.listeners, &clocks) else { continue };
            self.shared.locations.restore(aor.clone(), bindings);
            state.put(aor, set);
        }
        drop(state);
        self.work.notify_one();
    }

    /// Takes over what a shard has changed, in their order. When this returns, the changes outlive the process.
    pub(crate) fn record(&self, now: Instant, changes: Vec<BindingChange>) {
        let clocks = Clocks { now, wall: wall() };
        let mut bytes = Vec::new();
        let mut sets = Vec::with_capacity(changes.len());
        for change in changes {
            let set = StoredSet::of(&change.aor, &change.bindings, &self.listeners, &clocks);
            journal::encode(&set, &mut bytes);
            sets.push((change.aor, set));
        }
        let mut state = self.state();
        // Under one lock with the table below: what is cut from the journal is what the table no longer holds.
        let written = state.journal.append(&bytes);
        for (aor, set) in sets {
            state.put(aor, set);
        }
        let written = match written {
            Ok(()) => state.rewrite_if_long(),
            // It may be full of what is outdated.
            Err(_) => state.rewrite(),
        };
        self.journal_result(&mut state, written);
        drop(state);
        self.work.notify_one();
    }

    /// Forgets the contacts of an account that is gone.
    pub(crate) fn forget(&self, aor: &SipId) {
        self.shared.locations.restore(aor.clone(), Vec::new());
        self.record(clocks().now, vec![BindingChange { aor: aor.clone(), bindings: Vec::new().into() }]);
    }

    /// The latest sets of at most so many addresses.
    pub(crate) fn take(&self, most: usize) -> Vec<Taken> {
        let state = self.state();
        let taken = state.pending.iter().take(most);
        taken
            .map(|(aor, pending)| Taken { aor: aor.clone(), set: pending.set.clone(), generation: pending.generation })
            .collect()
    }

    /// The database has these sets; what changed again meanwhile stays.
    pub(crate) fn stored(&self, taken: &[Taken]) {
        let mut state = self.state();
        for done in taken {
            if state.pending.get(&done.aor).is_some_and(|pending| pending.generation == done.generation) {
                state.pending.remove(&done.aor);
            }
        }
        let result = if !state.pending.is_empty() {
            state.rewrite_if_long()
        } else if state.journal.is_empty() {
            Ok(())
        } else {
            state.pending.shrink_to(1024);
            state.journal.clear()
        };
        self.journal_result(&mut state, result);
    }

    /// Puts back what the database holds, for addresses about which nothing newer is known here.
    pub(crate) fn restore(&self, sets: impl IntoIterator<Item = StoredSet>) -> usize {
        let clocks = clocks();
        let mut restored = 0;
        for set in sets {
            let Some((aor, bindings)) = set.restore(&self.listeners, &clocks) else { continue };
            // The lock is held for each: a shard that registers this address now comes before or after.
            let state = self.state();
            if bindings.is_empty() || state.pending.contains_key(&aor) {
                continue;
            }
            let keep_newer = |standing: &[sip_core::locations::Binding]| {
                Ok::<_, std::convert::Infallible>(standing.is_empty().then_some(bindings))
            };
            let Ok(_) = self.shared.locations.update(&aor, clocks.now, keep_newer);
            restored += 1;
        }
        restored
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
    fn put(&mut self, aor: SipId, set: StoredSet) {
        self.generation += 1;
        self.pending.insert(aor, Pending { set, generation: self.generation });
    }

    fn rewrite_if_long(&mut self) -> std::io::Result<()> {
        if self.journal.length() > self.rewrite_above { self.rewrite() } else { Ok(()) }
    }

    /// Keeps of the journal what the database does not have.
    fn rewrite(&mut self) -> std::io::Result<()> {
        let mut bytes = Vec::new();
        for pending in self.pending.values() {
            journal::encode(&pending.set, &mut bytes);
        }
        self.journal.replace(&bytes)?;
        self.rewrite_above = REWRITE_ABOVE.max(2 * self.journal.length());
        Ok(())
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
