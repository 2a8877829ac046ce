//! Foreign SOAP toolkits against the published WSDLs: each calls every operation and takes a tenant through its life.
//!
//! The programs are in tests/interop/, a folder a toolkit. Each prints what it read of a tenant's life (the lines that begin
//! with `=`, the same for all of them) and how each operation ended: `ok`, or the code of a fault that it understood.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use crate::clients::as_administrator;
use crate::documents::{must, root};
use crate::platform::Platform;

/// Codes that say that the call itself was not understood.
const NOT_UNDERSTOOD: &[&str] = &["9005", "9009"];

/// What every toolkit must read of the tenant's life.
const LIFE: &str = "\
= reseller TENANT | Žluť & <kůň> \"日本\" | true | sip_credit:100
= customers 1 TENANT
= domain TENANT.example
= account alice@TENANT.example | Zoë | Europe/Paris | anonymous | language:fr | 0 5 false
= again 1011
= groups anonymous,intercom
= account alice@TENANT.example | Zoé | Europe/Paris |  | language:fr | 0 5 false
= aliases 1 aka
= accounts 1 alice
= mailbox true
= zone ns1.TENANT.example,ns2.TENANT.example
= gone 1010
= stranger 9000
";

/// The folder of the toolkits' programs.
pub(crate) fn folder() -> PathBuf {
    root().join("tests/interop")
}

/// Names of all operations of the published contract.
fn operations() -> BTreeSet<String> {
    let wsdl = std::fs::read_to_string(root().join("wsdl/ngnpro.wsdl")).unwrap();
    let ports = wsdl.split("<portType name=\"").skip(1).map(|rest| rest.split_once("</portType>").unwrap().0);
    let names = ports.flat_map(|port| {
        let name = port.split_once("PortType").unwrap().0.to_owned();
        let operations = port.split("<operation name=\"").skip(1).map(|rest| rest.split_once('"').unwrap().0);
        operations.map(move |operation| format!("{name}.{operation}")).collect::<Vec<_>>()
    });
    names.collect()
}

/// Runs a toolkit's program and judges what it prints.
pub(crate) fn lives_and_calls_everything(command: &mut Command, tenant: &str) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    // What generators and compilers have to say goes to the other stream.
    let said = String::from_utf8(output.stdout).unwrap();
    let life: String = said.lines().filter(|line| line.starts_with('=')).flat_map(|line| [line, "\n"]).collect();
    assert_eq!(life, LIFE.replace("TENANT", tenant), "{tenant} read something else");
    let outcomes = said.lines().filter(|line| !line.starts_with('=')).map(|line| line.split_once(' ').unwrap());
    let mut called = BTreeSet::new();
    let mut done = 0;
    for (operation, outcome) in outcomes {
        let code = outcome.strip_prefix("fault ");
        let understood = code.is_some_and(|code| code.len() == 4 && !NOT_UNDERSTOOD.contains(&code));
        assert!(outcome == "ok" || understood, "{tenant}: {operation} {outcome}");
        // Presence is used with an account's password; everything else the administrator may.
        let signed_in = code != Some("9000") || operation.starts_with("Presence.");
        assert!(signed_in, "{tenant}: {operation} was called without its header");
        done += usize::from(outcome == "ok");
        called.insert(operation.to_owned());
    }
    assert_eq!(called, operations(), "{tenant} called other operations");
    assert!(done >= 15, "{tenant}: lists alone are more than {done}");
}

/// Runs a program of a dynamic toolkit: for each tenant its arguments between the address and the tenant's name.
fn walks(program: &str, script: &str, tenants: &[(&str, &[&str])]) {
    let platform = Platform::start();
    for (tenant, arguments) in tenants {
        let mut command = as_administrator(program);
        command.arg(folder().join(script)).arg(format!("http://{}", platform.soap)).args(*arguments).arg(tenant);
        lives_and_calls_everything(&mut command, tenant);
    }
}

fn python() -> String {
    root().join(".tools/python/bin/python").display().to_string()
}

#[test]
fn php_s_soap_extension_calls_every_operation_of_both_wsdls() {
    walks("php", "php/driver.php", &[("php-literal", &["literal"]), ("php-encoded", &["encoded"])]);
}

#[test]
fn zeep_calls_every_operation_of_the_literal_wsdls() {
    walks(&python(), "zeep/driver.py", &[("zeep", &[])]);
}

#[test]
fn suds_calls_every_operation_of_both_wsdls() {
    walks(&python(), "suds/driver.py", &[("suds-literal", &["literal"]), ("suds-encoded", &["encoded"])]);
}

#[test]
fn soap_lite_calls_every_operation_of_the_encoded_wsdl() {
    walks("perl", "perl/driver.pl", &[("soap-lite", &[])]);
}

#[test]
fn node_soap_calls_every_operation_of_the_literal_wsdls() {
    walks("node", "node/driver.js", &[("node-soap", &[])]);
}

#[test]
fn the_administrator_s_reseller_s_and_self_care_pages_of_cdrtool_work() {
    let platform = Platform::prepare().with_recoverable_passwords().started();
    let mut command = as_administrator("php");
    let said = must(command.arg(folder().join("cdrtool/pages.php")).arg(format!("http://{}/", platform.soap)));
    assert!(said.contains("all pages work"), "{said}");
}
