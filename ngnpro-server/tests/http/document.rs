//! What docs/json.md and docs/journal.md tell somebody to type, typed.

use std::process::Command;

use crate::live::server;

#[test]
fn the_examples_of_the_json_document_run_as_they_stand() {
    run(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/json.md"));
}

#[test]
fn the_examples_of_the_journal_s_document_run_as_they_stand() {
    run(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/journal.md"));
}

fn run(document: &str) {
    let address = server();
    let text = std::fs::read_to_string(document).unwrap();
    let blocks = text.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    // The document shows the default address; this server stands elsewhere.
    let script: String = blocks.collect::<String>().replace("127.0.0.1:9200", &address.to_string());
    assert!(script.lines().count() > 6 && script.contains(&address.to_string()), "{script}");
    let run = Command::new("bash").args(["-euxo", "pipefail", "-c", &script]).output().unwrap();
    let said = [&run.stdout, &run.stderr].map(|words| String::from_utf8_lossy(words).into_owned()).concat();
    assert!(run.status.success(), "{said}");
}
