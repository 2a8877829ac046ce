//! The document that says which test shows what a conformance specification asks for: every test that it names must exist.
//!
//! A name in backquotes in the last cell of a table's row is a flow of `tests/sip` where it has a slash, and a test in Rust where not.

use std::collections::BTreeSet;

use super::Finding;
use super::tree::File;

const DOCUMENT: &str = "docs/sip-conformance.md";

pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let Some(document) = files.iter().find(|file| file.path == DOCUMENT) else { return Vec::new() };
    let tests = tests(files);
    let mut findings = Vec::new();
    for (at, line) in document.text.lines().enumerate() {
        let Some(cell) = line.strip_prefix('|').and_then(|row| row.trim_end().trim_end_matches('|').rsplit('|').next())
        else {
            continue;
        };
        for name in cell.split('`').skip(1).step_by(2) {
            let exists = match name.contains('/') {
                true => files.iter().any(|file| file.path == format!("tests/sip/{name}.flow")),
                false => tests.contains(name),
            };
            if !exists {
                let place = format!("{DOCUMENT}:{}", at + 1);
                findings.push(Finding::new(place, format!("there is no test {name}: name the one that shows this")));
            }
        }
    }
    findings
}

/// The names of all functions in Rust that may be tests.
fn tests(files: &[File]) -> BTreeSet<&str> {
    let sources = files.iter().filter(|file| file.path.ends_with(".rs"));
    let lines = sources.flat_map(|file| file.text.lines());
    lines.filter_map(|line| line.trim_start().strip_prefix("fn ")?.split('(').next()).collect()
}

#[cfg(test)]
mod tests {
    use super::{DOCUMENT, File, check};

    #[test]
    fn a_test_that_does_not_exist_is_found() {
        let file = |path: &str, text: &str| File { path: path.to_owned(), text: text.to_owned() };
        let row = "| A_001 | x | `there/a_flow` `a_test` |\n| A_002 | `not_here` | `there/no_flow` `no_test` |\n";
        let files = [
            file(DOCUMENT, row),
            file("tests/sip/there/a_flow.flow", ""),
            file("a/src/b.rs", "#[test]\nfn a_test() {}\n"),
        ];
        let places: Vec<_> = check(&files).into_iter().map(|finding| finding.what).collect();
        assert_eq!(places.len(), 2, "{places:?}");
        assert!(places[0].contains("there/no_flow") && places[1].contains("no_test"));
    }
}
