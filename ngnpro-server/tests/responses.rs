//! Answers as clients read them. The old web client's reader is rebuilt here from the rules of its wire and tried on good and
//! bad answers first; then what the server writes is read by it and by the engine itself.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "responses/pear.rs"]
mod pear;

use ngnpro_server::wire::sip::GetPrepaidStatusInput;
use ngnpro_server::wire::{Operation, types};
use pear::{Value, read};
use soap::{Envelope, Fault, FaultCode, Form, Limits, OneOrMany, Style, Version, Wire};

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn account() -> types::SipAccount {
    types::SipAccount {
        id: Some(types::SipId { username: text("alice"), domain: text("example.com") }),
        first_name: text("Al\u{ed}ce & <Sons>"),
        acl: Some(vec![types::SubscriberACL { ip: text("10.0.0.0"), mask: Some(8), tag: None }]),
        groups: Some(vec!["free-pstn".to_owned()]),
        properties: Some(vec![]),
        quota: Some(5),
        prepaid: Some(false),
        owner: Some(5_000_000_000),
        ..types::SipAccount::default()
    }
}

fn answer<T: Wire>(operation: Operation, result: &T) -> String {
    soap::response(Version::Soap11, operation.describe(), result)
}

fn accounts(count: usize) -> String {
    let accounts = types::SipAccounts { accounts: Some(vec![account(); count]), total: Some(17) };
    answer(Operation::SipGetAccounts, &accounts)
}

fn fault() -> Fault {
    Fault { code: FaultCode::Client, errorcode: 1011, text: "SIP account <a&b> already exists".to_owned() }
}

#[test]
fn the_rebuilt_reader_reads_good_answers_as_meant_and_trips_over_the_bad_ones() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/soap/responses");
    let file = |name: &str| {
        let found = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        let path =
            found.into_iter().find(|path| path.file_name().unwrap().to_string_lossy().starts_with(name)).unwrap();
        std::fs::read_to_string(path).unwrap()
    };
    let member = |name: &str, path: &[&str]| read(&file(name)).unwrap().at(path);
    assert_eq!(member("good-02", &["accounts"]).items(), Some(2));
    assert_eq!(member("good-03", &["accounts"]).items(), Some(1));
    assert_eq!(member("good-04", &["accounts"]).items(), Some(0));
    assert_eq!(member("good-07", &[]).items(), Some(0));
    assert_eq!(member("good-08", &[]).items(), Some(1));
    assert_eq!(member("good-11", &["false"]), Value::Boolean(false));
    assert_eq!(member("good-12", &[]), Value::Text(String::new()));
    assert_eq!(member("good-14", &["detail", "exception", "errorcode"]), Value::Integer(1011));
    assert_eq!(member("bad-01", &["accounts"]).items(), None);
    assert!(read(&file("bad-02")).is_err());
    assert_eq!(member("bad-04", &["groups"]).items(), None);
    assert_eq!(member("bad-06", &["accounts"]).items(), None);
    assert!(read(&file("bad-07")).is_err());
    assert_eq!(member("bad-08", &["prepaid"]), Value::Boolean(true));
    assert_eq!(member("bad-09", &["prepaid"]), Value::Text("false".to_owned()));
    assert_eq!(member("bad-10", &["quota"]), Value::Integer(0));
    assert_eq!(member("bad-11", &[]).items(), Some(2));
    assert_eq!(member("bad-15", &["detail", "exception"]), Value::Text(String::new()));
}

#[test]
fn a_balance_is_a_structure_for_one_account_and_an_array_for_an_array() {
    let id = "<username>alice</username><domain>example.com</domain>";
    for (asked, is_one) in [
        (format!("<sipIds>{id}</sipIds>"), true),
        (format!("<sipId>{id}</sipId>"), true),
        (format!("<sipIds><item>{id}</item></sipIds>"), false),
    ] {
        let message = format!(
            "<e:Envelope xmlns:e=\"{}\"><e:Body><getPrepaidStatus>{asked}</getPrepaidStatus></e:Body></e:Envelope>",
            soap::ns::ENVELOPE_11
        );
        let envelope = Envelope::read(message.as_bytes(), None, &Limits::default()).unwrap();
        let call = envelope.call(|_, _| Some(())).unwrap();
        let input: GetPrepaidStatusInput = soap::read_record(call.parameters).unwrap();
        let asked = input.sip_ids.unwrap();
        assert_eq!(asked.is_one(), is_one);
        assert_eq!(asked.clone().into_vec()[0].username, text("alice"));
        let state = types::PrepaidStatus { balance: Some(11.5), ..types::PrepaidStatus::default() };
        let state = if asked.is_one() { OneOrMany::One(state) } else { OneOrMany::Many(vec![state]) };
        let result = read(&answer(Operation::SipGetPrepaidStatus, &state)).unwrap();
        assert_eq!(result.items(), (!is_one).then_some(1));
        let state = match result {
            Value::Array(items) => items[0].clone(),
            state => state,
        };
        assert_eq!(state.at(&["balance"]), Value::Float(11.5));
        // No other wire had such clients: there an answer is what the schema says.
        let style = Style::Literal(Operation::SipGetPrepaidStatus.describe().literal_namespace);
        let form = Form { version: Version::Soap11, style };
        let state = OneOrMany::One(types::PrepaidStatus::default());
        let literal = soap::response(form, Operation::SipGetPrepaidStatus.describe(), &state);
        assert!(literal.contains("<return><item><balance"), "{literal}");
    }
}

#[test]
fn lists_of_none_one_and_many_are_arrays_for_the_web_client() {
    for count in [0, 1, 2] {
        let result = read(&accounts(count)).unwrap();
        assert_eq!(result.at(&["accounts"]).items(), Some(count));
        assert_eq!(result.at(&["total"]), Value::Integer(17));
    }
    for groups in [vec![], vec!["a".to_owned()]] {
        let count = groups.len();
        assert_eq!(read(&answer(Operation::SipGetGroups, &groups)).unwrap().items(), Some(count));
    }
}

#[test]
fn members_have_their_types_for_the_web_client() {
    let result = read(&answer(Operation::SipGetAccount, &account())).unwrap();
    assert_eq!(result.at(&["id", "username"]), Value::Text("alice".to_owned()));
    assert_eq!(result.at(&["firstName"]), Value::Text("Al\u{ed}ce & <Sons>".to_owned()));
    assert_eq!(result.at(&["prepaid"]), Value::Boolean(false));
    assert_eq!(result.at(&["quota"]), Value::Integer(5));
    assert_eq!(result.at(&["owner"]), Value::Integer(5_000_000_000));
    assert_eq!((result.at(&["groups"]).items(), result.at(&["properties"]).items()), (Some(1), Some(0)));
}

#[test]
fn a1_a12_a_fault_has_all_its_parts_unqualified_and_in_order() {
    let fault = soap::fault_envelope(Version::Soap11, &fault());
    let inside = fault.split_once("<SOAP-ENV:Fault>").unwrap().1.split_once("</SOAP-ENV:Fault>").unwrap().0;
    assert_eq!(
        inside,
        "<faultcode>SOAP-ENV:Client</faultcode><faultstring>SIP account &lt;a&amp;b&gt; already exists</faultstring><detail>\
         <exception xsi:type=\"ngnpro:NGNProException\"><errorcode xsi:type=\"xsd:int\">1011</errorcode>\
         <errorstring xsi:type=\"xsd:string\">SIP account &lt;a&amp;b&gt; already exists</errorstring></exception></detail>"
    );
}

#[test]
fn a2_an_answer_begins_with_an_xml_declaration() {
    assert!(accounts(1).starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"));
    assert!(soap::fault_envelope(Version::Soap11, &fault()).starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"));
}

#[test]
fn a4_members_are_all_there_in_the_schemas_order() {
    let answer = answer(Operation::SipGetAccount, &account());
    let members = <types::SipAccount as soap::Record>::TYPE.members;
    let places: Vec<usize> = members.iter().map(|member| answer.find(&format!("<{} ", member.name)).unwrap()).collect();
    assert!(places.is_sorted());
}

#[test]
fn a6_null_is_nil_without_a_type() {
    let answer = answer(Operation::SipGetAccount, &account());
    for null in ["<password xsi:nil=\"true\"/>", "<callLimit xsi:nil=\"true\"/>", "<tag xsi:nil=\"true\"/>"] {
        assert!(answer.contains(null), "{null}");
    }
    let result = read(&answer).unwrap();
    assert_eq!(
        (result.at(&["password"]), result.at(&["callLimit"])),
        (Value::Text(String::new()), Value::Text(String::new()))
    );
}

#[test]
fn a7_an_array_that_is_empty_or_not_set_is_an_empty_array() {
    let bare = answer(Operation::SipGetAccount, &types::SipAccount::default());
    assert!(bare.contains("<groups xsi:type=\"SOAP-ENC:Array\" SOAP-ENC:arrayType=\"xsd:string[0]\"></groups>"));
    assert!(bare.contains("<acl xsi:type=\"SOAP-ENC:Array\" SOAP-ENC:arrayType=\"ngnpro:SubscriberACL[0]\"></acl>"));
}

#[test]
fn a8_every_member_that_is_not_null_has_its_type() {
    let answer = answer(Operation::SipGetAccount, &account());
    for member in [
        "<return xsi:type=\"ngnpro:SipAccount\">",
        "<id xsi:type=\"ngnpro:SipId\">",
        "<username xsi:type=\"xsd:string\">",
        "<quota xsi:type=\"xsd:int\">",
        "<prepaid xsi:type=\"xsd:boolean\">",
        "<owner xsi:type=\"xsd:integer\">",
        "<item xsi:type=\"xsd:string\">",
    ] {
        assert!(answer.contains(member), "{member}");
    }
}

#[test]
fn a9_arrays_are_typed_in_the_order_that_all_clients_read() {
    let answer = accounts(2);
    assert!(answer.contains("<accounts xsi:type=\"SOAP-ENC:Array\" SOAP-ENC:arrayType=\"ngnpro:SipAccount[2]\"><item xsi:type=\"ngnpro:SipAccount\">"));
    assert!(!answer.contains("offset") && !answer.contains("SubscriberACLArray"));
}

#[test]
fn a11_void_is_an_empty_response_element() {
    let void = answer(Operation::SipDeleteAccount, &());
    assert!(
        void.contains("<SOAP-ENV:Body><m:deleteAccountResponse ") && void.contains("\"/></SOAP-ENV:Body>"),
        "{void}"
    );
    assert_eq!(read(&void).unwrap(), Value::Text(String::new()));
}

#[test]
fn a13_the_web_client_finds_code_and_text_of_a_fault() {
    let fault = read(&soap::fault_envelope(Version::Soap11, &fault())).unwrap();
    assert_eq!(fault.at(&["detail", "exception", "errorcode"]), Value::Integer(1011));
    assert_eq!(
        fault.at(&["detail", "exception", "errorstring"]),
        Value::Text("SIP account <a&b> already exists".to_owned())
    );
}

#[test]
fn a14_an_answer_has_no_header_no_instruction_and_no_references() {
    for answer in
        [accounts(2), soap::fault_envelope(Version::Soap11, &fault()), soap::fault_envelope(Version::Soap12, &fault())]
    {
        for none in ["Header", "<!", "href", " id=", "mustUnderstand", "actor"] {
            assert!(!answer.contains(none), "{none}");
        }
        assert_eq!(answer.matches("<?").count(), 1);
    }
}

#[test]
fn r12_a_soap_12_fault_speaks_of_sender_and_receiver() {
    let fault = soap::fault_envelope(Version::Soap12, &fault());
    assert!(fault.contains("<SOAP-ENV:Code><SOAP-ENV:Value>SOAP-ENV:Sender</SOAP-ENV:Value></SOAP-ENV:Code>"));
    assert!(fault.contains("<SOAP-ENV:Detail><exception ") && !fault.contains("faultcode"));
}

#[test]
fn carriage_returns_survive_and_forbidden_characters_are_left_out() {
    let strange = types::SipAccount { first_name: text("a\r\nb\u{1}c\u{ffff}"), ..types::SipAccount::default() };
    let answer = answer(Operation::SipGetAccount, &strange);
    assert!(answer.contains("<firstName xsi:type=\"xsd:string\">a&#13;\nbc</firstName>"));
    assert_eq!(reread(&answer).first_name.as_deref(), Some("a\r\nbc"));
}

/// What the engine's own reader makes of an answer.
fn reread(answer: &str) -> types::SipAccount {
    let envelope = Envelope::read(answer.as_bytes(), None, &Limits::default()).unwrap();
    let call = envelope.call(|_, name| (name == "getAccountResponse").then_some(())).unwrap();
    let result = call.parameters.children().next().unwrap();
    types::SipAccount::read(result).unwrap().unwrap()
}

mod round_trip {
    use proptest::prelude::*;

    use super::*;

    /// Text of characters that XML has.
    fn any_text() -> impl Strategy<Value = String> + Clone {
        proptest::collection::vec(any::<char>().prop_filter("XML has it", |c| {
            matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}')
        }), 0..12).prop_map(|chars| chars.into_iter().collect())
    }

    fn any_account() -> impl Strategy<Value = types::SipAccount> {
        let texts = proptest::option::of(any_text());
        let properties = proptest::collection::vec((any_text(), texts.clone()), 0..4);
        (
            texts.clone(),
            texts,
            proptest::collection::vec(any_text(), 0..4),
            properties,
            any::<Option<i32>>(),
            any::<Option<bool>>(),
            any::<Option<u32>>(),
            any::<Option<i64>>(),
        )
            .prop_map(|(first_name, password, groups, properties, quota, prepaid, timeout, owner)| {
                types::SipAccount {
                    id: Some(types::SipId {
                        username: Some("alice".to_owned()),
                        domain: Some("example.com".to_owned()),
                    }),
                    first_name,
                    password,
                    acl: Some(vec![]),
                    groups: Some(groups),
                    properties: Some(
                        properties
                            .into_iter()
                            .map(|(name, value)| types::Property { name: Some(name), value })
                            .collect(),
                    ),
                    quota,
                    prepaid,
                    timeout,
                    owner,
                    ..types::SipAccount::default()
                }
            })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(account in any_account()) {
            prop_assert_eq!(reread(&answer(Operation::SipGetAccount, &account)), account);
        }

        #[test]
        fn no_message_makes_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = Envelope::read(&bytes, None, &Limits::default());
        }

        #[test]
        fn no_damage_to_a_message_makes_the_reader_panic(at in 0_usize..900, byte in any::<u8>(), cut in any::<bool>()) {
            let mut bytes = answer(Operation::SipGetAccount, &account()).into_bytes();
            if cut { bytes.truncate(at) } else if let Some(place) = bytes.get_mut(at) { *place = byte }
            let _ = Envelope::read(&bytes, None, &Limits::default());
        }
    }
}
