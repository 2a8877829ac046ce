//! Which header a line begins with. A name's letters are taken as three words, and a table says which name they can
//! only be, so that a line costs the same whatever its name.
//!
//! RFC 3261 §7.3.1 (names are case-insensitive), §7.3.3 (compact forms).

use super::HeaderName;
use crate::words::equal;

/// The bit that tells lower from upper case. A name of ours has letters and hyphens only: what differs from one in this
/// bit is the same letter, or a CR for a hyphen, which no line has there.
const CASE: u64 = 0x2020_2020_2020_2020;

/// A name in lower case, eight letters a word, with zeros behind it. The longest has 20.
type Words = [u64; 3];
pub(super) const LONGEST: usize = 24;

const SLOTS: usize = 256;

struct Table {
    multiplier: u64,
    slots: [HeaderName; SLOTS],
    words: [Words; HeaderName::COUNT],
}

static TABLE: Table = Table::new();

impl Table {
    /// The table for the first multiplier that gives every name a slot of its own.
    const fn new() -> Table {
        let mut multiplier = 0x9e37_79b9_7f4a_7c15_u64;
        loop {
            if let Some(table) = Table::with(multiplier) {
                return table;
            }
            multiplier = multiplier.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(2);
        }
    }

    const fn with(multiplier: u64) -> Option<Table> {
        let mut slots = [HeaderName::Other; SLOTS];
        let mut words = [[0; 3]; HeaderName::COUNT];
        let mut i = 0;
        while i < HeaderName::ALL.len() {
            let name = HeaderName::ALL[i].0;
            let text = name.as_str().as_bytes();
            words[name as usize] = words_of(text);
            let slot = slot(words[name as usize][0], text.len(), multiplier);
            if !matches!(slots[slot], HeaderName::Other) {
                return None;
            }
            slots[slot] = name;
            i += 1;
        }
        Some(Table { multiplier, slots, words })
    }

    /// The only name that it can be, and that name's words.
    #[inline]
    fn candidate(&self, first: u64, len: usize) -> (HeaderName, &Words) {
        let name = self.slots[slot(first, len, self.multiplier)];
        (name, &self.words[name as usize])
    }
}

#[inline]
const fn slot(first: u64, len: usize, multiplier: u64) -> usize {
    (first.wrapping_add(len as u64).wrapping_mul(multiplier) >> 56) as usize
}

const fn words_of(text: &[u8]) -> Words {
    let mut words = [0; 3];
    let mut i = 0;
    while i < text.len() {
        words[i / 8] |= ((text[i] | 0x20) as u64) << (i % 8 * 8);
        i += 1;
    }
    words
}

/// The listed name that stands before the first colon, with its length; `None` if there is none.
#[inline]
pub(crate) fn name_at(line: &[u8; LONGEST]) -> Option<(HeaderName, usize)> {
    let (words, _) = line.as_chunks();
    let [a, b, c] = [u64::from_le_bytes(words[0]), u64::from_le_bytes(words[1]), u64::from_le_bytes(words[2])];
    let colon = equal(a, b':');
    if colon != 0 {
        let (len, first) = before(colon, a);
        if len == 1 {
            return compact(first as u8).map(|name| (name, 1));
        }
        let (name, words) = TABLE.candidate(first, len);
        return (len > 0 && words[0] == first).then_some((name, len));
    }
    let first = a | CASE;
    let colon = equal(b, b':');
    if colon != 0 {
        let (len, second) = before(colon, b);
        let (name, words) = TABLE.candidate(first, len + 8);
        return same(words, [first, second, 0]).then_some((name, len + 8));
    }
    let second = b | CASE;
    let colon = equal(c, b':');
    if colon == 0 {
        return None;
    }
    let (len, third) = before(colon, c);
    let (name, words) = TABLE.candidate(first, len + 16);
    same(words, [first, second, third]).then_some((name, len + 16))
}

/// Plain comparison would call a function for it.
#[inline]
fn same(a: &Words, b: Words) -> bool {
    (a[0] ^ b[0]) | (a[1] ^ b[1]) | (a[2] ^ b[2]) == 0
}

/// How many bytes of a word are before the flagged colon, and these in lower case with zeros behind them.
#[inline]
fn before(colon: u64, word: u64) -> (usize, u64) {
    // The flag is its byte's highest bit.
    let bits = colon.trailing_zeros() & 0x38;
    (bits as usize / 8, (word | CASE) & !(u64::MAX << bits))
}

fn compact(letter: u8) -> Option<HeaderName> {
    use HeaderName as H;
    Some(match letter {
        b'b' => H::ReferredBy,
        b'c' => H::ContentType,
        b'e' => H::ContentEncoding,
        b'f' => H::From,
        b'i' => H::CallId,
        b'k' => H::Supported,
        b'l' => H::ContentLength,
        b'm' => H::Contact,
        b'o' => H::Event,
        b'r' => H::ReferTo,
        b's' => H::Subject,
        b't' => H::To,
        b'u' => H::AllowEvents,
        b'v' => H::Via,
        b'x' => H::SessionExpires,
        _ => return None,
    })
}
