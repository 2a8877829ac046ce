//! Documents that tell somebody to type a command: each one must be run by CI or a test, or it rots.
//!
//! A command is a line of a fenced block marked `sh` in a Markdown file. `docs/commands.txt` names, for each, the file
//! that runs it; that file must exist and contain the text by which it does.

use std::collections::BTreeMap;

use super::Finding;
use super::tree::File;

const LIST: &str = "docs/commands.txt";

/// How a command is known to work.
struct Proof<'a> {
    line: usize,
    file: &'a str,
    text: &'a str,
    used: bool,
}

pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let list = files.iter().find(|file| file.path == LIST).map_or("", |file| &file.text);
    let mut proofs = read_list(list, &mut findings);
    for file in files.iter().filter(|file| file.path.ends_with(".md")) {
        for (line, command) in commands(&file.text) {
            match proofs.get_mut(command) {
                Some(proof) => proof.used = true,
                None => findings.push(Finding::new(
                    format!("{}:{line}", file.path),
                    format!("`{command}` is run by nothing: run it in a test or in CI and name that in {LIST}"),
                )),
            }
        }
    }
    for (command, proof) in &proofs {
        let place = format!("{LIST}:{}", proof.line);
        if !proof.used {
            findings.push(Finding::new(&place, format!("no document has the command `{command}`: remove the line")));
        }
        if !files.iter().any(|file| file.path == proof.file && file.text.contains(proof.text)) {
            findings.push(Finding::new(&place, format!("{} does not contain `{}`", proof.file, proof.text)));
        }
    }
    findings
}

/// Lines of the list: `command <tab> file <tab> text in it`; empty lines and lines with `#` are for people.
fn read_list<'a>(list: &'a str, findings: &mut Vec<Finding>) -> BTreeMap<&'a str, Proof<'a>> {
    let mut proofs = BTreeMap::new();
    for (number, line) in list.lines().enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let fields: Vec<&str> = line.split('\t').collect();
        let &[command, file, text] = fields.as_slice() else {
            findings.push(Finding::new(
                format!("{LIST}:{}", number + 1),
                "write command, file and text, with tabs between",
            ));
            continue;
        };
        proofs.insert(command, Proof { line: number + 1, file, text, used: false });
    }
    proofs
}

/// The command lines of a document, with their line numbers. A line that ends with a backslash goes on; a line that
/// begins with `#` is a comment.
fn commands(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let (mut inside, mut continued) = (false, false);
    for (number, line) in text.lines().enumerate() {
        if line.starts_with("```") {
            inside = line == "```sh";
            continue;
        }
        if !inside || line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        if !continued {
            found.push((number + 1, line.split("  #").next().unwrap_or(line).trim_end_matches('\\').trim_end()));
        }
        continued = line.ends_with('\\');
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::tree::File;
    use super::{LIST, check};

    fn findings(document: &str, list: &str) -> Vec<String> {
        let file = |path: &str, text: &str| File { path: path.to_owned(), text: text.to_owned() };
        let files = [file("README.md", document), file(LIST, list), file(".ci/run", "make test\n")];
        check(&files).into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn a_command_with_a_proof_passes() {
        assert!(findings("```sh\nmake test   # all of it\n```\n", "make test\t.ci/run\tmake test\n").is_empty());
    }

    #[test]
    fn a_command_that_nothing_runs_is_found() {
        assert_eq!(findings("```sh\nmake coffee\n```\n", "").len(), 1);
    }

    #[test]
    fn a_proof_that_does_not_hold_is_found() {
        assert_eq!(findings("```sh\nmake test\n```\n", "make test\t.ci/run\tmake tea\n").len(), 1);
        assert_eq!(findings("```sh\nmake test\n```\n", "make test\tgone.sh\tmake test\n").len(), 1);
    }

    #[test]
    fn a_proof_without_a_command_is_found() {
        assert_eq!(findings("nothing here\n", "make test\t.ci/run\tmake test\n").len(), 1);
    }

    #[test]
    fn only_shell_blocks_and_first_lines_of_a_command_count() {
        let document = "```\nnot a command\n```\n```sh\n# a comment\nmake test \\\n  SEED=1\n```\n";
        assert!(findings(document, "make test\t.ci/run\tmake test\n").is_empty());
    }
}
