//! What was decided about an account's calls, as the statement of [`crate::directory`] that reads accounts brings it: lists whose entries
//! are parted by a character that none of them may hold.

use domain::{CallDiversions, DiversionCondition, DiversionTarget};

/// Between the parts of an entry.
const PART: char = '\u{1f}';

/// What was decided about an account's calls.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DirectoryCalls {
    /// Where its calls go instead.
    pub diversions: CallDiversions,
    /// Who is put through at which time, in order.
    pub accept_rules: Vec<DirectoryAcceptRule>,
    /// Who is put through until so many seconds since 1970.
    pub temporary: Option<(i64, Vec<String>)>,
    /// Callers that are never put through.
    pub reject_members: Vec<String>,
    /// Beginnings of numbers that it may not call.
    pub barring_prefixes: Vec<String>,
    /// Group and address of those in its phonebook who are in a group that a rule names.
    pub phonebook: Vec<(String, String)>,
    /// The number of its mailbox; empty: none.
    pub mailbox: String,
    /// Whether it pays in advance and has nothing left.
    pub used_up: bool,
}

/// Who is put through in a time window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryAcceptRule {
    /// Monday 1, Tuesday 2, … Sunday 64.
    pub days: u8,
    /// Minutes after midnight.
    pub start: u16,
    /// Minutes after midnight.
    pub stop: u16,
    /// `everybody`, `nobody` or groups of the phonebook.
    pub groups: Vec<String>,
}

/// Condition and target, parted by a space. What cannot be read diverts nothing.
pub(crate) fn diversions(rows: &[String]) -> CallDiversions {
    let read = |row: &String| {
        let (condition, target) = row.split_once(' ')?;
        Some((DiversionCondition::parse(condition).ok()?, DiversionTarget::parse(target).ok()??))
    };
    rows.iter().filter_map(read).collect()
}

/// Days, start, stop, groups.
pub(crate) fn accept_rules(rows: &[String]) -> Vec<DirectoryAcceptRule> {
    let read = |row: &String| {
        let mut parts = row.split(PART);
        let (days, start, stop) = (parts.next()?, parts.next()?, parts.next()?);
        Some(DirectoryAcceptRule {
            days: days.parse().ok()?,
            start: start.parse().ok()?,
            stop: stop.parse().ok()?,
            groups: named(parts),
        })
    };
    rows.iter().filter_map(read).collect()
}

/// Until when, groups.
pub(crate) fn temporary(row: &str) -> Option<(i64, Vec<String>)> {
    let mut parts = row.split(PART);
    Some((parts.next()?.parse().ok()?, named(parts)))
}

/// Group and address.
pub(crate) fn phonebook(rows: &[String]) -> Vec<(String, String)> {
    let read = |row: &String| row.split_once(PART).map(|(group, uri)| (group.to_owned(), uri.to_owned()));
    rows.iter().filter_map(read).collect()
}

fn named<'a>(groups: impl Iterator<Item = &'a str>) -> Vec<String> {
    groups.filter(|group| !group.is_empty()).map(str::to_owned).collect()
}
