//! Phones of other people against the proxy: baresip, linphone and sipp over UDP, TCP and TLS, SIP.js in a browser over WebSockets. They
//! register, call, hold, transfer, write, give up and are busy; what is judged is what they say themselves.
//!
//! The phones and what they do are in tests/interop/phones/. `make interop` runs these (`cargo xtask tools phones browser` installs what
//! they need); `make test` does not.

use std::process::Command;

use crate::documents::{must, root};
use crate::platform::Platform;

/// Runs a part of the scenarios; each must have gone well.
fn all_go_well(part: &str, scenarios: usize) {
    let platform = Platform::start();
    let mut command = Command::new(root().join(".tools/python/bin/python"));
    command.arg(root().join("tests/interop/phones/run.py")).arg(platform.folder().join("run.json")).arg(part);
    let said = must(&mut command);
    assert_eq!(said.lines().filter(|line| line.starts_with("ok ")).count(), scenarios, "{said}");
}

#[test]
fn baresip_linphone_and_sipp_do_all_that_phones_do_over_udp_tcp_and_tls() {
    all_go_well("phones", 8);
}

#[test]
fn phones_in_a_browser_do_all_that_phones_do_over_websockets() {
    all_go_well("browsers", 7);
}
