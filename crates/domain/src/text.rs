//! Plain text members with a bound, and names of time zones.

use crate::Invalid;

/// How plain text members are checked.
#[derive(Debug, Clone, Copy)]
pub struct Text;

impl Text {
    /// The longest text of one line: names, addresses of people, numbers.
    pub const LINE_MAX: usize = 255;
    /// The longest text of several lines: certificates, postal addresses, values of properties.
    pub const BLOCK_MAX: usize = 65_535;

    /// Checks a text of one line; it may hold a line break (postal addresses do) but no other control character.
    pub fn line(text: String) -> Result<String, Invalid> {
        Self::bounded(text, Self::LINE_MAX)
    }

    /// Checks a long text.
    pub fn block(text: String) -> Result<String, Invalid> {
        Self::bounded(text, Self::BLOCK_MAX)
    }

    fn bounded(text: String, most: usize) -> Result<String, Invalid> {
        if text.chars().count() > most {
            return Err(Invalid::new(format!("has at most {most} characters")));
        }
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            return Err(Invalid::new("has no control characters"));
        }
        Ok(text)
    }
}

/// The name of a time zone in the Olson form; empty when unset. Whether the zone exists is not asked: clients bring
/// zones that are newer, and older, than the platform's own list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TimeZoneName(Box<str>);

impl TimeZoneName {
    /// Reads the name of a time zone.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let well_formed = text.len() <= 64
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_+-".contains(&b))
            && !text.starts_with('/');
        if well_formed { Ok(Self(text.into())) } else { Err(Invalid::new("not the name of a time zone")) }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_bounded_in_characters_and_not_in_octets() {
        assert!(Text::line("ö".repeat(255)).is_ok());
        assert!(Text::line("ö".repeat(256)).is_err());
        assert!(Text::block("x".repeat(65_536)).is_err());
    }

    #[test]
    fn lines_may_break_but_hold_no_other_control_characters() {
        assert!(Text::line("Dam 1\r\nAmsterdam\tNL".into()).is_ok());
        assert!(Text::line("a\0b".into()).is_err());
        assert!(Text::line("a\u{1b}[0m".into()).is_err());
    }

    #[test]
    fn a_time_zone_is_a_name_or_empty() {
        for good in ["", "Europe/Amsterdam", "Etc/GMT+12", "America/Argentina/Buenos_Aires", "UTC"] {
            assert!(TimeZoneName::parse(good).is_ok(), "{good}");
        }
        for bad in ["/etc/passwd", "Europe Amsterdam", "a'b", "../x"] {
            assert!(TimeZoneName::parse(bad).is_err(), "{bad}");
        }
    }
}
