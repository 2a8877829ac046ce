//! Hashes of messages' parts, how octets are written, and the hasher of tables whose keys nobody outside can choose.
//!
//! Parts are gathered first and hashed in one go: a hasher that is fed piece by piece spends more on the seams than on
//! the bytes. The hash is keyed where its secret is kept, so that nobody can aim two messages at one value.

use smallvec::SmallVec;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher, Hash, Hasher};

/// Parts of a message, each with its length, so that no two different sequences look alike.
#[derive(Default)]
pub(crate) struct Parts(SmallVec<[u8; 256]>);

impl Parts {
    pub(crate) fn put(&mut self, part: &[u8]) {
        self.put_number(part.len() as u64);
        self.0.extend_from_slice(part);
    }

    /// A part that says nothing where it is absent, which is something else than being empty.
    pub(crate) fn put_option(&mut self, part: Option<&[u8]>) {
        self.put_number(u64::from(part.is_some()));
        self.put(part.unwrap_or_default());
    }

    /// A part whose case does not count.
    pub(crate) fn put_lower(&mut self, part: &[u8]) {
        self.put(part);
        let begins = self.0.len() - part.len();
        self.0[begins..].make_ascii_lowercase();
    }

    pub(crate) fn put_number(&mut self, number: u64) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    pub(crate) fn hash(&self, secret: u64) -> u64 {
        self.hasher(secret).finish()
    }

    /// Two hashes for one walk over the parts: the second is what the state becomes by a second secret.
    pub(crate) fn hash_twice(&self, secrets: [u64; 2]) -> [u64; 2] {
        let mut hasher = self.hasher(secrets[0]);
        let first = hasher.finish();
        hasher.write_u64(secrets[1]);
        [first, hasher.finish()]
    }

    fn hasher(&self, secret: u64) -> DefaultHasher {
        let mut hasher = DefaultHasher::new();
        hasher.write_u64(secret);
        hasher.write(&self.0);
        hasher
    }
}

/// Octets as digits, two each.
pub(crate) fn hexadecimal(octets: &[u8]) -> String {
    let digit = |value: u8| char::from(b"0123456789abcdef"[usize::from(value & 15)]);
    let mut text = String::with_capacity(2 * octets.len());
    for octet in octets {
        text.push(digit(octet >> 4));
        text.push(digit(*octet));
    }
    text
}

/// RFC 4648 §6 in lower case and without padding: what it writes may stand anywhere in a URI, and lost case does not spoil it.
pub(crate) fn base32(octets: &[u8]) -> String {
    let mut text = String::with_capacity(octets.len() * 8 / 5 + 1);
    let (mut held, mut bits) = (0_u32, 0);
    for octet in octets {
        held = held << 8 | u32::from(*octet);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(BASE32[(held >> bits & 31) as usize]));
        }
    }
    if bits > 0 {
        text.push(char::from(BASE32[(held << (5 - bits) & 31) as usize]));
    }
    text
}

const BASE32: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// What [`base32`] wrote; none if it is something else.
pub(crate) fn from_base32(text: &[u8]) -> Option<Vec<u8>> {
    let mut octets = Vec::with_capacity(text.len() * 5 / 8);
    let (mut held, mut bits) = (0_u32, 0);
    for letter in text {
        let value = BASE32.iter().position(|other| *other == letter.to_ascii_lowercase())?;
        held = held << 5 | value as u32;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            octets.push((held >> bits & 0xFF) as u8);
        }
    }
    // One spelling for each text: the bits that are left over are zeros, and fewer than a letter has.
    (bits < 5 && held & ((1 << bits) - 1) == 0).then_some(octets)
}

/// A table by numbers that are made here, in order or at random.
pub(crate) type NumberMap<K, V> = HashMap<K, V, BuildHasherDefault<Numbers>>;

/// Gives back what a burst made a table hold, once most of it is empty again.
pub(crate) fn give_back<K: Eq + Hash, V>(map: &mut NumberMap<K, V>) {
    const KEPT: usize = 4096;
    if map.capacity() > KEPT && map.len() < map.capacity() / 8 {
        map.shrink_to((map.len() * 2).max(KEPT));
    }
}

/// Spreads numbers; of several the last one counts most.
#[derive(Default)]
pub(crate) struct Numbers(u64);

impl Hasher for Numbers {
    fn finish(&self) -> u64 {
        // The table takes its place from the low bits and its tag from the high ones.
        let spread = u128::from(self.0) * 0x9e37_79b9_7f4a_7c15;
        (spread >> 64) as u64 ^ spread as u64
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.0 = self.0.rotate_left(32) ^ u64::from(number);
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_that_join_to_one_text_differ_by_where_they_are_cut() {
        let hash = |parts: &[&[u8]]| {
            let mut gathered = Parts::default();
            parts.iter().for_each(|part| gathered.put(part));
            gathered.hash(1)
        };
        assert_eq!(hash(&[b"ab", b"c"]), hash(&[b"ab", b"c"]));
        assert_ne!(hash(&[b"ab", b"c"]), hash(&[b"a", b"bc"]));
    }

    #[test]
    fn two_hashes_of_one_walk_differ_by_secret_and_by_what_was_walked_over() {
        let twice = |part: &[u8], secrets| {
            let mut gathered = Parts::default();
            gathered.put(part);
            gathered.hash_twice(secrets)
        };
        let base = twice(b"a", [1, 2]);
        assert_eq!(base, twice(b"a", [1, 2]));
        assert_ne!(base[0], base[1]);
        let other_second = twice(b"a", [1, 3]);
        assert_eq!(base[0], other_second[0]);
        assert_ne!(base[1], other_second[1]);
        assert!(twice(b"b", [1, 2]).iter().zip(base).all(|(other, hash)| *other != hash));
        assert!(twice(b"a", [4, 2]).iter().zip(base).all(|(other, hash)| *other != hash));
    }

    #[test]
    fn an_absent_part_is_no_empty_part_and_case_counts_only_where_it_should() {
        let hash = |put: &dyn Fn(&mut Parts)| {
            let mut parts = Parts::default();
            put(&mut parts);
            parts.hash(1)
        };
        assert_ne!(hash(&|p| p.put_option(None)), hash(&|p| p.put_option(Some(b""))));
        assert_eq!(hash(&|p| p.put_lower(b"Ab")), hash(&|p| p.put_lower(b"aB")));
        assert_ne!(hash(&|p| p.put(b"Ab")), hash(&|p| p.put(b"aB")));
    }

    /// RFC 4648 §10.
    #[test]
    fn base32_is_the_standard_one_and_is_read_back_in_any_case_and_no_other_spelling() {
        assert_eq!(base32(b"foobar"), "mzxw6ytboi");
        for length in 0..40_u8 {
            let octets: Vec<u8> = (0..length).map(|n| n.wrapping_mul(37)).collect();
            let text = base32(&octets);
            assert_eq!(from_base32(text.as_bytes()), Some(octets.clone()));
            assert_eq!(from_base32(text.to_ascii_uppercase().as_bytes()), Some(octets));
        }
        for bad in ["a", "mzxw6ytboj", "m1", "mz=", "aaa"] {
            assert_eq!(from_base32(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn numbers_in_order_are_spread_over_places_and_tags() {
        let hashes = (0..64u64).map(|number| {
            let mut hasher = Numbers::default();
            hasher.write_u64(number);
            hasher.finish()
        });
        let (mut low, mut high): (Vec<_>, Vec<_>) = hashes.map(|hash| (hash % 64, hash >> 57)).unzip();
        for part in [&mut low, &mut high] {
            part.sort_unstable();
            part.dedup();
            assert!(part.len() > 32, "{part:?}");
        }
    }
}
