//! The SOAP engine: bytes to a bounded tree, the tree to typed records, records to an answer. It knows the rules of the
//! envelope, of the rpc/encoded and of the document/literal wire, and no port: operations, types and their field tables come from outside.
//!
//! No runtime, socket or clock. Network input is read by quick-xml alone, into an arena with limits on everything that can
//! grow ([`Limits`]); records are filled by static field tables ([`schema`]), never by `xsi:type`.
//! Reads liberally by local name, writes exactly by the schema: SOAP 1.1 (W3C Note, 8 May 2000) sections 4, 5 and 7, SOAP
//! 1.2 envelopes in kind.

mod answer;
mod build;
mod charset;
mod element;
mod encoded;
mod envelope;
mod fault;
mod lexis;
mod literal;
mod parse;
mod record;
pub mod schema;
mod text;
mod tree;

pub use answer::{Form, Style, fault_envelope, response};
pub use build::Values;
pub use element::Element;
pub use envelope::{Call, Envelope, Malformed, NoCall, Version};
pub use fault::{Fault, FaultCode};
pub use record::{
    Base64, DecodeError, OneOrMany, Record, Wire, WireItem, Writer, read_record, read_value, read_value_or_text,
    write_record,
};
pub use text::{decode_base64, encode_base64, is_char};
pub use tree::Limits;

/// Namespaces that the wire fixes.
pub mod ns {
    /// SOAP 1.1 envelope.
    pub const ENVELOPE_11: &str = "http://schemas.xmlsoap.org/soap/envelope/";
    /// SOAP 1.2 envelope.
    pub const ENVELOPE_12: &str = "http://www.w3.org/2003/05/soap-envelope";
    /// SOAP 1.1 encoding.
    pub const ENCODING_11: &str = "http://schemas.xmlsoap.org/soap/encoding/";
    /// SOAP 1.2 encoding.
    pub const ENCODING_12: &str = "http://www.w3.org/2003/05/soap-encoding";
    /// XML Schema.
    pub const XSD: &str = "http://www.w3.org/2001/XMLSchema";
    /// XML Schema instance attributes.
    pub const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
    /// The types of the contract.
    pub const TYPES: &str = "urn:AGProjects:NGNPro";
}
