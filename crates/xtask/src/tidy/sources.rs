//! Rules of single files: module docs, length, what tests may not do, words that have no place in the product.

use super::Finding;
use super::tree::File;

/// A file is one idea; longer ones hide two.
const MAX_LINES: usize = 600;

/// Attributes and macros that leave something undone or unseen, with what to do instead.
const NOWHERE: &[(&str, &str)] = &[
    ("#[allow(", "use #[expect(.., reason = \"..\")]: it says why, and complains when it is no longer needed"),
    ("#![allow(", "use #[expect(.., reason = \"..\")]: it says why, and complains when it is no longer needed"),
    ("#[ignore", "a test runs or is deleted"),
    ("todo!(", "finish it"),
    ("unimplemented!(", "finish it"),
    ("dbg!(", "remove it"),
];

/// Waiting for a while instead of for an event makes tests slow and flaky at once.
const NOT_IN_TESTS: &[&str] = &["thread::sleep", "time::sleep", "sleep_until("];

/// Words that tie the repository to one machine or one way of working on it.
const WORDS: &[(&str, &str)] = &[
    ("/work/", "a path of one machine"),
    ("/root/", "a path of one machine"),
    ("../shared", "material outside of the repository"),
    ("index.crates.io", "the host of a package registry: the client's own configuration names it"),
    ("pypi.org", "the host of a package registry: the client's own configuration names it"),
    ("files.pythonhosted.org", "the host of a package registry: the client's own configuration names it"),
];

/// The only places that may name the folder with outside conformance tests, which is used where it is present, and
/// the rules themselves.
const WORDS_EXEMPT: &[&str] = &["Makefile", ".ci/run", "Cargo.lock", "crates/xtask/src/tidy/sources.rs"];

/// The process and what surrounds the core may read a clock; the core may not.
const CORE: &str = "sip-proxy/core/src/";
/// The one file of the core's tests that makes a first instant to count from.
const CORE_TEST_CLOCK: &str = "sip-proxy/core/src/test_clock.rs";

pub(super) fn check(file: &File) -> Vec<Finding> {
    let mut findings = Vec::new();
    words(file, &mut findings);
    if file.path.ends_with(".rs") && file.path != "crates/xtask/src/tidy/sources.rs" {
        rust(file, &mut findings);
    }
    if file.path.ends_with("Cargo.toml") && file.path.contains('/') && !file.text.contains("[workspace]") {
        let inherits =
            file.text.split("[lints]").nth(1).is_some_and(|rest| rest.trim_start().starts_with("workspace = true"));
        if !inherits {
            findings.push(Finding::new(&file.path, "take the workspace's lints: [lints] workspace = true"));
        }
    }
    findings
}

fn rust(file: &File, findings: &mut Vec<Finding>) {
    let generated = file.text.lines().take(5).any(|line| line.contains("@generated"));
    let documented = match generated {
        true => file.text.lines().any(|line| line.starts_with("//!")),
        false => file.text.starts_with("//!"),
    };
    if !documented {
        findings.push(Finding::new(&file.path, "begin with a module doc: what it is, what it leaves to others"));
    }
    if file.text.starts_with("//! Filled in below") {
        findings.push(Finding::new(&file.path, "the module doc is a placeholder: say what the module is"));
    }
    let lines = file.text.lines().count();
    if lines > MAX_LINES && !generated {
        findings.push(Finding::new(&file.path, format!("{lines} lines: split it, {MAX_LINES} is the limit")));
    }
    let mut in_tests = file.path.starts_with("tests/") || file.path.contains("/tests/");
    for (number, line) in file.text.lines().enumerate() {
        let code = line.trim_start();
        if code.starts_with("//") {
            continue;
        }
        // Tests stand last in a file, so that everything below the first such line is theirs.
        in_tests = in_tests || code.starts_with("#[cfg(test)]");
        let place = || format!("{}:{}", file.path, number + 1);
        for (pattern, what) in NOWHERE.iter().filter(|(pattern, _)| code.contains(pattern)) {
            findings.push(Finding::new(place(), format!("{pattern}…: {what}")));
        }
        if in_tests && NOT_IN_TESTS.iter().any(|pattern| code.contains(pattern)) {
            findings
                .push(Finding::new(place(), "a test waits for an event or polls with a deadline, it does not sleep"));
        }
        if file.path.starts_with(CORE)
            && file.path != CORE_TEST_CLOCK
            && (code.contains("Instant::now") || code.contains("SystemTime"))
        {
            findings.push(Finding::new(place(), "the core never asks the time: it is an argument of every input"));
        }
        if code.contains("unbounded_channel") {
            findings.push(Finding::new(place(), "every channel is bounded, with a written answer to overflow"));
        }
    }
}

fn words(file: &File, findings: &mut Vec<Finding>) {
    if WORDS_EXEMPT.contains(&file.path.as_str()) {
        return;
    }
    for (number, line) in file.text.lines().enumerate() {
        for (word, what) in WORDS.iter().filter(|(word, _)| line.contains(word)) {
            findings.push(Finding::new(format!("{}:{}", file.path, number + 1), format!("{word} is {what}")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree::File;
    use super::check;

    fn findings(path: &str, text: &str) -> Vec<String> {
        let file = File { path: path.to_owned(), text: text.to_owned() };
        check(&file).into_iter().map(|finding| format!("{}: {}", finding.place, finding.what)).collect()
    }

    #[test]
    fn a_clean_file_has_no_findings() {
        assert_eq!(findings("crates/domain/src/a.rs", "//! A thing.\n\nfn a() {}\n"), Vec::<String>::new());
    }

    #[test]
    fn a_missing_module_doc_is_found() {
        assert_eq!(findings("crates/domain/src/a.rs", "fn a() {}\n").len(), 1);
        assert_eq!(findings("crates/domain/src/a.rs", "//! Filled in below.\n").len(), 1);
    }

    #[test]
    fn a_file_that_is_too_long_is_found_unless_generated() {
        let body = "fn a() {}\n".repeat(600);
        assert_eq!(findings("crates/domain/src/a.rs", &format!("//! A.\n{body}")).len(), 1);
        assert_eq!(findings("crates/domain/src/a.rs", &format!("//! A. @generated\n{body}")).len(), 0);
    }

    #[test]
    fn unfinished_and_silenced_code_is_found_with_its_line() {
        for line in ["todo!()", "unimplemented!()", "#[allow(dead_code)]", "#[ignore]", "dbg!(1)"] {
            let found = findings("crates/domain/src/a.rs", &format!("//! A.\n{line}\n"));
            assert_eq!(found.len(), 1, "{line}");
            assert!(found[0].starts_with("crates/domain/src/a.rs:2: "), "{found:?}");
        }
    }

    #[test]
    fn a_comment_may_name_what_code_may_not_do() {
        assert!(findings("crates/domain/src/a.rs", "//! A.\n// no todo!() here\n").is_empty());
    }

    #[test]
    fn sleeping_is_found_in_tests_only() {
        let sleeping = "//! A.\nasync fn a() { tokio::time::sleep(d).await }\n";
        assert_eq!(findings("tests/tests/a.rs", sleeping).len(), 1);
        assert_eq!(findings("sip-proxy/src/a.rs", sleeping).len(), 0);
        let unit = "//! A.\n#[cfg(test)]\nmod tests { fn a() { std::thread::sleep(d) } }\n";
        assert_eq!(findings("sip-proxy/src/a.rs", unit).len(), 1);
    }

    #[test]
    fn a_clock_in_the_core_is_found() {
        let clock = "//! A.\nfn a() { std::time::Instant::now(); }\n";
        assert_eq!(findings("sip-proxy/core/src/a.rs", clock).len(), 1);
        assert_eq!(findings("sip-proxy/src/main.rs", clock).len(), 0);
    }

    #[test]
    fn a_machine_path_is_found_in_any_text_file() {
        assert_eq!(findings("README.md", "see /work/main\n").len(), 1);
        assert_eq!(findings("docs/a.md", "from ../shared/spec\n").len(), 1);
        assert_eq!(findings("Makefile", "DIR ?= ../shared/sip\n").len(), 0);
    }

    #[test]
    fn a_member_without_the_lints_is_found() {
        assert_eq!(findings("crates/a/Cargo.toml", "[package]\nname = \"a\"\n").len(), 1);
        assert_eq!(findings("crates/a/Cargo.toml", "[package]\n\n[lints]\nworkspace = true\n").len(), 0);
    }
}
