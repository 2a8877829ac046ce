//! Accept rules of an account: who is put through in a time window, and for a while.

use std::fmt;

use crate::Invalid;

/// The longest name of a group of callers.
const GROUP_MAX: usize = 64;

/// Days of the week as a bit set: Monday 1, Tuesday 2, Wednesday 4, Thursday 8, Friday 16, Saturday 32, Sunday 64.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days(u8);

/// A time of day in whole minutes, 24:00 among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeOfDay(u16);

/// The name of a group of callers: everybody, nobody, or a group of the phonebook.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AcceptGroup(Box<str>);

/// Minutes that a temporary rule is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleMinutes(u32);

/// Who is accepted in a time window of the account's time zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersistentAcceptRule {
    /// On which days.
    pub days: Days,
    /// From when.
    pub start: TimeOfDay,
    /// Until when.
    pub stop: TimeOfDay,
    /// Who.
    pub groups: Vec<AcceptGroup>,
}

/// A rule that lapses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemporaryAcceptRule {
    /// Who; never empty.
    pub groups: Vec<AcceptGroup>,
    /// How long it is valid from now.
    pub minutes: RuleMinutes,
}

/// The rules of an account.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AcceptRules {
    /// In the order in which they are asked.
    pub persistent: Vec<PersistentAcceptRule>,
    /// The one that lapses, while it has not.
    pub temporary: Option<TemporaryAcceptRule>,
}

/// A persistent rule as it was sent; the days may be missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentAcceptRule {
    /// On which days, where that was said.
    pub days: Option<Days>,
    /// From when.
    pub start: TimeOfDay,
    /// Until when.
    pub stop: TimeOfDay,
    /// Who.
    pub groups: Vec<AcceptGroup>,
}

impl Days {
    /// The whole week.
    pub const ALL: Self = Self(127);

    /// Reads a bit set.
    pub fn parse(bits: i64) -> Result<Self, Invalid> {
        u8::try_from(bits)
            .ok()
            .filter(|bits| *bits <= 127)
            .map(Self)
            .ok_or_else(|| Invalid::new("days are a bit set between 0 and 127"))
    }

    /// The bits.
    pub const fn bits(self) -> u8 {
        self.0
    }
}

impl TimeOfDay {
    /// Reads HH:MM; seconds may follow and are dropped.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let number = |text: &str, most: u16| {
            let is_number = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
            text.parse::<u16>().ok().filter(|n| is_number && *n <= most)
        };
        let parts: Vec<&str> = text.trim().splitn(4, ':').collect();
        let minutes = match parts[..] {
            [hours, minutes] => number(hours, 24).zip(number(minutes, 59)),
            [hours, minutes, seconds] => number(seconds, 59).and(number(hours, 24).zip(number(minutes, 59))),
            _ => None,
        };
        let minutes = minutes.map(|(hours, minutes)| hours * 60 + minutes);
        minutes.and_then(Self::of_minutes).ok_or_else(|| Invalid::new("not a time of day as HH:MM"))
    }

    /// A time that is so many minutes after midnight; nothing beyond 24:00.
    pub fn of_minutes(minutes: u16) -> Option<Self> {
        (minutes <= 1440).then_some(Self(minutes))
    }

    /// Minutes after midnight.
    pub const fn minutes(self) -> u16 {
        self.0
    }
}

impl AcceptGroup {
    /// Whoever calls.
    pub const EVERYBODY: &'static str = "everybody";
    /// No caller at all.
    pub const NOBODY: &'static str = "nobody";

    /// Reads the name of a group.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.is_empty() || text.chars().count() > GROUP_MAX || text.chars().any(char::is_control) {
            return Err(Invalid::new("the name of a group has 1 to 64 characters"));
        }
        Ok(Self(text.into()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl RuleMinutes {
    /// Reads a number of minutes; 0 and absent are no rule. A year is the longest.
    pub fn parse(minutes: Option<i64>) -> Result<Option<Self>, Invalid> {
        match minutes.unwrap_or(0) {
            0 => Ok(None),
            n => match u32::try_from(n) {
                Ok(n @ 1..=527_040) => Ok(Some(Self(n))),
                _ => Err(Invalid::new("a rule lasts between 1 and 527040 minutes")),
            },
        }
    }

    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }
}

/// Rules sent back without days, as do-not-disturb does, keep those of the stored rule that says the same otherwise. Each
/// stored rule is taken once, so that weekdays and weekend with the same times stay two rules.
pub fn with_days(sent: Vec<SentAcceptRule>, stored: &[PersistentAcceptRule]) -> Vec<PersistentAcceptRule> {
    let mut left: Vec<&PersistentAcceptRule> = stored.iter().collect();
    sent.into_iter()
        .map(|rule| {
            let same = left.iter().position(|known| {
                (known.start, known.stop) == (rule.start, rule.stop)
                    && known.groups == rule.groups
                    && rule.days.is_none_or(|days| days == known.days)
            });
            let known = same.map(|place| left.remove(place).days);
            let days = rule.days.or(known).unwrap_or(Days::ALL);
            PersistentAcceptRule { days, start: rule.start, stop: rule.stop, groups: rule.groups }
        })
        .collect()
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl fmt::Display for AcceptGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_hours_and_minutes_up_to_midnight() {
        for (text, written) in
            [("09:00", "09:00"), ("9:05", "09:05"), ("23:59:59", "23:59"), ("24:00", "24:00"), (" 00:00 ", "00:00")]
        {
            assert_eq!(TimeOfDay::parse(text).unwrap().to_string(), written);
        }
        for bad in ["", "9", "24:01", "12:60", "-1:00", "+1:00", "12:00:61", "1:2:3:4", "12:000", "a:b", "٣:00"] {
            assert!(TimeOfDay::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn days_and_minutes_have_bounds() {
        assert!(Days::parse(0).is_ok() && Days::parse(127).is_ok());
        assert!(Days::parse(128).is_err() && Days::parse(-1).is_err());
        assert_eq!(RuleMinutes::parse(None), Ok(None));
        assert_eq!(RuleMinutes::parse(Some(60)).unwrap().map(RuleMinutes::get), Some(60));
        assert!(RuleMinutes::parse(Some(-1)).is_err() && RuleMinutes::parse(Some(1_000_000)).is_err());
    }

    fn sent(days: Option<i64>, start: &str, group: &str) -> SentAcceptRule {
        SentAcceptRule {
            days: days.map(|days| Days::parse(days).unwrap()),
            start: TimeOfDay::parse(start).unwrap(),
            stop: TimeOfDay::parse("18:00").unwrap(),
            groups: vec![AcceptGroup::parse(group).unwrap()],
        }
    }

    fn days_of(rules: &[PersistentAcceptRule]) -> Vec<u8> {
        rules.iter().map(|rule| rule.days.bits()).collect()
    }

    #[test]
    fn rules_without_days_keep_those_that_are_stored() {
        let stored = with_days(
            vec![
                sent(Some(31), "08:00", "everybody"),
                sent(Some(96), "08:00", "everybody"),
                sent(None, "06:00", "vip"),
            ],
            &[],
        );
        assert_eq!(days_of(&stored), [31, 96, 127]);
        let again = vec![
            sent(None, "08:00", "everybody"),
            sent(None, "08:00", "everybody"),
            sent(None, "08:00", "everybody"),
            sent(None, "08:00", "vip"),
        ];
        assert_eq!(days_of(&with_days(again, &stored)), [31, 96, 127, 127]);
        let other = vec![sent(Some(96), "08:00", "everybody"), sent(None, "08:00", "everybody")];
        assert_eq!(days_of(&with_days(other, &stored)), [96, 31]);
    }
}
