//! The Date header (RFC 3261 §20.17): what the wall clock shows at an instant. The clock is read outside; here is only how far it is from the
//! time that inputs carry.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

const UNKNOWN: i64 = i64::MIN;
const DAY_S: i64 = 86_400;
const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The wall clock, as far as it is known.
#[derive(Debug)]
pub(crate) struct WallClock {
    start: Instant,
    /// What it showed at the start, in milliseconds since 1970.
    at_start_ms: AtomicI64,
}

impl WallClock {
    pub(crate) fn unknown(start: Instant) -> WallClock {
        WallClock { start, at_start_ms: AtomicI64::new(UNKNOWN) }
    }

    /// It shows this at this instant; it may have been set since it was told before.
    pub(crate) fn set(&self, now: Instant, since_1970: Duration) {
        let at_start = milliseconds(since_1970) - milliseconds(now.saturating_duration_since(self.start));
        self.at_start_ms.store(at_start, Ordering::Relaxed);
    }

    /// The header's value; none while nobody has told what the clock shows.
    pub(crate) fn date(&self, now: Instant) -> Option<String> {
        self.unix_s(now).map(rendered)
    }

    /// Seconds since 1970; none while nobody has told what the clock shows.
    pub(crate) fn unix_s(&self, now: Instant) -> Option<i64> {
        let at_start = self.at_start_ms.load(Ordering::Relaxed);
        let ms = || at_start + milliseconds(now.saturating_duration_since(self.start));
        (at_start != UNKNOWN).then(|| ms().div_euclid(1000))
    }
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 2)
}

/// RFC 3261 §25.1: `SIP-date`, always in GMT.
fn rendered(unix_s: i64) -> String {
    let (days, second) = (unix_s.div_euclid(DAY_S), unix_s.rem_euclid(DAY_S));
    let (year, month, day) = civil(days);
    let mut text = String::with_capacity("Thu, 01 Jan 1970 00:00:00 GMT".len());
    // Every registration has one: digits are put together by hand, which is a tenth of what formatting costs.
    let two = |text: &mut String, number: i64| {
        for digit in [number / 10 % 10, number % 10] {
            text.push(char::from(b'0' + digit as u8));
        }
    };
    text.push_str(DAYS[days.rem_euclid(7) as usize]);
    text.push_str(", ");
    two(&mut text, day);
    text.push(' ');
    text.push_str(MONTHS[month]);
    text.push(' ');
    two(&mut text, year / 100);
    two(&mut text, year);
    for (before, part) in [(' ', second / 3600), (':', second / 60 % 60), (':', second % 60)] {
        text.push(before);
        two(&mut text, part);
    }
    text.push_str(" GMT");
    text
}

/// Year, month (from 0) and day of a day since 1970. Years are taken to begin in March, so that the odd day is their last.
fn civil(days: i64) -> (i64, usize, i64) {
    const FOUR_CENTURIES: i64 = 146_097;
    const FROM_YEAR_0: i64 = 719_468;
    let shifted = days + FROM_YEAR_0;
    let (era, day) = (shifted.div_euclid(FOUR_CENTURIES), shifted.rem_euclid(FOUR_CENTURIES));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = (month + 2) % 12;
    (era * 400 + year + i64::from(month < 2), month as usize, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_clock::start;

    /// RFC 3261 §20.17, §25.1: the expected dates were made with another program.
    #[test]
    fn days_are_those_of_the_calendar() {
        for (unix_s, date) in [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (951_782_399, "Mon, 28 Feb 2000 23:59:59 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (1_709_251_199, "Thu, 29 Feb 2024 23:59:59 GMT"),
            (1_735_689_599, "Tue, 31 Dec 2024 23:59:59 GMT"),
            (1_735_689_600, "Wed, 01 Jan 2025 00:00:00 GMT"),
            (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
        ] {
            assert_eq!(rendered(unix_s), date);
        }
    }

    #[test]
    fn the_clock_goes_on_and_may_be_set_anew() {
        let start = start();
        let clock = WallClock::unknown(start);
        let at = |s| start + Duration::from_secs(s);
        assert_eq!(clock.date(at(1)), None);
        clock.set(at(10), Duration::from_secs(1_735_689_590));
        assert_eq!(clock.date(at(20)).as_deref(), Some("Wed, 01 Jan 2025 00:00:00 GMT"));
        clock.set(at(20), Duration::from_secs(5));
        assert_eq!(clock.date(at(20)).as_deref(), Some("Thu, 01 Jan 1970 00:00:05 GMT"));
    }
}
