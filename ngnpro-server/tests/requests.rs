//! Requests as clients really send them, read by the contract's types: the captures of the old web client for every operation,
//! and those of eight toolkits. Each rule of reading has its test.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "contract/every_operation.rs"]
mod operations;

use std::path::{Path, PathBuf};

use ngnpro_server::caller::is_auth;
use ngnpro_server::wire::{Endpoint, Input, Operation, customer, sip, types};
use operations::every_operation;
use soap::{DecodeError, Element, Envelope, Limits, Style, Version, Wire, read_record};

const TOOLKITS: [&str; 8] =
    ["axis1", "gsoap", "kdsoap", "mono-wsdl", "node-soap", "perl-soap-lite", "php-soap", "zeep"];

/// Each toolkit on each wire.
fn clients() -> impl Iterator<Item = String> {
    TOOLKITS.iter().flat_map(|toolkit| [(*toolkit).to_owned(), format!("literal/{toolkit}")])
}

fn folder(client: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/soap/requests").join(client)
}

/// The body of a captured request.
fn capture(client: &str, file: &str) -> Vec<u8> {
    let bytes = std::fs::read(folder(client).join(file)).unwrap_or_else(|e| panic!("{client}/{file}: {e}"));
    match bytes.windows(4).position(|window| window == b"\r\n\r\n") {
        Some(at) if !bytes.starts_with(b"<") => bytes[at + 4..].to_vec(),
        _ => bytes,
    }
}

fn envelope(client: &str, file: &str) -> Envelope {
    let bytes = capture(client, file);
    Envelope::read(&bytes, Some("utf-8"), &Limits::default()).unwrap_or_else(|e| panic!("{client}/{file}: {e:?}"))
}

fn call(envelope: &Envelope) -> (Operation, Element<'_>) {
    let endpoint = Endpoint { port: Some("sip"), literal: false };
    let call = envelope.call(|namespace, name| Operation::find_at(namespace, name, endpoint));
    let call = call.unwrap_or_else(|e| panic!("{e:?}"));
    (call.operation.0, call.parameters)
}

/// The input of a captured call.
fn input<I: Input>(client: &str, file: &str) -> I {
    let envelope = envelope(client, file);
    let (operation, parameters) = call(&envelope);
    assert_eq!(operation, I::OPERATION, "{client}/{file}");
    read_record(parameters).unwrap_or_else(|e| panic!("{client}/{file}: {e}"))
}

fn header_member(envelope: &Envelope, name: &str) -> Option<String> {
    let auth = envelope.headers().find(|block| is_auth(*block)).unwrap();
    let member = auth.children().find(|child| child.local() == name)?;
    String::read(member).unwrap()
}

/// Reads the call with its own input type, as the table does.
fn read_by_type(operation: Operation, parameters: Element<'_>) -> Result<String, DecodeError> {
    macro_rules! inputs {
        ($($operation:ident $input:ty, $member:ident;)+) => {
            match operation {
                $(Operation::$operation => read_record::<$input>(parameters).map(|input| format!("{input:?}")),)+
            }
        };
    }
    every_operation!(inputs)
}

#[test]
fn every_operation_reads_what_the_web_client_sends_it() {
    for operation in Operation::ALL {
        let described = operation.describe();
        // That client no longer calls it.
        if *operation == Operation::SipGetAliasesForAccount {
            continue;
        }
        let file = format!("{}.{}.1.xml", described.port, described.name);
        let envelope = envelope("cdrtool", &file);
        let (called, parameters) = call(&envelope);
        assert_eq!(called, *operation, "{file}");
        let read = read_by_type(called, parameters).unwrap_or_else(|e| panic!("{file}: {e}"));
        assert!(read.contains("Some(") || described.parameters.members.is_empty(), "{file}: nothing was read: {read}");
        if described.port == "Presence" {
            assert_eq!(envelope.headers().count(), 0, "{file}");
            continue;
        }
        assert!(header_member(&envelope, "username").is_some_and(|name| !name.is_empty()), "{file}");
        assert!(header_member(&envelope, "password").is_some(), "{file}");
        let admin = header_member(&envelope, "admin");
        assert!(admin.is_some_and(|admin| ["true", "false"].contains(&admin.as_str())), "{file}");
    }
}

#[test]
fn every_capture_of_every_toolkit_is_read() {
    for client in clients() {
        let mut found = 0;
        for entry in std::fs::read_dir(folder(&client)).unwrap() {
            let file = entry.unwrap().file_name().into_string().unwrap();
            let envelope = envelope(&client, &file);
            let (operation, parameters) = call(&envelope);
            let style = envelope.call(|namespace, name| Operation::find_at(namespace, name, Endpoint::default()));
            let is_literal = style.is_ok_and(|call| call.operation.1 != Style::Encoded);
            assert_eq!(is_literal, client.starts_with("literal/"), "{client}/{file}");
            assert!(file.starts_with(operation.describe().name), "{client}/{file}");
            let read = read_by_type(operation, parameters).unwrap_or_else(|e| panic!("{client}/{file}: {e}"));
            assert!(read.contains("Some("), "{client}/{file}: nothing was read: {read}");
            found += 1;
        }
        assert!(found >= 6, "{client}: {found} captures");
    }
}

/// What all toolkits were told to send as addAccount, each in its own way.
fn expected_account(client: &str, username: Option<String>) -> types::SipAccount {
    let text = |text: &str| Some(text.to_owned());
    let property = |name: &str, value: &str| types::Property { name: text(name), value: text(value) };
    types::SipAccount {
        id: Some(types::SipId { username, domain: text("example.com") }),
        password: text(" p&<>\"' "),
        first_name: text("\u{17d}ofia \u{65e5}\u{672c}"),
        last_name: text("O'Neil & <Sons>\nline2"),
        email: text("z@example.com"),
        acl: Some(vec![]),
        groups: Some(vec!["free-pstn".to_owned(), "a & b".to_owned()]),
        // Axis has no character beyond the basic plane in its capture.
        properties: Some(vec![
            property("lang", "nl"),
            property("x<y", if client.ends_with("axis1") { "x \u{263a}" } else { "x \u{1f600}" }),
        ]),
        timezone: text("Europe/Amsterdam"),
        rpid: text("0031"),
        quota: Some(50),
        quickdial_prefix: text(""),
        // KDSoap sends a null number as 0.
        call_limit: client.ends_with("kdsoap").then_some(0),
        prepaid: Some(true),
        timeout: Some(3600),
        owner: Some(5_000_000_000),
        customer: Some(1),
        reseller: Some(1),
        ..types::SipAccount::default()
    }
}

#[test]
fn all_toolkits_say_the_same_with_add_account() {
    for client in clients() {
        let account = input::<sip::AddAccountInput>(&client, "addAccount.http").account.unwrap();
        let username = account.id.clone().and_then(|id| id.username);
        assert!(username.as_ref().is_some_and(|name| name.ends_with("full")), "{client}");
        assert_eq!(account, expected_account(&client, username), "{client}");
    }
}

#[test]
fn r1_the_namespace_and_name_of_the_operation_element_decide() {
    assert_eq!(Operation::find("urn:AGProjects:NGNPro:Sip", "addAccount"), Some(Operation::SipAddAccount));
    assert_eq!(Operation::find("urn:AGProjects:NGNPro:Customer", "addAccount"), Some(Operation::CustomerAddAccount));
    assert_eq!(Operation::find("urn:AGProjects:NGNPro", "addAccount"), None);
    assert_eq!(Operation::find("urn:AGProjects:NGNPro:Sip", "addaccount"), None);
    // node soap leaves the port's namespace out: the URL's port stands in.
    let envelope = envelope("node-soap", "addAccount.http");
    let at = |endpoint| {
        envelope.call(|namespace, name| Operation::find_at(namespace, name, endpoint)).map(|call| call.operation)
    };
    let encoded = |port| Endpoint { port: Some(port), literal: false };
    assert_eq!(at(encoded("sip")), Ok((Operation::SipAddAccount, Style::Encoded)));
    assert_eq!(at(encoded("Customer")), Ok((Operation::CustomerAddAccount, Style::Encoded)));
    let literal = Style::Literal("urn:AGProjects:NGNPro:Sip:literal");
    assert_eq!(at(Endpoint { port: Some("sip"), literal: true }), Ok((Operation::SipAddAccount, literal)));
    assert!(at(Endpoint::default()).is_err() && at(encoded("ngnpro")).is_err());
    // So it does for a namespace that nobody knows.
    for unknown in ["urn:foreign", "urn:foreign:literal", "urn:AGProjects:NGNPro:Nothing"] {
        let at = |name, endpoint| Operation::find_at(unknown, name, endpoint);
        assert_eq!(at("addAccount", encoded("sip")), Some((Operation::SipAddAccount, Style::Encoded)));
        assert_eq!(
            at("addAccount", Endpoint { port: Some("SIP"), literal: true }),
            Some((Operation::SipAddAccount, literal))
        );
        assert_eq!(at("getStatus", encoded("sip")), None);
        assert_eq!(at("addAccount", Endpoint::default()), None);
    }
    // A port's namespace names that port alone, also for what it has not.
    assert_eq!(Operation::find_at("urn:AGProjects:NGNPro:Network", "addAccount", encoded("sip")), None);
    assert_eq!(Operation::find_at("urn:AGProjects:NGNPro:Network:literal", "addAccount", encoded("sip")), None);
    // The namespace wins over the URL.
    let found = Operation::find_at("urn:AGProjects:NGNPro:Sip:literal", "addAccount", encoded("Customer"));
    assert_eq!(found, Some((Operation::SipAddAccount, literal)));
}

#[test]
fn r2_values_beside_the_call_are_found_by_reference() {
    for client in ["axis1", "mono-wsdl"] {
        let bytes = String::from_utf8(capture(client, "addAccount.http")).unwrap();
        assert!(bytes.contains("href=\"#id"), "{client} no longer shows the rule");
        let account = input::<sip::AddAccountInput>(client, "addAccount.http").account.unwrap();
        assert_eq!(account.quota, Some(50), "{client}");
        assert_eq!(account.properties.map(|properties| properties.len()), Some(2), "{client}");
    }
}

#[test]
fn r3_namespaces_below_the_call_are_ignored() {
    let bytes = String::from_utf8(capture("kdsoap", "getAccount.http")).unwrap();
    assert!(bytes.contains(":username"), "kdsoap no longer shows the rule");
    let id = input::<sip::GetAccountInput>("kdsoap", "getAccount.http").sip_id.unwrap();
    assert_eq!(id.domain.as_deref(), Some("example.com"));
}

#[test]
fn r4_the_auth_header_is_found_in_any_namespace_and_case() {
    for client in clients() {
        let envelope = envelope(&client, "addAccount.http");
        assert_eq!(header_member(&envelope, "username").as_deref(), Some("admin"), "{client}");
        assert_eq!(header_member(&envelope, "password").as_deref(), Some("secret & <more>"), "{client}");
        assert_eq!(envelope.check_understood(is_auth), Ok(()), "{client}");
    }
}

#[test]
fn r5_types_come_from_the_schema() {
    let account = input::<sip::AddAccountInput>("perl-soap-lite", "addAccount.http").account.unwrap();
    assert_eq!((account.rpid.as_deref(), account.customer), (Some("0031"), Some(1)));
}

#[test]
fn r6_arrays_are_read_whatever_their_items_are_called() {
    for (client, item) in [("axis1", "<groups "), ("mono-wsdl", "<Item>"), ("zeep", "<Property>"), ("kdsoap", ":item ")]
    {
        assert!(String::from_utf8(capture(client, "addAccount.http")).unwrap().contains(item), "{client}");
        let account = input::<sip::AddAccountInput>(client, "addAccount.http").account.unwrap();
        assert_eq!(account.groups.map(|groups| groups.len()), Some(2), "{client}");
    }
}

#[test]
fn r7_null_is_null_in_each_spelling() {
    for client in ["php-soap", "gsoap", "axis1", "mono-wsdl"] {
        let account = input::<sip::AddAccountInput>(client, "addAccount.http").account.unwrap();
        assert_eq!((account.call_limit, account.region, account.change_date), (None, None, None), "{client}");
    }
    let query = input::<customer::GetCustomersInput>("cdrtool", "Customer.getCustomers.1.xml").query.unwrap();
    assert_eq!(query.filter.unwrap().reseller, None);
}

#[test]
fn r8_a_null_array_is_an_empty_one() {
    for client in clients() {
        let account = input::<sip::AddAccountInput>(&client, "addAccount.http").account.unwrap();
        assert_eq!(account.acl, Some(vec![]), "{client}");
        let empty = input::<sip::AddAccountInput>(&client, "addAccount-empty-arrays.http").account.unwrap();
        assert!(empty.groups.unwrap_or_default().is_empty(), "{client}");
        assert!(empty.properties.unwrap_or_default().is_empty(), "{client}");
    }
}

#[test]
fn r9_members_come_in_any_order_and_booleans_as_numbers() {
    let account = input::<sip::AddAccountInput>("cdrtool", "Sip.addAccount.1.xml").account.unwrap();
    assert_eq!((account.first_name.as_deref(), account.prepaid), (Some("Account"), Some(false)));
    assert_eq!((account.owner, account.call_limit), (Some(100), None));
}

#[test]
fn r11_a_declaration_may_be_missing_or_name_another_character_set() {
    let utf8 = String::from_utf8(capture("php-soap", "addAccount.http")).unwrap();
    let bare = utf8.split_once("?>").unwrap().1.trim_start();
    let single = format!("<?xml version='1.0' standalone='yes'?>{bare}");
    for message in [bare, &single] {
        let envelope = Envelope::read(message.as_bytes(), None, &Limits::default()).unwrap();
        let input: sip::AddAccountInput = read_record(call(&envelope).1).unwrap();
        assert_eq!(input.account.unwrap().first_name.as_deref(), Some("\u{17d}ofia \u{65e5}\u{672c}"));
    }
    let latin1: Vec<u8> = format!("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>{bare}")
        .replace("\u{17d}ofia \u{65e5}\u{672c}", "Zo\u{eb}")
        .replace('\u{1f600}', "&#xD83D;&#xDE00;")
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    let envelope = Envelope::read(&latin1, None, &Limits::default()).unwrap();
    let account = read_record::<sip::AddAccountInput>(call(&envelope).1).unwrap().account.unwrap();
    assert_eq!(account.first_name.as_deref(), Some("Zo\u{eb}"));
    assert_eq!(account.properties.unwrap()[1].value.as_deref(), Some("x \u{1f600}"));
}

#[test]
fn r12_a_soap_12_envelope_is_read_and_answered_in_kind() {
    let message = String::from_utf8(capture("gsoap", "getGroups.http")).unwrap();
    let message = message.replace(soap::ns::ENVELOPE_11, soap::ns::ENVELOPE_12);
    let envelope = Envelope::read(message.as_bytes(), None, &Limits::default()).unwrap();
    assert_eq!(envelope.version(), Version::Soap12);
    let (operation, parameters) = call(&envelope);
    assert!(read_by_type(operation, parameters).is_ok());
    let answer = soap::response(envelope.version(), operation.describe(), &vec!["a".to_owned()]);
    assert!(answer.contains(soap::ns::ENVELOPE_12) && !answer.contains(soap::ns::ENVELOPE_11));
    assert!(answer.contains("SOAP-ENC:itemType=\"xsd:string\" SOAP-ENC:arraySize=\"1\""));
}

#[test]
fn an_older_client_adds_a_domain_by_its_bare_name() {
    let read = |parameter: &str| {
        let message = format!(
            "<e:Envelope xmlns:e=\"{}\"><e:Body><s:addDomain xmlns:s=\"urn:AGProjects:NGNPro:Sip\">{parameter}</s:addDomain>\
             </e:Body></e:Envelope>",
            soap::ns::ENVELOPE_11
        );
        let envelope = Envelope::read(message.as_bytes(), None, &Limits::default()).unwrap();
        read_record::<sip::AddDomainInput>(call(&envelope).1).unwrap().domain
    };
    let named = types::SipDomain { domain: Some("example.com".to_owned()), ..types::SipDomain::default() };
    assert_eq!(read("<domain>example.com</domain>"), Some(named.clone()));
    assert_eq!(read("<domain><domain>example.com</domain></domain>"), Some(named));
    assert_eq!((read("<domain/>"), read("<domain> \n</domain>"), read("")), (None, None, None));
}

#[test]
fn what_is_read_is_not_printed_when_it_is_secret() {
    let input = input::<sip::AddAccountInput>("php-soap", "addAccount.http");
    let printed = format!("{input:?}");
    assert!(printed.contains("example.com") && !printed.contains("p&<>"), "{printed}");
}
