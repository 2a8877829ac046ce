//! What other processes on the same database hold: which addresses are to be read because of it, and how their part and ours are put
//! together in the one table that routing looks at.
//!
//! The change feed names an address when a contact came, went or moved, and says nothing of a refresh; so an address is also read when
//! the end comes that is known of a contact elsewhere. Each address is in the list once, and a list that grows too long becomes "all".

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use domain::SipId;
use sip_core::locations::{Binding, Bindings};
use sip_core::registrar::BindingChange;
use sip_message::uri::Uri;
use tracing::debug;

use super::record::StoredBinding;
use super::{LocationWriter, clocks};

/// Addresses that may wait to be read one by one.
const LOOKS_MAX: usize = 100_000;
/// A contact elsewhere stands a little longer than it says: until it is known whether it was refreshed.
const GRACE: Duration = Duration::from_secs(5);
/// How much longer it stands while the database cannot be asked.
const UNKNOWN: Duration = Duration::from_secs(30);

/// What is to be read.
#[derive(Debug, Default)]
pub(crate) struct Looks {
    now: HashSet<SipId>,
    everything: bool,
    /// When each address is to be read without anybody saying so, in seconds since 1970.
    at: HashMap<SipId, u64>,
    /// The same the other way round; what `at` does not confirm is outdated.
    due: BTreeMap<u64, Vec<SipId>>,
}

/// What to read next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// Nothing.
    Nothing,
    /// These addresses.
    At(Vec<SipId>),
    /// All there are.
    Everything,
}

/// A contact as the database has it, and whether it is of this process.
pub(crate) type Row = (bool, StoredBinding);

impl Looks {
    fn add(&mut self, aor: SipId) {
        if self.everything {
            return;
        }
        self.now.insert(aor);
        if self.now.len() > LOOKS_MAX {
            self.now = HashSet::new();
            self.everything = true;
        }
    }

    fn schedule(&mut self, aor: SipId, second: u64) {
        // An earlier look will see that it came too early.
        if self.at.get(&aor).is_some_and(|planned| *planned <= second) {
            return;
        }
        self.at.insert(aor.clone(), second);
        self.due.entry(second).or_default().push(aor);
    }

    fn take_due(&mut self, second: u64) -> Vec<SipId> {
        let mut taken = Vec::new();
        while let Some(first) = self.due.first_entry() {
            if *first.key() > second {
                break;
            }
            let (planned, aors) = first.remove_entry();
            for aor in aors {
                if self.at.get(&aor) == Some(&planned) {
                    self.at.remove(&aor);
                    taken.push(aor);
                }
            }
        }
        taken
    }
}

impl LocationWriter {
    /// Another process has changed what it holds of this address.
    pub(crate) fn look_at(&self, aor: SipId) {
        self.looks().add(aor);
        self.look.notify_one();
    }

    /// Nobody knows what others have changed.
    pub(crate) fn look_at_everything(&self) {
        self.everything_to_look_at(true);
        self.look.notify_one();
    }

    /// As [`LocationWriter::look_at_everything`], or that it is about to be done; nobody is woken for it.
    pub(super) fn everything_to_look_at(&self, is_so: bool) {
        let mut looks = self.looks();
        looks.now = HashSet::new();
        looks.everything = is_so;
    }

    /// The database is another than before, perhaps an older one: all that is held here is written again.
    pub(crate) fn write_everything(&self) {
        let now = clocks().now;
        let held = |bindings: &[Binding]| bindings.iter().any(|binding| !binding.elsewhere);
        for aor in self.shared.locations.addresses(held) {
            let mut state = self.state();
            let bindings = self.shared.locations.get(&aor, now).unwrap_or_default();
            state.put(BindingChange { aor, bindings, taken_over: Vec::new() });
        }
        self.work.notify_one();
    }

    /// What to read next, at most so many addresses.
    pub(super) fn next_look(&self, most: usize) -> Look {
        let mut looks = self.looks();
        if std::mem::take(&mut looks.everything) {
            return Look::Everything;
        }
        let aors: Vec<SipId> = looks.now.iter().take(most).cloned().collect();
        if aors.is_empty() {
            return Look::Nothing;
        }
        for aor in &aors {
            looks.now.remove(aor);
        }
        Look::At(aors)
    }

    /// Puts those into the list whose time has come. Called about once a second.
    pub(super) fn look_at_what_ends(&self) -> bool {
        let clocks = clocks();
        let second = unix_s(clocks.unix_ms(clocks.now));
        let due = self.looks().take_due(second);
        for aor in due {
            let bindings = self.shared.locations.get(&aor, clocks.now).unwrap_or_default();
            let Some(end) = first_end(&bindings).map(|end| unix_s(clocks.unix_ms(end)) + 1) else { continue };
            let mut looks = self.looks();
            if end > second {
                looks.schedule(aor, end);
            } else {
                looks.add(aor);
            }
        }
        let looks = self.looks();
        looks.everything || !looks.now.is_empty()
    }

    /// These could not be read: what others hold of them is taken to go on, and they stay in the list.
    pub(super) fn not_seen(&self, aors: Vec<SipId>) {
        let now = clocks().now;
        let at_least = now + UNKNOWN + GRACE;
        for aor in aors {
            let Ok(_) = self.shared.locations.update(&aor, now, |standing| {
                let mut next = standing.to_vec();
                for binding in next.iter_mut().filter(|binding| binding.elsewhere) {
                    binding.expires_at = binding.expires_at.max(at_least);
                }
                Ok::<_, std::convert::Infallible>(Some(next))
            });
            self.looks().add(aor);
        }
    }

    /// Puts together what is held here and what the database says that others hold. Must not be called while what is held here is
    /// on its way to the database. At the `first` time what the database says of this process is taken too.
    pub(super) fn merge(&self, aor: &SipId, rows: &[Row], first: bool) {
        let clocks = clocks();
        // The lock is held throughout: a shard that registers this address now comes before or after.
        let state = self.state();
        let pending = state.pending.get(aor);
        let is_ours = |key: &[u8]| rows.iter().any(|(ours, row)| *ours && *row.key() == *key);
        let Ok(after) = self.shared.locations.update(aor, clocks.now, |standing| {
            // What is held here and no longer in the database has gone to another process, or was removed through one.
            let held = |b: &&Binding| !b.elsewhere && (first || pending.is_some() || is_ours(&b.key()));
            let mut next: Vec<Binding> = standing.iter().filter(held).cloned().collect();
            for (ours, row) in rows {
                let known = next.iter().any(|binding| is_same(&binding.key(), &row.key()));
                let taken_over =
                    pending.is_some_and(|pending| pending.taken_over.iter().any(|key| **key == *row.key()));
                // What waits to be written is newer than what was read.
                let outdated = *ours && (!first || pending.is_some());
                if known || taken_over || outdated {
                    continue;
                }
                let restored = match ours {
                    true => row.restore(&self.listeners, &clocks),
                    false => row.restore_elsewhere(&self.listeners, &clocks),
                };
                let Some(mut binding) = restored else { continue };
                if binding.elsewhere {
                    binding.expires_at += GRACE;
                }
                next.push(binding);
            }
            Ok::<_, std::convert::Infallible>(Some(next))
        });
        drop(state);
        if let Some(end) = first_end(&after) {
            self.looks().schedule(aor.clone(), unix_s(clocks.unix_ms(end)) + 1);
        }
        debug!(account.id = %aor, contacts = after.len(), "{aor} has {} contacts, here and elsewhere", after.len());
    }

    fn looks(&self) -> MutexGuard<'_, Looks> {
        // Each change of the list is complete before anything can panic.
        self.looks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The first end that is known of a contact elsewhere.
fn first_end(bindings: &Bindings) -> Option<std::time::Instant> {
    let ends = bindings.iter().filter(|binding| binding.elsewhere).map(|binding| binding.expires_at);
    ends.min()?.checked_sub(GRACE)
}

fn unix_s(unix_ms: i64) -> u64 {
    u64::try_from(unix_ms).unwrap_or_default() / 1000
}

fn is_same(a: &[u8], b: &[u8]) -> bool {
    a == b || matches!((Uri::parse(a), Uri::parse(b)), (Ok(a), Ok(b)) if a.is_equivalent(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> SipId {
        SipId::parse(text).expect("a name")
    }

    #[test]
    fn an_address_is_read_at_the_earliest_time_that_was_planned_and_once() {
        let mut looks = Looks::default();
        looks.schedule(name("a@x.example"), 20);
        looks.schedule(name("a@x.example"), 30);
        looks.schedule(name("b@x.example"), 20);
        looks.schedule(name("b@x.example"), 10);
        assert_eq!(looks.take_due(9), []);
        assert_eq!(looks.take_due(15), [name("b@x.example")]);
        assert_eq!(looks.take_due(40), [name("a@x.example")]);
        assert!(looks.at.is_empty() && looks.due.is_empty());
    }

    #[test]
    fn a_list_that_grows_too_long_becomes_all() {
        let mut looks = Looks::default();
        for number in 0..=LOOKS_MAX {
            looks.add(name(&format!("u{number}@x.example")));
        }
        assert!(looks.everything && looks.now.is_empty());
        looks.add(name("a@x.example"));
        assert!(looks.now.is_empty(), "it is among all");
    }
}
