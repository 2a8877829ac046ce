//! What docs/json.md tells somebody to type, typed.

use std::process::Command;

use crate::live::server;

#[test]
fn the_examples_of_the_json_document_run_as_they_stand() {
    let address = server();
    let document = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/json.md");
    let text = std::fs::read_to_string(document).unwrap();
    let blocks = text.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    // The document shows the default address; this server stands elsewhere.
    let script: String = blocks.collect::<String>().replace("127.0.0.1:9200", &address.to_string());
    assert!(script.lines().count() > 10 && script.contains(&address.to_string()), "{script}");
    let run = Command::new("bash").args(["-euxo", "pipefail", "-c", &script]).output().unwrap();
    let said = [&run.stdout, &run.stderr].map(|words| String::from_utf8_lossy(words).into_owned()).concat();
    assert!(run.status.success(), "{said}");
}
