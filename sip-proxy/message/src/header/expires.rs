//! Expires, Min-Expires and the `expires` parameter: a number of seconds.
//!
//! RFC 3261 §20.19, §20.23, §25.1 (`delta-seconds`).

use super::Malformed;
use crate::text::{number, trim};

/// Reads a number of seconds. What to do with a malformed one is the reader's: a registrar takes its default.
pub fn delta_seconds(value: &[u8]) -> Result<u32, Malformed> {
    number(trim(value)).ok_or(Malformed("delta-seconds"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_digits_within_32_bits_are_seconds() {
        assert_eq!(delta_seconds(b" 3600 "), Ok(3600));
        for bad in [&b""[..], b"1h", b"-1", b"10000000000000000000", b"Thu, 01 Dec 1994 16:00:00 GMT"] {
            assert!(delta_seconds(bad).is_err());
        }
    }
}
