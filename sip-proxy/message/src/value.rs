//! A header's value on its way out: borrowed, owned or a number, so that callers need not format numbers themselves.

use crate::words::find_line_end;
use bytes::BufMut;
use std::net::IpAddr;

/// What a header is set to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Value<'a> {
    /// Bytes that live elsewhere.
    Borrowed(&'a [u8]),
    /// Bytes made for this message.
    Owned(Vec<u8>),
    /// A decimal number.
    Number(u64),
}

impl Value<'_> {
    /// Writes the value; a CR or LF in it becomes a space, so that no value can add a header line.
    pub(crate) fn write(&self, out: &mut impl BufMut) {
        match self {
            Value::Borrowed(bytes) => put_line(out, bytes),
            Value::Owned(bytes) => put_line(out, bytes),
            Value::Number(number) => put_number(out, *number),
        }
    }
}

/// Writes bytes that must stay on one line.
fn put_line(out: &mut impl BufMut, bytes: &[u8]) {
    let mut rest = bytes;
    while let Some(at) = find_line_end(rest) {
        out.put_slice(&rest[..at]);
        out.put_u8(b' ');
        rest = &rest[at + 1..];
    }
    out.put_slice(rest);
}

/// Writes a decimal number without allocating.
pub(crate) fn put_number(out: &mut impl BufMut, number: u64) {
    let mut text = Digits::default();
    text.prepend(number);
    out.put_slice(text.as_bytes());
}

/// Decimal text of a 64-bit number, written from its end.
struct Digits {
    bytes: [u8; 20],
    at: usize,
}

impl Default for Digits {
    fn default() -> Digits {
        Digits { bytes: [0; 20], at: 20 }
    }
}

impl Digits {
    fn prepend(&mut self, mut number: u64) {
        loop {
            self.at -= 1;
            self.bytes[self.at] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                break;
            }
        }
    }

    fn as_bytes(&self) -> &[u8] {
        &self.bytes[self.at..]
    }
}

/// Writes an address as the `received` parameter spells it: an IPv6 address without brackets (RFC 5118 §4.5).
pub(crate) fn put_ip(out: &mut impl BufMut, ip: IpAddr) {
    match ip {
        IpAddr::V4(v4) => {
            let mut text = Fixed { bytes: [0; 48], len: 0 };
            for octet in v4.octets() {
                text.push_octet(octet);
                text.push(b'.');
            }
            out.put_slice(&text.bytes[..text.len - 1]);
        }
        IpAddr::V6(v6) => {
            let mut text = Fixed { bytes: [0; 48], len: 0 };
            // An IPv6 address is at most 46 characters, so the write cannot fail.
            let _ = std::fmt::Write::write_fmt(&mut text, format_args!("{v6}"));
            out.put_slice(&text.bytes[..text.len]);
        }
    }
}

struct Fixed {
    bytes: [u8; 48],
    len: usize,
}

impl Fixed {
    fn push(&mut self, byte: u8) {
        self.bytes[self.len] = byte;
        self.len += 1;
    }

    fn push_octet(&mut self, octet: u8) {
        if octet >= 100 {
            self.push(b'0' + octet / 100);
        }
        if octet >= 10 {
            self.push(b'0' + octet / 10 % 10);
        }
        self.push(b'0' + octet % 10);
    }
}

impl std::fmt::Write for Fixed {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let end = self.len + text.len();
        self.bytes.get_mut(self.len..end).ok_or(std::fmt::Error)?.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(value: &'a [u8]) -> Self {
        Value::Borrowed(value)
    }
}

impl<'a> From<&'a Vec<u8>> for Value<'a> {
    fn from(value: &'a Vec<u8>) -> Self {
        Value::Borrowed(value)
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Value<'a> {
    fn from(value: &'a [u8; N]) -> Self {
        Value::Borrowed(value)
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(value: &'a str) -> Self {
        Value::Borrowed(value.as_bytes())
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(value: &'a String) -> Self {
        Value::Borrowed(value.as_bytes())
    }
}

impl From<String> for Value<'_> {
    fn from(value: String) -> Self {
        Value::Owned(value.into_bytes())
    }
}

impl From<Vec<u8>> for Value<'_> {
    fn from(value: Vec<u8>) -> Self {
        Value::Owned(value)
    }
}

impl From<u8> for Value<'_> {
    fn from(value: u8) -> Self {
        Value::Number(u64::from(value))
    }
}

impl From<u32> for Value<'_> {
    fn from(value: u32) -> Self {
        Value::Number(u64::from(value))
    }
}

impl From<u64> for Value<'_> {
    fn from(value: u64) -> Self {
        Value::Number(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_cannot_add_a_header_line() {
        let mut out = Vec::new();
        Value::from("a\r\nEvil: b").write(&mut out);
        assert_eq!(out, b"a  Evil: b");
    }

    #[test]
    fn addresses_are_written_without_brackets() {
        let mut out = Vec::new();
        put_ip(&mut out, IpAddr::from([192, 0, 2, 7]));
        out.push(b' ');
        put_ip(&mut out, "2001:db8::1".parse().unwrap());
        assert_eq!(out, b"192.0.2.7 2001:db8::1");
    }

    #[test]
    fn numbers_are_written_in_full() {
        let mut out = Vec::new();
        put_number(&mut out, 0);
        out.push(b' ');
        put_number(&mut out, u64::MAX);
        assert_eq!(out, b"0 18446744073709551615");
    }
}
