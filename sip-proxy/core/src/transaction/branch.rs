//! The branches that this proxy writes into its Vias.
//!
//! A branch is the cookie, the number of the client transaction and the loop hash (RFC 3261 §16.6 item 8), so that a
//! response finds its transaction without a search and a looped request is recognised from the Via alone. The number is
//! random: nobody who has not seen the request can answer it.

use std::fmt;

/// RFC 3261 §8.1.1.7: what marks a branch as unique in space and time.
pub(crate) const COOKIE: &[u8] = b"z9hG4bK";

/// How branches begin of requests that only keep a way open: nobody waits for their answers.
pub const KEEP_ALIVE: &str = "z9hG4bKopen";

const HEX: &[u8; 16] = b"0123456789abcdef";
const NUMBER_AT: usize = COOKIE.len();
const LOOP_AT: usize = NUMBER_AT + 16;
const LENGTH: usize = LOOP_AT + 16;

/// A branch of ours: number and loop hash, written in hexadecimal behind the cookie.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Branch([u8; LENGTH]);

impl Branch {
    pub(crate) fn new(number: u64, loop_hash: u64) -> Branch {
        let mut text = [0; LENGTH];
        text[..NUMBER_AT].copy_from_slice(COOKIE);
        write_hex(&mut text[NUMBER_AT..LOOP_AT], number);
        write_hex(&mut text[LOOP_AT..], loop_hash);
        Branch(text)
    }

    /// Reads a branch of the form that we write.
    pub(crate) fn parse(text: &[u8]) -> Option<Branch> {
        let branch = Branch(text.try_into().ok()?);
        let digits = &branch.0[NUMBER_AT..];
        (branch.0.starts_with(COOKIE) && digits.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')))
            .then_some(branch)
    }

    pub(crate) fn as_str(&self) -> &str {
        // Only ASCII is ever stored.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Which transaction it is.
    pub(crate) fn number(&self) -> u64 {
        read_hex(&self.0[NUMBER_AT..LOOP_AT])
    }

    /// The hash by which a request that comes round again is recognised.
    pub(crate) fn loop_hash(&self) -> u64 {
        read_hex(&self.0[LOOP_AT..])
    }
}

/// The number under which the CANCEL of an INVITE is found: both carry one branch (RFC 3261 §9.1).
pub(crate) fn cancel_number(invite: u64) -> u64 {
    invite | 1
}

impl fmt::Debug for Branch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

fn write_hex(text: &mut [u8], number: u64) {
    for (place, digit) in text.iter_mut().enumerate() {
        *digit = HEX[(number >> (60 - 4 * place)) as usize & 15];
    }
}

fn read_hex(text: &[u8]) -> u64 {
    text.iter().fold(0, |number, digit| {
        let value = if digit.is_ascii_digit() { digit - b'0' } else { digit.wrapping_sub(b'a').wrapping_add(10) };
        number << 4 | u64::from(value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_carries_its_number_and_its_loop_hash() {
        let branch = Branch::new(0x0123_4567_89ab_cdef, u64::MAX - 1);
        assert_eq!(branch.as_str(), "z9hG4bK0123456789abcdeffffffffffffffffe");
        let read = Branch::parse(branch.as_str().as_bytes()).unwrap();
        assert_eq!((read.number(), read.loop_hash()), (0x0123_4567_89ab_cdef, u64::MAX - 1));
    }

    #[test]
    fn a_foreign_branch_is_not_read() {
        for text in [
            "",
            "z9hG4bK",
            "z9hG4bKx",
            "Z9hG4bK0123456789abcdeffffffffffffffffe",
            "z9hG4bK0123456789abcdefffffffffffffFFFe",
        ] {
            assert_eq!(Branch::parse(text.as_bytes()), None, "{text}");
        }
    }
}
