//! The feed of changes for outside systems: who waits for what is new, and how it is written.
//!
//! A reader keeps its place in the journal and asks for what came after; between two looks it waits for a wake-up. How many may
//! wait, in all and of one tenant, is bounded. `http/changes.rs` brings requests and takes what is written here.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use domain::Scope;
use store::Store;
use store::journal::{self, Entry, Look, Lost, Place};
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use crate::error::Failure;

/// The least time between two looks of one reader: what is committed meanwhile comes with the second.
const GAP: Duration = Duration::from_millis(20);

/// Who waits for changes.
#[derive(Debug)]
pub struct Readers {
    most: usize,
    most_of_one: usize,
    waiting: Mutex<HashMap<Scope, usize>>,
    stopped: watch::Sender<bool>,
    wakes: OnceLock<watch::Receiver<u64>>,
}

/// A reader's place among those who may wait; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Seat {
    readers: Arc<Readers>,
    scope: Scope,
}

impl Readers {
    /// So many in all, so many of one tenant.
    pub(crate) fn new(most: usize, most_of_one: usize) -> Arc<Self> {
        let (stopped, _) = watch::channel(false);
        Arc::new(Self { most, most_of_one, waiting: Mutex::default(), stopped, wakes: OnceLock::new() })
    }

    /// Sends all readers home, with what they have: the server ends.
    pub fn stop(&self) {
        self.stopped.send_replace(true);
    }

    /// Becomes true when the server ends.
    pub(crate) fn stopped(&self) -> watch::Receiver<bool> {
        self.stopped.subscribe()
    }

    /// Wake-ups; the first who asks makes the server listen for them.
    pub(crate) fn wakes(&self, store: &Store) -> watch::Receiver<u64> {
        self.wakes.get_or_init(|| store.wakes()).clone()
    }

    /// How many wait.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }

    /// A seat, if there is one.
    pub(crate) fn enter(self: &Arc<Self>, scope: Scope) -> Option<Seat> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let (all, own) = (waiting.values().sum::<usize>(), waiting.get(&scope).copied().unwrap_or(0));
        if all >= self.most || own >= self.most_of_one {
            return None;
        }
        waiting.insert(scope, own + 1);
        Some(Seat { readers: Arc::clone(self), scope })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut waiting = self.readers.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = waiting.get_mut(&self.scope) {
            *own -= 1;
            if *own == 0 {
                waiting.remove(&self.scope);
            }
        }
    }
}

/// A reader of one tenant's changes.
#[derive(Debug)]
pub(crate) struct Reader {
    pub(crate) store: Store,
    pub(crate) scope: Scope,
    pub(crate) place: Place,
    pub(crate) limit: u32,
    pub(crate) wakes: watch::Receiver<u64>,
    pub(crate) stopped: watch::Receiver<bool>,
}

impl Reader {
    /// Where a reader begins that wants what is new.
    pub(crate) async fn now(store: &Store, scope: &Scope) -> Result<Place, Failure> {
        let mut tx = store.begin_look(scope).await?;
        Ok(journal::now(&mut tx).await?)
    }

    /// What is there now, after the reader's place, which moves on.
    pub(crate) async fn look(&mut self) -> Result<Result<Look, Lost>, Failure> {
        self.wakes.mark_unchanged();
        let mut tx = self.store.begin_look(&self.scope).await?;
        let found = journal::after(&mut tx, self.place, self.limit).await?;
        tx.rollback().await?;
        if let Ok(look) = &found {
            self.place = look.next;
        }
        Ok(found)
    }

    /// As [`look`](Self::look), and waits until there is something, the time is over or the server ends.
    pub(crate) async fn next(&mut self, until: Instant) -> Result<Result<Look, Lost>, Failure> {
        loop {
            let look = match self.look().await? {
                Ok(look) => look,
                lost => return Ok(lost),
            };
            let is_over = Instant::now() >= until || *self.stopped.borrow();
            if !look.entries.is_empty() || is_over {
                return Ok(Ok(look));
            }
            // What waits for a transaction of somebody who wakes nobody at its end is looked for soon.
            let soon = Instant::now() + GAP;
            let latest = if look.is_waiting { soon } else { until };
            tokio::select! {
                _ = timeout_at(latest, self.wakes.changed()) => {}
                _ = self.stopped.changed() => {}
            }
            tokio::time::sleep_until(soon.min(until)).await;
        }
    }
}

/// Entries as NDJSON: a line each.
pub(crate) fn lines(entries: &[Entry]) -> String {
    entries.iter().fold(String::new(), |mut text, entry| {
        let _ = writeln!(text, "{}", crate::journal::document(entry));
        text
    })
}

/// Entries as server-sent events, whose id is their place.
pub(crate) fn events(entries: &[Entry]) -> String {
    entries.iter().fold(String::new(), |mut text, entry| {
        let _ = write!(text, "id: {}\nevent: change\ndata: {}\n\n", entry.place, crate::journal::document(entry));
        text
    })
}

/// A sign of life, which moves the place on that a client comes back with.
pub(crate) fn heartbeat(place: Place) -> String {
    format!(": alive\nid: {place}\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ResellerId;

    #[test]
    fn seats_are_bounded_in_all_and_for_one_tenant_and_are_given_back() {
        let readers = Readers::new(3, 2);
        let (one, two) = (Scope::reseller(ResellerId::new(1)), Scope::reseller(ResellerId::new(2)));
        let first = readers.enter(one).unwrap();
        let _second = readers.enter(one).unwrap();
        assert!(readers.enter(one).is_none());
        let _third = readers.enter(two).unwrap();
        assert!(readers.enter(two).is_none());
        drop(first);
        assert!(readers.enter(two).is_some());
    }
}
