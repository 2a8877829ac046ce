//! Runs the flow files of `tests/sip`: text in, text out, on virtual time. `FLOW=part/of/a/path` runs only those.
//!
//! Each directory there is a feature and has a test here, so that none is left out by accident.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

#[path = "flows/phone.rs"]
mod phone;
#[path = "flows/script.rs"]
mod script;
#[path = "support/mod.rs"]
mod support;
#[path = "flows/world.rs"]
mod world;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const FEATURES: [&str; 12] = [
    "cancel",
    "dialog",
    "digest",
    "events",
    "forking",
    "identity",
    "redirection",
    "registrar",
    "routing",
    "session",
    "transaction",
    "transport",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/sip")
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files
}

fn run_feature(feature: &str) {
    let wanted = std::env::var("FLOW").unwrap_or_default();
    let mut failures = String::new();
    let mut ran = 0;
    for file in files(&root().join(feature)) {
        if file.extension().is_none_or(|extension| extension != "flow") || !file.to_string_lossy().contains(&wanted) {
            continue;
        }
        ran += 1;
        let text = std::fs::read_to_string(&file).expect("a readable file");
        let outcome = std::panic::catch_unwind(|| script::run(&text));
        let why = match outcome {
            Ok(Ok(())) => continue,
            Ok(Err(why)) => why,
            Err(panic) => match panic.downcast_ref::<String>() {
                Some(why) => why.clone(),
                None => panic.downcast_ref::<&str>().unwrap_or(&"a panic").to_string(),
            },
        };
        failures += &format!("\n{}: {why}\n", file.display());
    }
    assert!(ran > 0 || !wanted.is_empty(), "there are no flows for {feature}");
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn every_directory_of_flows_is_run() {
    let directories = files(&root()).into_iter().filter(|path| path.is_dir());
    let found: BTreeSet<String> =
        directories.map(|path| path.file_name().expect("a name").to_string_lossy().into_owned()).collect();
    assert_eq!(found, FEATURES.map(str::to_owned).into());
}

#[test]
fn transactions_behave_as_their_flows_tell() {
    run_feature("transaction");
}

#[test]
fn calls_are_cancelled_as_their_flows_tell() {
    run_feature("cancel");
}

#[test]
fn dialogs_keep_their_route_as_their_flows_tell() {
    run_feature("dialog");
}

#[test]
fn digest_behaves_as_its_flows_tell() {
    run_feature("digest");
}

#[test]
fn registrations_are_watched_as_their_flows_tell() {
    run_feature("events");
}

#[test]
fn forking_behaves_as_its_flows_tell() {
    run_feature("forking");
}

#[test]
fn the_registrar_behaves_as_its_flows_tell() {
    run_feature("registrar");
}

#[test]
fn requests_are_routed_as_their_flows_tell() {
    run_feature("routing");
}

#[test]
fn each_transport_is_used_as_its_flows_tell() {
    run_feature("transport");
}

#[test]
fn sessions_are_refreshed_as_their_flows_tell() {
    run_feature("session");
}

#[test]
fn who_somebody_is_is_told_as_the_flows_tell() {
    run_feature("identity");
}

#[test]
fn redirections_are_followed_as_their_flows_tell() {
    run_feature("redirection");
}
