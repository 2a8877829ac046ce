//! Max-Forwards: how many more hops a request may take.
//!
//! RFC 3261 §8.1.1.6, §16.3, §20.22.

use super::Malformed;
use crate::text::{number, trim};

/// Reads the header's value, 0 to 255.
pub fn max_forwards(value: &[u8]) -> Result<u8, Malformed> {
    number(trim(value)).and_then(|n| u8::try_from(n).ok()).ok_or(Malformed("Max-Forwards"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_range_is_0_to_255() {
        assert_eq!(max_forwards(b"0068 "), Ok(68));
        assert_eq!(max_forwards(b"255"), Ok(255));
        assert!(max_forwards(b"256").is_err() && max_forwards(b"-1").is_err() && max_forwards(b"").is_err());
    }
}
