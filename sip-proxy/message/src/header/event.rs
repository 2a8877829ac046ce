//! Event: the package of a subscription or publication.
//!
//! RFC 6665 §8.2.1.

use super::Malformed;
use crate::text::{Params, is_token, trim};

/// An Event header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event<'a> {
    /// The package, templates included: `presence.winfo`.
    pub package: &'a [u8],
    /// The parameters.
    pub params: Params<'a>,
}

impl<'a> Event<'a> {
    /// Reads the header's value.
    pub fn parse(value: &'a [u8]) -> Result<Event<'a>, Malformed> {
        let value = trim(value);
        let end = value.iter().position(|b| *b == b';').unwrap_or(value.len());
        let (package, params) = (trim(&value[..end]), Params::new(&value[end..]));
        if is_token(package) && params.check() { Ok(Event { package, params }) } else { Err(Malformed("Event")) }
    }

    /// The `id` parameter.
    pub fn id(&self) -> Option<&'a [u8]> {
        self.params.value("id")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn package_and_parameters_are_told_apart() {
        let event = Event::parse(b"ua-profile;profile-type=\"device\" ; id=7").unwrap();
        assert_eq!((event.package, event.id()), (&b"ua-profile"[..], Some(&b"7"[..])));
        assert!(Event::parse(b"a b").is_err() && Event::parse(b"").is_err());
    }
}
