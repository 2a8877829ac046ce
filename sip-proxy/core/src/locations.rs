//! The location table (RFC 3261 §10.3 "location service"): which contacts every address of record has. One table serves a whole
//! process: the registrar of any shard changes it, the routing of every shard reads it. Writing changes to the database and
//! reading them back at the start are the business of the process around the core.
//!
//! A change replaces the whole set of one address under that part's lock, so a reader sees the set before or after, never between.
//! Readers leave out what has expired; [`Locations::sweep`] frees it later, a part of the table at a time, which needs no index.
//!
//! The table keeps its sets as octets ([`packed`]), since there are very many of them and each is seldom read.

mod packed;

use crate::flow::Flow;
use crate::records::{Key, Keys, Records, address};
use domain::SipId;
use smallvec::SmallVec;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

const PARTS: usize = 64;
/// The longest text of one binding, all its parts together.
const TEXT_MAX: usize = 8 * 1024;

/// The texts of a binding as they go in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BindingTexts<'a> {
    /// The contact's URI, without brackets.
    pub contact: &'a [u8],
    /// The contact's parameters other than `q` and `expires`, with their leading semicolon; empty: none.
    pub params: &'a [u8],
    /// The Call-ID of the REGISTER that made it.
    pub call_id: &'a [u8],
    /// The Path values, comma separated, in the order in which they become a Route (RFC 3327 §5.3); empty: none.
    pub path: &'a [u8],
    /// The User-Agent header; empty: none.
    pub user_agent: &'a [u8],
}

/// One contact of an address of record. Its texts lie in one piece of memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    texts: Box<[u8]>,
    ends: [u16; 4],
    /// Preference in thousandths (RFC 3261 §20.10), 1000 where none was given.
    pub q_per_mille: u16,
    /// Whether `q` was given.
    pub q_given: bool,
    /// The CSeq number of the REGISTER that made it.
    pub cseq: u32,
    /// When it ends.
    pub expires_at: Instant,
    /// Where the REGISTER came from.
    pub flow: Flow,
    /// Another process took the REGISTER and holds the contact; this one only knows of it.
    pub elsewhere: bool,
}

/// A binding's texts are longer than one binding may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the texts of a binding are too long")]
pub struct TooLong;

impl Binding {
    /// Makes a binding.
    ///
    /// # Errors
    /// Refuses texts that are longer than a binding may hold.
    pub fn new(texts: BindingTexts<'_>, flow: Flow, cseq: u32, expires_at: Instant) -> Result<Binding, TooLong> {
        let parts = [texts.contact, texts.params, texts.call_id, texts.path, texts.user_agent];
        let whole = parts.concat();
        if whole.len() > TEXT_MAX {
            return Err(TooLong);
        }
        let mut ends = [0; 4];
        let mut end = 0;
        for (slot, part) in ends.iter_mut().zip(parts) {
            end += part.len();
            *slot = u16::try_from(end).map_err(|_| TooLong)?;
        }
        Ok(Binding {
            texts: whole.into(),
            ends,
            q_per_mille: 1000,
            q_given: false,
            cseq,
            expires_at,
            flow,
            elsewhere: false,
        })
    }

    /// The same binding with a preference.
    #[must_use]
    pub fn with_q(mut self, q_per_mille: Option<u16>) -> Binding {
        self.q_given = q_per_mille.is_some();
        self.q_per_mille = q_per_mille.unwrap_or(1000);
        self
    }

    fn part(&self, index: usize) -> &[u8] {
        let start = if index == 0 { 0 } else { usize::from(self.ends[index - 1]) };
        let end = self.ends.get(index).map_or(self.texts.len(), |e| usize::from(*e));
        &self.texts[start..end]
    }

    /// The contact's URI.
    pub fn contact(&self) -> &[u8] {
        self.part(0)
    }

    /// The contact's other parameters, with their leading semicolon.
    pub fn params(&self) -> &[u8] {
        self.part(1)
    }

    /// The Call-ID of the REGISTER that made it.
    pub fn call_id(&self) -> &[u8] {
        self.part(2)
    }

    /// The Path, as a Route header's value.
    pub fn path(&self) -> &[u8] {
        self.part(3)
    }

    /// The User-Agent header.
    pub fn user_agent(&self) -> &[u8] {
        self.part(4)
    }

    /// What is left of it, in seconds, rounded up; zero: expired.
    pub fn remaining_s(&self, now: Instant) -> u64 {
        let left = self.expires_at.saturating_duration_since(now);
        left.as_secs() + u64::from(left.subsec_nanos() > 0)
    }

    /// Whether it still stands.
    pub fn is_live(&self, now: Instant) -> bool {
        self.expires_at > now
    }
}

/// The contacts of one address, as readers hold them.
pub type Bindings = Arc<[Binding]>;

/// The location table of a process.
#[derive(Debug)]
pub struct Locations {
    parts: [RwLock<Records>; PARTS],
    keys: Keys,
    /// Times in the table are counted from this one, which is as good as any.
    base: OnceLock<Instant>,
    next_part: AtomicUsize,
    /// How often each part was changed.
    changes: [AtomicU64; PARTS],
}

impl Default for Locations {
    fn default() -> Self {
        let keys = Keys::default();
        Locations {
            parts: std::array::from_fn(|_| RwLock::new(Records::new(keys.clone()))),
            keys,
            base: OnceLock::new(),
            next_part: AtomicUsize::new(0),
            changes: std::array::from_fn(|_| AtomicU64::new(1)),
        }
    }
}

impl Locations {
    /// An empty table.
    pub fn new() -> Locations {
        Locations::default()
    }

    /// The contacts that stand now; none for an address that has none.
    pub fn get(&self, aor: &SipId, now: Instant) -> Option<Bindings> {
        let key = self.keys.key(aor);
        let part = read(&self.parts[key.part(PARTS)]);
        let live = packed::unpack(part.get(&key)?, self.base(now), |binding| binding.is_live(now));
        (!live.is_empty()).then_some(live)
    }

    /// Replaces the contacts of an address by what `change` makes of those that stand now. Nothing is changed if it answers an
    /// error. What stands afterwards is answered.
    ///
    /// # Errors
    /// Whatever `change` answers.
    pub fn update<E>(
        &self,
        aor: &SipId,
        now: Instant,
        change: impl FnOnce(&[Binding]) -> Result<Option<Vec<Binding>>, E>,
    ) -> Result<Bindings, E> {
        let key = self.keys.key(aor);
        let base = self.base(now);
        let mut part = write(&self.parts[key.part(PARTS)]);
        let standing = match part.get(&key) {
            Some(bytes) => packed::unpack(bytes, base, |binding| binding.is_live(now)),
            None => Bindings::default(),
        };
        let next = change(&standing)?;
        if next.is_some() {
            self.changes[key.part(PARTS)].fetch_add(1, Ordering::Relaxed);
        }
        match next {
            None => Ok(standing),
            Some(next) if next.is_empty() => {
                part.remove(&key);
                Ok(Bindings::default())
            }
            Some(next) => {
                put(&mut part, &key, &next, base);
                drop(part);
                Ok(next.into())
            }
        }
    }

    /// A number that is another one after each change of the address, and of others. Contacts that expire do not change it.
    pub(crate) fn changes(&self, aor: &SipId) -> u64 {
        self.changes[self.keys.key(aor).part(PARTS)].load(Ordering::Relaxed)
    }

    /// Puts contacts back that were stored: at the start, or as another process registered them. They replace what is there.
    pub fn restore(&self, aor: &SipId, bindings: &[Binding]) {
        let key = self.keys.key(aor);
        let mut part = write(&self.parts[key.part(PARTS)]);
        self.changes[key.part(PARTS)].fetch_add(1, Ordering::Relaxed);
        match bindings.first() {
            None => drop(part.remove(&key)),
            Some(first) => put(&mut part, &key, bindings, self.base(first.expires_at)),
        }
    }

    /// Frees what has expired in the next part of the table. Called once a second it goes round in about a minute. Answers the
    /// addresses that changed, with what they have left.
    pub fn sweep(&self, now: Instant) -> Vec<(SipId, Bindings)> {
        let next = self.next_part.fetch_add(1, Ordering::Relaxed) % PARTS;
        let base = self.base(now);
        let due: Vec<SipId> = read(&self.parts[next])
            .iter()
            .filter(|(_, bytes)| !packed::all_live(bytes, base, now))
            .filter_map(|(key, _)| address(key))
            .collect();
        let mut changed = Vec::with_capacity(due.len());
        for aor in due {
            let keep_live = |all: &[Binding]| Ok::<_, std::convert::Infallible>(Some(all.to_vec()));
            let Ok(left) = self.update(&aor, now, keep_live);
            changed.push((aor, left));
        }
        changed
    }

    /// The addresses of which this is so, one part of the table after the other.
    pub fn addresses(&self, is_so: impl Fn(&[Binding]) -> bool) -> Vec<SipId> {
        let Some(base) = self.base.get() else { return Vec::new() };
        let mut found = Vec::new();
        for part in &self.parts {
            let part = read(part);
            let wanted = part.iter().filter(|(_, bytes)| is_so(&packed::unpack(bytes, *base, |_| true)));
            found.extend(wanted.filter_map(|(key, _)| address(key)));
        }
        found
    }

    /// A page of all addresses with the contacts that stand now, from a place in the table on, and the place of the next page. What changes
    /// meanwhile may be missed or come twice.
    pub fn page(&self, from: u64, limit: usize, now: Instant) -> (Vec<(SipId, Bindings)>, Option<u64>) {
        // A place is a part of the table, and how far into it.
        const PLACE_BITS: u32 = 32;
        let base = self.base(now);
        let (first, mut skip) = ((from >> PLACE_BITS) as usize, (from & ((1 << PLACE_BITS) - 1)) as usize);
        let mut found = Vec::new();
        for (index, part) in self.parts.iter().enumerate().skip(first) {
            for (place, (key, bytes)) in read(part).iter().enumerate().skip(std::mem::take(&mut skip)) {
                if found.len() >= limit {
                    return (found, Some((index as u64) << PLACE_BITS | place as u64));
                }
                let live = packed::unpack(bytes, base, |binding| binding.is_live(now));
                if let (Some(aor), false) = (address(key), live.is_empty()) {
                    found.push((aor, live));
                }
            }
        }
        (found, None)
    }

    fn base(&self, if_first: Instant) -> Instant {
        *self.base.get_or_init(|| if_first)
    }

    /// How many addresses have contacts, the expired ones that were not freed yet counted too.
    pub fn len(&self) -> usize {
        self.parts.iter().map(|part| read(part).len()).sum()
    }

    /// The memory that the table takes.
    pub fn resident(&self) -> usize {
        self.parts.iter().map(|part| read(part).resident()).sum()
    }

    /// Whether no address has a contact.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The longest time that [`Locations::sweep`] leaves something expired in place when called with this interval.
    pub fn sweep_round(interval: Duration) -> Duration {
        interval.saturating_mul(PARTS as u32)
    }
}

fn put(part: &mut Records, key: &Key, bindings: &[Binding], base: Instant) {
    let mut bytes = SmallVec::<[u8; 512]>::new();
    packed::pack(bindings, base, &mut bytes);
    part.put(key, &bytes);
}

// Each change of a table is complete before anything can panic.
fn read(part: &RwLock<Records>) -> RwLockReadGuard<'_, Records> {
    part.read().unwrap_or_else(PoisonError::into_inner)
}

fn write(part: &RwLock<Records>) -> RwLockWriteGuard<'_, Records> {
    part.write().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
