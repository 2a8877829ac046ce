//! What an import answers, a line of JSON each: what became of a row, how far it is, how it ended.

use std::fmt::Write as _;
use std::time::Duration;

use super::super::Problem;
use super::super::write::quoted;

/// What became of a row; with what the record is called by.
#[derive(Debug)]
pub(super) enum Verdict {
    Added(Option<String>),
    Updated(Option<String>),
    /// Not done, by the contract's rules or, `failed`, for want of a database.
    Not(Problem, Option<String>),
}

/// How many rows ended how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// New records.
    pub added: u64,
    /// Records that were there and are replaced.
    pub updated: u64,
    /// Rows that the contract's rules refuse.
    pub refused: u64,
    /// Rows that could not be done.
    pub failed: u64,
}

impl Tally {
    /// All rows.
    #[must_use]
    pub const fn rows(&self) -> u64 {
        self.added + self.updated + self.refused + self.failed
    }

    /// Each number with its name.
    #[must_use]
    pub const fn named(&self) -> [(&'static str, u64); 4] {
        [("added", self.added), ("updated", self.updated), ("refused", self.refused), ("failed", self.failed)]
    }

    /// Counts a verdict.
    pub(super) const fn count(&mut self, verdict: &Verdict) {
        match verdict {
            Verdict::Added(_) => self.added += 1,
            Verdict::Updated(_) => self.updated += 1,
            Verdict::Not(problem, _) if is_failure(problem) => self.failed += 1,
            Verdict::Not(..) => self.refused += 1,
        }
    }

    fn members(&self) -> String {
        let mut out = format!("\"rows\":{}", self.rows());
        for (name, number) in self.named() {
            let _ = write!(out, ",\"{name}\":{number}");
        }
        out
    }
}

const fn is_failure(problem: &Problem) -> bool {
    problem.status >= 500 || problem.may_try_again
}

impl Verdict {
    /// Whether the row is done.
    pub(super) const fn is_done(&self) -> bool {
        matches!(self, Self::Added(_) | Self::Updated(_))
    }

    /// Writes its line.
    pub(super) fn write(&self, line: u64, out: &mut String) {
        let (status, name) = match self {
            Self::Added(name) => ("added", name),
            Self::Updated(name) => ("updated", name),
            Self::Not(problem, name) => (if is_failure(problem) { "failed" } else { "refused" }, name),
        };
        let _ = write!(out, "{{\"line\":{line},\"status\":\"{status}\"");
        if let Some(name) = name {
            let _ = write!(out, ",\"id\":{}", quoted(name));
        }
        if let Self::Not(problem, _) = self {
            if let Some(errorcode) = problem.errorcode {
                let _ = write!(out, ",\"errorcode\":{errorcode}");
            }
            let _ = write!(out, ",\"detail\":{}", quoted(&problem.detail));
            if let Some(member) = &problem.member {
                let _ = write!(out, ",\"member\":{}", quoted(member));
            }
            if let Some((_, column)) = problem.place {
                let _ = write!(out, ",\"column\":{column}");
            }
        }
        out.push_str("}\n");
    }
}

/// A line that says how far it is.
pub(super) fn progress(tally: &Tally, took: Duration, out: &mut String) {
    let _ = writeln!(out, "{{\"progress\":{{{},\"seconds\":{:.1}}}}}", tally.members(), took.as_secs_f64());
}

/// The last line: whether what was done lasts, and why it ended early if it did.
pub(super) fn end(tally: &Tally, took: Duration, kept: bool, stopped: Option<&str>, out: &mut String) {
    let members = tally.members();
    let _ = write!(out, "{{\"end\":{{{members},\"seconds\":{:.1},\"kept\":{kept}", took.as_secs_f64());
    if let Some(why) = stopped {
        let _ = write!(out, ",\"stopped\":{}", quoted(why));
    }
    out.push_str("}}\n");
}
