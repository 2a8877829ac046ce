//! Route, Record-Route, Path and Service-Route: the hops that a request still has to visit.
//!
//! RFC 3261 §16.4, §20.30, §20.34; RFC 3327; RFC 3608.

use super::{Malformed, NameAddr};
use crate::uri::Uri;

/// One value of a Route header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route<'a> {
    /// The value as a name and an address.
    pub address: NameAddr<'a>,
    /// The URI's parts.
    pub uri: Uri<'a>,
}

impl<'a> Route<'a> {
    /// Reads one value.
    pub fn parse(value: &'a [u8]) -> Result<Route<'a>, Malformed> {
        let address = NameAddr::parse(value).map_err(|_| Malformed("Route"))?;
        let uri = address.parse_uri().map_err(|_| Malformed("Route"))?;
        Ok(Route { address, uri })
    }

    /// Whether the hop is a loose router (RFC 3261 §19.1.1).
    pub fn is_loose(&self) -> bool {
        self.uri.has_param("lr")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lr_in_the_uri_makes_a_loose_router() {
        assert!(Route::parse(b"<sip:p1.example.com;lr>").unwrap().is_loose());
        assert!(Route::parse(b"<sip:p1.example.com;lr=on>").unwrap().is_loose());
        assert!(!Route::parse(b"<sip:p1.example.com>;lr").unwrap().is_loose());
        assert!(Route::parse(b"<sip:p1.example.com:99999>").is_err());
    }
}
