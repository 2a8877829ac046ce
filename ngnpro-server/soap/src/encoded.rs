//! The rpc/encoded writer: values as SOAP 1.1 section 5 and the contract's clients want them.
//!
//! Attribute order, the name of the items, null without a type: each is read by some client in no other way. SOAP 1.2 differs
//! in how arrays are declared, nowhere else.

use std::fmt::Write as _;

use crate::Version;
use crate::ns;
use crate::record::Writer;
use crate::schema::{ArrayType, RecordType, Scalar, Type};
use crate::text::escape_into;

/// Writes values with their types.
pub(crate) struct EncodedWriter<'o> {
    pub(crate) out: &'o mut String,
    pub(crate) version: Version,
}

impl EncodedWriter<'_> {
    /// Without the machinery of formats: an answer of a thousand accounts has twenty thousand elements.
    fn push(&mut self, parts: &[&str]) {
        parts.iter().for_each(|part| self.out.push_str(part));
    }
}

impl Writer for EncodedWriter<'_> {
    fn scalar(&mut self, name: &str, ty: Scalar, text: &str) {
        self.push(&["<", name, " xsi:type=\"xsd:", ty.name(), "\">"]);
        escape_into(self.out, text);
        self.close(name);
    }

    fn null(&mut self, name: &str) {
        // Without xsi:type: one client does not look at xsi:nil, and a typed null would be its type's zero.
        self.push(&["<", name, " xsi:nil=\"true\"/>"]);
    }

    fn open_record(&mut self, name: &str, ty: &'static RecordType) {
        // All but a few types are in the namespace that the envelope declares.
        match ty.namespace {
            ns::TYPES => self.push(&["<", name, " xsi:type=\"ngnpro:", ty.name, "\">"]),
            other => self.push(&["<", name, " xmlns:t=\"", other, "\" xsi:type=\"t:", ty.name, "\">"]),
        }
    }

    fn open_array(&mut self, name: &str, ty: &'static ArrayType, items: usize) {
        let _ = write!(self.out, "<{name}");
        let (prefix, item) = match &ty.item {
            Type::Scalar(scalar) => ("xsd", scalar.name()),
            Type::Record(record) if record.namespace != ns::TYPES => {
                let _ = write!(self.out, " xmlns:t=\"{}\"", record.namespace);
                ("t", record.name)
            }
            Type::Record(record) => ("ngnpro", record.name),
            Type::Array(array) => ("ngnpro", array.name),
        };
        // The order counts: a reader takes the last of the two for the type.
        let _ = match self.version {
            Version::Soap11 => {
                write!(self.out, " xsi:type=\"SOAP-ENC:Array\" SOAP-ENC:arrayType=\"{prefix}:{item}[{items}]\">")
            }
            Version::Soap12 => write!(
                self.out,
                " xsi:type=\"SOAP-ENC:Array\" SOAP-ENC:itemType=\"{prefix}:{item}\" SOAP-ENC:arraySize=\"{items}\">"
            ),
        };
    }

    fn close(&mut self, name: &str) {
        self.push(&["</", name, ">"]);
    }

    fn knows_one_for_many(&self) -> bool {
        true
    }
}
