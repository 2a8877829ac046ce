//! URIs: sip and sips in their parts, tel by its number, every other scheme as it is.
//!
//! RFC 3261 §19.1 (parts, escaping, comparison), §10.3 item 5 (the canonical form of an address-of-record);
//! RFC 3966 (tel); RFC 5118 §4 (IPv6 references).

use crate::header::Malformed;
use crate::text::{number, offset_in, uri_len};
use crate::words::find;
use std::borrow::Cow;

mod compare;

/// What kind of URI it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// `sip:`
    Sip,
    /// `sips:`
    Sips,
    /// `tel:`
    Tel,
    /// Any other; only the scheme is told from the rest.
    Other,
}

/// A URI. Of [`Scheme::Tel`] the number is in `user`; of [`Scheme::Other`] only `scheme_text` and `raw` are filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uri<'a> {
    /// All of it, as written.
    pub raw: &'a [u8],
    /// The scheme.
    pub scheme: Scheme,
    /// The scheme as written.
    pub scheme_text: &'a [u8],
    /// The user part as written, escapes kept; a semicolon in it belongs to it.
    pub user: Option<&'a [u8]>,
    /// The password as written.
    pub password: Option<&'a [u8]>,
    /// The host; an IPv6 address with its brackets.
    pub host: &'a [u8],
    /// The port, where it is written.
    pub port: Option<u16>,
    /// `;name=value` …, or empty.
    pub params: &'a [u8],
    /// What follows the question mark.
    pub headers: Option<&'a [u8]>,
}

impl<'a> Uri<'a> {
    /// Reads a URI, without angle brackets.
    pub fn parse(text: &'a [u8]) -> Result<Uri<'a>, Malformed> {
        parse(text).ok_or(Malformed("URI"))
    }

    /// Whether it is a `sip:` or `sips:` URI.
    pub fn is_sip(&self) -> bool {
        matches!(self.scheme, Scheme::Sip | Scheme::Sips)
    }

    /// The URI's parameters, name and value as written.
    pub fn params(&self) -> impl Iterator<Item = (&'a [u8], Option<&'a [u8]>)> + use<'a> {
        self.params.split(|b| *b == b';').filter(|p| !p.is_empty()).map(|p| match memchr::memchr(b'=', p) {
            Some(eq) => (&p[..eq], Some(&p[eq + 1..])),
            None => (p, None),
        })
    }

    /// The value of a parameter: `Some(b"")` for a bare one. Names are case-insensitive.
    pub fn param(&self, name: &str) -> Option<&'a [u8]> {
        self.params().find(|(n, _)| n.eq_ignore_ascii_case(name.as_bytes())).map(|(_, v)| v.unwrap_or_default())
    }

    /// Whether the parameter is there, with or without a value.
    pub fn has_param(&self, name: &str) -> bool {
        self.param(name).is_some()
    }

    /// The user part with its escapes resolved. It may hold any byte, NUL and `@` included.
    pub fn user_decoded(&self) -> Option<Cow<'a, [u8]>> {
        self.user.map(unescape)
    }

    /// The host in lower case.
    pub fn host_lower(&self) -> Vec<u8> {
        self.host.to_ascii_lowercase()
    }

    /// The host as an address, if it is one.
    pub fn host_address(&self) -> Option<std::net::IpAddr> {
        crate::header::host_address(self.host)
    }

    /// The key under which a registrar keeps an address-of-record: user with escapes resolved, `@`, host in lower
    /// case; scheme, port, parameters and password do not count. `None` for other schemes.
    pub fn aor_key(&self) -> Option<Vec<u8>> {
        // RFC 3261 §10.3 item 5: all parameters go, and escaped characters become what they stand for.
        if !self.is_sip() {
            return None;
        }
        let mut key = self.user_decoded().unwrap_or_default().into_owned();
        if self.user.is_some() {
            key.push(b'@');
        }
        key.extend_from_slice(&self.host_lower());
        Some(key)
    }

    /// Where the parts are.
    pub(crate) fn spans(&self) -> UriSpans {
        let span = |part: &[u8]| {
            let at = offset_in(self.raw, part);
            (at as u16, (at + part.len()) as u16)
        };
        UriSpans {
            scheme: self.scheme,
            scheme_len: self.scheme_text.len() as u16,
            user: self.user.map(span),
            password: self.password.map(span),
            host: if self.host.is_empty() { (0, 0) } else { span(self.host) },
            port: self.port,
            params: if self.params.is_empty() { (0, 0) } else { span(self.params) },
            headers: self.headers.map(span),
        }
    }

    /// Whether two URIs name the same resource, as RFC 3261 §19.1.4 compares them.
    pub fn is_equivalent(&self, other: &Uri<'_>) -> bool {
        compare::equivalent(self, other)
    }
}

/// Where the parts of a URI are, by their first and last bytes. A line's length bounds them, so that they fit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UriSpans {
    scheme: Scheme,
    scheme_len: u16,
    user: Option<(u16, u16)>,
    password: Option<(u16, u16)>,
    host: (u16, u16),
    port: Option<u16>,
    params: (u16, u16),
    headers: Option<(u16, u16)>,
}

impl UriSpans {
    /// The URI, of the same text.
    pub(crate) fn of<'a>(&self, raw: &'a [u8]) -> Uri<'a> {
        let part = |(at, end): (u16, u16)| raw.get(usize::from(at)..usize::from(end)).unwrap_or_default();
        Uri {
            raw,
            scheme: self.scheme,
            scheme_text: part((0, self.scheme_len)),
            user: self.user.map(part),
            password: self.password.map(part),
            host: part(self.host),
            port: self.port,
            params: part(self.params),
            headers: self.headers.map(part),
        }
    }
}

/// Resolves `%HH` escapes; an escape that is cut short stays as it is.
pub fn unescape(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.contains(&b'%') {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        match escaped(rest) {
            Some(byte) => {
                out.push(byte);
                rest = &rest[3..];
            }
            None => {
                out.push(*first);
                rest = after;
            }
        }
    }
    Cow::Owned(out)
}

/// The byte that an escape at the start of `text` stands for.
fn escaped(text: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = text else { return None };
    let digit = |b: u8| char::from(b).to_digit(16);
    u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()
}

/// Writes a user part so that it can stand in a URI: what is not allowed there is escaped.
pub fn escape_user(user: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(user.len());
    for byte in user {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()&=+$,;?/".contains(byte) {
            out.push(*byte);
        } else {
            out.extend_from_slice(format!("%{byte:02X}").as_bytes());
        }
    }
    out
}

fn parse(text: &[u8]) -> Option<Uri<'_>> {
    let (scheme, colon) = match text {
        [b's', b'i', b'p', b':', ..] => (Scheme::Sip, 3),
        _ => scheme(text)?,
    };
    let (scheme_text, rest) = (&text[..colon], &text[colon + 1..]);
    if !well_formed(rest) {
        return None;
    }
    let mut uri = Uri {
        raw: text,
        scheme,
        scheme_text,
        user: None,
        password: None,
        host: b"",
        port: None,
        params: b"",
        headers: None,
    };
    match scheme {
        Scheme::Sip | Scheme::Sips => parts(&mut uri, rest)?,
        Scheme::Tel => {
            let end = memchr::memchr(b';', rest).unwrap_or(rest.len());
            (uri.user, uri.params) = (Some(&rest[..end]), &rest[end..]);
            (end > 0).then_some(())?;
        }
        Scheme::Other => {}
    }
    Some(uri)
}

/// The scheme, and where its colon is.
fn scheme(text: &[u8]) -> Option<(Scheme, usize)> {
    let colon = text.iter().position(|b| *b == b':')?;
    let scheme_text = &text[..colon];
    let in_scheme = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
    if !scheme_text.first()?.is_ascii_alphabetic() || !scheme_text.iter().all(in_scheme) {
        return None;
    }
    let named = |name: &[u8]| scheme_text.eq_ignore_ascii_case(name);
    let scheme = match colon {
        3 if named(b"sip") => Scheme::Sip,
        4 if named(b"sips") => Scheme::Sips,
        3 if named(b"tel") => Scheme::Tel,
        _ => Scheme::Other,
    };
    Some((scheme, colon))
}

/// No URI has a space, a control character, an angle bracket, a quote, or a percent sign without two digits.
#[inline]
fn well_formed(rest: &[u8]) -> bool {
    !rest.is_empty() && uri_len(rest) == rest.len() && escapes_are_whole(rest)
}

#[inline]
fn escapes_are_whole(mut text: &[u8]) -> bool {
    while let Some(at) = find(text, b'%') {
        if escaped(&text[at..]).is_none() {
            return false;
        }
        text = &text[at + 1..];
    }
    true
}

fn parts<'a>(uri: &mut Uri<'a>, rest: &'a [u8]) -> Option<()> {
    // RFC 3261 §25.1: an at sign occurs nowhere but behind the user part, so everything before it is the user's,
    // semicolons and question marks included.
    let rest = match find(rest, b'@') {
        None => rest,
        Some(at) => {
            let user_info = &rest[..at];
            let colon = find(user_info, b':');
            let user = &user_info[..colon.unwrap_or(at)];
            uri.user = (!user.is_empty()).then_some(user);
            uri.user?;
            uri.password = colon.map(|c| &user_info[c + 1..]);
            &rest[at + 1..]
        }
    };
    let (host, mut rest) = crate::header::host(rest)?;
    uri.host = host;
    if let Some(after) = rest.strip_prefix(b":") {
        let len = after.iter().position(|b| !b.is_ascii_digit()).unwrap_or(after.len());
        uri.port = Some(u16::try_from(number(&after[..len])?).ok()?);
        rest = &after[len..];
    }
    if rest.is_empty() {
        return Some(());
    }
    let question = find(rest, b'?');
    uri.headers = question.map(|q| &rest[q + 1..]);
    uri.params = &rest[..question.unwrap_or(rest.len())];
    (uri.params.is_empty() || uri.params[0] == b';').then_some(())?;
    (find(rest, b'@').is_none()).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_semicolon_in_the_user_part_belongs_to_the_user() {
        let uri = Uri::parse(b"sip:user;par=u%40example.net@example.com;x=1").unwrap();
        assert_eq!(uri.user_decoded().as_deref(), Some(&b"user;par=u@example.net"[..]));
        assert_eq!((uri.host, uri.param("x")), (&b"example.com"[..], Some(&b"1"[..])));
    }

    /// RFC 5118 §4.3, §4.4: a port inside the brackets is part of the address.
    #[test]
    fn ipv6_references_keep_their_port_apart() {
        let inside = Uri::parse(b"sip:[2001:db8::10:5070]").unwrap();
        assert_eq!((inside.host, inside.port), (&b"[2001:db8::10:5070]"[..], None));
        let outside = Uri::parse(b"sip:[2001:db8::10]:5070").unwrap();
        assert_eq!((outside.host_address(), outside.port), ("2001:db8::10".parse().ok(), Some(5070)));
        assert!(Uri::parse(b"sip:user@[2001:db8:::192.0.2.1]").is_ok());
    }

    #[test]
    fn tel_and_unknown_schemes_pass() {
        let tel = Uri::parse(b"tel:+1-201-555-0123;phone-context=x").unwrap();
        assert_eq!((tel.scheme, tel.user), (Scheme::Tel, Some(&b"+1-201-555-0123"[..])));
        let other = Uri::parse(b"nobodyKnowsThisScheme:totallyopaquecontent").unwrap();
        assert_eq!((other.scheme, other.aor_key()), (Scheme::Other, None));
        assert_eq!(Uri::parse(b"soap.beep://192.0.2.103:3002").unwrap().scheme, Scheme::Other);
    }

    #[test]
    fn an_address_of_record_is_keyed_by_user_and_host() {
        let key = |text: &str| Uri::parse(text.as_bytes()).unwrap().aor_key().unwrap();
        assert_eq!(key("sip:%61lice@Example.COM:5060;transport=tcp"), b"alice@example.com");
        assert_eq!(key("sips:alice:secret@example.com"), b"alice@example.com");
        assert_eq!(key("sip:null-%00-null@example.com"), b"null-\0-null@example.com");
        assert_eq!(key("sip:example.com"), b"example.com");
        assert_ne!(key("sip:Alice@example.com"), key("sip:alice@example.com"));
    }

    #[test]
    fn what_the_grammar_does_not_allow_is_malformed() {
        for bad in [
            "",
            "sip:",
            "sip",
            "1sip:a",
            "sip:@h",
            "sip:a@",
            "sip:a@b@c",
            "sip:a@h:99999",
            "sip:a@h:x",
            "sip:a@h x",
            "sip:a%2@h",
            "sip:a%zz@h",
            "sip:<a>@h",
            "sip:a@[::1",
            "sip:a@h,b",
            "tel:",
        ] {
            assert!(Uri::parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }

    #[test]
    fn escape_user_is_undone_by_unescape() {
        let user = b"a@b \x00\xff%;=";
        assert_eq!(&*unescape(&escape_user(user)), user);
    }
}
