//! An independent second implementation of the wire: yaserde, with mirrors of all structures and operations that are generated
//! from the same contract. What the engine writes is read by it, and what it writes is read by the engine, for every operation.
//!
//! It trims text and takes a nil number for an error, so it is given neither; it never reads network input.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "contract/mirrors.rs"]
mod mirrors;
#[path = "contract/every_operation.rs"]
mod operations;
#[path = "contract/sample.rs"]
mod sample;

use mirrors::{RequestEnvelope, ResponseEnvelope};
use ngnpro_server::wire::{Input, Operation};
use operations::every_operation;
use sample::{Collector, Random, any_of, write_xml};
use soap::schema::Type;
use soap::{Envelope, Limits, Record, Version, Wire};

/// What a message says, whoever has read it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    /// A scalar as it is written.
    Text(String),
    /// The items of an array.
    List(Vec<Value>),
    /// The members of a structure.
    Record(Vec<(String, Value)>),
}

/// Something that yaserde has read.
pub(crate) trait Mirror {
    /// What it says.
    fn value(&self) -> Value;
}

impl Mirror for String {
    fn value(&self) -> Value {
        Value::Text(self.clone())
    }
}

macro_rules! scalars {
    ($($ty:ty),+) => {$(
        impl Mirror for $ty {
            fn value(&self) -> Value {
                Value::Text(self.to_string())
            }
        }
    )+};
}

scalars!(bool, i32, i64, u32, u16, f64);

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

#[test]
fn what_the_engine_answers_is_read_the_same_by_a_second_reader_for_every_operation() {
    let mut random = Random::new(7);
    let mut tried = 0;
    macro_rules! try_each {
        ($($operation:ident $input:ty, $member:ident;)+) => {$(
            for _ in 0..3 {
                let (xml, said) = answer::<$input>(&mut random);
                let read: ResponseEnvelope = yaserde::de::from_str(&xml).unwrap_or_else(|e| panic!("{e} in {xml}"));
                let mut others = read.body.clone();
                let response = others.$member.take().unwrap_or_else(|| panic!("not the answer of its operation: {xml}"));
                assert_eq!(response.value(), said, "{xml}");
                assert_eq!(others, mirrors::ResponseBody::default(), "{xml}");
                tried += 1;
            }
        )+};
    }
    every_operation!(try_each);
    assert_eq!(tried, 3 * Operation::ALL.len());
}

#[test]
fn what_a_second_writer_asks_is_read_the_same_by_the_engine_for_every_operation() {
    let mut random = Random::new(11);
    macro_rules! try_each {
        ($($operation:ident $input:ty, $member:ident;)+) => {$(
            let operation = Operation::$operation.describe();
            let asked = any_of(&Type::Record(operation.parameters), &mut random);
            let mut inside = String::new();
            let Value::Record(members) = &asked else { panic!("parameters are members") };
            members.iter().for_each(|(name, value)| write_xml(name, value, &mut inside));
            let xml = wrapped(operation.name, operation.namespace, &inside);
            let mirror: RequestEnvelope = yaserde::de::from_str(&xml).unwrap_or_else(|e| panic!("{e} in {xml}"));
            assert_eq!(mirror.body.$member.as_ref().unwrap().value(), asked, "{xml}");
            let written = yaserde::ser::to_string(&mirror).unwrap();
            let input: $input = read_by_engine(&written, |element| {
                assert_eq!(Operation::find(element.namespace(), element.local()), Some(Operation::$operation));
                soap::read_record(element).unwrap_or_else(|e| panic!("{e} in {written}"))
            });
            let mut collector = Collector::default();
            input.write_members(&mut collector);
            assert_eq!(collector.finish(), asked, "{written}");
        )+};
    }
    every_operation!(try_each);
}
