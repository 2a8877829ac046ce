//! What the database said of names, kept by name: bounded, and small, because there are very many.
//!
//! Each name is new first. When there are too many, the oldest of the new ones goes for good if nobody asked for it again, and else
//! becomes one of the old; of those it is the same, who was asked for stays for another round. So a flood of names that are asked for
//! once pushes out nothing but itself.

use std::marker::PhantomData;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::SipId;
use sip_core::records::{Key, Keys, Records};

/// Names are spread over so many parts at most, each with a lock of its own.
const PARTS_MAX: usize = 64;
/// Fewer names than this are not worth a part.
const PART_MIN: usize = 1024;
/// The share of the new among all when it is full.
const NEW_SHARE: usize = 10;

/// What can be kept of a name: written as octets, which only this process reads.
pub(crate) trait Kept: Sized {
    /// Appends its octets.
    fn write(&self, out: &mut Vec<u8>);
    /// What was written, for that name; none for anything else.
    fn read(name: &SipId, bytes: &[u8]) -> Option<Self>;
    /// Whether what was written names an address of this domain.
    fn leads_into(bytes: &[u8], domain: &str) -> bool;
}

/// The names, and what is known of each.
pub(crate) struct Cache<V> {
    parts: Vec<Mutex<Part>>,
    keys: Keys,
    kept: PhantomData<fn() -> V>,
}

struct Part {
    capacity: usize,
    new: Records,
    old: Records,
    bytes: Vec<u8>,
}

/// The first octet of each record: whether it was asked for since that was last looked at.
const ASKED: u8 = 1;

impl<V: Kept> Cache<V> {
    /// An empty one for so many names.
    pub(crate) fn new(capacity: usize) -> Cache<V> {
        let keys = Keys::default();
        let parts = (capacity / PART_MIN).clamp(1, PARTS_MAX);
        let part = || Part {
            capacity: (capacity / parts).max(1),
            new: Records::new(keys.clone()),
            old: Records::new(keys.clone()),
            bytes: Vec::new(),
        };
        Cache { parts: (0..parts).map(|_| Mutex::new(part())).collect(), keys, kept: PhantomData }
    }

    /// What is known of a name.
    pub(crate) fn get(&self, name: &SipId) -> Option<V> {
        let key = self.keys.key(name);
        let mut part = self.part(&key);
        let (asked, bytes) = part.find(&key)?.split_first_mut()?;
        *asked = ASKED;
        V::read(name, bytes)
    }

    /// Keeps what is known of a name.
    pub(crate) fn insert(&self, name: &SipId, value: &V) {
        let key = self.keys.key(name);
        let part = &mut *self.part(&key);
        part.bytes.clear();
        part.bytes.push(0);
        value.write(&mut part.bytes);
        let place = if part.old.get(&key).is_some() { &mut part.old } else { &mut part.new };
        place.put(&key, &part.bytes);
        part.make_room();
    }

    /// Forgets what is known of a name.
    pub(crate) fn remove(&self, name: &SipId) {
        let key = self.keys.key(name);
        let mut part = self.part(&key);
        part.new.remove(&key);
        part.old.remove(&key);
    }

    /// Forgets the names of a domain, and those that lead there.
    pub(crate) fn remove_domain(&self, domain: &str) {
        let stays = |key: &[u8], bytes: &[u8]| {
            let there = key.strip_suffix(domain.as_bytes()).is_some_and(|user| user.ends_with(b"@"));
            !there && !V::leads_into(&bytes[1..], domain)
        };
        for part in &self.parts {
            let mut part = lock(part);
            part.new.retain(stays);
            part.old.retain(stays);
        }
    }

    /// Forgets everything.
    pub(crate) fn clear(&self) {
        for part in &self.parts {
            let mut part = lock(part);
            part.new.clear();
            part.old.clear();
        }
    }

    /// How many names there are.
    pub(crate) fn len(&self) -> usize {
        self.parts.iter().map(|part| lock(part).len()).sum()
    }

    fn part(&self, key: &Key) -> MutexGuard<'_, Part> {
        lock(&self.parts[key.part(self.parts.len())])
    }
}

impl Part {
    fn len(&self) -> usize {
        self.new.len() + self.old.len()
    }

    fn find(&mut self, key: &Key) -> Option<&mut [u8]> {
        match self.new.get(key) {
            Some(_) => self.new.get_mut(key),
            None => self.old.get_mut(key),
        }
    }

    fn make_room(&mut self) {
        while self.len() > self.capacity {
            let from_new = self.old.is_empty() || self.new.len() > self.capacity / NEW_SHARE;
            let Some(mut oldest) = (if from_new { self.new.take_oldest() } else { self.old.take_oldest() }) else {
                return;
            };
            if let Some(asked) = oldest.value_mut().first_mut()
                && *asked == ASKED
            {
                *asked = 0;
                self.old.put_taken(&oldest);
            }
        }
    }
}

fn lock(part: &Mutex<Part>) -> MutexGuard<'_, Part> {
    // Each change is complete before anything can panic.
    part.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Kept for u32 {
        fn write(&self, out: &mut Vec<u8>) {
            out.extend_from_slice(&self.to_le_bytes());
        }

        fn read(_: &SipId, bytes: &[u8]) -> Option<u32> {
            Some(u32::from_le_bytes(bytes.try_into().ok()?))
        }

        fn leads_into(_: &[u8], _: &str) -> bool {
            false
        }
    }

    fn name(number: u32) -> SipId {
        SipId::parse(&format!("user{number}@example.com")).expect("a name")
    }

    #[test]
    fn what_was_kept_is_found_until_it_is_forgotten() {
        let cache = Cache::new(100_000);
        for number in 0..10_000 {
            cache.insert(&name(number), &number);
        }
        cache.insert(&name(7), &70);
        cache.remove(&name(8));
        assert_eq!((cache.get(&name(7)), cache.get(&name(8)), cache.get(&name(9))), (Some(70), None, Some(9)));
        assert_eq!(cache.len(), 9_999);
        cache.remove_domain("ple.com");
        assert_eq!(cache.len(), 9_999, "another domain, whatever its name ends in");
        cache.remove_domain("example.com");
        assert_eq!(cache.len(), 0);
    }

    #[test]
    fn of_too_many_those_stay_that_are_asked_for() {
        const CAPACITY: u32 = 10_000;
        let cache = Cache::new(CAPACITY as usize);
        for number in 0..50 * CAPACITY {
            cache.insert(&name(number), &number);
            assert!(cache.get(&name(number % 50)).is_some(), "{number}");
        }
        assert!(cache.len() <= CAPACITY as usize);
    }

    #[test]
    fn when_all_are_asked_for_it_stays_bounded() {
        let cache = Cache::new(1_000);
        for number in 0..20_000 {
            cache.insert(&name(number), &number);
            assert_eq!(cache.get(&name(number)), Some(number));
        }
        assert!((900..=1_000).contains(&cache.len()), "{}", cache.len());
    }
}
