//! For tests: an independent second implementation of the wire. yaserde, with mirrors of all structures and operations that
//! are generated from the same contract, reads and writes what the server's engine writes and reads.
//!
//! It trims text, takes a nil number for an error and needs time that grows with the square of the depth: it is given none of
//! these, and never network input. A crate of its own, so that it is compiled when the contract changes and not otherwise.

/// How many items the members have together.
macro_rules! lengths {
    ($body:expr, $($member:ident)+) => {
        [$($body.$member.len()),+].iter().sum()
    };
}

pub mod mirrors;

/// What a message says, whoever has read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A scalar as it is written.
    Text(String),
    /// The items of an array.
    List(Vec<Value>),
    /// The members of a structure.
    Record(Vec<(String, Value)>),
}

/// Something that yaserde has read.
pub trait Mirror {
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

/// Reads the envelope of a call.
///
/// # Errors
/// In yaserde's words.
pub fn read_request(xml: &str) -> Result<mirrors::RequestEnvelope, yaserde::Error> {
    yaserde::de::from_str(xml)
}

/// Writes the envelope of a call.
///
/// # Errors
/// In yaserde's words.
pub fn write_request(request: &mirrors::RequestEnvelope) -> Result<String, yaserde::Error> {
    yaserde::ser::to_string(request)
}

/// Reads the envelope of an answer.
///
/// # Errors
/// In yaserde's words.
pub fn read_response(xml: &str) -> Result<mirrors::ResponseEnvelope, yaserde::Error> {
    yaserde::de::from_str(xml)
}
