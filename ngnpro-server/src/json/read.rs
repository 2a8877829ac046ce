//! A JSON document read by a field table: what it may hold is known before it is read, so that everything else is refused
//! where it stands, with line and column.
//!
//! Unlike XML from clients of old, names must be known, must not come twice, and a value has the type of its member. An
//! absent member is absent, `null` is null.

use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use soap::schema::{Member, Scalar, Type};

use super::Problem;

/// What a document must be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Expected<'t> {
    /// A value of a type.
    Type(&'t Type),
    /// An object of these members.
    Members(&'t [&'static Member]),
}

/// Reads a document of so many values at most. `name` is what the member path begins with, empty for an object of parameters.
pub(super) fn document(text: &[u8], expected: Expected<'_>, name: &str, values: usize) -> Result<Value, Problem> {
    let reader = Reader { left: Cell::new(values), path: RefCell::new(Vec::new()), wrong: RefCell::new(None) };
    if !name.is_empty() {
        reader.path.borrow_mut().push(name.to_owned());
    }
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut source = serde_json::Deserializer::from_slice(text);
    let seed = Seed { expected, reader: &reader };
    let read = seed.deserialize(&mut source).and_then(|value| source.end().map(|()| value));
    read.map_err(|error| {
        let place = (error.line(), error.column());
        match reader.wrong.take() {
            Some((member, why)) if member.is_empty() => {
                Problem::new(422, &format!("the body: {why}")).at_all().placed(place)
            }
            Some((member, why)) => Problem::new(422, &format!("{member}: {why}")).at(member).placed(place),
            None => Problem::new(400, "the body is not well-formed JSON").placed(place),
        }
    })
}

/// Up to 2^53 a whole number is itself as a float.
const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;

/// What all seeds of a document share.
struct Reader {
    left: Cell<usize>,
    path: RefCell<Vec<String>>,
    /// The member that is wrong, and why: the parser's own errors cannot carry it.
    wrong: RefCell<Option<(String, String)>>,
}

impl Reader {
    fn refuse<E: Error>(&self, why: &str) -> E {
        let path = self.path.borrow().join(".").replace(".[", "[");
        *self.wrong.borrow_mut() = Some((path, why.to_owned()));
        E::custom(why)
    }
}

#[derive(Clone, Copy)]
struct Seed<'t, 'r> {
    expected: Expected<'t>,
    reader: &'r Reader,
}

impl<'de> DeserializeSeed<'de> for Seed<'_, '_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Value, D::Error> {
        let left = self.reader.left.get();
        if left == 0 {
            return Err(self.reader.refuse("the document exceeds the limit for values"));
        }
        self.reader.left.set(left - 1);
        source.deserialize_any(self)
    }
}

impl Seed<'_, '_> {
    /// What should stand here, for the caller.
    const fn wanted(&self) -> &'static str {
        match self.expected {
            Expected::Members(_) | Expected::Type(Type::Record(_)) => "an object is expected",
            Expected::Type(Type::Array(_)) => "an array is expected",
            Expected::Type(Type::Scalar(scalar)) => match scalar {
                Scalar::String => "a string is expected",
                Scalar::Base64Binary => "a string of base64 is expected",
                Scalar::Boolean => "true or false is expected",
                Scalar::Float | Scalar::Double => "a number is expected",
                _ => "a whole number is expected",
            },
        }
    }

    const fn scalar(&self) -> Option<Scalar> {
        match self.expected {
            Expected::Type(Type::Scalar(scalar)) => Some(*scalar),
            _ => None,
        }
    }

    fn number<E: Error>(&self, whole: bool, number: Value) -> Result<Value, E> {
        match self.scalar() {
            None | Some(Scalar::String | Scalar::Base64Binary | Scalar::Boolean) => {
                Err(self.reader.refuse(self.wanted()))
            }
            Some(Scalar::Float | Scalar::Double) => Ok(number),
            Some(_) if whole => Ok(number),
            Some(_) => Err(self.reader.refuse(self.wanted())),
        }
    }
}

impl<'de> Visitor<'de> for Seed<'_, '_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.wanted())
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        match self.expected {
            Expected::Members(_) => Err(self.reader.refuse(self.wanted())),
            Expected::Type(_) => Ok(Value::Null),
        }
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        match self.scalar() {
            Some(Scalar::Boolean) => Ok(value.into()),
            _ => Err(self.reader.refuse(self.wanted())),
        }
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        self.number(true, value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        self.number(true, value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        // JSON Schema 2020-12 section 6.1.1: a number whose fraction is zero is whole, however it is written.
        let whole = value.fract() == 0.0 && value.abs() <= WHOLE_MAX;
        match self.scalar() {
            Some(Scalar::Float | Scalar::Double) => Ok(value.into()),
            _ if whole => self.number(true, (value as i64).into()),
            _ => self.number(false, value.into()),
        }
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        match self.scalar() {
            Some(Scalar::String | Scalar::Base64Binary) if value.chars().all(soap::is_char) => Ok(value.into()),
            Some(Scalar::String | Scalar::Base64Binary) => {
                Err(self.reader.refuse("has a character that no text of the contract has"))
            }
            _ => Err(self.reader.refuse(self.wanted())),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let Expected::Type(Type::Array(array)) = self.expected else {
            return Err(self.reader.refuse(self.wanted()));
        };
        let seed = Seed { expected: Expected::Type(&array.item), reader: self.reader };
        let mut read = Vec::new();
        loop {
            self.reader.path.borrow_mut().push(format!("[{}]", read.len()));
            let item = items.next_element_seed(seed)?;
            self.reader.path.borrow_mut().pop();
            match item {
                Some(item) => read.push(item),
                None => return Ok(Value::Array(read)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut read = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let found = match self.expected {
                Expected::Members(known) => known.iter().copied().find(|member| member.name == name),
                Expected::Type(Type::Record(record)) => record.members.iter().find(|member| member.name == name),
                Expected::Type(_) => return Err(self.reader.refuse(self.wanted())),
            };
            let again = read.contains_key(&name);
            self.reader.path.borrow_mut().push(name.clone());
            let Some(member) = found else {
                return Err(self.reader.refuse("there is no such member"));
            };
            if again {
                return Err(self.reader.refuse("is given twice"));
            }
            let seed = Seed { expected: Expected::Type(&member.ty), reader: self.reader };
            let value = members.next_value_seed(seed)?;
            self.reader.path.borrow_mut().pop();
            read.insert(name, value);
        }
        match self.expected {
            Expected::Members(_) | Expected::Type(Type::Record(_)) => Ok(Value::Object(read)),
            Expected::Type(_) => Err(self.reader.refuse(self.wanted())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::types::SipAccount;

    fn account(text: &str) -> Result<Value, Problem> {
        let ty = Type::Record(<SipAccount as soap::Record>::TYPE);
        document(text.as_bytes(), Expected::Type(&ty), "account", 50)
    }

    #[test]
    fn a_document_is_read_by_its_table() {
        let text =
            "{\"id\": {\"username\": \"alice\", \"domain\": \"x\"}, \"owner\": null, \"groups\": [\"free\", \"\"],
                    \"prepaid\": true, \"quota\": 12, \"acl\": [{\"ip\": \"1.2.3.4\", \"mask\": 32}]}";
        let plain: Value = serde_json::from_str(text).unwrap();
        assert_eq!(account(text).unwrap(), plain);
        assert_eq!(account("\u{feff}null ").unwrap(), Value::Null);
        for (text, whole) in [("10.0", 10), ("1e1", 10), ("-0.0", 0), ("-3e0", -3)] {
            let read = account(&format!("{{\"owner\": {text}}}")).unwrap();
            assert_eq!(read["owner"], serde_json::json!(whole), "{text}");
        }
    }

    #[test]
    fn what_the_table_does_not_allow_is_named_and_placed() {
        for (text, member, place) in [
            ("{\n \"ownr\": 1}", "account.ownr", (2, 8)),
            ("{\"owner\": 1, \"owner\": 1}", "account.owner", (1, 21)),
            ("{\"id\": \"alice@x\"}", "account.id", (1, 16)),
            ("{\"groups\": [\"free\", 7]}", "account.groups[1]", (1, 21)),
            ("{\"groups\": \"free\"}", "account.groups", (1, 17)),
            ("{\"owner\": \"1\"}", "account.owner", (1, 13)),
            ("{\"owner\": 1.5}", "account.owner", (1, 13)),
            ("{\"owner\": 1e16}", "account.owner", (1, 13)),
            ("{\"prepaid\": 1}", "account.prepaid", (1, 13)),
            ("{\"password\": \"a\\u0000\"}", "account.password", (1, 22)),
            ("[]", "account", (1, 1)),
            ("7", "account", (1, 1)),
        ] {
            let problem = account(text).unwrap_err();
            assert_eq!((problem.status, problem.member.as_deref()), (422, Some(member)), "{text}");
            let found = problem.place.unwrap();
            assert_eq!(found.0, place.0, "{text}");
            assert!(found.1.abs_diff(place.1) <= 2, "{text}: {found:?}");
        }
    }

    #[test]
    fn what_is_no_json_is_placed_and_has_no_member() {
        for text in ["", "{", "{\"owner\": }", "{} {}", "{'owner': 1}", "{\"owner\": 01}", "{\"owner\": 1,}"] {
            let problem = account(text).unwrap_err();
            assert_eq!((problem.status, problem.member), (400, None), "{text}");
        }
        assert_eq!(account("{\"password\": \"\\ud800\"}").unwrap_err().status, 400);
        let problem = document(b"{\"password\": \"\xff\"}", Expected::Members(&[]), "", 9).unwrap_err();
        assert!(problem.place.is_some());
    }

    #[test]
    fn a_document_has_so_many_values_and_no_more() {
        let groups = |count: usize| format!("{{\"groups\": [{}]}}", vec!["\"\""; count].join(","));
        assert!(account(&groups(48)).is_ok());
        assert!(account(&groups(49)).unwrap_err().detail.contains("limit for values"));
    }
}
