//! The document/literal writer: values as the schema of a port's WSDL has them, and nothing else.
//!
//! All elements are in the namespace that the operation element declares as the default. Null is written as nil and never left
//! out, no value has a type of its own, an empty array is an empty element: each is what some toolkit needs.

use crate::record::Writer;
use crate::schema::{ArrayType, RecordType, Scalar};
use crate::text::escape_into;

/// Writes values without types.
pub(crate) struct LiteralWriter<'o> {
    pub(crate) out: &'o mut String,
}

impl LiteralWriter<'_> {
    fn push(&mut self, parts: &[&str]) {
        parts.iter().for_each(|part| self.out.push_str(part));
    }
}

impl Writer for LiteralWriter<'_> {
    fn scalar(&mut self, name: &str, _: Scalar, text: &str) {
        self.push(&["<", name, ">"]);
        escape_into(self.out, text);
        self.push(&["</", name, ">"]);
    }

    fn null(&mut self, name: &str) {
        self.push(&["<", name, " xsi:nil=\"true\"/>"]);
    }

    fn open_record(&mut self, name: &str, _: &'static RecordType) {
        self.push(&["<", name, ">"]);
    }

    fn open_array(&mut self, name: &str, _: &'static ArrayType, _: usize) {
        self.push(&["<", name, ">"]);
    }

    fn close(&mut self, name: &str) {
        self.push(&["</", name, ">"]);
    }
}
