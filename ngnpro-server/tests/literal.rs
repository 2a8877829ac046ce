//! The document/literal wire: what every operation answers there, letter for letter, and the rules that clients' toolkits have
//! for answers. That requests are read is tested with those of the other wire.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "contract/every_operation.rs"]
mod operations;
#[path = "contract/sample.rs"]
mod sample;

use ngnpro_server::wire::{Endpoint, Input, Operation, types};
use operations::every_operation;
use sample::{Collector, Random, any_of, write_xml};
use second_reader::Value;
use soap::{Envelope, Fault, FaultCode, Form, Limits, Style, Version, Wire};

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<SOAP-ENV:Envelope \
                    xmlns:SOAP-ENV=\"http://schemas.xmlsoap.org/soap/envelope/\" \
                    xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><SOAP-ENV:Body>";
const TAIL: &str = "</SOAP-ENV:Body></SOAP-ENV:Envelope>";

fn literal(operation: Operation) -> Form {
    Form { version: Version::Soap11, style: Style::Literal(operation.describe().literal_namespace) }
}

fn answer<T: Wire>(operation: Operation, result: &T) -> String {
    soap::response(literal(operation), operation.describe(), result)
}

fn fault(form: Form) -> String {
    let text = "SIP account <a&b> already exists".to_owned();
    soap::fault_envelope(form, &Fault { code: FaultCode::Client, errorcode: 1011, text })
}

/// Any value of the operation's result, written as the schema says and as the engine writes it.
fn check_answer<I: Input>(random: &mut Random) {
    let operation = I::OPERATION.describe();
    let (name, namespace) = (operation.name, operation.literal_namespace);
    let Some(ty) = operation.result else {
        assert_eq!(answer(I::OPERATION, &()), format!("{HEAD}<{name}Response xmlns=\"{namespace}\"/>{TAIL}"));
        return;
    };
    let mut inside = String::new();
    write_xml("return", &any_of(&ty, random), &mut inside);
    let message = format!("{HEAD}<{name}Response xmlns=\"{namespace}\">{inside}</{name}Response>{TAIL}");
    let envelope = Envelope::read(message.as_bytes(), None, &Limits::default()).unwrap();
    let call = envelope.call(|_, _| Some(())).unwrap();
    let output = I::Output::read(call.parameters.children().next().unwrap()).unwrap().unwrap();
    assert_eq!(answer(I::OPERATION, &output), message);
}

/// Any call of the operation is the same call on both wires.
fn check_call<I: Input>(random: &mut Random) {
    let operation = I::OPERATION.describe();
    let asked = any_of(&soap::schema::Type::Record(operation.parameters), random);
    let mut inside = String::new();
    let Value::Record(members) = &asked else { panic!("parameters are members") };
    members.iter().for_each(|(name, value)| write_xml(name, value, &mut inside));
    for (namespace, style) in [
        (operation.namespace, Style::Encoded),
        (operation.literal_namespace, Style::Literal(operation.literal_namespace)),
    ] {
        let message = format!("{HEAD}<{0} xmlns=\"{namespace}\">{inside}</{0}>{TAIL}", operation.name);
        let envelope = Envelope::read(message.as_bytes(), None, &Limits::default()).unwrap();
        let call = envelope.call(|namespace, name| Operation::find_at(namespace, name, Endpoint::default())).unwrap();
        assert_eq!(call.operation, (I::OPERATION, style));
        let mut collector = Collector::default();
        soap::read_record::<I>(call.parameters).unwrap().write_members(&mut collector);
        assert_eq!(collector.finish(), asked);
    }
}

#[test]
fn every_operation_answers_what_its_schema_says_letter_for_letter() {
    let mut random = Random::new(3);
    macro_rules! try_each {
        ($($operation:ident $input:ty, $member:ident;)+) => {
            $((0..3).for_each(|_| check_answer::<$input>(&mut random));)+
        };
    }
    every_operation!(try_each);
}

#[test]
fn every_operation_is_called_by_its_name_in_the_ports_literal_namespace() {
    let mut random = Random::new(5);
    macro_rules! try_each {
        ($($operation:ident $input:ty, $member:ident;)+) => {
            $(check_call::<$input>(&mut random);)+
        };
    }
    every_operation!(try_each);
}

#[test]
fn a4_a5_a7_a10_members_are_all_there_in_order_null_is_nil_arrays_are_elements_and_nothing_has_a_type() {
    let account = types::SipAccount {
        id: Some(types::SipId { username: Some("alice".to_owned()), domain: Some("example.com".to_owned()) }),
        groups: Some(vec!["free-pstn".to_owned()]),
        acl: None,
        quota: Some(5),
        ..types::SipAccount::default()
    };
    let answer = answer(Operation::SipGetAccount, &account);
    let members = <types::SipAccount as soap::Record>::TYPE.members;
    let places: Vec<usize> =
        members.iter().map(|member| answer.find(&format!("<{}", member.name)).unwrap_or(usize::MAX)).collect();
    assert!(places.is_sorted() && places.last().is_some_and(|last| *last < answer.len()), "{answer}");
    assert!(answer.contains("<groups><item>free-pstn</item></groups>") && answer.contains("<acl></acl>"), "{answer}");
    assert!(answer.contains("<quota>5</quota>") && answer.contains("<callLimit xsi:nil=\"true\"/>"), "{answer}");
    assert!(!answer.contains("xsi:type") && !answer.contains("xsd:") && !answer.contains("SOAP-ENC"), "{answer}");
}

#[test]
fn a12_a13_a_faults_detail_is_in_the_ports_namespace_and_the_rest_of_it_in_none() {
    assert_eq!(
        fault(literal(Operation::SipAddAccount)),
        format!(
            "{HEAD}<SOAP-ENV:Fault><faultcode>SOAP-ENV:Client</faultcode>\
             <faultstring>SIP account &lt;a&amp;b&gt; already exists</faultstring><detail>\
             <exception xmlns=\"urn:AGProjects:NGNPro:Sip:literal\"><errorcode>1011</errorcode>\
             <errorstring>SIP account &lt;a&amp;b&gt; already exists</errorstring></exception></detail></SOAP-ENV:Fault>{TAIL}"
        )
    );
}

#[test]
fn r12_soap_12_is_answered_in_kind() {
    let form = Form { version: Version::Soap12, ..literal(Operation::SipGetGroups) };
    let answer = soap::response(form, Operation::SipGetGroups.describe(), &vec!["a".to_owned()]);
    assert!(answer.contains(soap::ns::ENVELOPE_12) && !answer.contains(soap::ns::ENVELOPE_11), "{answer}");
    assert!(answer.contains("<return><item>a</item></return>"), "{answer}");
    let fault = fault(form);
    assert!(fault.contains("<SOAP-ENV:Detail><exception xmlns=\"urn:AGProjects:NGNPro:Sip:literal\">"), "{fault}");
    assert!(fault.contains("<SOAP-ENV:Value>SOAP-ENV:Sender</SOAP-ENV:Value>"), "{fault}");
}

#[test]
fn what_names_no_operation_is_answered_in_the_wire_of_its_namespace_or_else_of_its_url() {
    let sip = Style::Literal("urn:AGProjects:NGNPro:Sip:literal");
    let at = |port, literal| Endpoint { port: Some(port), literal };
    assert_eq!(Operation::style_at(Some("urn:AGProjects:NGNPro:Sip:literal"), Endpoint::default()), sip);
    assert_eq!(Operation::style_at(Some("urn:AGProjects:NGNPro:Sip"), at("sip", true)), Style::Encoded);
    assert_eq!(Operation::style_at(None, at("SIP", true)), sip);
    assert_eq!(Operation::style_at(Some(""), at("sip", true)), sip);
    assert_eq!(Operation::style_at(Some("urn:foreign"), at("sip", true)), sip);
    assert_eq!(Operation::style_at(None, at("sip", false)), Style::Encoded);
    assert_eq!(Operation::style_at(None, at("nosuch", true)), Style::Encoded);
}
