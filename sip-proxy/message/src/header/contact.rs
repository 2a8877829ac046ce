//! Contact: where a device or a target is reached, or `*` for every binding.
//!
//! RFC 3261 §10.2, §20.10.

use super::{Malformed, NameAddr, delta_seconds};
use crate::text::trim;

/// The highest `q`, in thousandths.
pub const Q_ONE: u16 = 1000;

/// One value of a Contact header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contact<'a> {
    /// `*`: every binding, in a REGISTER that removes them all (RFC 3261 §10.2.2).
    Star,
    /// An address.
    Address(NameAddr<'a>),
}

impl<'a> Contact<'a> {
    /// Reads one value.
    pub fn parse(value: &'a [u8]) -> Result<Contact<'a>, Malformed> {
        match trim(value) {
            b"*" => Ok(Contact::Star),
            value => NameAddr::parse(value).map(Contact::Address).map_err(|_| Malformed("Contact")),
        }
    }
}

impl<'a> NameAddr<'a> {
    /// The preference of a contact in thousandths: [`Q_ONE`] where none is given, an error where it is malformed.
    pub fn q(&self) -> Result<u16, Malformed> {
        match self.params.get("q") {
            None => Ok(Q_ONE),
            Some(param) => param.value.and_then(q_value).ok_or(Malformed("q")),
        }
    }

    /// The lifetime that the contact itself asks for. `None`: it says nothing; an error: what it says is no number.
    pub fn expires(&self) -> Option<Result<u32, Malformed>> {
        self.params.get("expires").map(|param| delta_seconds(param.value.unwrap_or_default()))
    }
}

/// `0`, `1`, or a decimal with up to three places between them.
fn q_value(text: &[u8]) -> Option<u16> {
    let (whole, places) = match text {
        [whole] => (whole, &[][..]),
        [whole, b'.', places @ ..] if places.len() <= 3 => (whole, places),
        _ => return None,
    };
    let mut value = match whole {
        b'0' => 0,
        b'1' => 1,
        _ => return None,
    };
    for i in 0..3 {
        let digit = places.get(i).copied().unwrap_or(b'0');
        if !digit.is_ascii_digit() {
            return None;
        }
        value = value * 10 + u16::from(digit - b'0');
    }
    (value <= Q_ONE).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn q_is_read_in_thousandths() {
        for (text, q) in [("0", 0), ("0.5", 500), ("0.333", 333), ("1", 1000), ("1.000", 1000), ("0.", 0)] {
            assert_eq!(q_value(text.as_bytes()), Some(q), "{text}");
        }
        for bad in ["", "2", "1.001", "0.1234", "-1", "0,5", ".5"] {
            assert_eq!(q_value(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn a_star_is_no_address() {
        assert_eq!(Contact::parse(b" * "), Ok(Contact::Star));
        assert!(Contact::parse(b"*;expires=0").is_ok_and(|c| c != Contact::Star));
    }

    #[test]
    fn expires_belongs_to_the_contact_and_not_to_the_uri() {
        let Ok(Contact::Address(addr)) = Contact::parse(b"<sip:a@h;expires=5>;expires=60") else { panic!() };
        assert_eq!(addr.expires(), Some(Ok(60)));
        let Ok(Contact::Address(addr)) = Contact::parse(b"<sip:a@h>;expires=soon") else { panic!() };
        assert_eq!(addr.expires(), Some(Err(Malformed("delta-seconds"))));
    }
}
