//! What an account's holder and its operator decided about its calls: diversions, accept rules, rejected callers, barred prefixes, and
//! how it appears in the telephone network. Each question is a function of the settings and the call alone.
//!
//! RFC 3261 §19.1.4 (whether two addresses are the same).

use domain::{CallDiversions, DiversionCondition, DiversionTarget};
use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;

/// How long it rings where the account does not say.
pub const DEFAULT_TIMEOUT_S: u16 = 35;

/// The settings of one account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallSettings {
    /// Olson name of the zone that the accept rules are in; empty: UTC.
    pub timezone: Box<str>,
    /// Number that is shown in the telephone network; empty: none.
    pub rpid: Box<str>,
    /// What stands in front of short numbers that it dials; empty: nothing.
    pub quickdial_prefix: Box<str>,
    /// Where it is, for emergency calls; empty: not said.
    pub region: Box<str>,
    /// The number of its mailbox; empty: it has none.
    pub mailbox: Box<str>,
    /// Most calls to the telephone network at the same time; 0: no limit.
    pub call_limit: u32,
    /// Seconds of ringing before nobody answered; 0: the usual.
    pub timeout_s: u16,
    /// Whether it pays in advance and has nothing left.
    pub used_up: bool,
    /// Where its calls go instead.
    pub diversions: CallDiversions,
    /// Who is put through at which time, in the order in which they are asked.
    pub accept_rules: Vec<AcceptRule>,
    /// The rule that goes before them while it lasts.
    pub temporary: Option<TemporaryRule>,
    /// Callers that are never put through.
    pub reject_members: Vec<Box<str>>,
    /// Beginnings of numbers that it may not call, with a plus.
    pub barring_prefixes: Vec<Box<str>>,
    /// Of its phonebook those who are in a group that a rule names: the group and the address.
    pub phonebook: Vec<(Box<str>, Box<str>)>,
}

/// Who is put through in a time window of the account's time zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptRule {
    /// Monday 1, Tuesday 2, … Sunday 64.
    pub days: u8,
    /// Minutes after midnight.
    pub start: u16,
    /// Minutes after midnight; not after `start`: the window ends on the next day.
    pub stop: u16,
    /// `everybody`, `nobody` or groups of the phonebook.
    pub groups: Vec<Box<str>>,
}

/// Who is put through until it lapses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemporaryRule {
    /// As in [`AcceptRule`].
    pub groups: Vec<Box<str>>,
    /// Seconds since 1970.
    pub until_s: i64,
}

/// Which rule decided whether a caller is put through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ruled {
    /// None that counts now: everybody is put through.
    Nothing,
    /// The one that lapses.
    Temporary,
    /// The one at this place.
    Persistent(usize),
}

impl CallSettings {
    /// Whether none of them decides anything.
    pub fn decides_nothing(&self) -> bool {
        let zone_or_time_alone =
            CallSettings { timezone: self.timezone.clone(), timeout_s: self.timeout_s, ..CallSettings::default() };
        *self == zone_or_time_alone
    }

    /// Whether this caller is put through now, and by which rule.
    ///
    /// A temporary rule goes before the others while it lasts. Of those whose day and time it is each puts through whom it names; where
    /// none counts now, everybody is.
    pub(crate) fn accepts(&self, caller: &str, now_s: i64) -> (bool, Ruled) {
        if let Some(rule) = self.temporary.as_ref().filter(|rule| rule.until_s > now_s) {
            return (self.is_named(&rule.groups, caller), Ruled::Temporary);
        }
        if self.accept_rules.is_empty() {
            return (true, Ruled::Nothing);
        }
        let (day, minute) = self.local_time(now_s);
        let mut refused = None;
        for (place, rule) in self.accept_rules.iter().enumerate().filter(|(_, rule)| rule.counts_at(day, minute)) {
            if self.is_named(&rule.groups, caller) {
                return (true, Ruled::Persistent(place));
            }
            refused.get_or_insert(place);
        }
        refused.map_or((true, Ruled::Nothing), |place| (false, Ruled::Persistent(place)))
    }

    /// The day (Monday 0) and the minute of it where the account is.
    fn local_time(&self, now_s: i64) -> (u8, u16) {
        let zone = match &*self.timezone {
            "" => TimeZone::UTC,
            // A zone that nobody knows was refused where it was provisioned.
            name => TimeZone::get(name).unwrap_or(TimeZone::UTC),
        };
        let local = Timestamp::from_second(now_s).unwrap_or_default().to_zoned(zone);
        let minute = u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs());
        (weekday(local.weekday()), minute)
    }

    fn is_named(&self, groups: &[Box<str>], caller: &str) -> bool {
        groups.iter().any(|group| match &**group {
            "everybody" => true,
            "nobody" => false,
            group => self.phonebook.iter().any(|(other, address)| **other == *group && is_caller(address, caller)),
        })
    }

    /// The entry by which this caller is never put through.
    pub(crate) fn rejects(&self, caller: &str) -> Option<&str> {
        self.reject_members.iter().map(|member| &**member).find(|member| is_caller(member, caller))
    }

    /// The prefix by which it may not call this number, which is written without its plus.
    pub(crate) fn bars(&self, digits: &str) -> Option<&str> {
        let begins = |prefix: &&str| digits.starts_with(prefix.strip_prefix('+').unwrap_or(prefix));
        self.barring_prefixes.iter().map(|prefix| &**prefix).find(begins)
    }

    /// Where its calls go under that condition.
    pub(crate) fn diversion(&self, condition: DiversionCondition) -> Option<&DiversionTarget> {
        self.diversions.get(&condition)
    }

    /// Seconds of ringing before nobody answered.
    pub(crate) fn rings_s(&self) -> u64 {
        u64::from(if self.timeout_s == 0 { DEFAULT_TIMEOUT_S } else { self.timeout_s })
    }
}

impl AcceptRule {
    fn counts_at(&self, day: u8, minute: u16) -> bool {
        let is_on = |day: u8| self.days & 1 << day != 0;
        match self.start < self.stop {
            true => is_on(day) && (self.start..self.stop).contains(&minute),
            // Over midnight; and what begins when it ends lasts a whole day.
            false => is_on(day) && minute >= self.start || is_on((day + 6) % 7) && minute < self.stop,
        }
    }
}

fn weekday(day: Weekday) -> u8 {
    day.to_monday_zero_offset().unsigned_abs()
}

/// Whether a stored address is that of a caller, who is written `user@domain` in lower case. What is stored may have a scheme, a port or
/// parameters, and may be a number alone: that is meant whatever the domain.
fn is_caller(stored: &str, caller: &str) -> bool {
    let address = ["sips:", "sip:", "tel:"]
        .into_iter()
        .find_map(|scheme| stored.split_at_checked(scheme.len()).filter(|(s, _)| s.eq_ignore_ascii_case(scheme)))
        .map_or(stored, |(_, rest)| rest);
    let address = &address[..address.find([';', '?']).unwrap_or(address.len())];
    let Some((user, domain)) = address.split_once('@') else {
        let user = caller.split('@').next().unwrap_or_default();
        return !address.is_empty() && same_user(address, user);
    };
    let Some((caller_user, caller_domain)) = caller.split_once('@') else { return false };
    let domain = domain.split(':').next().unwrap_or_default();
    same_user(user, caller_user) && domain.eq_ignore_ascii_case(caller_domain)
}

/// Numbers are the same with a plus and with two zeros.
fn same_user(one: &str, other: &str) -> bool {
    fn digits(user: &str) -> &str {
        user.strip_prefix('+').or_else(|| user.strip_prefix("00")).unwrap_or(user)
    }
    let number = |user: &str| (user.starts_with('+') || user.starts_with("00")) && user.len() > 4;
    one.eq_ignore_ascii_case(other) || (number(one) || number(other)) && digits(one) == digits(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(days: u8, start: u16, stop: u16, groups: &[&str]) -> AcceptRule {
        AcceptRule { days, start, stop, groups: groups.iter().map(|group| (*group).into()).collect() }
    }

    /// Saturday, 2025-01-04, 12:00 UTC.
    const SATURDAY_NOON: i64 = 1_735_992_000;
    const HOUR: i64 = 3600;

    #[test]
    fn a_rule_counts_on_its_days_in_its_hours_where_the_account_is() {
        let amsterdam = CallSettings {
            timezone: "Europe/Amsterdam".into(),
            accept_rules: vec![rule(32, 13 * 60, 14 * 60, &["nobody"])],
            ..CallSettings::default()
        };
        for (time, accepted) in [
            (SATURDAY_NOON - 1, true),
            (SATURDAY_NOON, false),
            (SATURDAY_NOON + HOUR - 1, false),
            (SATURDAY_NOON + HOUR, true),
            (SATURDAY_NOON + 24 * HOUR, true),
            (SATURDAY_NOON + 7 * 24 * HOUR, false),
        ] {
            assert_eq!(amsterdam.accepts("a@b", time).0, accepted, "{time}");
        }
        let summer = SATURDAY_NOON + 182 * 24 * HOUR;
        assert!(amsterdam.accepts("a@b", summer).0, "it is two hours ahead then");
        assert!(!amsterdam.accepts("a@b", summer - HOUR).0);
    }

    #[test]
    fn a_rule_may_last_over_midnight() {
        let night = CallSettings { accept_rules: vec![rule(32, 22 * 60, 6 * 60, &["nobody"])], ..Default::default() };
        assert!(night.accepts("a@b", SATURDAY_NOON).0);
        assert!(!night.accepts("a@b", SATURDAY_NOON + 11 * HOUR).0, "Saturday 23:00");
        assert!(!night.accepts("a@b", SATURDAY_NOON + 17 * HOUR).0, "Sunday 05:00");
        assert!(night.accepts("a@b", SATURDAY_NOON + 19 * HOUR).0, "Sunday 07:00");
        assert!(night.accepts("a@b", SATURDAY_NOON - 7 * HOUR).0, "Saturday 05:00");
    }

    #[test]
    fn groups_are_those_of_the_phonebook_and_the_temporary_rule_goes_first() {
        let mut settings = CallSettings {
            accept_rules: vec![rule(127, 0, 1440, &["vip"])],
            phonebook: vec![("vip".into(), "sip:Boss@Example.com".into()), ("vip".into(), "0031208005161".into())],
            ..CallSettings::default()
        };
        for (caller, accepted) in [
            ("boss@example.com", true),
            ("+31208005161@gw.example", true),
            ("boss@example.org", false),
            ("x@example.com", false),
        ] {
            assert_eq!(settings.accepts(caller, SATURDAY_NOON).0, accepted, "{caller}");
        }
        settings.temporary = Some(TemporaryRule { groups: vec!["nobody".into()], until_s: SATURDAY_NOON + 60 });
        assert_eq!(settings.accepts("boss@example.com", SATURDAY_NOON), (false, Ruled::Temporary));
        assert_eq!(settings.accepts("boss@example.com", SATURDAY_NOON + 60), (true, Ruled::Persistent(0)));
    }

    #[test]
    fn callers_are_rejected_and_numbers_barred() {
        let settings = CallSettings {
            reject_members: vec!["sip:spam@example.com".into(), "sip:anonymous@anonymous.invalid".into()],
            barring_prefixes: vec!["+31900".into()],
            ..CallSettings::default()
        };
        assert_eq!(settings.rejects("spam@example.com"), Some("sip:spam@example.com"));
        assert!(
            settings.rejects("anonymous@anonymous.invalid").is_some() && settings.rejects("a@example.com").is_none()
        );
        assert_eq!(settings.bars("319001234"), Some("+31900"));
        assert_eq!(settings.bars("31208005161"), None);
        assert!(!settings.decides_nothing());
        assert!(CallSettings { timezone: "UTC".into(), timeout_s: 35, ..CallSettings::default() }.decides_nothing());
    }
}
