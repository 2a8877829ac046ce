//! `cargo xtask generate`: the wire types of the provisioning server, their mirrors in its tests, and what clients have of
//! them, written from the published contract.
//!
//! The WSDL is the source; the committed Rust follows from it and from nothing else. `--check` writes nothing and fails
//! when a file is not what the WSDL says.

mod api;
mod listed;
mod literal;
mod model;
mod names;
mod openapi;
mod php;
mod python;
mod refusals;
mod routes;
mod rust;
mod second_reader;
mod typescript;

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::Outcome;

/// The published contract, from the workspace's root.
const CONTRACT: &str = "wsdl/ngnpro.wsdl";
/// Where the wire types go.
const WIRE: &str = "ngnpro-server/src/wire";
/// Where the JSON wire is described.
const OPENAPI: &str = "schema/openapi.json";
/// Where the tests' mirrors of them go.
const MIRRORS: &str = "ngnpro-server/second-reader/src/mirrors.rs";
/// Where the tests' list of operations goes.
const EVERY_OPERATION: &str = "ngnpro-server/tests/contract/every_operation.rs";

/// Writes the files, or compares them.
pub(crate) fn run(check: bool) -> Outcome {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = std::fs::read_to_string(root.join(CONTRACT)).map_err(|e| format!("{CONTRACT}: {e}"))?;
    let contract = model::Contract::read(&text).map_err(|e| format!("{CONTRACT}: {e}"))?;
    let mut stale = Vec::new();
    for (name, body) in files(&root, &contract)? {
        let path = root.join(&name);
        if std::fs::read_to_string(&path).is_ok_and(|present| present == body) {
            continue;
        }
        if check {
            stale.push(name);
            continue;
        }
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        }
        std::fs::write(&path, body).map_err(|e| format!("{}: {e}", path.display()))?;
        println!("wrote {name}");
    }
    match stale.is_empty() {
        true => Ok(()),
        false => Err(format!("{} differ from {CONTRACT}: run `cargo xtask generate`", stale.join(", "))),
    }
}

/// All files: name below the workspace's root, text.
fn files(root: &Path, contract: &model::Contract) -> Result<Vec<(String, String)>, String> {
    let wire = rust::files(contract).into_iter().map(|(name, text)| (format!("{WIRE}/{name}"), text));
    let lines = std::fs::read_to_string(root.join(routes::ROUTES)).map_err(|e| format!("{}: {e}", routes::ROUTES))?;
    let routes = routes::read(contract, &lines).map_err(|e| format!("{}: {e}", routes::ROUTES))?;
    let others = [
        (format!("{WIRE}/routes.rs"), routes::table(&routes)),
        (format!("{WIRE}/documents.rs"), literal::table(contract)),
        (MIRRORS.to_owned(), second_reader::mirrors(contract)),
        (EVERY_OPERATION.to_owned(), second_reader::every_operation(contract)),
    ];
    let rust = wire.chain(others).map(|(name, text)| Ok((name, formatted(root, &text)?)));
    let documents = literal::documents(contract).into_iter().map(|(name, text)| Ok((format!("wsdl/{name}"), text)));
    let described = openapi::document(root, contract, &routes);
    let php = php::files(contract, &refusals::read(root)?).into_iter().map(Ok);
    let described = described?;
    let api = api::Api::read(&described).map_err(|e| format!("{OPENAPI}: {e}"))?;
    let clients = [
        (OPENAPI.to_owned(), described),
        (typescript::FILE.to_owned(), typescript::calls(&api)),
        (python::FILE.to_owned(), python::calls(&api)),
    ];
    rust.chain(documents).chain(clients.map(Ok)).chain(php).collect()
}

/// The text as rustfmt lays it out, so that a generated file is a formatted file.
fn formatted(root: &Path, text: &str) -> Result<String, String> {
    let fail = |e: std::io::Error| format!("rustfmt: {e}");
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path"])
        .arg(root.join("rustfmt.toml"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(fail)?;
    // rustfmt reads all of its input before it writes: nothing can block here.
    if let Some(mut input) = rustfmt.stdin.take() {
        input.write_all(text.as_bytes()).map_err(fail)?;
    }
    let output = rustfmt.wait_with_output().map_err(fail)?;
    match output.status.success() {
        true => String::from_utf8(output.stdout).map_err(|e| format!("rustfmt: {e}")),
        false => Err("rustfmt cannot read what was generated".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_committed_wire_types_are_what_the_contract_says() {
        assert_eq!(super::run(true), Ok(()));
    }
}
