//! The deadlines of a shard: one queue for all of its transactions, each deadline with its reason.
//!
//! A hashed, hierarchical timer wheel with a tick of one millisecond. Setting is O(1), firing amortised O(1). Nothing is
//! ever taken out: a machine that has moved on ignores what it no longer waits for, as it must anyway. The clock is left
//! to the caller.
//!
//! RFC 3261 §17 (timers A to K), §16.6 item 11 and §16.8 (timer C); RFC 6026 §7.1 and §7.2 (timers L and M).

use std::collections::VecDeque;
use std::fmt;
use std::time::{Duration, Instant};

use crate::transaction::{ClientId, ServerId, TransactionId};

/// The timers of the four transactions, by the RFC's letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Timer {
    /// INVITE client: send the request again.
    A,
    /// INVITE client: give up.
    B,
    /// INVITE client of a proxy: rang for too long.
    C,
    /// INVITE client: absorb repeated finals no longer.
    D,
    /// Non-INVITE client: send the request again.
    E,
    /// Non-INVITE client: give up.
    F,
    /// INVITE server: send the final response again.
    G,
    /// INVITE server: the ACK will not come.
    H,
    /// INVITE server: absorb repeated ACKs no longer.
    I,
    /// Non-INVITE server: absorb repeated requests no longer.
    J,
    /// Non-INVITE client: absorb repeated responses no longer.
    K,
    /// INVITE server: absorb repeated INVITEs after a 2xx no longer.
    L,
    /// INVITE client: pass up further 2xx no longer.
    M,
    /// INVITE server: the proxy has not decided yet, so a 100 goes out (RFC 3261 §17.2.1).
    Trying,
    /// INVITE client that was cancelled: the final response will not come (RFC 3261 §9.1).
    Cancelled,
}

/// The lengths from which all timers follow (RFC 3261 table 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimerValues {
    /// Round-trip estimate.
    pub t1: Duration,
    /// Longest retransmission interval of non-INVITE requests and INVITE responses.
    pub t2: Duration,
    /// How long a message stays in the network.
    pub t4: Duration,
    /// Timer D over unreliable transports.
    pub d: Duration,
    /// Timer C: how long an INVITE may ring.
    pub c: Duration,
}

impl TimerValues {
    /// 64*T1: timers B, F, H, J, L, M.
    pub fn give_up(&self) -> Duration {
        self.t1 * 64
    }

    /// How long after the first sending timer E is set to T2, having doubled from T1: 3.5 s with the usual values.
    pub fn e_at_t2(&self) -> Duration {
        let (mut sum, mut interval) = (Duration::ZERO, self.t1);
        while interval < self.t2 && !interval.is_zero() {
            sum += interval;
            interval *= 2;
        }
        sum
    }
}

impl Default for TimerValues {
    fn default() -> TimerValues {
        TimerValues {
            t1: Duration::from_millis(500),
            t2: Duration::from_secs(4),
            t4: Duration::from_secs(5),
            // RFC 3261 §17.1.1.2: timer D is at least 32 seconds over unreliable transports.
            d: Duration::from_secs(32),
            // RFC 3261 §16.6 item 11: timer C MUST be larger than 3 minutes.
            c: Duration::from_secs(185),
        }
    }
}

/// Why a core wants to be woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A transaction's timer.
    Transaction(Timer, TransactionId),
    /// A timer of the proxy, with the number that it gave.
    Proxy(u64),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Transaction(timer, transaction) => write!(f, "timer {timer:?} of {transaction}"),
            Reason::Proxy(token) => write!(f, "proxy timer {token:x}"),
        }
    }
}

/// What came due: [`Reason`] in 16 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    Client(Timer, ClientId),
    Server(Timer, ServerId),
    Proxy(u64),
}

impl From<Due> for Reason {
    fn from(due: Due) -> Reason {
        match due {
            Due::Client(timer, id) => Reason::Transaction(timer, TransactionId::Client(id)),
            Due::Server(timer, id) => Reason::Transaction(timer, TransactionId::Server(id)),
            Due::Proxy(token) => Reason::Proxy(token),
        }
    }
}

/// Milliseconds since the wheel began.
type Tick = u64;

const SLOT_BITS: u32 = 6;
const SLOTS: usize = 1 << SLOT_BITS;
/// 2^36 milliseconds, two years, before a deadline is clamped.
const LEVELS: usize = 6;
const TICK_MAX: Tick = (1 << (SLOT_BITS * LEVELS as u32)) - 1;

#[derive(Clone, Copy)]
struct Entry {
    at: Tick,
    due: Due,
}

/// The wheel.
pub(crate) struct Timers {
    start: Option<Instant>,
    /// All up to here has been taken out of the slots.
    elapsed: Tick,
    levels: [Level; LEVELS],
    /// Came due and not yet popped.
    ready: VecDeque<Entry>,
    count: usize,
}

struct Level {
    /// A bit for each slot that holds something.
    occupied: u64,
    slots: [Slot; SLOTS],
}

#[derive(Default)]
struct Slot {
    entries: Vec<Entry>,
    /// The place of the earliest entry, so that the next deadline is exact without a search.
    earliest: usize,
}

impl Timers {
    pub(crate) fn new() -> Timers {
        let level = |_| Level { occupied: 0, slots: std::array::from_fn(|_| Slot::default()) };
        Timers { start: None, elapsed: 0, levels: std::array::from_fn(level), ready: VecDeque::new(), count: 0 }
    }

    /// How many deadlines are waiting, stale ones included.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// Sets a deadline. One in the past is due at once.
    pub(crate) fn set(&mut self, now: Instant, after: Duration, due: Due) {
        let start = *self.start.get_or_insert(now);
        // Rounded up: a timer never fires early.
        let since_start = now.saturating_duration_since(start) + after;
        let at = Tick::try_from(since_start.as_nanos().div_ceil(1_000_000)).unwrap_or(TICK_MAX);
        self.count += 1;
        self.insert(Entry { at: at.min(TICK_MAX), due });
    }

    /// The next deadline that has come, if any; to be called until there is none.
    pub(crate) fn pop(&mut self, now: Instant) -> Option<Due> {
        let start = self.start?;
        let now = Tick::try_from(now.saturating_duration_since(start).as_millis()).unwrap_or(TICK_MAX);
        loop {
            if let Some(entry) = self.ready.pop_front() {
                self.count -= 1;
                return Some(entry.due);
            }
            match self.next_slot() {
                Some((level, slot, begins)) if begins <= now => {
                    self.elapsed = self.elapsed.max(begins);
                    self.empty_slot(level, slot);
                }
                _ => {
                    self.elapsed = self.elapsed.max(now);
                    return None;
                }
            }
        }
    }

    /// When to wake, and what for.
    pub(crate) fn next(&self) -> Option<(Instant, Reason)> {
        let entry = match self.ready.front() {
            Some(entry) => entry,
            None => {
                let (level, slot, _) = self.next_slot()?;
                let slot = &self.levels[level].slots[slot];
                slot.entries.get(slot.earliest)?
            }
        };
        Some((self.start? + Duration::from_millis(entry.at), entry.due.into()))
    }

    fn insert(&mut self, entry: Entry) {
        if entry.at <= self.elapsed {
            self.ready.push_back(entry);
            return;
        }
        // The level is the highest digit in which the deadline differs from the time that has passed.
        let digit = 63 - ((entry.at ^ self.elapsed) | 1).leading_zeros();
        let level = (digit / SLOT_BITS) as usize;
        let index = slot_of(entry.at, level);
        let slot = &mut self.levels[level].slots[index];
        if slot.entries.get(slot.earliest).is_none_or(|earliest| entry.at < earliest.at) {
            slot.earliest = slot.entries.len();
        }
        slot.entries.push(entry);
        self.levels[level].occupied |= 1 << index;
    }

    /// The slot that comes next: level, slot, first tick. Lower levels always come before higher ones.
    fn next_slot(&self) -> Option<(usize, usize, Tick)> {
        self.levels.iter().enumerate().find(|(_, level)| level.occupied != 0).map(|(number, level)| {
            let slot = level.occupied.trailing_zeros() as usize;
            let shift = SLOT_BITS * number as u32;
            let above = self.elapsed >> (shift + SLOT_BITS) << (shift + SLOT_BITS);
            (number, slot, above | (slot as Tick) << shift)
        })
    }

    /// Moves a slot's entries to where they belong now: to lower levels, or to those that are due.
    fn empty_slot(&mut self, level: usize, slot: usize) {
        self.levels[level].occupied &= !(1 << slot);
        let mut entries = std::mem::take(&mut self.levels[level].slots[slot].entries);
        if level == 0 {
            self.ready.extend(entries.drain(..));
        } else {
            for entry in entries.drain(..) {
                self.insert(entry);
            }
        }
        // The room is kept for the next turn of the wheel, unless a burst made it large.
        if entries.capacity() <= 1024 {
            self.levels[level].slots[slot].entries = entries;
        }
    }
}

fn slot_of(at: Tick, level: usize) -> usize {
    (at >> (SLOT_BITS * level as u32)) as usize % SLOTS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_clock::start as base;
    use proptest::prelude::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn a_deadline_fires_at_its_time_and_not_before() {
        let start = base();
        let mut timers = Timers::new();
        timers.set(start, 500 * MS, Due::Proxy(1));
        assert_eq!(timers.next(), Some((start + 500 * MS, Reason::Proxy(1))));
        assert_eq!(timers.pop(start + 499 * MS), None);
        assert_eq!(timers.pop(start + 500 * MS), Some(Due::Proxy(1)));
        assert_eq!(timers.pop(start + 5000 * MS), None);
        assert_eq!(timers.len(), 0);
    }

    #[test]
    fn a_fraction_of_a_tick_is_rounded_up() {
        let start = base();
        let mut timers = Timers::new();
        timers.set(start, MS / 2, Due::Proxy(1));
        assert_eq!(timers.pop(start + MS / 2), None);
        assert_eq!(timers.pop(start + MS), Some(Due::Proxy(1)));
    }

    #[test]
    fn a_deadline_in_the_past_is_due_at_once() {
        let start = base();
        let mut timers = Timers::new();
        assert_eq!(timers.pop(start + 9 * MS), None);
        timers.set(start, Duration::ZERO, Due::Proxy(7));
        assert_eq!(timers.pop(start), Some(Due::Proxy(7)));
    }

    proptest! {
        #[test]
        fn deadlines_fire_in_order_and_exactly_once(
            delays in proptest::collection::vec((0u64..400_000, 0u64..3_000), 1..200),
        ) {
            let start = base();
            let mut timers = Timers::new();
            let mut now = start;
            let mut wanted = Vec::new();
            let mut fired = Vec::new();
            for (number, (delay, step)) in delays.iter().enumerate() {
                timers.set(now, MS * *delay as u32, Due::Proxy(number as u64));
                wanted.push((now + MS * *delay as u32, number as u64));
                now += MS * *step as u32;
                while let Some((at, reason)) = timers.next().filter(|(at, _)| *at <= now) {
                    let Some(Due::Proxy(token)) = timers.pop(at) else { panic!("nothing at {reason}") };
                    fired.push((at, token));
                }
                prop_assert_eq!(timers.pop(now), None);
            }
            while let Some((at, _)) = timers.next() {
                let Some(Due::Proxy(token)) = timers.pop(at) else { panic!("nothing due") };
                fired.push((at, token));
            }
            prop_assert!(fired.is_sorted_by_key(|(at, _)| *at));
            fired.sort();
            wanted.sort();
            prop_assert_eq!(fired, wanted);
        }
    }
}
