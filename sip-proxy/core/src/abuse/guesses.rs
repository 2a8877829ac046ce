//! Wrong answers for one account from one source. Whoever else is behind that address, and however often it proved itself: a password
//! that was guessed wrong so often is not looked at for a while, so that it cannot be found by trying.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::GuardSettings;

const WAYS: usize = 8;
const PARTS: usize = 16;

/// The table, of fixed size: what was counted longest ago is forgotten first.
#[derive(Debug)]
pub(super) struct Guesses {
    parts: Box<[Mutex<Box<[Row]>>]>,
    secret: u64,
    start: Instant,
    /// Whether anything was ever counted: mostly nothing was.
    counted: AtomicUsize,
}

type Row = [Entry; WAYS];

#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    pair: u64,
    wrong: u32,
    /// In seconds since the start.
    since_s: u32,
}

impl Guesses {
    pub(super) fn new(max: usize, secret: u64, start: Instant) -> Guesses {
        let rows = max.div_ceil(PARTS * WAYS).max(1);
        let part = || Mutex::new(vec![[Entry::default(); WAYS]; rows].into_boxed_slice());
        Guesses { parts: (0..PARTS).map(|_| part()).collect(), secret, start, counted: AtomicUsize::new(0) }
    }

    pub(super) fn may_try(&self, now: Instant, pair: impl FnOnce() -> u64, settings: &GuardSettings) -> bool {
        if self.counted.load(Ordering::Relaxed) == 0 {
            return true;
        }
        let (now_s, pair) = (self.seconds(now), pair());
        let part = self.part(pair);
        let row = &part[self.row(pair, part.len())];
        let entry = row.iter().find(|entry| entry.wrong > 0 && entry.pair == pair);
        entry.is_none_or(|entry| entry.is_old(now_s, settings) || entry.wrong < settings.wrong_max)
    }

    pub(super) fn wrong(&self, now: Instant, pair: u64, settings: &GuardSettings) {
        self.counted.store(1, Ordering::Relaxed);
        let now_s = self.seconds(now);
        let mut part = self.part(pair);
        let index = self.row(pair, part.len());
        let row = &mut part[index];
        let known = row.iter().position(|entry| entry.wrong > 0 && entry.pair == pair);
        let oldest = || row.iter().enumerate().min_by_key(|(_, e)| (e.wrong > 0, e.since_s)).map_or(0, |(i, _)| i);
        let place = known.unwrap_or_else(oldest);
        let entry = &mut row[place];
        if known.is_none() || entry.is_old(now_s, settings) {
            *entry = Entry { pair, wrong: 0, since_s: now_s };
        }
        entry.wrong = entry.wrong.saturating_add(1);
    }

    fn seconds(&self, now: Instant) -> u32 {
        u32::try_from(now.saturating_duration_since(self.start).as_secs()).unwrap_or(u32::MAX)
    }

    fn row(&self, pair: u64, rows: usize) -> usize {
        (((pair ^ self.secret) >> 8) % rows as u64) as usize
    }

    fn part(&self, pair: u64) -> MutexGuard<'_, Box<[Row]>> {
        let part = ((pair ^ self.secret) % PARTS as u64) as usize;
        // Each change of an entry is complete before anything can panic.
        self.parts[part].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    fn is_old(&self, now_s: u32, settings: &GuardSettings) -> bool {
        u64::from(now_s.saturating_sub(self.since_s)) > settings.wrong_window.as_secs()
    }
}
