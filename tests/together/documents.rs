//! What the README tells a newcomer to type, typed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::platform::Platform;

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

pub(crate) fn must(command: &mut Command) -> String {
    let output = command.current_dir(root()).output().unwrap();
    let words = [&output.stdout, &output.stderr].map(|words| String::from_utf8_lossy(words).into_owned()).concat();
    assert!(output.status.success(), "{command:?}: {words}");
    words
}

#[test]
fn the_readme_s_soap_call_and_its_ringing_phones_work_with_the_demo_tenant() {
    let platform = Platform::prepare().with_demo();
    let started = must(&mut platform.command("up"));
    assert!(started.contains("phone sip:alice@demo.example"), "{started}");

    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let script = readme.split("```python\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    // The README shows the defaults; this platform stands elsewhere.
    let script = script
        .replace("var/demo.json", &platform.folder().join("demo.json").display().to_string())
        .replace("127.0.0.1:9200", &platform.soap.to_string());
    let answer = must(Command::new(root().join(".tools/python/bin/python")).arg("-c").arg(script));
    assert!(answer.starts_with("3 accounts, the newest is") && answer.contains("carol"), "{answer}");

    let ring = root().join("tests/together/ring.py");
    let rang = must(Command::new("python3").arg(ring).env("STATE_DIR", platform.folder()));
    assert!(rang.contains("bob rang and answered"), "{rang}");

    // A second start finds the tenant of the first.
    must(&mut platform.command("down"));
    let again = must(&mut platform.command("up"));
    let phones =
        |words: &str| words.lines().filter(|line| line.starts_with("phone ")).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(phones(&again), phones(&started));
    assert_eq!(phones(&again).len(), 2);
}
