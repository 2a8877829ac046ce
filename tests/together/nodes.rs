//! Two proxies and one database, each proxy in a network of its own: calls across them, and one that is killed while calls are up.
//!
//! What happens is in tests/interop/phones/nodes.py. `make interop` runs it, as root, since it makes network namespaces; `make test` does
//! not.

use std::process::Command;

use crate::documents::{must, root};
use crate::platform::Platform;

#[test]
fn calls_go_across_two_nodes_and_one_that_is_killed_takes_no_registration_and_no_call_along() {
    let platform = Platform::start();
    let mut command = Command::new(root().join(".tools/python/bin/python"));
    command.arg(root().join("tests/interop/phones/nodes.py")).arg(platform.folder().join("run.json"));
    let said = must(command.arg(platform.programs()));
    assert!(said.contains("ends the calls that were up when it was killed"), "{said}");
}
