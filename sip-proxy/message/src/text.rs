//! The small pieces of SIP's grammar that every header shares: tokens, white space, quoted strings, numbers, lists
//! and parameters. White space includes CR and LF, since inside a header's value they occur only as folding.
//!
//! RFC 3261 §7.3.1, §25.1.

use crate::words::{below, brackets, equal, find, position};
use std::borrow::Cow;

const TOKEN: u8 = 1;
const LWS: u8 = 2;
/// Ends a parameter's bare value.
const VALUE_END: u8 = 4;
/// Stands in no URI.
const NOT_URI: u8 = 8;
/// Stands in a host's name.
const HOST: u8 = 16;

static CLASS: [u8; 256] = class_table();

const fn class_table() -> [u8; 256] {
    let mut table = [0u8; 256];
    let token = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.!%*_+`'~";
    let mut i = 0;
    while i < token.len() {
        table[token[i] as usize] = TOKEN;
        i += 1;
    }
    let mut control = 0;
    while control <= b' ' {
        table[control as usize] |= NOT_URI;
        control += 1;
    }
    let lws = b" \t\r\n";
    let mut i = 0;
    while i < lws.len() {
        table[lws[i] as usize] |= LWS | VALUE_END;
        i += 1;
    }
    let host = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
    let mut i = 0;
    while i < host.len() {
        table[host[i] as usize] |= HOST;
        i += 1;
    }
    let not_uri = b"\x7f<>\"\\";
    let mut i = 0;
    while i < not_uri.len() {
        table[not_uri[i] as usize] |= NOT_URI;
        i += 1;
    }
    let ends = b";,\"<>";
    let mut i = 0;
    while i < ends.len() {
        table[ends[i] as usize] |= VALUE_END;
        i += 1;
    }
    table
}

/// Whether a byte may stand in a token.
#[inline]
pub fn is_token_byte(byte: u8) -> bool {
    CLASS[byte as usize] & TOKEN != 0
}

/// The length of the token at the start of `text`, 0 if there is none.
#[inline]
pub(crate) fn token_len(text: &[u8]) -> usize {
    text.iter().position(|b| !is_token_byte(*b)).unwrap_or(text.len())
}

/// The length of the host's name at the start of `text`, 0 if there is none.
#[inline]
pub(crate) fn host_name_len(text: &[u8]) -> usize {
    text.iter().position(|b| CLASS[*b as usize] & HOST == 0).unwrap_or(text.len())
}

/// Whether the text is one token.
#[inline]
pub fn is_token(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|b| is_token_byte(*b))
}

/// Whether a byte is white space, folding included.
#[inline]
pub fn is_lws(byte: u8) -> bool {
    CLASS[byte as usize] & LWS != 0
}

/// Whether a byte may stand in a URI, percent signs apart. Bytes beyond ASCII and characters such as `#` may, since
/// phones send them and nothing here depends on them.
#[inline]
fn is_uri_byte(byte: u8) -> bool {
    CLASS[byte as usize] & NOT_URI == 0
}

/// How many bytes at the start of `text` may stand in a URI, percent signs included.
#[inline]
pub(crate) fn uri_len(text: &[u8]) -> usize {
    let suspects = |w| below(w, b'"' + 1) | brackets(w) | equal(w, b'\\') | equal(w, 0x7f);
    position(text, suspects, |b| !is_uri_byte(b)).unwrap_or(text.len())
}

/// How many bytes at the start of `text` may stand in a parameter's bare value.
#[inline]
fn value_len(text: &[u8]) -> usize {
    let suspects = |w| below(w, b'"' + 1) | brackets(w) | equal(w, b';') | equal(w, b',');
    position(text, suspects, |b| CLASS[b as usize] & VALUE_END != 0).unwrap_or(text.len())
}

/// Whether there is white space in the text.
#[inline]
pub(crate) fn has_lws(text: &[u8]) -> bool {
    position(text, |w| below(w, b' ' + 1), is_lws).is_some()
}

/// The text without white space at its start.
#[inline]
pub fn trim_start(mut text: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = text
        && *first <= b' '
        && is_lws(*first)
    {
        text = rest;
    }
    text
}

/// The text without white space at its end.
#[inline]
pub fn trim_end(mut text: &[u8]) -> &[u8] {
    while let [rest @ .., last] = text
        && *last <= b' '
        && is_lws(*last)
    {
        text = rest;
    }
    text
}

/// The text without white space at either end.
#[inline]
pub fn trim(text: &[u8]) -> &[u8] {
    trim_end(trim_start(text))
}

/// A number of digits and nothing else, at most `u32::MAX`.
pub fn number(text: &[u8]) -> Option<u32> {
    if text.is_empty() {
        return None;
    }
    let mut value: u32 = 0;
    for byte in text {
        if !byte.is_ascii_digit() {
            return None;
        }
        value = value.checked_mul(10)?.checked_add(u32::from(byte - b'0'))?;
    }
    Some(value)
}

/// The length of the quoted string at the start of `text`, both quotes counted; `None` if it never closes.
pub fn quoted_len(text: &[u8]) -> Option<usize> {
    if text.first() != Some(&b'"') {
        return None;
    }
    let mut at = 1;
    while let Some(found) = position(text.get(at..)?, |w| equal(w, b'"') | equal(w, b'\\'), |b| b == b'"' || b == b'\\')
    {
        at += found;
        if text[at] == b'"' {
            return Some(at + 1);
        }
        at += 2;
    }
    None
}

/// The content of a quoted string with its escapes resolved; a text without quotes is returned as it is.
pub fn unquote(text: &[u8]) -> Cow<'_, [u8]> {
    let [b'"', inner @ .., b'"'] = text else { return Cow::Borrowed(text) };
    if !inner.contains(&b'\\') {
        return Cow::Borrowed(inner);
    }
    let mut out = Vec::with_capacity(inner.len());
    let mut bytes = inner.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => out.extend(bytes.next()),
            _ => out.push(*byte),
        }
    }
    Cow::Owned(out)
}

/// Where `part`, a slice of `whole`, begins in it.
#[inline]
pub(crate) fn offset_in(whole: &[u8], part: &[u8]) -> usize {
    (part.as_ptr() as usize).wrapping_sub(whole.as_ptr() as usize)
}

/// The position of the first `wanted` that is outside quotes and angle brackets, or the length.
pub(crate) fn find_outside(text: &[u8], wanted: u8) -> usize {
    let mut at = 0;
    let ends = |b| b == wanted || b == b'"' || b == b'<';
    while let Some(found) = position(&text[at..], |w| equal(w, wanted) | equal(w, b'"') | equal(w, b'<'), ends) {
        at += found;
        let skipped = match text[at] {
            byte if byte == wanted => return at,
            b'"' => quoted_len(&text[at..]),
            _ => find(&text[at..], b'>').map(|len| len + 1),
        };
        match skipped {
            Some(len) => at += len,
            None => return text.len(),
        }
    }
    text.len()
}

/// The values of a comma separated header, each trimmed. A comma inside quotes or angle brackets separates nothing;
/// an empty value is skipped, since several lines may be joined with one too many.
#[derive(Clone, Debug)]
pub struct List<'a> {
    rest: &'a [u8],
}

impl<'a> List<'a> {
    /// The values of one header line's value.
    pub fn new(value: &'a [u8]) -> List<'a> {
        List { rest: value }
    }
}

impl<'a> Iterator for List<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        while !self.rest.is_empty() {
            let end = find_outside(self.rest, b',');
            let item = trim(&self.rest[..end]);
            self.rest = self.rest.get(end + 1..).unwrap_or_default();
            if !item.is_empty() {
                return Some(item);
            }
        }
        None
    }
}

/// One parameter: `name`, `name=value` or `name="value"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Param<'a> {
    /// The name as written.
    pub name: &'a [u8],
    /// The value as written, quotes and escapes kept; `None` for a bare name.
    pub value: Option<&'a [u8]>,
    /// The whole parameter, from its semicolon to the end of its value.
    pub text: &'a [u8],
}

impl<'a> Param<'a> {
    /// Whether this is the parameter of that name; names are case-insensitive.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }

    /// The value without quotes and escapes.
    pub fn unquoted(&self) -> Option<Cow<'a, [u8]>> {
        self.value.map(unquote)
    }
}

/// The parameters behind a header's main value: `;a=b;c`, parsed as they are walked. Checked once by
/// [`Params::check`]; walking a list that was not checked skips what is malformed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Params<'a> {
    text: &'a [u8],
}

impl<'a> Params<'a> {
    /// The parameters in `text`, which is empty or begins with a semicolon.
    pub fn new(text: &'a [u8]) -> Params<'a> {
        Params { text }
    }

    /// The text as written, leading semicolon included.
    pub fn as_bytes(&self) -> &'a [u8] {
        self.text
    }

    /// Whether every parameter is well-formed: a token as the name, and a value, if any, without bare spaces and
    /// commas.
    pub fn check(&self) -> bool {
        self.check_each(|_| {})
    }

    /// Walks over the parameters, and says whether every one was well-formed.
    #[inline]
    pub(crate) fn check_each(&self, visit: impl FnMut(Param<'a>)) -> bool {
        walk_params(trim(self.text), visit).is_empty()
    }

    /// The parameter of that name.
    pub fn get(&self, name: &str) -> Option<Param<'a>> {
        self.iter().find(|p| p.is(name))
    }

    /// The value of that parameter as written; `None` when it is absent or bare.
    pub fn value(&self, name: &str) -> Option<&'a [u8]> {
        self.get(name).and_then(|p| p.value)
    }

    /// Whether the parameter is there, with or without a value.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// All parameters in their order.
    pub fn iter(&self) -> ParamIter<'a> {
        ParamIter { rest: trim(self.text) }
    }
}

/// The walk over [`Params`].
#[derive(Clone, Debug)]
pub struct ParamIter<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for ParamIter<'a> {
    type Item = Param<'a>;

    fn next(&mut self) -> Option<Param<'a>> {
        while !self.rest.is_empty() {
            if let Some((param, rest)) = take_param(self.rest)
                && !rest.starts_with(b",")
            {
                self.rest = rest;
                return Some(param);
            }
            let end = 1 + find_outside(&self.rest[1..], b';');
            self.rest = &self.rest[end..];
        }
        None
    }
}

/// Walks over the well-formed parameters at the start of a text, and returns what is behind them.
#[inline]
pub(crate) fn walk_params<'a>(text: &'a [u8], mut visit: impl FnMut(Param<'a>)) -> &'a [u8] {
    let mut rest = text;
    while let Some((param, after)) = take_param(rest) {
        visit(param);
        rest = after;
    }
    rest
}

/// Takes `;name[=value]` off the front; `None` if it is malformed. Behind it is the next one, a comma, or nothing.
#[inline]
fn take_param(text: &[u8]) -> Option<(Param<'_>, &[u8])> {
    let rest = trim_start(text.strip_prefix(b";")?);
    let name_len = token_len(rest);
    if name_len == 0 {
        return None;
    }
    let (name, rest) = rest.split_at(name_len);
    let whole = |rest: &[u8]| &text[..text.len() - rest.len()];
    let bare = Param { name, value: None, text: whole(rest) };
    let rest = trim_start(rest);
    match rest.first() {
        None | Some(b';' | b',') => return Some((bare, rest)),
        Some(b'=') => {}
        Some(_) => return None,
    }
    let rest = trim_start(&rest[1..]);
    let len = match rest.first() {
        Some(b'"') => quoted_len(rest)?,
        _ => value_len(rest),
    };
    if len == 0 {
        return None;
    }
    let (value, rest) = rest.split_at(len);
    let param = Param { name, value: Some(value), text: whole(rest) };
    let rest = trim_start(rest);
    matches!(rest.first(), None | Some(b';' | b',')).then_some((param, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_in_quotes_or_brackets_separates_nothing() {
        let list: Vec<_> = List::new(b"\"a, \\\"b\" <sip:x,y@h>;p=1 , <sip:z>,,\r\n last").collect();
        assert_eq!(list, [&b"\"a, \\\"b\" <sip:x,y@h>;p=1"[..], b"<sip:z>", b"last"]);
    }

    #[test]
    fn parameters_are_found_through_spaces_folding_and_case() {
        let params = Params::new(b" ; Branch = z9hG4bK1\r\n ;rport;x=\"a;b\\\"\"");
        assert!(params.check());
        assert_eq!(params.value("branch"), Some(&b"z9hG4bK1"[..]));
        assert_eq!(params.get("rport"), Some(Param { name: b"rport", value: None, text: b";rport" }));
        assert_eq!(params.get("x").and_then(|p| p.unquoted()).as_deref(), Some(&b"a;b\""[..]));
    }

    #[test]
    fn empty_and_broken_parameters_are_malformed() {
        for bad in [&b";"[..], b";;a", b";a=", b";a b", b";a=b c", b";a=\"x", b";a=b,c"] {
            assert!(!Params::new(bad).check(), "{}", String::from_utf8_lossy(bad));
        }
    }

    #[test]
    fn numbers_beyond_32_bits_are_no_numbers() {
        assert_eq!(number(b"4294967295"), Some(u32::MAX));
        assert_eq!(number(b"00000000000000000001"), Some(1));
        for bad in [&b""[..], b"4294967296", b"-1", b"+1", b"0x1", b"1 "] {
            assert_eq!(number(bad), None);
        }
    }

    #[test]
    fn unquote_resolves_escapes() {
        assert_eq!(&*unquote(br#""a\"b\\c""#), br#"a"b\c"#);
        assert_eq!(&*unquote(b"token"), b"token");
    }
}
