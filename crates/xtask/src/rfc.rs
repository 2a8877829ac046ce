//! Which sections of which RFC the code cites, and which of those a test cites too.
//!
//! Citations have one form (`RFC 3261 §17.1.1.2: timer A doubles.`), so that they can be read. A comment in the code that
//! begins with one marks a deciding branch, and wants a test that cites the same section; a module's or an item's doc
//! only says where to read. `departs:` after the section marks a knowing departure.

use std::collections::BTreeMap;

use crate::Outcome;
use crate::tidy::{self, File};

/// A section such as RFC 3261 §17.1.1.2, ordered as a reader would look for it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Section {
    rfc: u32,
    numbers: Vec<u32>,
    name: String,
}

/// In what way a line cites.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Citation {
    /// A doc of a module or an item.
    Mentioned,
    /// A comment at the place where the rule is decided.
    Decided,
    /// The same, where the product knowingly does otherwise.
    Departed,
    /// A test.
    Proven,
}

/// Where a section is cited.
#[derive(Debug, Default)]
struct Places {
    mentioned: usize,
    decided: Vec<String>,
    departed: usize,
    proven: usize,
}

/// The table of the RFCs with what is done of each; its last column is written here.
pub(crate) const TABLE: &str = "docs/rfcs.md";

/// Brings the departures in the table of RFCs up to date, prints the table of sections, and then every deciding branch whose section no test cites.
pub(crate) fn run() -> Outcome {
    let files = tidy::files()?;
    if let Some((old, new)) = departures(&files).filter(|(old, new)| old != new) {
        std::fs::write(TABLE, &new).map_err(|error| format!("{TABLE}: {error}"))?;
        println!("{TABLE} was {} bytes and is {} now\n", old.len(), new.len());
    }
    let sections = collect(&files);
    println!("{:<24} {:>5} {:>5} {:>5} {:>7}", "section", "docs", "code", "tests", "departs");
    for (section, places) in &sections {
        let Places { mentioned, decided, departed, proven } = places;
        println!("{:<24} {mentioned:>5} {:>5} {proven:>5} {departed:>7}", section.name, decided.len());
    }
    let open: Vec<_> = sections.iter().filter(|(_, places)| is_open(places)).collect();
    println!("\n{} sections; decided in the code and cited by no test: {}", sections.len(), open.len());
    for (section, places) in open {
        println!("{}: {}", section.name, places.decided.join(", "));
    }
    Ok(())
}

/// What is wrong with the table of RFCs.
pub(crate) fn outdated(files: &[File]) -> Option<&'static str> {
    let (old, new) = departures(files)?;
    (old != new).then_some("the departures are not those of the code: run `make rfc`")
}

/// The table as it is, and as it is to be: the last cell of a row that begins with an RFC's number is the sections that the code departs from.
fn departures(files: &[File]) -> Option<(String, String)> {
    let old = &files.iter().find(|file| file.path == TABLE)?.text;
    let sections = collect(files);
    let mut new = String::with_capacity(old.len());
    for line in old.lines() {
        let cells: Vec<&str> = line.split('|').collect();
        let rfc = cells.get(1).and_then(|cell| cell.trim().parse::<u32>().ok());
        match (rfc, cells.as_slice()) {
            (Some(rfc), [_, number, what, _, _]) => {
                let departed = sections.iter().filter(|(section, places)| section.rfc == rfc && places.departed > 0);
                let names: Vec<_> = departed.filter_map(|(section, _)| section.name.split(' ').nth(2)).collect();
                new += &format!("|{number}|{what}| {} |\n", names.join(", "));
            }
            _ => {
                new += line;
                new += "\n";
            }
        }
    }
    Some((old.clone(), new))
}

fn is_open(places: &Places) -> bool {
    !places.decided.is_empty() && places.proven == 0
}

fn collect(files: &[File]) -> BTreeMap<Section, Places> {
    let mut sections: BTreeMap<Section, Places> = BTreeMap::new();
    for file in files.iter().filter(|file| !file.path.starts_with("crates/xtask/")) {
        for (line, section, citation) in citations(file) {
            let places = sections.entry(section).or_default();
            match citation {
                Citation::Mentioned => places.mentioned += 1,
                Citation::Decided => places.decided.push(format!("{}:{line}", file.path)),
                Citation::Departed => places.departed += 1,
                Citation::Proven => places.proven += 1,
            }
        }
    }
    sections
}

/// Every citation of a file with its line.
fn citations(file: &File) -> Vec<(usize, Section, Citation)> {
    let is_flow = file.path.ends_with(".flow");
    if !is_flow && !file.path.ends_with(".rs") {
        return Vec::new();
    }
    let mut is_test = is_flow || file.path.starts_with("tests/") || file.path.contains("/tests/");
    is_test |= file.path.ends_with("/tests.rs");
    let mut found = Vec::new();
    for (at, line) in file.text.lines().enumerate() {
        let line = line.trim_start();
        is_test |= line.starts_with("#[cfg(test)]");
        let comment = if is_flow { line.find('#') } else { line.find("//") };
        let Some(comment) = comment.map(|start| &line[start..]) else { continue };
        let is_doc = comment.starts_with("///") || comment.starts_with("//!");
        let begins = comment.trim_start_matches(['/', '#', '!', ' ']).starts_with("RFC ");
        for (section, departs) in sections(comment) {
            let citation = match (is_test, departs, is_doc || !begins) {
                (true, ..) => Citation::Proven,
                (_, true, _) => Citation::Departed,
                (.., true) => Citation::Mentioned,
                (.., false) => Citation::Decided,
            };
            found.push((at + 1, section, citation));
        }
    }
    found
}

/// The sections of a comment, `RFC 3261 §7.3, §20` being two, each with whether it is departed from.
fn sections(comment: &str) -> Vec<(Section, bool)> {
    let mut found = Vec::new();
    for part in comment.split("RFC ").skip(1) {
        let digits = part.len() - part.trim_start_matches(|character: char| character.is_ascii_digit()).len();
        let Ok(rfc) = part[..digits].parse::<u32>() else { continue };
        let mut rest = &part[digits..];
        loop {
            let marked = [" §", ", §", " and §"].iter().find_map(|mark| rest.strip_prefix(mark));
            let Some(text) = marked else { break };
            let end = text.find(|character: char| !character.is_ascii_alphanumeric() && character != '.');
            let (name, after) = text.split_at(end.unwrap_or(text.len()));
            let name = name.trim_end_matches('.');
            let numbers = name.split('.').map(|number| number.parse().unwrap_or(0)).collect();
            let section = Section { rfc, numbers, name: format!("RFC {rfc} §{name}") };
            // `§16.7 item 6 departs:` and `§16.9 departs for devices:` are departures from that section.
            let until = after.split(['§', ':']).next().unwrap_or_default();
            found.push((section, until.split(' ').any(|word| word == "departs")));
            rest = after;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Citation, File, citations, collect, is_open, sections};

    fn names(comment: &str) -> Vec<String> {
        sections(comment).into_iter().map(|(section, _)| section.name).collect()
    }

    #[test]
    fn a_list_of_sections_belongs_to_the_rfc_before_it() {
        let comment = "//! RFC 3261 §7.3, §20 and §25.1. RFC 5626 §3.5.1 (a ping); RFC 6026; RFC 2617 §3.2.2.";
        assert_eq!(
            names(comment),
            ["RFC 3261 §7.3", "RFC 3261 §20", "RFC 3261 §25.1", "RFC 5626 §3.5.1", "RFC 2617 §3.2.2"]
        );
    }

    #[test]
    fn a_doc_mentions_a_comment_decides_and_a_test_proves() {
        let text = "//! RFC 1 §1.\nfn f() {\n    // RFC 1 §2: so.\n    g(); // As RFC 1 §3 has it.\n    \
                    // RFC 1 §4 departs: why.\n}\n#[cfg(test)]\nmod tests {\n    /// RFC 1 §2: so.\n}\n";
        let file = File { path: "a/src/b.rs".to_owned(), text: text.to_owned() };
        let found: Vec<_> =
            citations(&file).into_iter().map(|(line, section, how)| (line, section.name, how)).collect();
        let expected = [
            (1, "RFC 1 §1", Citation::Mentioned),
            (3, "RFC 1 §2", Citation::Decided),
            (4, "RFC 1 §3", Citation::Mentioned),
            (5, "RFC 1 §4", Citation::Departed),
            (9, "RFC 1 §2", Citation::Proven),
        ];
        assert_eq!(found, expected.map(|(line, name, how)| (line, name.to_owned(), how)));
    }

    #[test]
    fn the_departures_of_an_rfc_are_those_of_the_code() {
        let file = |path: &str, text: &str| File { path: path.to_owned(), text: text.to_owned() };
        let files = [
            file(
                "a/src/b.rs",
                "// RFC 7 §3 item 2 departs: so.\n// RFC 7 §4: so. §5 departs\n// RFC 8 §1 departs for some: x\n",
            ),
            file(
                "docs/rfcs.md",
                "# T\n\n| RFC | what | departures |\n|---|---|---|\n| 7 | all | |\n| 9 | all | §1 |\n",
            ),
        ];
        let (_, new) = super::departures(&files).unwrap_or_default();
        assert_eq!(new, "# T\n\n| RFC | what | departures |\n|---|---|---|\n| 7 | all | §3 |\n| 9 | all |  |\n");
        assert!(super::outdated(&files).is_some());
    }

    #[test]
    fn a_decision_without_a_test_of_the_same_section_is_open() {
        let file = |path: &str, text: &str| File { path: path.to_owned(), text: text.to_owned() };
        let files = [
            file("a/src/b.rs", "// RFC 1 §2: so.\n// RFC 1 §2.1: so.\n"),
            file("tests/sip/a.flow", "# RFC 1 §2: so.\ngiven bob\n"),
        ];
        let sections = collect(&files);
        let open: Vec<_> =
            sections.iter().filter(|(_, places)| is_open(places)).map(|(s, _)| s.name.as_str()).collect();
        assert_eq!(open, ["RFC 1 §2.1"]);
    }
}
