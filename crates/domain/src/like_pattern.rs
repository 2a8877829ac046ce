//! Text terms of a search: SQL LIKE patterns over the whole value, without regard to case, backslash as the escape.

use crate::Invalid;

/// The longest pattern.
const PATTERN_MAX: usize = 256;

/// A pattern that constrains. `%` is any run of characters, `_` any one, `\` takes the next one literally.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LikePattern(Box<str>);

impl LikePattern {
    /// Reads a term; nothing at all and nothing but percent signs is no constraint, also for values that are not set.
    pub fn parse(text: &str) -> Result<Option<Self>, Invalid> {
        if text.bytes().all(|b| b == b'%') {
            return Ok(None);
        }
        if text.chars().count() > PATTERN_MAX {
            return Err(Invalid::new("a pattern has at most 256 characters"));
        }
        if text.contains('\0') {
            return Err(Invalid::new("a pattern has no control characters"));
        }
        // A backslash at the very end escapes nothing; the database would refuse such a pattern, so it stands for itself.
        let trailing = text.bytes().rev().take_while(|b| *b == b'\\').count();
        let mut pattern = text.to_owned();
        if trailing % 2 == 1 {
            pattern.push('\\');
        }
        Ok(Some(Self(pattern.into())))
    }

    /// The pattern, for `ILIKE`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The value that the pattern names, when it can match only that one (letters in any case).
    pub fn exact(&self) -> Option<String> {
        let mut value = String::with_capacity(self.0.len());
        let mut chars = self.0.chars();
        while let Some(c) = chars.next() {
            match c {
                '%' | '_' => return None,
                '\\' => value.extend(chars.next()),
                c => value.push(c),
            }
        }
        Some(value)
    }

    /// The pattern for values that hold lower case only.
    #[must_use]
    pub fn to_lowercase(&self) -> Self {
        Self(self.0.to_lowercase().into())
    }

    /// What every match begins with, and whether any end will do behind it.
    pub fn beginning(&self) -> (String, bool) {
        let mut beginning = String::with_capacity(self.0.len());
        let mut rest = self.0.chars();
        while let Some(c) = rest.next() {
            match c {
                '%' => return (beginning, rest.all(|c| c == '%')),
                '_' => return (beginning, false),
                '\\' => beginning.extend(rest.next()),
                c => beginning.push(c),
            }
        }
        (beginning, false)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn empty_and_percent_signs_are_no_constraint() {
        for text in ["", "%", "%%", "%%%"] {
            assert_eq!(LikePattern::parse(text), Ok(None), "{text}");
        }
    }

    #[test]
    fn an_underscore_is_a_constraint() {
        assert!(LikePattern::parse("_").unwrap().is_some());
    }

    #[test]
    fn a_pattern_without_wildcards_names_one_value() {
        let exact = |text: &str| LikePattern::parse(text).unwrap().unwrap().exact();
        assert_eq!(exact("alice"), Some("alice".into()));
        assert_eq!(exact("a\\_b"), Some("a_b".into()));
        assert_eq!(exact("al%"), None);
        assert_eq!(exact("a_b"), None);
    }

    #[test]
    fn a_pattern_says_what_its_matches_begin_with() {
        let beginning = |text: &str| LikePattern::parse(text).unwrap().unwrap().beginning();
        for (text, begins, any_end) in [
            ("al%", "al", true),
            ("al%%", "al", true),
            ("al%e", "al", false),
            ("al_", "al", false),
            ("a\\_b%", "a_b", true),
            ("_a", "", false),
            ("alice", "alice", false),
        ] {
            assert_eq!(beginning(text), (begins.to_owned(), any_end), "{text}");
        }
    }

    #[test]
    fn a_backslash_at_the_end_stands_for_itself() {
        let pattern = |text: &str| LikePattern::parse(text).unwrap().unwrap();
        assert_eq!(pattern("a\\").as_str(), "a\\\\");
        assert_eq!(pattern("a\\\\").as_str(), "a\\\\");
        assert_eq!(pattern("a\\").exact(), Some("a\\".into()));
    }

    proptest! {
        #[test]
        fn no_pattern_ends_in_an_open_escape(text in "[a%_\\\\]{0,12}") {
            if let Some(pattern) = LikePattern::parse(&text).unwrap() {
                let open = pattern.as_str().bytes().rev().take_while(|b| *b == b'\\').count() % 2;
                prop_assert_eq!(open, 0);
            }
        }
    }
}
