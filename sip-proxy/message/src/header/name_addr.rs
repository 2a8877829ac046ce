//! A name and an address: the value of From, To, Contact, Route, Record-Route, Path and the identity headers.
//!
//! RFC 3261 §20.10, §25.1 (`name-addr`, `addr-spec`).

use super::Malformed;
use crate::text::{Params, is_lws, quoted_len, trim, trim_start, unquote, uri_len};
use crate::uri::Uri;
use crate::words::{equal, find, position};
use std::borrow::Cow;

/// `"Display" <uri>;params`, or a bare URI with the header's parameters behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameAddr<'a> {
    /// The display name as written, quotes kept; empty where there is none.
    pub display: &'a [u8],
    /// The URI, without angle brackets.
    pub uri: &'a [u8],
    /// The header's parameters, those behind the angle brackets.
    pub params: Params<'a>,
}

impl<'a> NameAddr<'a> {
    /// Reads one value.
    pub fn parse(value: &'a [u8]) -> Result<NameAddr<'a>, Malformed> {
        NameAddr::parse_with_tag(value).map(|(found, _)| found)
    }

    /// As [`NameAddr::parse`], with the tag.
    pub(crate) fn parse_with_tag(value: &'a [u8]) -> Result<(NameAddr<'a>, Option<&'a [u8]>), Malformed> {
        let found = parse(trim(value)).filter(|found| !found.uri.is_empty()).ok_or(Malformed("name-addr"))?;
        let mut tag = None;
        let well_formed = found.params.check_each(|param| {
            if tag.is_none() && param.is("tag") {
                tag = param.value;
            }
        });
        if well_formed { Ok((found, tag)) } else { Err(Malformed("name-addr")) }
    }

    /// The URI's parts.
    pub fn parse_uri(&self) -> Result<Uri<'a>, Malformed> {
        Uri::parse(self.uri)
    }

    /// The tag.
    pub fn tag(&self) -> Option<&'a [u8]> {
        self.params.value("tag")
    }

    /// The display name without quotes and escapes.
    pub fn display_text(&self) -> Cow<'a, [u8]> {
        unquote(self.display)
    }
}

fn parse(text: &[u8]) -> Option<NameAddr<'_>> {
    if text.first() == Some(&b'"') {
        let (display, rest) = text.split_at(quoted_len(text)?);
        return bracketed(display, trim_start(rest));
    }
    let ends = |w| equal(w, b'<') | equal(w, b';') | equal(w, b'"');
    let at = position(text, ends, |b| matches!(b, b'<' | b';' | b'"')).unwrap_or(text.len());
    if text.get(at) == Some(&b'<') {
        let display = trim(&text[..at]);
        // RFC 4475 §3.1.2.15: a display name with a comma or the like needs quotes.
        let odd = |b: &u8| matches!(b, b',' | b':' | b';' | b'@' | b'>');
        return if display.iter().any(odd) { None } else { bracketed(display, &text[at..]) };
    }
    // RFC 3261 §20.10: without brackets the parameters are the header's, and the URI has no comma or question mark.
    let uri = trim(&text[..at]);
    if uri.iter().any(|b| matches!(b, b',' | b'?' | b'>') || is_lws(*b)) || text.get(at) == Some(&b'"') {
        return None;
    }
    Some(NameAddr { display: b"", uri, params: Params::new(&text[at..]) })
}

fn bracketed<'a>(display: &'a [u8], text: &'a [u8]) -> Option<NameAddr<'a>> {
    let inside = text.strip_prefix(b"<")?;
    let clean = uri_len(inside);
    let (uri, params) = match inside.get(clean) {
        Some(b'>') => (&inside[..clean], &inside[clean + 1..]),
        // White space around the URI is none of its own.
        _ => {
            let end = find(inside, b'>')?;
            let uri = trim(&inside[..end]);
            (uri_len(uri) == uri.len()).then_some((uri, &inside[end + 1..]))?
        }
    };
    let params = trim(params);
    (params.is_empty() || params[0] == b';').then_some(NameAddr { display, uri, params: Params::new(params) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_display_name_may_hold_anything() {
        let addr =
            NameAddr::parse(br#" "J Rosenberg \\\"<x>\"" <sip:jdrosen@example.com;x=y> ; tag = 98asjd8"#).unwrap();
        assert_eq!(&*addr.display_text(), br#"J Rosenberg \"<x>""#);
        assert_eq!(addr.uri, b"sip:jdrosen@example.com;x=y");
        assert_eq!(addr.tag(), Some(&b"98asjd8"[..]));
    }

    /// RFC 3261 §20.10.
    #[test]
    fn without_brackets_the_parameters_are_the_headers() {
        let addr = NameAddr::parse(b"sip:vivekg@chair-dnrc.example.com;unknownparam;tag=1").unwrap();
        assert_eq!(addr.uri, b"sip:vivekg@chair-dnrc.example.com");
        assert!(addr.params.has("unknownparam"));
    }

    #[test]
    fn brackets_without_a_space_before_them_are_read() {
        let addr = NameAddr::parse(b"caller<sip:caller@example.com>;tag=323").unwrap();
        assert_eq!(addr.display, b"caller");
    }

    /// RFC 3261 §20.10, RFC 4475 §3.1.2.15: a comma in a display name without quotes, a question mark in a URI without brackets.
    #[test]
    fn what_the_grammar_does_not_allow_is_malformed() {
        for bad in [
            "",
            "<>",
            "\"Mr. J. User <sip:j.user@example.com>",
            "Bell, Alexander <sip:a@example.com>;tag=43",
            "sip:user@example.com?Route=%3Csip:sip.example.com%3E",
            "<sip:a@b",
            "<sip:a@b>tag=1",
            "<sip:a@b>;tag=1, <sip:c@d>;tag=2",
            "<sip:a@b>;tag=",
            "sip:a b@c",
        ] {
            assert_eq!(NameAddr::parse(bad.as_bytes()), Err(Malformed("name-addr")), "{bad}");
        }
    }
}
