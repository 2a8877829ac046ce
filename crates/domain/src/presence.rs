//! Presence: what somebody publishes of itself, and how those who watch are treated.

use crate::{Invalid, Text};

/// What somebody is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Activity {
    /// There; the usual one.
    #[default]
    Open,
    /// There, and doing nothing.
    Idle,
    /// There, and not to be disturbed.
    Busy,
    /// Waiting for calls.
    Available,
}

impl Activity {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Open, Self::Idle, Self::Busy, Self::Available];

    /// Reads its name; nothing is the usual one.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let found = Self::ALL.into_iter().find(|activity| activity.as_str().eq_ignore_ascii_case(text));
        found.ok_or_else(|| Invalid::new("is not open, idle, busy or available"))
    }

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Idle => "idle",
            Self::Busy => "busy",
            Self::Available => "available",
        }
    }
}

/// How a watcher is treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Treatment {
    /// Sees what is published.
    Allow,
    /// Sees nothing.
    Deny,
    /// Waits until the holder has decided.
    Confirm,
}

impl Treatment {
    /// All of them, in the contract's order.
    pub const ALL: [Self; 3] = [Self::Allow, Self::Deny, Self::Confirm];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
            Self::Confirm => "confirm",
        }
    }
}

/// Whom a rule is about: an address without scheme, in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct WatcherAddress(Box<str>);

impl WatcherAddress {
    /// Reads an address; `None` when there is nothing in it.
    pub fn parse(text: &str) -> Result<Option<Self>, Invalid> {
        let text = text.trim().to_lowercase();
        let address = text.strip_prefix("sip:").or_else(|| text.strip_prefix("sips:")).unwrap_or(&text);
        if address.is_empty() {
            return Ok(None);
        }
        if address.contains(char::is_whitespace) {
            return Err(Invalid::new("is not an address"));
        }
        Ok(Some(Self(Text::line(address.to_owned())?.into())))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_activity_is_one_of_four_and_open_when_nothing_is_said() {
        assert_eq!(Activity::parse(""), Ok(Activity::Open));
        assert_eq!(Activity::parse("Busy"), Ok(Activity::Busy));
        assert!(Activity::parse("asleep").is_err());
        for activity in Activity::ALL {
            assert_eq!(Activity::parse(activity.as_str()), Ok(activity));
        }
    }

    #[test]
    fn a_watcher_is_an_address_in_lower_case_without_its_scheme() {
        let read = |text| WatcherAddress::parse(text).map(|found| found.map(|address| address.as_str().to_owned()));
        assert_eq!(read(" sip:Bob@Example.com "), Ok(Some("bob@example.com".to_owned())));
        assert_eq!(read("sips:"), Ok(None));
        assert!(read("bob at example.com").is_err() && read(&"b".repeat(256)).is_err());
    }
}
