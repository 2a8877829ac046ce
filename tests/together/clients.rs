//! The clients of `clients/`, each by its own tests against a running server.

use std::process::Command;

use crate::documents::{must, root};
use crate::platform::{ADMINISTRATOR, Platform};

/// A program with the administrator's credentials where the clients' tests look for them.
pub(crate) fn as_administrator(program: &str) -> Command {
    let mut command = Command::new(program);
    command.env("NGNPRO_USERNAME", ADMINISTRATOR.0).env("NGNPRO_PASSWORD", ADMINISTRATOR.1);
    command
}

#[test]
fn the_php_client_and_its_sample_provision_over_every_port() {
    let platform = Platform::start();
    let url = format!("http://{}/", platform.soap);
    let php = root().join("clients/php");
    let said = must(as_administrator("php").arg(php.join("tests/client.php")).arg(&url));
    assert!(said.contains("all as it should be"), "{said}");
    // The sample, in the domain that the test has made.
    let sample = || {
        let mut command = as_administrator("php");
        command.arg(php.join("examples/add_account.php")).args([&url, "carol@php.example", "Carol Jones"]);
        command
    };
    let said = must(&mut sample());
    assert!(said.starts_with("added carol@php.example of customer "), "{said}");
    let again = sample().output().unwrap();
    assert_eq!(String::from_utf8_lossy(&again.stderr), "carol@php.example is there already\n");
}

#[test]
fn the_typescript_client_is_strict_and_reads_and_writes_over_json() {
    let platform = Platform::start();
    let folder = root().join("clients/typescript");
    // npm itself would only start these two.
    must(Command::new(folder.join("node_modules/.bin/tsc")).arg("--project").arg(&folder));
    let mut command = as_administrator("node");
    must(command.arg("--test").arg(folder.join("dist/test/")).env("NGNPRO_URL", format!("http://{}", platform.soap)));
}

#[test]
fn the_python_json_client_reads_and_writes_with_python_s_own_library() {
    let platform = Platform::start();
    // Not the environment that has the SOAP client's requirements.
    let mut command = as_administrator("python3");
    command.arg(root().join("clients/python/tests/live_client.py")).env("PYTHONPATH", root().join("clients/python"));
    must(command.env("NGNPRO_URL", format!("http://{}", platform.soap)));
}
