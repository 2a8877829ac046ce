//! The wire of every operation in both directions, checked by an independent second implementation: what the engine writes
//! is read by it, and what it writes is read by the engine. The same answer written in JSON says the same.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "contract/every_operation.rs"]
mod operations;
#[path = "contract/sample.rs"]
mod sample;

use ngnpro_server::wire::{Input, Operation};
use operations::every_operation;
use sample::{Collector, Random, any_of, write_xml};
use second_reader::mirrors::{RequestBody, ResponseBody};
use second_reader::{Mirror, Value, read_request, read_response, write_request};
use serde_json::Value as Json;
use soap::schema::{Scalar, Type};
use soap::{Envelope, Limits, Version, Wire};

/// What the engine makes of the element, read as the type of the operation.
fn read_by_engine<T>(xml: &str, read: impl Fn(soap::Element<'_>) -> T) -> T {
    let envelope =
        Envelope::read(xml.as_bytes(), None, &Limits::default()).unwrap_or_else(|e| panic!("{e:?} in {xml}"));
    let call = envelope.call(|_, _| Some(())).unwrap();
    read(call.parameters)
}

/// An envelope around the element of an operation.
fn wrapped(element: &str, namespace: &str, inside: &str) -> String {
    format!(
        "<e:Envelope xmlns:e=\"{}\"><e:Body><o:{element} xmlns:o=\"{namespace}\">{inside}</o:{element}></e:Body></e:Envelope>",
        soap::ns::ENVELOPE_11
    )
}

/// A filled answer of the operation, written by the engine in XML and in JSON; and what it says.
fn answer<I: Input>(random: &mut Random) -> (String, String, Value) {
    let operation = I::OPERATION.describe();
    let Some(ty) = operation.result else {
        let document = ngnpro_server::json::written(I::OPERATION, &());
        return (soap::response(Version::Soap11, operation, &()), document, Value::Record(vec![]));
    };
    let value = any_of(&ty, random);
    let mut xml = String::new();
    write_xml("return", &value, &mut xml);
    let output = read_by_engine(&wrapped("x", "urn:x", &xml), |element| {
        I::Output::read(element.children().next().unwrap()).unwrap().unwrap()
    });
    let mut collector = Collector::default();
    output_of::<I>(&output, &ty, &mut collector);
    let read = collector.finish();
    assert_eq!(read, Value::Record(vec![("return".to_owned(), value)]), "{operation:?}");
    (soap::response(Version::Soap11, operation, &output), ngnpro_server::json::written(I::OPERATION, &output), read)
}

fn output_of<I: Input>(output: &I::Output, ty: &Type, collector: &mut Collector) {
    I::Output::write(Some(output), "return", ty, collector);
}

/// The engine answers, the second reader reads.
fn check_answer<I: Input>(random: &mut Random, values: impl Fn(&ResponseBody) -> Vec<Value>) {
    let (xml, document, said) = answer::<I>(random);
    check_json(I::OPERATION, &document, &said);
    let read = read_response(&xml).unwrap_or_else(|e| panic!("{e} in {xml}"));
    assert_eq!((values(&read.body), read.body.count()), (vec![said], 1), "{xml}");
}

/// The JSON document says what the XML does, with JSON's own types.
fn check_json(operation: Operation, document: &str, said: &Value) {
    let Value::Record(said) = said else { panic!("an answer has members") };
    match (operation.describe().result, said.as_slice()) {
        (None, []) => assert_eq!(document, "", "{operation:?}"),
        (Some(ty), [(_, value)]) => {
            let json: Json =
                serde_json::from_str(document).unwrap_or_else(|e| panic!("{operation:?}: {e}: {document}"));
            assert!(says(&json, &ty, value), "{operation:?}: {document} is not {value:?}");
        }
        _ => panic!("{operation:?}: {said:?}"),
    }
}

fn says(json: &Json, ty: &Type, value: &Value) -> bool {
    match (ty, value, json) {
        (Type::Scalar(Scalar::String | Scalar::Base64Binary), Value::Text(text), Json::String(json)) => text == json,
        (Type::Scalar(Scalar::Boolean), Value::Text(text), Json::Bool(json)) => *text == json.to_string(),
        (Type::Scalar(Scalar::Float | Scalar::Double), Value::Text(text), Json::Number(json)) => {
            text.parse::<f64>().ok() == json.as_f64()
        }
        (Type::Scalar(Scalar::String | Scalar::Base64Binary | Scalar::Boolean), ..) => false,
        (Type::Scalar(_), Value::Text(text), Json::Number(json)) => *text == json.to_string(),
        (Type::Array(array), Value::List(items), Json::Array(json)) => {
            items.len() == json.len() && items.iter().zip(json).all(|(item, json)| says(json, &array.item, item))
        }
        (Type::Record(record), Value::Record(members), Json::Object(json)) => {
            members.len() == json.len()
                && members.iter().all(|(name, value)| {
                    let member = record.members.iter().find(|member| member.name == name);
                    member.zip(json.get(name)).is_some_and(|(member, json)| says(json, &member.ty, value))
                })
        }
        _ => false,
    }
}

/// The second writer asks, the engine reads.
fn check_call<I: Input>(random: &mut Random, values: impl Fn(&RequestBody) -> Vec<Value>) {
    let operation = I::OPERATION.describe();
    let asked = any_of(&Type::Record(operation.parameters), random);
    let mut inside = String::new();
    let Value::Record(members) = &asked else { panic!("parameters are members") };
    members.iter().for_each(|(name, value)| write_xml(name, value, &mut inside));
    let xml = wrapped(operation.name, operation.namespace, &inside);
    let mirror = read_request(&xml).unwrap_or_else(|e| panic!("{e} in {xml}"));
    assert_eq!((values(&mirror.body), mirror.body.count()), (vec![asked.clone()], 1), "{xml}");
    let written = write_request(&mirror).unwrap();
    let input: I = read_by_engine(&written, |element| {
        assert_eq!(Operation::find(element.namespace(), element.local()), Some(I::OPERATION));
        soap::read_record(element).unwrap_or_else(|e| panic!("{e} in {written}"))
    });
    let mut collector = Collector::default();
    input.write_members(&mut collector);
    assert_eq!(collector.finish(), asked, "{written}");
}

#[test]
fn what_the_engine_answers_is_read_the_same_by_a_second_reader_and_from_json_for_every_operation() {
    let mut random = Random::new(7);
    let mut tried = 0;
    macro_rules! try_each {
        ($($operation:ident $input:ty, $member:ident;)+) => {$(
            for _ in 0..3 {
                check_answer::<$input>(&mut random, |body| body.$member.iter().map(Mirror::value).collect());
            }
            tried += 1;
        )+};
    }
    every_operation!(try_each);
    assert_eq!(tried, Operation::ALL.len());
}

#[test]
fn what_a_second_writer_asks_is_read_the_same_by_the_engine_for_every_operation() {
    let mut random = Random::new(11);
    let mut tried = 0;
    macro_rules! try_each {
        ($($operation:ident $input:ty, $member:ident;)+) => {$(
            for _ in 0..3 {
                check_call::<$input>(&mut random, |body| body.$member.iter().map(Mirror::value).collect());
            }
            tried += 1;
        )+};
    }
    every_operation!(try_each);
    assert_eq!(tried, Operation::ALL.len());
}
