//! Authorization and Proxy-Authorization: a scheme and its parameters, read as phones really spell them: quoted or
//! not, in any order, case and spacing.
//!
//! RFC 3261 §20.7, §20.28, §22.4, §25.1; RFC 7616 §3.4; RFC 8760.

use super::Malformed;
use crate::text::{find_outside, is_lws, is_token, quoted_len, token_len, trim, trim_start, unquote};
use crate::words::find;
use std::borrow::Cow;

/// The credentials of one header line.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    /// The scheme as written.
    pub scheme: &'a [u8],
    params: &'a [u8],
}

impl<'a> Credentials<'a> {
    /// Reads one header line's value. Every parameter must be well-formed; unknown ones are kept.
    pub fn parse(value: &'a [u8]) -> Result<Credentials<'a>, Malformed> {
        let value = trim(value);
        let len = value.iter().position(|b| is_lws(*b)).unwrap_or(value.len());
        let (scheme, params) = value.split_at(len);
        if is_token(scheme) { Ok(Credentials { scheme, params }) } else { Err(Malformed("credentials")) }
    }

    /// Whether this is the Digest scheme.
    pub fn is_digest(&self) -> bool {
        self.scheme.eq_ignore_ascii_case(b"Digest")
    }

    /// The value of a parameter without quotes; names are case-insensitive. The first one counts.
    pub fn get(&self, name: &str) -> Option<Cow<'a, [u8]>> {
        self.iter().find(|(n, _)| n.eq_ignore_ascii_case(name.as_bytes())).map(|(_, value)| unquote(value))
    }

    /// Names and values as written.
    pub fn iter(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + use<'a> {
        let mut rest = self.params;
        std::iter::from_fn(move || {
            while !rest.is_empty() {
                let (item, behind) = take_item(rest);
                rest = behind;
                if let Item::Pair(name, value) = item {
                    return Some((name, value));
                }
            }
            None
        })
    }

    /// The parameters of the Digest scheme; an error names the first that is missing or malformed.
    pub fn digest(&self) -> Result<Digest<'a>, Malformed> {
        if !self.is_digest() {
            return Err(Malformed("scheme"));
        }
        let mut found = [None; DIGEST_PARAMS.len()];
        let mut rest = self.params;
        while !rest.is_empty() {
            let (item, behind) = take_item(rest);
            rest = behind;
            match item {
                Item::Nothing => {}
                Item::Malformed => return Err(Malformed("credentials")),
                Item::Pair(name, value) => {
                    let place = DIGEST_PARAMS.iter().position(|known| name.eq_ignore_ascii_case(known.as_bytes()));
                    if let Some(slot) = place.and_then(|place| found.get_mut(place)) {
                        slot.get_or_insert(value);
                    }
                }
            }
        }
        Digest::from(found)
    }
}

/// The parameters of [`Digest`], in the order of its fields.
const DIGEST_PARAMS: [&str; 10] =
    ["username", "realm", "nonce", "uri", "response", "algorithm", "qop", "cnonce", "nc", "opaque"];

/// What stands before a comma.
enum Item<'a> {
    Nothing,
    Malformed,
    Pair(&'a [u8], &'a [u8]),
}

/// Takes what stands before the next comma, and the comma, off the front.
fn take_item(text: &[u8]) -> (Item<'_>, &[u8]) {
    if let Some(taken) = take_plain_item(text) {
        return taken;
    }
    // A URI in quotes may hold a comma; angle brackets mean nothing here, but they cannot occur outside quotes.
    let end = find_outside(text, b',');
    let item = match trim(&text[..end]) {
        b"" => Item::Nothing,
        item => pair(item).map_or(Item::Malformed, |(name, value)| Item::Pair(name, value)),
    };
    (item, text.get(end + 1..).unwrap_or_default())
}

/// As [`take_item`], for a parameter as nearly all are written: a name, a value in quotes or a token, a comma.
#[inline]
fn take_plain_item(text: &[u8]) -> Option<(Item<'_>, &[u8])> {
    let text = trim_start(text);
    let (name, rest) = text.split_at(token_len(text));
    let value = rest.strip_prefix(b"=")?;
    let len = if value.first() == Some(&b'"') { quoted_len(value)? } else { token_len(value) };
    let (value, rest) = value.split_at(len);
    let behind = match rest {
        [b',', behind @ ..] => behind,
        [] => rest,
        _ => return None,
    };
    (!name.is_empty() && len > 0).then_some((Item::Pair(name, value), behind))
}

fn pair(item: &[u8]) -> Option<(&[u8], &[u8])> {
    let eq = find(item, b'=')?;
    let (name, value) = (trim(&item[..eq]), trim_start(&item[eq + 1..]));
    let whole = match value.first() {
        Some(b'"') => quoted_len(value) == Some(value.len()),
        // Some phones leave the quotes out even around a URI, so anything without space and quotes will do.
        _ => !value.iter().any(|b| is_lws(*b) || *b == b'"'),
    };
    (is_token(name) && whole).then_some((name, value))
}

/// Digest credentials, quotes and escapes resolved. Printing them shows neither nonce nor response.
#[derive(Clone, PartialEq, Eq)]
pub struct Digest<'a> {
    /// `username`.
    pub username: Cow<'a, [u8]>,
    /// `realm`.
    pub realm: Cow<'a, [u8]>,
    /// `nonce`.
    pub nonce: Cow<'a, [u8]>,
    /// `uri`, exactly as it went into the hash.
    pub uri: Cow<'a, [u8]>,
    /// `response`.
    pub response: Cow<'a, [u8]>,
    /// `algorithm`; none means MD5.
    pub algorithm: Option<Cow<'a, [u8]>>,
    /// `qop`.
    pub qop: Option<Cow<'a, [u8]>>,
    /// `cnonce`.
    pub cnonce: Option<Cow<'a, [u8]>>,
    /// `nc`, as it went into the hash.
    pub nc: Option<Cow<'a, [u8]>>,
    /// `opaque`.
    pub opaque: Option<Cow<'a, [u8]>>,
}

impl<'a> Digest<'a> {
    /// From the values as written, in the order of [`DIGEST_PARAMS`].
    fn from(found: [Option<&'a [u8]>; DIGEST_PARAMS.len()]) -> Result<Digest<'a>, Malformed> {
        let need = |place: usize| found[place].map(unquote).ok_or(Malformed(DIGEST_PARAMS[place]));
        Ok(Digest {
            username: need(0)?,
            realm: need(1)?,
            nonce: need(2)?,
            uri: need(3)?,
            response: need(4)?,
            algorithm: found[5].map(unquote),
            qop: found[6].map(unquote),
            cnonce: found[7].map(unquote),
            nc: found[8].map(unquote),
            opaque: found[9].map(unquote),
        })
    }
}

impl std::fmt::Debug for Digest<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Digest")
            .field("realm", &String::from_utf8_lossy(&self.realm))
            .field("username", &"redacted")
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("scheme", &String::from_utf8_lossy(self.scheme)).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digest_parameters_are_read_as_phones_spell_them() {
        let plain = "Digest username=\"1000\",realm=\"example.com\",nonce=\"abc\",uri=\"sip:example.com;a=1,2\",\
                     response=\"00\",algorithm=MD5,qop=auth,nc=00000001,cnonce=\"x\"";
        let spellings = [
            plain.to_owned(),
            plain.replace("qop=auth", "qop=\"auth\"").replace("algorithm=MD5", "algorithm=\"MD5\""),
            plain.replace("Digest ", "DIGEST   ").replace("\",", "\" ,\r\n  "),
            plain.replace("username=", "Username = ").replace("realm=", "REALM="),
            format!("{plain},foo=bar,baz=\"q,u\","),
        ];
        let wanted = Credentials::parse(plain.as_bytes()).unwrap().digest().unwrap();
        assert_eq!(&*wanted.uri, b"sip:example.com;a=1,2");
        for text in &spellings {
            assert_eq!(Credentials::parse(text.as_bytes()).unwrap().digest().unwrap(), wanted, "{text}");
        }
    }

    #[test]
    fn a_missing_parameter_is_named() {
        let credentials = Credentials::parse(b"Digest username=\"a\", realm=\"b\"").unwrap();
        assert_eq!(credentials.digest(), Err(Malformed("nonce")));
    }

    #[test]
    fn another_scheme_is_no_digest() {
        let credentials = Credentials::parse(b"NoOneKnowsThisScheme opaque-data=here").unwrap();
        assert!(!credentials.is_digest());
        assert_eq!(credentials.digest(), Err(Malformed("scheme")));
        assert_eq!(credentials.get("opaque-data").as_deref(), Some(&b"here"[..]));
    }

    #[test]
    fn broken_parameters_are_malformed() {
        for bad in ["Digest username=\"a", "Digest username", "Digest user name=\"a\"", "Digest username=a b"] {
            assert_eq!(Credentials::parse(bad.as_bytes()).unwrap().digest(), Err(Malformed("credentials")), "{bad}");
        }
    }

    #[test]
    fn printing_shows_no_response() {
        let text = b"Digest username=\"u1\",realm=\"r\",nonce=\"n1\",uri=\"s:x\",response=\"deadbeef\"";
        let shown = format!("{:?}", Credentials::parse(text).unwrap().digest().unwrap());
        assert!(!shown.contains("deadbeef") && !shown.contains("u1") && !shown.contains("n1"));
    }
}
