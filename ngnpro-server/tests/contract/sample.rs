//! Values of any type of the contract, filled to the last member; and the collector that tells what a typed value says.

use std::fmt::Write as _;

use second_reader::Value;
use soap::Writer;
use soap::schema::{ArrayType, RecordType, Scalar, Type};

/// Pieces of text, each hard for some reader; white space at an end would be trimmed by yaserde.
const PIECES: [&str; 8] = ["a", "<b>", "& ", "\"c'", "]]>", "\u{e9}\u{65e5}", "\u{1f600}", "\n d"];

/// Numbers that look random and are the same each time.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn text(&mut self) -> String {
        let mut text = String::from("x");
        for _ in 0..self.below(5) {
            text.push_str(PIECES[self.below(PIECES.len() as u64) as usize]);
        }
        text.push('y');
        text
    }
}

/// A value of that type.
pub(crate) fn any_of(ty: &Type, random: &mut Random) -> Value {
    match ty {
        Type::Scalar(scalar) => Value::Text(match scalar {
            Scalar::String => random.text(),
            Scalar::Boolean => (random.below(2) == 0).to_string(),
            Scalar::Int => (random.below(1 << 32) as i64 + i64::from(i32::MIN)).to_string(),
            Scalar::Integer => (random.below(1 << 31) as i64 * 4_000_000_000 - (1 << 62)).to_string(),
            Scalar::NonNegativeInteger | Scalar::UnsignedInt => random.below(1 << 32).to_string(),
            Scalar::UnsignedShort => random.below(1 << 16).to_string(),
            Scalar::Float | Scalar::Double => (random.below(1 << 20) as f64 / 64.0 - 5000.0).to_string(),
            Scalar::Base64Binary => "AAEC/w==".to_owned(),
        }),
        Type::Record(record) => {
            let members = record.members.iter();
            Value::Record(members.map(|member| (member.name.to_owned(), any_of(&member.ty, random))).collect())
        }
        Type::Array(array) => Value::List((0..random.below(4)).map(|_| any_of(&array.item, random)).collect()),
    }
}

/// The value as a plain element, without any type.
pub(crate) fn write_xml(name: &str, value: &Value, out: &mut String) {
    let _ = write!(out, "<{name}>");
    match value {
        Value::Text(text) => {
            out.push_str(&text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;"));
        }
        Value::List(items) => items.iter().for_each(|item| write_xml("item", item, out)),
        Value::Record(members) => members.iter().for_each(|(name, value)| write_xml(name, value, out)),
    }
    let _ = write!(out, "</{name}>");
}

/// A wire that writes nothing: it keeps what was to be written.
#[derive(Debug, Default)]
pub(crate) struct Collector {
    said: Vec<(String, Value)>,
    open: Vec<Open>,
}

#[derive(Debug)]
struct Open {
    is_array: bool,
    outside: Vec<(String, Value)>,
}

impl Collector {
    /// All that was said, as the members of one structure.
    pub(crate) fn finish(self) -> Value {
        assert!(self.open.is_empty(), "something was left open");
        Value::Record(self.said)
    }

    fn open(&mut self, is_array: bool) {
        let outside = std::mem::take(&mut self.said);
        self.open.push(Open { is_array, outside });
    }

    fn say(&mut self, name: &str, value: Value) {
        self.said.push((name.to_owned(), value));
    }
}

impl Writer for Collector {
    fn scalar(&mut self, name: &str, _: Scalar, text: &str) {
        self.say(name, Value::Text(text.to_owned()));
    }

    fn null(&mut self, name: &str) {
        panic!("{name} is null, and no member was");
    }

    fn open_record(&mut self, _: &str, _: &'static RecordType) {
        self.open(false);
    }

    fn open_array(&mut self, _: &str, _: &'static ArrayType, _: usize) {
        self.open(true);
    }

    fn close(&mut self, name: &str) {
        let Open { is_array, outside } = self.open.pop().unwrap();
        let inside = std::mem::replace(&mut self.said, outside);
        let value = match is_array {
            true => Value::List(inside.into_iter().map(|(_, item)| item).collect()),
            false => Value::Record(inside),
        };
        self.say(name, value);
    }
}
