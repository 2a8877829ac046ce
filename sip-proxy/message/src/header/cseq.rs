//! CSeq: the number of a request in its dialog, and its method.
//!
//! RFC 3261 §8.1.1.5, §20.16.

use super::Malformed;
use crate::method::Method;
use crate::text::{is_lws, is_token, number, trim, trim_start};

/// A CSeq header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CSeq<'a> {
    /// The number.
    pub number: u32,
    /// The method.
    pub method: Method,
    /// The method as written.
    pub method_text: &'a [u8],
}

impl<'a> CSeq<'a> {
    /// Reads the header's value.
    pub fn parse(value: &'a [u8]) -> Result<CSeq<'a>, Malformed> {
        CSeq::parse_expecting(value, Method::Other, b"")
    }

    /// As [`CSeq::parse`], knowing what method to expect, with its text, which is a token or empty.
    #[inline]
    pub(crate) fn parse_expecting(value: &'a [u8], method: Method, method_text: &[u8]) -> Result<CSeq<'a>, Malformed> {
        let value = trim(value);
        let len = value.iter().position(|b| !b.is_ascii_digit()).unwrap_or(value.len());
        let (digits, rest) = value.split_at(len);
        let text = trim_start(rest);
        match number(digits) {
            Some(number) if rest.first().is_some_and(|b| is_lws(*b)) => {
                if !text.is_empty() && text == method_text {
                    Ok(CSeq { number, method, method_text: text })
                } else if is_token(text) {
                    Ok(CSeq { number, method: Method::from_token(text), method_text: text })
                } else {
                    Err(Malformed("CSeq"))
                }
            }
            _ => Err(Malformed("CSeq")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_and_method_may_be_folded_apart() {
        let cseq = CSeq::parse(b" 0009\r\n  INVITE").unwrap();
        assert_eq!((cseq.number, cseq.method), (9, Method::Invite));
        assert_eq!(CSeq::parse(b"1 NEWMETHOD").unwrap().method_text, b"NEWMETHOD");
    }

    /// RFC 4475 §3.1.2.4: the number ends at 2**32-1.
    #[test]
    fn an_overlarge_number_is_malformed() {
        for bad in ["36893488147419103232 REGISTER", "-1 INVITE", "1INVITE", "1", "INVITE", "1 INVITE x", ""] {
            assert!(CSeq::parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
