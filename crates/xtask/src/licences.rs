//! Licences of everything that is linked in, checked against a list of accepted ones.
//!
//! Reads `cargo metadata`, so that it needs no network and no tool beside cargo. Security advisories are another
//! question: they need a database that changes daily, see `advisories.rs`.

use serde::Deserialize;

use crate::{Outcome, tools};

/// Licences that the product may link against. Copyleft that reaches the whole program is not among them.
const ACCEPTED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
}

/// Fails with the list of packages whose licence is missing or not accepted.
pub(crate) fn run() -> Outcome {
    let metadata: Metadata = tools::metadata(&[])?;
    let refused: Vec<String> = metadata
        .packages
        .iter()
        .filter(|package| !package.license.as_deref().is_some_and(is_accepted))
        .map(|package| {
            format!("  {} {}: {}", package.name, package.version, package.license.as_deref().unwrap_or("none given"))
        })
        .collect();
    if refused.is_empty() {
        println!("licences: {} packages, all accepted", metadata.packages.len());
        return Ok(());
    }
    Err(format!(
        "licences that are not accepted (the list is in crates/xtask/src/licences.rs):\n{}",
        refused.join("\n")
    ))
}

/// Whether an SPDX expression can be satisfied with accepted licences: every part of an AND, one part of an OR.
fn is_accepted(expression: &str) -> bool {
    // Older manifests write `MIT/Apache-2.0` and mean OR.
    let expression = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = expression.split_whitespace().collect();
    let mut at = 0;
    let verdict = any_of(&words, &mut at);
    verdict && at == words.len()
}

fn any_of(words: &[&str], at: &mut usize) -> bool {
    let mut verdict = all_of(words, at);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        // The right side is read in any case, so that `at` moves on.
        let right = all_of(words, at);
        verdict = verdict || right;
    }
    verdict
}

fn all_of(words: &[&str], at: &mut usize) -> bool {
    let mut verdict = one(words, at);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        let right = one(words, at);
        verdict = verdict && right;
    }
    verdict
}

fn one(words: &[&str], at: &mut usize) -> bool {
    let Some(first) = words.get(*at) else { return false };
    *at += 1;
    if *first == "(" {
        let verdict = any_of(words, at);
        let closed = words.get(*at) == Some(&")");
        *at += 1;
        return verdict && closed;
    }
    if words.get(*at) == Some(&"WITH") {
        let full = format!("{first} WITH {}", words.get(*at + 1).unwrap_or(&""));
        *at += 2;
        return ACCEPTED.contains(&full.as_str());
    }
    ACCEPTED.contains(first)
}

#[cfg(test)]
mod tests {
    use super::is_accepted;

    #[test]
    fn one_accepted_side_of_an_or_is_enough() {
        assert!(is_accepted("GPL-3.0-or-later OR MIT"));
        assert!(is_accepted("MIT/Apache-2.0"));
        assert!(is_accepted("Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT"));
    }

    #[test]
    fn both_sides_of_an_and_are_needed() {
        assert!(is_accepted("(MIT OR GPL-2.0) AND Unicode-3.0"));
        assert!(!is_accepted("MIT AND GPL-3.0-or-later"));
        assert!(!is_accepted("(MIT AND LGPL-3.0) AND BSD-3-Clause"));
    }

    #[test]
    fn an_unknown_or_broken_expression_is_refused() {
        assert!(!is_accepted("GPL-3.0-or-later"));
        assert!(!is_accepted("Apache-2.0 WITH Unknown-exception"));
        assert!(!is_accepted("(MIT"));
        assert!(!is_accepted("MIT Apache-2.0"));
        assert!(!is_accepted(""));
    }
}
