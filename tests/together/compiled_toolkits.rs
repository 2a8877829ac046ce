//! The toolkits of `toolkits.rs` that generate stubs which have to be compiled: minutes, and compilers to install first.
//!
//! `make interop` runs them (`cargo xtask tools gsoap axis jaxws kdsoap mono` installs what they need); `make test` does not.

use std::fs;
use std::path::Path;

use crate::clients::as_administrator;
use crate::platform::Platform;
use crate::toolkits::{folder, lives_and_calls_everything};

/// Generates, compiles and runs: a script takes the documents, a folder to build in, the address and the tenant's name.
fn compiles(script: &str, tenant: &str) {
    let build = Path::new(env!("CARGO_TARGET_TMPDIR")).join("interop").join(tenant);
    if build.exists() {
        fs::remove_dir_all(&build).unwrap();
    }
    let platform = Platform::start();
    let mut command = as_administrator(&folder().join(script).display().to_string());
    command.arg(folder().join("../../wsdl/literal")).arg(&build).arg(format!("http://{}", platform.soap)).arg(tenant);
    lives_and_calls_everything(&mut command, tenant);
}

#[test]
fn gsoap_calls_every_operation_of_the_literal_wsdls() {
    compiles("gsoap/run", "gsoap");
}

#[test]
fn axis_1_calls_every_operation_of_the_literal_wsdls() {
    compiles("java/axis", "axis");
}

#[test]
fn jax_ws_calls_every_operation_of_the_literal_wsdls() {
    compiles("java/jaxws", "jax-ws");
}

#[test]
fn kdsoap_calls_every_operation_of_the_literal_wsdls() {
    compiles("kdsoap/run", "kdsoap");
}

#[test]
fn mono_s_wsdl_exe_calls_every_operation_of_the_literal_wsdls() {
    compiles("mono/run", "mono");
}
