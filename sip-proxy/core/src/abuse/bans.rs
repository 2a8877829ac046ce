//! Who is banned. The table is asked for every message, so that an empty one costs a load, and any other a look-up for each length of
//! prefix that occurs in it, which are few.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Instant;

use smallvec::SmallVec;

use super::network::{Network, key_of};

/// A ban.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ban {
    /// Who is banned.
    pub network: Network,
    /// Why, for operators.
    pub reason: Box<str>,
    /// The node that found out; empty: this one.
    pub node: Box<str>,
    /// From when.
    pub since: Instant,
    /// Until when; none: until it is lifted.
    pub ends: Option<Instant>,
}

impl Ban {
    fn is_over(&self, now: Instant) -> bool {
        self.ends.is_some_and(|ends| ends <= now)
    }
}

/// The bans in force.
#[derive(Debug)]
pub struct Bans {
    table: RwLock<Table>,
    count: AtomicUsize,
    max: usize,
}

#[derive(Debug, Default)]
struct Table {
    bans: HashMap<(u8, u128), Ban>,
    /// The lengths of prefixes that occur, and how often.
    prefixes: SmallVec<[(u8, usize); 4]>,
}

impl Bans {
    /// No bans yet, and never more than `max`.
    pub fn new(max: usize) -> Bans {
        Bans { table: RwLock::default(), count: AtomicUsize::new(0), max }
    }

    /// Whether an address is banned now.
    pub fn is_banned(&self, now: Instant, from: IpAddr) -> bool {
        if self.count.load(Ordering::Relaxed) == 0 {
            return false;
        }
        let table = self.read();
        let banned = |prefix: u8| table.bans.get(&key_of(from, prefix)).is_some_and(|ban| !ban.is_over(now));
        table.prefixes.iter().any(|(prefix, _)| banned(*prefix))
    }

    /// Adds a ban, or replaces the one of the same network; false if there are as many as there may be.
    pub fn add(&self, now: Instant, ban: Ban) -> bool {
        let mut table = self.write();
        let key = ban.network.key();
        if table.bans.len() >= self.max && !table.bans.contains_key(&key) {
            table.retain(|ban| !ban.is_over(now));
        }
        let room = table.bans.len() < self.max || table.bans.contains_key(&key);
        if room {
            table.insert(key, ban);
        }
        self.count.store(table.bans.len(), Ordering::Relaxed);
        room
    }

    /// Lifts a ban; whether there was one.
    pub fn lift(&self, network: Network) -> bool {
        let mut table = self.write();
        let was = table.remove(network.key());
        self.count.store(table.bans.len(), Ordering::Relaxed);
        was
    }

    /// Puts these in place of all that there are.
    pub fn replace(&self, bans: impl IntoIterator<Item = Ban>) {
        let mut next = Table::default();
        for ban in bans.into_iter().take(self.max) {
            next.insert(ban.network.key(), ban);
        }
        let mut table = self.write();
        *table = next;
        self.count.store(table.bans.len(), Ordering::Relaxed);
    }

    /// Forgets what has ended.
    pub fn sweep(&self, now: Instant) {
        let mut table = self.write();
        table.retain(|ban| !ban.is_over(now));
        self.count.store(table.bans.len(), Ordering::Relaxed);
    }

    /// The bans after this one, in the order of their networks, at most so many.
    pub fn list(&self, now: Instant, after: Option<Network>, limit: usize) -> Vec<Ban> {
        let mut found: Vec<Ban> = {
            let table = self.read();
            let wanted = table.bans.values().filter(|ban| !ban.is_over(now) && after.is_none_or(|n| ban.network > n));
            wanted.cloned().collect()
        };
        found.sort_unstable_by_key(|ban| ban.network);
        found.truncate(limit);
        found
    }

    /// How many there are, the ended ones that were not forgotten yet counted too.
    pub fn len(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    /// Whether nobody is banned.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    // Each change of the table is complete before anything can panic.
    fn read(&self) -> RwLockReadGuard<'_, Table> {
        self.table.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Table> {
        self.table.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn insert(&mut self, key: (u8, u128), ban: Ban) {
        if self.bans.insert(key, ban).is_none() {
            match self.prefixes.iter_mut().find(|(prefix, _)| *prefix == key.0) {
                Some((_, count)) => *count += 1,
                None => self.prefixes.push((key.0, 1)),
            }
        }
    }

    fn remove(&mut self, key: (u8, u128)) -> bool {
        let was = self.bans.remove(&key).is_some();
        if was {
            self.count_prefixes();
        }
        was
    }

    fn retain(&mut self, keep: impl Fn(&Ban) -> bool) {
        let before = self.bans.len();
        self.bans.retain(|_, ban| keep(ban));
        if self.bans.len() != before {
            self.count_prefixes();
        }
    }

    fn count_prefixes(&mut self) {
        self.prefixes.clear();
        for (prefix, _) in self.bans.keys() {
            match self.prefixes.iter_mut().find(|(known, _)| known == prefix) {
                Some((_, count)) => *count += 1,
                None => self.prefixes.push((*prefix, 1)),
            }
        }
    }
}
