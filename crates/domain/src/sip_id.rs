//! SIP domain names, user names and the two together. RFC 3261 §19.1.1 and §25.1 (host, user).

use std::fmt;

use crate::Invalid;

/// The longest user part that is stored.
const USERNAME_MAX: usize = 64;

/// The longest domain name in text form. RFC 1035 §2.3.4: 255 octets on the wire.
const DOMAIN_MAX: usize = 253;

/// A SIP domain, in lower case, without a final dot: a host name, or an IPv4 address.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DomainName(Box<str>);

/// The user part of a SIP address, in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Username(Box<str>);

/// The identity of a SIP account or alias.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SipId {
    /// The user part.
    pub username: Username,
    /// The domain.
    pub domain: DomainName,
}

/// The user part of an account that is about to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewUsername {
    /// Chosen by the caller.
    Given(Username),
    /// The next free numeric name in the domain, asked for by the literal `<autoincrement>`.
    AutoIncrement,
}

impl DomainName {
    /// Reads a domain name in any case.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.strip_suffix('.').unwrap_or(text);
        if text.is_empty() {
            return Err(Invalid::new("a domain name is missing"));
        }
        if text.len() > DOMAIN_MAX {
            return Err(Invalid::new("a domain name has at most 253 characters"));
        }
        let Some(Last { digits_only }) = last_label(text.as_bytes()) else {
            return Err(Invalid::new("not a domain name"));
        };
        // RFC 3261 §25.1: toplabel begins with a letter; a name that ends in a number can only be an IPv4 address.
        if digits_only && text.parse::<std::net::Ipv4Addr>().is_err() {
            return Err(Invalid::new("not a domain name"));
        }
        let mut name: Box<str> = text.into();
        name.make_ascii_lowercase();
        Ok(Self(name))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The last label of a name.
struct Last {
    digits_only: bool,
}

/// RFC 3261 §25.1: domainlabel = alphanum / alphanum *( alphanum / "-" ) alphanum, 63 octets at most. None if a label is
/// something else. Every message that is routed comes through here, so it is one walk.
fn last_label(name: &[u8]) -> Option<Last> {
    let (mut len, mut digits_only, mut before) = (0, true, b'.');
    for byte in name {
        match byte {
            b'.' if before == b'.' || before == b'-' => return None,
            b'.' => (len, digits_only) = (0, true),
            b'-' if before == b'.' => return None,
            b'0'..=b'9' => len += 1,
            b'a'..=b'z' | b'A'..=b'Z' | b'-' => (len, digits_only) = (len + 1, false),
            _ => return None,
        }
        if len > 63 {
            return None;
        }
        before = *byte;
    }
    (before != b'.' && before != b'-').then_some(Last { digits_only })
}

impl Username {
    /// Reads a user part in any case.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.is_empty() {
            return Err(Invalid::new("a user name is missing"));
        }
        if text.len() > USERNAME_MAX {
            return Err(Invalid::new("a user name has at most 64 characters"));
        }
        if !text.bytes().all(is_user_octet) {
            return Err(Invalid::new("a user name has letters, digits and -_.!~*'()&=+$,;?/ only"));
        }
        let mut name: Box<str> = text.into();
        name.make_ascii_lowercase();
        Ok(Self(name))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// RFC 3261 §25.1: user = 1*( unreserved / escaped / user-unreserved ). Escapes are for the wire; names are stored plain.
fn is_user_octet(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"-_.!~*'()&=+$,;?/".contains(&b)
}

impl SipId {
    /// Joins two parts that were read already.
    pub const fn new(username: Username, domain: DomainName) -> Self {
        Self { username, domain }
    }

    /// Reads `user@domain`, without a scheme.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let (username, domain) = text.split_once('@').ok_or_else(|| Invalid::new("not user@domain"))?;
        Ok(Self { username: Username::parse(username)?, domain: DomainName::parse(domain)? })
    }
}

impl NewUsername {
    /// Reads the user part of an account to be made.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.eq_ignore_ascii_case("<autoincrement>") {
            Ok(Self::AutoIncrement)
        } else {
            Username::parse(text).map(Self::Given)
        }
    }
}

impl fmt::Display for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for SipId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.username, self.domain)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_kept_in_lower_case() {
        let id = SipId::parse("Alice.B@Example.COM").unwrap();
        assert_eq!(id.to_string(), "alice.b@example.com");
    }

    #[test]
    fn the_final_dot_of_a_domain_is_dropped() {
        assert_eq!(DomainName::parse("example.com.").unwrap().as_str(), "example.com");
    }

    #[test]
    fn a_domain_is_a_host_name_or_an_ipv4_address() {
        for good in ["example.com", "localhost", "a-b.c1.museum", "192.0.2.7", "xn--sns-0na.example", "1.example"] {
            assert!(DomainName::parse(good).is_ok(), "{good}");
        }
        let long = format!("{}.com", "a".repeat(64));
        let whole = format!("{}com", "abcdefghi.".repeat(26));
        for bad in
            ["", ".", "a..b", "-a.com", "a-.com", "a_b.com", "a b", "söns.de", "1.2.3", "1.2.3.256", &long, &whole]
        {
            assert!(DomainName::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_user_name_has_only_what_a_sip_uri_carries_unescaped() {
        for good in ["alice", "31208005161", "+31208005161", "a_b.c-d", "*97", "o'neil"] {
            assert!(Username::parse(good).is_ok(), "{good}");
        }
        let long = "a".repeat(65);
        for bad in ["", "a b", "a@b", "a:b", "\"a\"", "a%b", "<autoincrement>", "söns", "a\0", &long] {
            assert!(Username::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn autoincrement_is_a_wish_and_not_a_name() {
        assert_eq!(NewUsername::parse("<autoincrement>"), Ok(NewUsername::AutoIncrement));
        assert_eq!(NewUsername::parse("Bob"), Ok(NewUsername::Given(Username::parse("bob").unwrap())));
        assert!(NewUsername::parse("<other>").is_err());
    }

    proptest! {
        #[test]
        fn what_was_read_reads_the_same_again(text in "\\PC{0,80}") {
            if let Ok(id) = SipId::parse(&text) {
                prop_assert_eq!(SipId::parse(&id.to_string()), Ok(id.clone()));
                prop_assert_eq!(id.to_string().to_ascii_lowercase(), id.to_string());
            }
        }

        #[test]
        fn two_spellings_of_one_name_are_equal(user in "[A-Za-z0-9._+-]{1,64}", domain in "[A-Za-z][A-Za-z0-9]{0,20}(\\.[A-Za-z]{2,8}){0,3}") {
            let upper = SipId::parse(&format!("{user}@{domain}").to_ascii_uppercase());
            prop_assert_eq!(SipId::parse(&format!("{user}@{domain}")), upper);
        }
    }
}
