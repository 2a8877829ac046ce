//! Via: the way back of a response. One value names one hop.
//!
//! RFC 3261 §18.2, §20.42; RFC 3581 (rport); RFC 5118 §4.5 (an address without brackets in `received`).

use super::Malformed;
use crate::text::{Param, Params, host_name_len, is_lws, number, token_len, trim, trim_start, walk_params};
use std::net::IpAddr;

/// The beginning of every branch made by an element of RFC 3261.
pub const COOKIE: &[u8] = b"z9hG4bK";

/// One value of a Via header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Via<'a> {
    /// The transport as written: `UDP`, `tcp`, or one that nobody here knows.
    pub transport: &'a [u8],
    /// The host of sent-by, an IPv6 address with its brackets.
    pub host: &'a [u8],
    /// The port of sent-by, where it is written.
    pub port: Option<u16>,
    /// The parameters.
    pub params: Params<'a>,
}

impl<'a> Via<'a> {
    /// Reads one Via value.
    pub fn parse(value: &'a [u8]) -> Result<Via<'a>, Malformed> {
        Via::parse_each(value, |_| {})
    }

    /// As [`Via::parse`], showing every parameter on the way.
    pub(crate) fn parse_each(value: &'a [u8], visit: impl FnMut(Param<'a>)) -> Result<Via<'a>, Malformed> {
        let (via, known) = parse(trim(value)).ok_or(Malformed("Via"))?;
        if via.params.check_each(visit) && known { Ok(via) } else { Err(Malformed("Via")) }
    }

    /// Shows every parameter of the first of a list's values, and returns what is behind that value: nothing, or the
    /// comma and the others. `None`: something is not as it should be, and [`Via::parse_each`] says what.
    #[inline]
    pub(crate) fn first_of_list(list: &'a [u8], visit: impl FnMut(Param<'a>)) -> Option<&'a [u8]> {
        let (_, known, rest) = hop(list)?;
        let rest = walk_params(rest, visit);
        (known && matches!(rest.first(), None | Some(b','))).then_some(rest)
    }

    /// Reads one Via value of whatever protocol version, its parameters unchecked: enough to send an answer back to
    /// whoever got them wrong.
    pub fn parse_hop(value: &'a [u8]) -> Result<Via<'a>, Malformed> {
        parse(trim(value)).map(|(via, _)| via).ok_or(Malformed("Via"))
    }

    /// The branch as written.
    pub fn branch(&self) -> Option<&'a [u8]> {
        self.params.value("branch")
    }

    /// Whether the branch identifies the transaction: it has the cookie, and something behind it.
    pub fn has_rfc3261_branch(&self) -> bool {
        // RFC 3261 §17.2.3: without the cookie the transaction is matched as RFC 2543 did.
        self.branch().is_some_and(|b| b.len() > COOKIE.len() && b[..COOKIE.len()].eq_ignore_ascii_case(COOKIE))
    }

    /// Whether the sender asks for the source port of its request (RFC 3581 §3).
    pub fn wants_rport(&self) -> bool {
        self.params.get("rport").is_some_and(|p| p.value.is_none())
    }

    /// The port that `rport` carries.
    pub fn rport(&self) -> Option<u16> {
        self.params.value("rport").and_then(number).and_then(|n| u16::try_from(n).ok())
    }

    /// The address that `received` carries, with or without brackets.
    pub fn received(&self) -> Option<IpAddr> {
        self.params.value("received").and_then(address)
    }

    /// The `maddr` parameter as written.
    pub fn maddr(&self) -> Option<&'a [u8]> {
        self.params.value("maddr")
    }

    /// The `ttl` parameter.
    pub fn ttl(&self) -> Option<u8> {
        self.params.value("ttl").and_then(number).and_then(|n| u8::try_from(n).ok())
    }

    /// The host of sent-by as an address, if it is one.
    pub fn host_address(&self) -> Option<IpAddr> {
        address(self.host)
    }

    /// Whether the transport is this one; its name is case-insensitive.
    pub fn is_transport(&self, name: &str) -> bool {
        self.transport.eq_ignore_ascii_case(name.as_bytes())
    }
}

/// An address with or without brackets.
pub(crate) fn address(text: &[u8]) -> Option<IpAddr> {
    let text = match text {
        [b'[', inner @ .., b']'] => inner,
        other => other,
    };
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// The hop, and whether its protocol is SIP/2.0.
fn parse(text: &[u8]) -> Option<(Via<'_>, bool)> {
    let (via, known, rest) = hop(text)?;
    let at_end = rest.is_empty() || rest[0] == b';';
    at_end.then_some((Via { params: Params::new(rest), ..via }, known))
}

/// The hop without its parameters, whether its protocol is SIP/2.0, and what is behind it.
#[inline]
fn hop(text: &[u8]) -> Option<(Via<'_>, bool, &[u8])> {
    let (known, rest) = match text.strip_prefix(b"SIP/2.0/") {
        Some(rest) => (true, trim_start(rest)),
        None => protocol(text)?,
    };
    let (transport, rest) = token(rest)?;
    if !is_lws(*rest.first()?) {
        return None;
    }
    let (host, rest) = host(trim_start(rest))?;
    let mut rest = trim_start(rest);
    let mut port = None;
    if let Some(after) = rest.strip_prefix(b":") {
        let after = trim_start(after);
        let len = after.iter().position(|b| !b.is_ascii_digit()).unwrap_or(after.len());
        port = Some(u16::try_from(number(&after[..len])?).ok()?);
        rest = trim_start(&after[len..]);
    }
    Some((Via { transport, host, port, params: Params::default() }, known, rest))
}

/// Whether the protocol is SIP/2.0, and what is behind it.
fn protocol(text: &[u8]) -> Option<(bool, &[u8])> {
    let (protocol, rest) = token(text)?;
    let rest = slash(rest)?;
    let (version, rest) = token(rest)?;
    Some((protocol.eq_ignore_ascii_case(b"SIP") && version == b"2.0", slash(rest)?))
}

fn token(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let len = token_len(text);
    (len > 0).then(|| text.split_at(len))
}

fn slash(text: &[u8]) -> Option<&[u8]> {
    trim_start(text).strip_prefix(b"/").map(trim_start)
}

/// Takes a host off the front: a name, an IPv4 address or a bracketed IPv6 reference.
pub(crate) fn host(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let len = match text.first()? {
        b'[' => {
            let end = memchr::memchr(b']', text)?;
            // RFC 5118 §4.10: the three colons of the old grammar are tolerated, so the address is not parsed here.
            let inside = &text[1..end];
            let plain = |b: &u8| b.is_ascii_hexdigit() || matches!(b, b':' | b'.');
            (!inside.is_empty() && inside.iter().all(plain)).then_some(end + 1)?
        }
        _ => host_name_len(text),
    };
    (len > 0).then(|| text.split_at(len))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_and_folding_around_the_separators_are_read_through() {
        let via = Via::parse(b"SIP  / 2.0\r\n / UDP\r\n  192.0.2.2 : 5061 ;branch=390skdjuw;rport").unwrap();
        assert_eq!((via.transport, via.host, via.port), (&b"UDP"[..], &b"192.0.2.2"[..], Some(5061)));
        assert_eq!(via.branch(), Some(&b"390skdjuw"[..]));
        assert!(via.wants_rport() && !via.has_rfc3261_branch());
    }

    /// RFC 5118 §4.5: `received` carries an IPv6 address with or without brackets.
    #[test]
    fn received_is_read_with_and_without_brackets() {
        for text in ["SIP/2.0/UDP [2001:db8::9:1];received=[2001:db8::9:255]", "SIP/2.0/UDP h;received=2001:db8::9:255"]
        {
            assert_eq!(Via::parse(text.as_bytes()).unwrap().received(), "2001:db8::9:255".parse().ok());
        }
    }

    /// RFC 5118 §4.10: three colons, as an old grammar had it.
    #[test]
    fn an_address_of_the_old_grammar_is_taken_as_it_stands() {
        let via = Via::parse(b"SIP/2.0/UDP [2001:db8:::192.0.2.1]:5070;branch=z9hG4bKa").unwrap();
        assert_eq!((via.host, via.port), (&b"[2001:db8:::192.0.2.1]"[..], Some(5070)));
    }

    #[test]
    fn the_cookie_alone_identifies_no_transaction() {
        assert!(!Via::parse(b"SIP/2.0/UDP h;branch=z9hG4bK").unwrap().has_rfc3261_branch());
        assert!(Via::parse(b"SIP/2.0/UDP h;branch=z9hG4bKa").unwrap().has_rfc3261_branch());
    }

    #[test]
    fn what_the_grammar_does_not_allow_is_malformed() {
        for bad in [
            "",
            "SIP/2.0/UDP",
            "SIP/2.0 h",
            "SIP/3.0/UDP h",
            "SIP/2.0/UDP h:99999",
            "SIP/2.0/UDP h:",
            "SIP/2.0/UDP h;;branch=a",
            "SIP/2.0/UDP h,",
            "SIP/2.0/UDP <h>",
            "SIP/2.0/UDP [::1",
        ] {
            assert_eq!(Via::parse(bad.as_bytes()), Err(Malformed("Via")), "{bad}");
        }
    }
}
