//! Groups of SIP accounts: named rights. The list is open; some names mean something to the platform.

use std::fmt;

use crate::Invalid;

/// The longest name of a group.
const GROUP_MAX: usize = 64;

/// The name of a group.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Group(Box<str>);

impl Group {
    /// May call the public telephone network.
    pub const FREE_PSTN: &'static str = "free-pstn";
    /// No registration and no calls but emergency ones.
    pub const BLOCKED: &'static str = "blocked";
    /// Calls are limited by the prepaid balance; the same thing as the attribute prepaid.
    pub const PREPAID: &'static str = "prepaid";
    /// Reserved for the platform; only the administrator puts an account in or takes it out.
    pub const INTERCEPT: &'static str = "intercept";
    /// The monthly limit is used up: no calls to the public telephone network.
    pub const QUOTA: &'static str = "quota";
    /// The caller's number is hidden towards the public telephone network.
    pub const ANONYMOUS: &'static str = "anonymous";
    /// Anonymous callers are refused.
    pub const ANONYMOUS_REJECT: &'static str = "anonymous-reject";

    /// Reads the name of a group.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.is_empty() {
            return Err(Invalid::new("the name of a group is missing"));
        }
        if text.chars().count() > GROUP_MAX {
            return Err(Invalid::new("the name of a group has at most 64 characters"));
        }
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(Invalid::new("the name of a group has no spaces"));
        }
        Ok(Self(text.into()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the group of that name.
    pub fn is(&self, name: &str) -> bool {
        &*self.0 == name
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_word_names_a_group() {
        for good in ["free-pstn", "vip", "rate-on-net", "Vertrieb_Süd"] {
            assert_eq!(Group::parse(good).unwrap().as_str(), good);
        }
    }

    #[test]
    fn a_name_with_spaces_or_nothing_is_no_group() {
        let long = "g".repeat(65);
        for bad in ["", " ", "a b", "a\n", "a\0b", &long] {
            assert!(Group::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn groups_that_the_platform_knows_are_told_by_name() {
        assert!(Group::parse("prepaid").unwrap().is(Group::PREPAID));
        assert!(!Group::parse("Prepaid").unwrap().is(Group::PREPAID));
    }
}
