//! A number as it was dialled: in full, with a plus or two zeros before the country (E.164), or a short one such as 112.

use smallvec::SmallVec;
use std::str;

/// E.164 has 15 digits at most; some networks let digits of their own follow.
const DIGITS_MAX: usize = 24;
/// A country and one digit more.
const DIGITS_MIN: usize = 3;

/// A number; in digits, as it is routed by: two zeros, country, the rest. A short one is just its digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Number {
    text: SmallVec<[u8; 32]>,
    international: bool,
}

impl Number {
    /// The number that a user part is, if it is one in full: `+31…` or `0031…`. Separators for the eye do not count (RFC 3966 §5.1.1), nor
    /// do parameters.
    pub(crate) fn dialled(user: &[u8]) -> Option<Number> {
        let user = user.split(|byte| *byte == b';').next()?;
        let rest = user.strip_prefix(b"+").or_else(|| user.strip_prefix(b"00"))?;
        let mut text = SmallVec::from_slice(b"00");
        for byte in rest {
            match byte {
                b'0'..=b'9' => text.push(*byte),
                b'-' | b'.' | b'(' | b')' => {}
                _ => return None,
            }
        }
        let fits = (DIGITS_MIN..=DIGITS_MAX).contains(&(text.len() - 2)) && text[2] != b'0';
        fits.then_some(Number { text, international: true })
    }

    /// A short number as it is.
    pub(crate) fn short(user: &[u8]) -> Option<Number> {
        let fits = (1..=DIGITS_MAX).contains(&user.len()) && user.iter().all(u8::is_ascii_digit);
        fits.then(|| Number { text: SmallVec::from_slice(user), international: false })
    }

    /// As it is routed by: `0031208005161`.
    pub(crate) fn as_str(&self) -> &str {
        // Digits only.
        str::from_utf8(&self.text).unwrap_or_default()
    }

    /// Without what stands before the country: `31208005161`.
    pub(crate) fn digits(&self) -> &str {
        &self.as_str()[if self.international { 2 } else { 0 }..]
    }

    /// Whether it has a country.
    pub(crate) fn is_international(&self) -> bool {
        self.international
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_in_full_begins_with_a_plus_or_two_zeros() {
        for (user, digits) in [
            ("+31208005161", Some("31208005161")),
            ("0031208005161", Some("31208005161")),
            ("+31-20.800(5161)", Some("31208005161")),
            ("+31208005161;npdi", Some("31208005161")),
            ("31208005161", None),
            ("+", None),
            ("+0208005161", None),
            ("+12", None),
            ("00alice", None),
            ("+1234567890123456789012345", None),
        ] {
            let number = Number::dialled(user.as_bytes());
            assert_eq!(number.as_ref().map(Number::digits), digits, "{user}");
        }
        assert_eq!(Number::dialled(b"+3120").unwrap().as_str(), "003120");
        assert_eq!(Number::short(b"112").map(|number| number.as_str().to_owned()), Some("112".to_owned()));
        assert_eq!(Number::short(b"11a"), None);
    }
}
