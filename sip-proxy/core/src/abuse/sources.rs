//! What is remembered of each source: how much it may still send (a token bucket), how many wrong answers it gave, and until when it
//! counts as one that proved itself. A table of fixed size: a new source takes the place of the one of its row that was heard of longest
//! ago, one that proved itself last.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::network::Source;
use super::{GuardSettings, Offence};

const PARTS: usize = 64;
const WAYS: usize = 8;
/// Tokens are counted in thousandths, so that a millisecond earns whole ones.
const MILLI: u64 = 1000;

/// The table.
#[derive(Debug)]
pub(super) struct Sources {
    parts: Box<[Mutex<Box<[Row]>>]>,
    secret: u64,
    start: Instant,
}

type Row = [Entry; WAYS];

#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    source: u128,
    /// When it was last heard of, in milliseconds since the start, and one; 0: the entry is free.
    seen_ms: u64,
    /// What it has spent and not earned again, in thousandths of a message.
    spent: u64,
    /// Until when it counts as proved, in milliseconds since the start.
    proved_until_ms: u64,
    wrong: u32,
    wrong_since_ms: u64,
    counts: OffenceCounts,
}

/// How often a source did what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OffenceCounts {
    /// Octets that were no SIP message.
    pub malformed: u32,
    /// Requests in the name of accounts that there are not.
    pub unknown: u32,
    /// Requests of known scanners.
    pub scanner: u32,
    /// Wrong answers to our nonces.
    pub wrong_answers: u32,
    /// Messages beyond what the source may send.
    pub limited: u32,
}

impl OffenceCounts {
    /// All of them.
    pub fn sum(&self) -> u64 {
        [self.malformed, self.unknown, self.scanner, self.wrong_answers, self.limited]
            .iter()
            .map(|n| u64::from(*n))
            .sum()
    }
}

impl Sources {
    pub(super) fn new(max: usize, secret: u64, start: Instant) -> Sources {
        let rows = max.div_ceil(PARTS * WAYS).max(1);
        let part = || Mutex::new(vec![[Entry::default(); WAYS]; rows].into_boxed_slice());
        Sources { parts: (0..PARTS).map(|_| part()).collect(), secret, start }
    }

    /// Spends so many messages of what a source may send; whether it had them. Who proved itself always has.
    pub(super) fn spend(&self, now: Instant, source: Source, messages: u32, settings: &GuardSettings) -> bool {
        let now_ms = self.ms(now);
        let mut part = self.part(source);
        let entry = self.entry(&mut part, source, now_ms);
        let earned = (now_ms + 1).saturating_sub(entry.seen_ms) * u64::from(settings.source_messages_per_s);
        entry.spent = entry.spent.saturating_sub(earned);
        entry.seen_ms = now_ms + 1;
        if entry.proved_until_ms > now_ms || settings.source_messages_per_s == 0 {
            return true;
        }
        let burst = u64::from(settings.source_burst.max(1)) * MILLI;
        let had = entry.spent < burst;
        // Nobody owes more than twice what it may have: who stops is heard again soon.
        entry.spent = (entry.spent + u64::from(messages) * MILLI).min(2 * burst);
        if !had {
            entry.counts.limited = entry.counts.limited.saturating_add(1);
        }
        had
    }

    /// Counts what a source did.
    pub(super) fn count(&self, now: Instant, source: Source, offence: Offence) {
        let now_ms = self.ms(now);
        let mut part = self.part(source);
        let counts = &mut self.entry(&mut part, source, now_ms).counts;
        let count = match offence {
            Offence::Malformed => &mut counts.malformed,
            Offence::Unknown => &mut counts.unknown,
            Offence::Scanner => &mut counts.scanner,
            Offence::WrongAnswer => &mut counts.wrong_answers,
        };
        *count = count.saturating_add(1);
    }

    /// The sources that did most of what they should not.
    pub(super) fn worst(&self, most: usize) -> Vec<(Source, OffenceCounts)> {
        let mut found = Vec::new();
        for part in &self.parts {
            let part = part.lock().unwrap_or_else(PoisonError::into_inner);
            let guilty = part.iter().flatten().filter(|entry| entry.seen_ms > 0 && entry.counts.sum() > 0);
            found.extend(guilty.map(|entry| (Source::from_number(entry.source), entry.counts)));
        }
        found.sort_unstable_by_key(|(source, counts)| (std::cmp::Reverse(counts.sum()), source.number()));
        found.truncate(most);
        found
    }

    /// Counts a wrong answer; whether there were too many of late.
    pub(super) fn wrong(&self, now: Instant, source: Source, settings: &GuardSettings) -> bool {
        let now_ms = self.ms(now);
        let mut part = self.part(source);
        let entry = self.entry(&mut part, source, now_ms);
        if now_ms.saturating_sub(entry.wrong_since_ms) > settings.wrong_window.as_millis() as u64 || entry.wrong == 0 {
            entry.wrong = 0;
            entry.wrong_since_ms = now_ms;
        }
        entry.wrong = entry.wrong.saturating_add(1);
        let enough = entry.wrong >= settings.wrong_max;
        if enough {
            // After the ban it begins anew.
            entry.wrong = 0;
        }
        enough
    }

    pub(super) fn proved(&self, now: Instant, source: Source, lasts: Duration) {
        let now_ms = self.ms(now);
        let mut part = self.part(source);
        let entry = self.entry(&mut part, source, now_ms);
        entry.proved_until_ms = now_ms + lasts.as_millis() as u64;
        entry.wrong = 0;
    }

    pub(super) fn has_proved(&self, now: Instant, source: Source) -> bool {
        let now_ms = self.ms(now);
        let part = self.part(source);
        let row = &part[self.row(source, part.len())];
        row.iter().any(|entry| entry.source == source.number() && entry.proved_until_ms > now_ms)
    }

    /// The entry of a source, which may be new and then takes another's place.
    fn entry<'a>(&self, part: &'a mut [Row], source: Source, now_ms: u64) -> &'a mut Entry {
        let index = self.row(source, part.len());
        let row = &mut part[index];
        let number = source.number();
        let place = match row.iter().position(|entry| entry.seen_ms > 0 && entry.source == number) {
            Some(place) => place,
            None => {
                let oldest = |(_, entry): &(usize, &Entry)| (entry.proved_until_ms > now_ms, entry.seen_ms);
                let place = row.iter().enumerate().min_by_key(oldest).map_or(0, |(place, _)| place);
                row[place] = Entry { source: number, seen_ms: now_ms + 1, ..Entry::default() };
                place
            }
        };
        &mut row[place]
    }

    fn ms(&self, now: Instant) -> u64 {
        now.saturating_duration_since(self.start).as_millis() as u64
    }

    /// Keyed, so that nobody can choose whose place it takes.
    fn hash(&self, source: Source) -> u64 {
        let number = source.number();
        let mixed = (number as u64 ^ self.secret).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (number >> 64) as u64;
        let spread = u128::from(mixed.rotate_left(29) ^ self.secret) * 0xd6e8_feb8_6659_fd93;
        (spread >> 64) as u64 ^ spread as u64
    }

    fn row(&self, source: Source, rows: usize) -> usize {
        ((self.hash(source) >> 6) % rows as u64) as usize
    }

    fn part(&self, source: Source) -> MutexGuard<'_, Box<[Row]>> {
        let part = (self.hash(source) % PARTS as u64) as usize;
        // Each change of an entry is complete before anything can panic.
        self.parts[part].lock().unwrap_or_else(PoisonError::into_inner)
    }
}
