//! Which rows of a list are answered, and which way round.

/// A page of a list: always bounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    start: u32,
    count: u32,
}

/// Which way a list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// Smallest first.
    #[default]
    Ascending,
    /// Greatest first.
    Descending,
}

impl Range {
    /// A page; a count of zero, below zero or absent is all there is, up to the most that the platform answers at once.
    pub fn new(start: Option<i64>, count: Option<i64>, cap: u32) -> Self {
        let start = start.unwrap_or(0).clamp(0, i64::from(u32::MAX));
        let count = count.filter(|count| *count > 0).unwrap_or(i64::from(cap)).min(i64::from(cap));
        // Both were clamped into the type's range above.
        Self { start: u32::try_from(start).unwrap_or(u32::MAX), count: u32::try_from(count).unwrap_or(cap) }
    }

    /// The index of the first row.
    pub const fn start(&self) -> u32 {
        self.start
    }

    /// The most rows.
    pub const fn count(&self) -> u32 {
        self.count
    }
}

impl Direction {
    /// Reads a direction in any case; anything else is ascending.
    pub fn parse(text: &str) -> Self {
        if text.eq_ignore_ascii_case("DESC") { Self::Descending } else { Self::Ascending }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn no_count_is_all_up_to_the_cap() {
        for count in [None, Some(0), Some(-5), Some(5000)] {
            assert_eq!(Range::new(None, count, 1000).count(), 1000);
        }
        assert_eq!(Range::new(None, Some(20), 1000).count(), 20);
    }

    #[test]
    fn a_start_below_zero_is_the_beginning() {
        assert_eq!(Range::new(Some(-1), None, 1000).start(), 0);
    }

    #[test]
    fn an_unknown_direction_is_ascending() {
        assert_eq!(Direction::parse("desc"), Direction::Descending);
        assert_eq!(Direction::parse("ASC"), Direction::Ascending);
        assert_eq!(Direction::parse("sideways"), Direction::Ascending);
    }

    proptest! {
        #[test]
        fn a_page_is_never_empty_nor_above_the_cap(start: i64, count: i64, cap in 1u32..100_000) {
            let range = Range::new(Some(start), Some(count), cap);
            prop_assert!((1..=cap).contains(&range.count()));
        }
    }
}
