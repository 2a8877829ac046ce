//! Searches that look at eight bytes at a time and are inlined where they are used. A header line is short: a call to
//! a search that is made for long texts would cost more than it saves.
//!
//! A word's suspects are found with plain arithmetic and then looked at one by one, so that a search is exact whatever
//! the arithmetic lets through.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

/// Flags every byte less than `limit`, which is at most 128, and perhaps one above a flagged one.
#[inline(always)]
pub(crate) const fn below(word: u64, limit: u8) -> u64 {
    word.wrapping_sub(ONES * limit as u64) & !word & HIGH_BITS
}

/// Flags every byte that is `byte`, and perhaps one above a flagged one.
#[inline(always)]
pub(crate) const fn equal(word: u64, byte: u8) -> u64 {
    below(word ^ (ONES * byte as u64), 1)
}

/// Flags angle brackets, which differ in one bit, and perhaps a byte above a flagged one.
#[inline(always)]
pub(crate) const fn brackets(word: u64) -> u64 {
    equal(word & !(ONES * 2), b'<')
}

/// The first byte that is wanted. `suspects` flags, by its highest bit, at least every byte that is.
#[inline(always)]
pub(crate) fn position(text: &[u8], suspects: impl Fn(u64) -> u64, wanted: impl Fn(u8) -> bool) -> Option<usize> {
    let (words, rest) = text.as_chunks();
    for (i, word) in words.iter().enumerate() {
        let mut flags = suspects(u64::from_le_bytes(*word));
        while flags != 0 {
            let in_word = flags.trailing_zeros() as usize / 8;
            if wanted(word[in_word]) {
                return Some(i * 8 + in_word);
            }
            flags &= flags - 1;
        }
    }
    rest.iter().position(|b| wanted(*b)).map(|at| words.len() * 8 + at)
}

/// The first `byte`.
#[inline(always)]
pub(crate) fn find(text: &[u8], byte: u8) -> Option<usize> {
    position(text, |word| equal(word, byte), |b| b == byte)
}

/// The first CR or LF.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(crate) fn find_line_end(text: &[u8]) -> Option<usize> {
    // Every processor of this kind has these instructions, so the search needs no choice at run time.
    match memchr::arch::x86_64::sse2::memchr::Two::new(b'\r', b'\n') {
        Some(search) => search.find(text),
        None => memchr::memchr2(b'\r', b'\n', text),
    }
}

/// The first CR or LF.
#[cfg(not(target_arch = "x86_64"))]
pub(crate) fn find_line_end(text: &[u8]) -> Option<usize> {
    memchr::memchr2(b'\r', b'\n', text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_found_wherever_it_stands_and_whatever_is_around_it() {
        for wanted in 0..=255u8 {
            for around in [wanted.wrapping_sub(1), wanted.wrapping_add(1), 0, 127, 128, 255] {
                for at in 0..20 {
                    let mut text = [around; 20];
                    text[at] = wanted;
                    let first = if around == wanted { 0 } else { at };
                    assert_eq!(find(&text, wanted), Some(first), "{wanted} in {around} at {at}");
                    let limit = (wanted & 127) + 1;
                    let low = |b: u8| b < limit;
                    assert_eq!(position(&text, |w| below(w, limit), low), text.iter().position(|b| low(*b)));
                }
            }
        }
    }

    #[test]
    fn brackets_are_flagged_and_nothing_else_before_them() {
        for byte in 0..=255u8 {
            let found = position(&[b'a', byte, b'b', b'a', b'a', b'a', b'a', b'a'], brackets, |_| true);
            assert_eq!(found, matches!(byte, b'<' | b'>').then_some(1), "{byte}");
        }
    }
}
