//! Nonces (RFC 7616 §3.3, §5.4, §5.5): made without remembering anything, judged by their own seal, and counted only once used.
//! One table serves all shards of a process, because a client may use one nonce in requests that different shards handle. Processes that
//! share a secret accept each other's nonces; each counts what it saw itself.
//!
//! A nonce is `issued (4 octets) | issuer (4) | serial (6) | seal (10)` in hexadecimal; issued is the time in seconds since 1970, the issuer
//! a number that each process draws when it starts, and the seal an HMAC-SHA256 under the secret. Most nonces are used once: of such a one a
//! single bit is remembered, beside those of its neighbours. One that is used again costs an entry with a window of the last 64 counts. When
//! the table is full what is oldest goes, and from then on no nonce as old as that is accepted: forgetting never opens a replay. Nor does a
//! restart: what others issued before this process began may have been counted by the one before it, and is stale.

use crate::hashing::hexadecimal;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};
use subtle::ConstantTimeEq;

const PARTS: usize = 16;
const HEAD: usize = 14;
const SEAL: usize = 10;
const RAW: usize = HEAD + SEAL;
/// The counts behind the highest one that are still told apart: requests overtake each other on UDP.
const WINDOW: u32 = 64;
/// So many neighbours' bits lie together.
const ROW: u64 = 256;
/// Of how many other processes nonces are counted at one time.
const OTHERS_MAX: usize = 32;

/// What a nonce and its count are worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NonceVerdict {
    /// Ours, young, and this count was not seen before.
    Fresh,
    /// Ours, but too old, or as old as entries that had to be forgotten.
    Stale,
    /// This count was used already, or lies behind the window.
    Replayed,
    /// Not made under this secret.
    Foreign,
}

/// What is known of a nonce that was used with other counts than 1.
#[derive(Clone, Copy)]
struct Used {
    seen: u64,
    highest: u32,
    age_s: u32,
}

/// Neighbours, and which of them were used with the count 1 and no other.
#[derive(Clone, Copy, Default)]
struct Row {
    bits: [u64; (ROW / 64) as usize],
    /// When the youngest of them was issued.
    age_s: u32,
}

#[derive(Default)]
struct Part {
    used: BTreeMap<u64, Used>,
    once: BTreeMap<u64, Row>,
    // Serials up to this one were possibly counted and forgotten.
    forgotten: u64,
}

/// Which counts were seen of one issuer's nonces.
#[derive(Default)]
struct Counted {
    parts: [Mutex<Part>; PARTS],
    /// When it was last looked at.
    seen_s: AtomicU32,
}

/// Makes and judges nonces.
pub struct Nonces {
    seal: RwLock<Hmac<Sha256>>,
    start: Instant,
    /// The wall clock at the start, in seconds since 1970; zero while it is not known.
    start_s: AtomicU32,
    issuer: u32,
    lifetime_s: u32,
    capacity: usize,
    serial: AtomicU64,
    own: Counted,
    others: Mutex<HashMap<u32, Arc<Counted>>>,
}

impl std::fmt::Debug for Nonces {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Nonces").field("used", &self.used()).finish_non_exhaustive()
    }
}

/// What a nonce says of itself.
#[derive(Clone, Copy)]
struct Opened {
    issued_s: u32,
    issuer: u32,
    serial: u64,
}

impl Nonces {
    /// A table whose nonces live for `lifetime`; at most `capacity` entries and rows of bits are remembered of each issuer.
    pub fn new(secret: &[u8; 32], start: Instant, lifetime: Duration, capacity: usize) -> Nonces {
        Nonces {
            seal: RwLock::new(keyed(secret)),
            start,
            start_s: AtomicU32::new(0),
            issuer: 0,
            lifetime_s: u32::try_from(lifetime.as_secs()).unwrap_or(u32::MAX),
            capacity: (capacity / PARTS).max(1),
            serial: AtomicU64::new(1),
            own: Counted::default(),
            others: Mutex::default(),
        }
    }

    /// The same as another process's, which accepts these nonces if it has the secret.
    #[must_use]
    pub fn with_issuer(mut self, issuer: u32) -> Nonces {
        self.issuer = issuer;
        self
    }

    /// Another secret from now on.
    pub fn set_secret(&self, secret: &[u8; 32]) {
        *self.seal.write().unwrap_or_else(PoisonError::into_inner) = keyed(secret);
    }

    /// The wall clock shows this time since 1970 at this instant.
    pub fn set_wall_clock(&self, now: Instant, since_1970: Duration) {
        let elapsed = now.saturating_duration_since(self.start);
        let start_s = u32::try_from(since_1970.saturating_sub(elapsed).as_secs()).unwrap_or(u32::MAX);
        // A second more or less is rounding, and the clock of all that was issued is not moved for it.
        if self.start_s.load(Ordering::Relaxed).abs_diff(start_s) > 1 {
            self.start_s.store(start_s, Ordering::Relaxed);
        }
    }

    /// A new nonce.
    pub fn issue(&self, now: Instant) -> String {
        let serial = self.serial.fetch_add(1, Ordering::Relaxed);
        let mut raw = [0; RAW];
        raw[..4].copy_from_slice(&self.time_s(now).to_be_bytes());
        raw[4..8].copy_from_slice(&self.issuer.to_be_bytes());
        raw[8..HEAD].copy_from_slice(&serial.to_be_bytes()[2..]);
        let seal = self.seal_of(&raw[..HEAD]);
        raw[HEAD..].copy_from_slice(&seal);
        hexadecimal(&raw)
    }

    /// Judges a nonce with its count and remembers the count if it is fresh.
    pub fn judge(&self, now: Instant, nonce: &[u8], count: u32) -> NonceVerdict {
        let Some(opened) = self.open(nonce) else {
            return NonceVerdict::Foreign;
        };
        let time_s = self.time_s(now);
        if time_s.saturating_sub(opened.issued_s) > self.lifetime_s {
            return NonceVerdict::Stale;
        }
        if opened.issuer == self.issuer {
            return self.count(&self.own, opened, time_s, count);
        }
        // RFC 7616 §5.5: who counted it before this process began is not known.
        if opened.issued_s < self.start_s.load(Ordering::Relaxed) {
            return NonceVerdict::Stale;
        }
        match self.other(opened.issuer, time_s) {
            Some(counted) => self.count(&counted, opened, time_s, count),
            None => NonceVerdict::Stale,
        }
    }

    /// Whether a nonce was made here and has not become too old. Nothing is remembered.
    pub fn is_ours(&self, now: Instant, nonce: &[u8]) -> bool {
        let is_young = |opened: &Opened| self.time_s(now).saturating_sub(opened.issued_s) <= self.lifetime_s;
        self.open(nonce).is_some_and(|opened| opened.issuer == self.issuer && is_young(&opened))
    }

    /// How many used nonces are remembered.
    pub fn used(&self) -> usize {
        let of = |counted: &Counted| counted.parts.iter().map(|part| lock(part).known()).sum::<usize>();
        of(&self.own) + lock(&self.others).values().map(|counted| of(counted)).sum::<usize>()
    }

    fn count(&self, counted: &Counted, opened: Opened, time_s: u32, count: u32) -> NonceVerdict {
        // Serials are dense, so the low bits spread them evenly.
        let mut part = lock(&counted.parts[(opened.serial % PARTS as u64) as usize]);
        let verdict = part.count(opened.serial, opened.issued_s, count);
        part.trim(time_s.saturating_sub(self.lifetime_s), self.capacity);
        verdict
    }

    /// What was seen of another process's nonces; none where there are too many others.
    fn other(&self, issuer: u32, time_s: u32) -> Option<Arc<Counted>> {
        let mut others = lock(&self.others);
        if !others.contains_key(&issuer) && others.len() >= OTHERS_MAX {
            // What was last looked at so long ago holds nothing that is not stale by its age.
            let oldest_s = time_s.saturating_sub(self.lifetime_s);
            others.retain(|_, counted| counted.seen_s.load(Ordering::Relaxed) >= oldest_s);
            if others.len() >= OTHERS_MAX {
                return None;
            }
        }
        let counted = others.entry(issuer).or_default();
        counted.seen_s.store(time_s, Ordering::Relaxed);
        Some(Arc::clone(counted))
    }

    fn time_s(&self, now: Instant) -> u32 {
        let elapsed = now.saturating_duration_since(self.start).as_secs();
        self.start_s.load(Ordering::Relaxed).saturating_add(u32::try_from(elapsed).unwrap_or(u32::MAX))
    }

    fn seal_of(&self, head: &[u8]) -> [u8; SEAL] {
        let mut mac = self.seal.read().unwrap_or_else(PoisonError::into_inner).clone();
        mac.update(head);
        let whole = mac.finalize().into_bytes();
        let mut seal = [0; SEAL];
        seal.copy_from_slice(&whole[..SEAL]);
        seal
    }

    fn open(&self, nonce: &[u8]) -> Option<Opened> {
        if nonce.len() != 2 * RAW {
            return None;
        }
        let mut raw = [0; RAW];
        for (byte, pair) in raw.iter_mut().zip(nonce.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        let seal = self.seal_of(&raw[..HEAD]);
        if !bool::from(seal.ct_eq(&raw[HEAD..])) {
            return None;
        }
        let mut serial = [0; 8];
        serial[2..].copy_from_slice(&raw[8..HEAD]);
        Some(Opened {
            issued_s: u32::from_be_bytes(raw[..4].try_into().ok()?),
            issuer: u32::from_be_bytes(raw[4..8].try_into().ok()?),
            serial: u64::from_be_bytes(serial),
        })
    }
}

fn keyed(secret: &[u8; 32]) -> Hmac<Sha256> {
    // A key of any length makes an HMAC; the block form cannot fail and takes the 32 octets zero-padded.
    let mut block = [0; 64];
    block[..32].copy_from_slice(secret);
    Hmac::new(&block.into())
}

impl Part {
    fn count(&mut self, serial: u64, issued_s: u32, count: u32) -> NonceVerdict {
        if count == 0 {
            return NonceVerdict::Replayed;
        }
        if !self.used.contains_key(&serial) {
            match self.used_once(serial) {
                // RFC 7616 §5.5: a count seen before is a replay.
                true if count == 1 => return NonceVerdict::Replayed,
                true => self.remember_counts(serial, issued_s),
                false if serial <= self.forgotten => return NonceVerdict::Stale,
                false if count == 1 => {
                    self.note_once(serial, issued_s);
                    return NonceVerdict::Fresh;
                }
                false => {
                    self.used.insert(serial, Used { seen: 1, highest: count, age_s: issued_s });
                    return NonceVerdict::Fresh;
                }
            }
        }
        let Some(used) = self.used.get_mut(&serial) else { return NonceVerdict::Stale };
        if count > used.highest {
            let ahead = count - used.highest;
            used.seen = used.seen.checked_shl(ahead).unwrap_or(0) | 1;
            used.highest = count;
            return NonceVerdict::Fresh;
        }
        // RFC 7616 §5.5: a count seen before is a replay; one behind the window cannot be told from one.
        let behind = used.highest - count;
        if behind >= WINDOW || used.seen >> behind & 1 == 1 {
            return NonceVerdict::Replayed;
        }
        used.seen |= 1 << behind;
        NonceVerdict::Fresh
    }

    fn known(&self) -> usize {
        let ones = |row: &Row| row.bits.iter().map(|bits| bits.count_ones() as usize).sum::<usize>();
        self.used.len() + self.once.values().map(ones).sum::<usize>()
    }

    fn used_once(&self, serial: u64) -> bool {
        let (row, word, bit) = bit_of(serial);
        self.once.get(&row).is_some_and(|row| row.bits[word] & bit != 0)
    }

    fn note_once(&mut self, serial: u64, issued_s: u32) {
        let (row, word, bit) = bit_of(serial);
        let row = self.once.entry(row).or_default();
        row.bits[word] |= bit;
        row.age_s = row.age_s.max(issued_s);
    }

    /// One that was used once is used again: its bit becomes an entry. Were both kept, the entry could be forgotten before the bit, and the
    /// bit would tell of one count alone.
    fn remember_counts(&mut self, serial: u64, issued_s: u32) {
        let (row, word, bit) = bit_of(serial);
        if let Some(row) = self.once.get_mut(&row) {
            row.bits[word] &= !bit;
        }
        self.used.insert(serial, Used { seen: 1, highest: 1, age_s: issued_s });
    }

    fn trim(&mut self, oldest_s: u32, capacity: usize) {
        loop {
            let used = self.used.first_key_value().map(|(serial, used)| (*serial, used.age_s));
            let once = self.once.first_key_value().map(|(row, bits)| (last_of(*row), bits.age_s));
            let is_used = match (used, once) {
                (None, None) => return,
                (Some((used, _)), Some((once, _))) => used <= once,
                (used, _) => used.is_some(),
            };
            let Some((serial, age_s)) = (if is_used { used } else { once }) else { return };
            let expired = age_s < oldest_s;
            if !expired && self.used.len() + self.once.len() <= capacity {
                return;
            }
            if is_used {
                self.used.pop_first();
            } else {
                self.once.pop_first();
            }
            // What expired is refused by its age already.
            if !expired {
                self.forgotten = self.forgotten.max(serial);
            }
        }
    }
}

/// The row of a serial within its part, the word there and the bit in it.
fn bit_of(serial: u64) -> (u64, usize, u64) {
    let place = serial / PARTS as u64;
    (place / ROW, (place % ROW / 64) as usize, 1 << (place % 64))
}

/// A serial that is not below any of a row, in whichever part.
fn last_of(row: u64) -> u64 {
    (row + 1) * ROW * PARTS as u64 - 1
}

fn lock<T>(part: &Mutex<T>) -> MutexGuard<'_, T> {
    // A thread that panicked left whole entries behind: the table stays usable.
    part.lock().unwrap_or_else(PoisonError::into_inner)
}

fn digit(c: u8) -> Option<u8> {
    char::from(c).to_digit(16).and_then(|d| u8::try_from(d).ok())
}

#[cfg(test)]
mod tests;
