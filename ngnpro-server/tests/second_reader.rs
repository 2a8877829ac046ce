//! The wire of every operation in both directions, checked by an independent second implementation: what the engine writes
//! is read by it, and what it writes is read by the engine.

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
use soap::schema::Type;
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

/// A filled answer of the operation, written by the engine; and what it says.
fn answer<I: Input>(random: &mut Random) -> (String, Value) {
    let operation = I::OPERATION.describe();
    let Some(ty) = operation.result else {
        return (soap::response(Version::Soap11, operation, &()), Value::Record(vec![]));
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
    (soap::response(Version::Soap11, operation, &output), read)
}

fn output_of<I: Input>(output: &I::Output, ty: &Type, collector: &mut Collector) {
    I::Output::write(Some(output), "return", ty, collector);
}

/// The engine answers, the second reader reads.
fn check_answer<I: Input>(random: &mut Random, values: impl Fn(&ResponseBody) -> Vec<Value>) {
    let (xml, said) = answer::<I>(random);
    let read = read_response(&xml).unwrap_or_else(|e| panic!("{e} in {xml}"));
    assert_eq!((values(&read.body), read.body.count()), (vec![said], 1), "{xml}");
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
fn what_the_engine_answers_is_read_the_same_by_a_second_reader_for_every_operation() {
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
