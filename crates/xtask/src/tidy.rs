//! The invariants of ARCHITECTURE.md as a check: what the compiler cannot see and a review forgets.
//!
//! Every rule is a function from what is read (manifests, sources, documents) to findings, so that its tests can plant a
//! violation without touching a disk. Formatting and lints are left to rustfmt and clippy.

mod conformance;
mod dependencies;
mod documents;
mod sources;
mod tree;

pub(crate) use self::tree::File;
use crate::Outcome;

/// One violated rule: where, and what is wrong with it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// File, with a line number where one helps.
    place: String,
    /// The rule, as a sentence that says what to do.
    what: String,
}

impl Finding {
    fn new(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { place: place.into(), what: what.into() }
    }
}

/// Every text file that git knows or would add.
pub(crate) fn files() -> Result<Vec<File>, String> {
    tree::read().map(|tree| tree.files)
}

/// Reads the workspace and prints every finding.
pub(crate) fn run() -> Outcome {
    let tree = tree::read()?;
    let mut findings = dependencies::check(&tree.packages);
    for file in &tree.files {
        findings.extend(sources::check(file));
    }
    findings.extend(documents::check(&tree.files));
    findings.extend(conformance::check(&tree.files));
    findings.extend(crate::rfc::outdated(&tree.files).map(|what| Finding::new(crate::rfc::TABLE, what)));
    if findings.is_empty() {
        println!("tidy: {} packages, {} files, nothing found", tree.packages.len(), tree.files.len());
        return Ok(());
    }
    for finding in &findings {
        eprintln!("{}: {}", finding.place, finding.what);
    }
    Err(format!("tidy: {} findings", findings.len()))
}
