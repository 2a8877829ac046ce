//! The phonebook of an account, and the short lists beside it: callers that are always rejected, prefixes that may not be
//! called.

use crate::{Invalid, LikePattern, Text};

/// The longest address of an entry or of a rejected caller.
const URI_MAX: usize = 255;
/// The longest barred prefix.
const PREFIX_MAX: usize = 32;

/// The address of an entry: user@domain, a number, or a pattern; its key inside the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhonebookUri(Box<str>);

/// A contact of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhonebookEntry {
    /// Its address.
    pub uri: PhonebookUri,
    /// The name that is shown.
    pub name: String,
    /// Its group, which accept rules name; empty for none.
    pub group: String,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
}

/// Which entries are looked for: address or name matches, and the group where one is named.
#[derive(Debug, Clone, Default)]
pub struct PhonebookSearch {
    /// A pattern of the address.
    pub uri: Option<LikePattern>,
    /// A pattern of the name.
    pub name: Option<LikePattern>,
    /// The group; an empty one finds entries without.
    pub group: Option<String>,
}

/// A caller that is always rejected: a SIP address, with its scheme or without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectMember(Box<str>);

/// The beginning of numbers that may not be called: digits without a leading zero, with a plus or without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BarringPrefix(Box<str>);

fn word(text: &str, what: &'static str) -> Result<Box<str>, Invalid> {
    let fits = (1..=URI_MAX).contains(&text.chars().count());
    match fits && !text.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"')) {
        true => Ok(text.into()),
        false => Err(Invalid::new(what)),
    }
}

impl PhonebookUri {
    /// Reads an address.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        word(text.trim(), "an address has 1 to 255 characters and no spaces").map(Self)
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PhonebookEntry {
    /// The longest name of a group.
    const GROUP_MAX: usize = 64;

    /// Reads the name of a group; empty is none.
    pub fn group(text: &str) -> Result<String, Invalid> {
        let text = Text::line(text.trim().to_owned())?;
        match text.chars().count() <= Self::GROUP_MAX && !text.chars().any(char::is_control) {
            true => Ok(text),
            false => Err(Invalid::new("the name of a group has at most 64 characters")),
        }
    }
}

impl RejectMember {
    /// Reads a caller.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        const WRONG: &str = "not a SIP address";
        let text = word(text.trim(), WRONG)?;
        let lower = text.to_ascii_lowercase();
        let address = lower.strip_prefix("sip:").or_else(|| lower.strip_prefix("sips:")).unwrap_or(&lower);
        if address.is_empty() { Err(Invalid::new(WRONG)) } else { Ok(Self(text)) }
    }

    /// The address as it was sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl BarringPrefix {
    /// Reads a prefix.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        let digits = text.strip_prefix('+').unwrap_or(text);
        let is_prefix = (1..=PREFIX_MAX).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0');
        if is_prefix { Ok(Self(text.into())) } else { Err(Invalid::new("not + and digits without a leading zero")) }
    }

    /// The prefix.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_word() {
        for good in ["bob@example.com", "0031208005161", "%@example.com", " sip:bob@example.com "] {
            assert_eq!(PhonebookUri::parse(good).unwrap().as_str(), good.trim());
        }
        let long = "x".repeat(256);
        for bad in ["", " ", "a b", "<a>", "a\0", &long] {
            assert!(PhonebookUri::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_rejected_caller_has_an_address_behind_the_scheme() {
        for good in ["sip:spam@example.net", "SIP:0031@example.net", "anonymous@anonymous.invalid", "sip:example.net"] {
            assert_eq!(RejectMember::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "sip:", "Sips:", "a b", "\"x\""] {
            assert!(RejectMember::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_barred_prefix_is_plus_and_digits() {
        for good in ["+31", "31", "1"] {
            assert_eq!(BarringPrefix::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "+", "0031", "+031", "3 1", "++31", "31a", "+3112345678901234567890123456789012345"] {
            assert!(BarringPrefix::parse(bad).is_err(), "{bad}");
        }
    }
}
