//! When two URIs are equivalent.
//!
//! RFC 3261 §19.1.4.

use super::{Scheme, Uri, escaped};

/// Whether the two name the same resource.
pub(super) fn equivalent(a: &Uri<'_>, b: &Uri<'_>) -> bool {
    if a.scheme != b.scheme {
        return false;
    }
    match a.scheme {
        Scheme::Other => {
            a.scheme_text.eq_ignore_ascii_case(b.scheme_text)
                && a.raw[a.scheme_text.len()..] == b.raw[b.scheme_text.len()..]
        }
        Scheme::Tel => digits(a).eq(digits(b)) && params_agree(a, b),
        Scheme::Sip | Scheme::Sips => {
            same_text(a.user, b.user)
                && same_text(a.password, b.password)
                && a.host.eq_ignore_ascii_case(b.host)
                && a.port == b.port
                && params_agree(a, b)
                && headers_agree(a, b)
        }
    }
}

/// RFC 3966 §4: visual separators do not count.
fn digits<'a>(uri: &Uri<'a>) -> impl Iterator<Item = u8> + use<'a> {
    uri.user.unwrap_or_default().iter().copied().filter(|b| !b"-.()".contains(b))
}

fn same_text(a: Option<&[u8]>, b: Option<&[u8]>) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => characters(a).eq(characters(b)),
        _ => false,
    }
}

/// The characters of a text, an escape being one character. An escaped reserved character is not the bare one, and
/// is told from it by a high bit; every other escape is equal to what it stands for.
fn characters(text: &[u8]) -> impl Iterator<Item = u16> + '_ {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = *rest.first()?;
        match escaped(rest) {
            Some(byte) => {
                rest = &rest[3..];
                Some(u16::from(byte) | if b";/?:@&=+$,".contains(&byte) { 0x100 } else { 0 })
            }
            None => {
                rest = &rest[1..];
                Some(u16::from(first))
            }
        }
    })
}

fn same_ignoring_case(a: &[u8], b: &[u8]) -> bool {
    let lower = |c: u16| u8::try_from(c).map_or(c, |b| u16::from(b.to_ascii_lowercase()));
    characters(a).map(lower).eq(characters(b).map(lower))
}

/// More parameters or headers than this are compared as they are written, since the comparison of all with all would
/// be a way to keep a server busy.
const MANY: usize = 32;

fn params_agree(a: &Uri<'_>, b: &Uri<'_>) -> bool {
    if a.params().count().max(b.params().count()) > MANY {
        return a.params == b.params;
    }
    one_way(a, b) && one_way(b, a)
}

/// Every parameter that both have is equal, and those that never may be absent on one side are on both.
fn one_way(a: &Uri<'_>, b: &Uri<'_>) -> bool {
    a.params().all(|(name, value)| {
        let mut twins = b.params().filter(|(other, _)| same_ignoring_case(name, other)).peekable();
        if twins.peek().is_none() {
            let both = [&b"user"[..], b"ttl", b"method", b"maddr", b"transport"];
            return !both.iter().any(|n| name.eq_ignore_ascii_case(n));
        }
        twins.any(|(_, other)| same_ignoring_case(value.unwrap_or_default(), other.unwrap_or_default()))
    })
}

fn headers_agree(a: &Uri<'_>, b: &Uri<'_>) -> bool {
    let (a, b) = (a.headers.unwrap_or_default(), b.headers.unwrap_or_default());
    let count = headers(a).count();
    if count != headers(b).count() || count > MANY {
        return a == b;
    }
    headers(a).all(|(name, value)| {
        headers(b).any(|(other, other_value)| {
            same_ignoring_case(name, other) && characters(value).eq(characters(other_value))
        })
    })
}

fn headers(text: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    text.split(|b| *b == b'&').filter(|header| !header.is_empty()).map(name_and_value)
}

fn name_and_value(header: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memchr(b'=', header) {
        Some(eq) => (&header[..eq], &header[eq + 1..]),
        None => (header, b""),
    }
}

#[cfg(test)]
mod tests {
    use crate::uri::Uri;

    fn same(a: &str, b: &str) -> bool {
        let (a, b) = (Uri::parse(a.as_bytes()).unwrap(), Uri::parse(b.as_bytes()).unwrap());
        assert_eq!(a.is_equivalent(&b), b.is_equivalent(&a));
        a.is_equivalent(&b)
    }

    /// RFC 3261 §19.1.4: the pairs that the section calls equivalent.
    #[test]
    fn spelling_does_not_make_another_resource() {
        assert!(same("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"));
        assert!(same("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"));
        assert!(same("sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on"));
        assert!(same(
            "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
            "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com"
        ));
        assert!(same(
            "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
            "sip:alice@atlanta.com?priority=urgent&subject=project%20x"
        ));
    }

    /// RFC 3261 §19.1.4: the pairs that the section calls different.
    #[test]
    fn case_of_the_user_port_transport_and_headers_make_another_resource() {
        assert!(!same("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"));
        assert!(!same("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"));
        assert!(!same("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"));
        assert!(!same("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"));
        assert!(!same("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"));
        assert!(!same("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"));
        assert!(!same("sip:a%3Bb@h", "sip:a;b@h"));
        assert!(!same("sip:carol@chicago.com;security=off", "sip:carol@chicago.com;security=on"));
    }

    #[test]
    fn a_uri_with_a_parameter_twice_is_still_itself() {
        assert!(same("sip:a@h;x=1;x=2", "sip:a@h;x=1;x=2"));
        assert!(!same("sip:a@h;x=1", "sip:a@h;x=2"));
    }

    #[test]
    fn very_many_parameters_are_compared_as_written() {
        let many = |last: &str| format!("sip:a@h{}{last}", ";p".repeat(5000));
        assert!(same(&many(""), &many("")));
        assert!(!same(&many(";q"), &many(";r")));
    }

    #[test]
    fn separators_in_a_telephone_number_do_not_count() {
        assert!(same("tel:+1-201-555-0123", "tel:+12015550123"));
        assert!(!same("tel:+12015550123", "tel:+12015550124"));
    }
}
