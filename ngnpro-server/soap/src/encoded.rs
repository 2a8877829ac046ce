//! The rpc/encoded writer: answers and faults as SOAP 1.1 section 5 and 7 and the contract's clients want them.
//!
//! Attribute order, the name of the items, one result part, void without content, null without a type: each is read by
//! some client in no other way. SOAP 1.2 differs in the envelope's names and in how arrays are declared, nowhere else.

use std::fmt::Write as _;

use crate::Version;
use crate::fault::Fault;
use crate::ns;
use crate::record::{Wire, Writer};
use crate::schema::{ArrayType, OperationType, RecordType, Scalar, Type};
use crate::text::escape_into;

/// Name of the one result part.
const RESULT: &str = "return";

/// Writes values with their types.
#[derive(Debug)]
pub struct EncodedWriter {
    out: String,
    version: Version,
}

impl EncodedWriter {
    fn open(version: Version) -> Self {
        let (envelope, encoding) = match version {
            Version::Soap11 => (ns::ENVELOPE_11, ns::ENCODING_11),
            Version::Soap12 => (ns::ENVELOPE_12, ns::ENCODING_12),
        };
        let mut out = String::with_capacity(1024);
        let _ = write!(
            out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<SOAP-ENV:Envelope xmlns:SOAP-ENV=\"{envelope}\" \
             xmlns:SOAP-ENC=\"{encoding}\" xmlns:xsd=\"{}\" xmlns:xsi=\"{}\" xmlns:ngnpro=\"{}\"><SOAP-ENV:Body>",
            ns::XSD,
            ns::XSI,
            ns::TYPES
        );
        Self { out, version }
    }

    fn close_envelope(mut self) -> String {
        self.out.push_str("</SOAP-ENV:Body></SOAP-ENV:Envelope>");
        self.out
    }

    fn encoding(&self) -> &'static str {
        match self.version {
            Version::Soap11 => ns::ENCODING_11,
            Version::Soap12 => ns::ENCODING_12,
        }
    }

    fn text_element(&mut self, name: &str, text: &str) {
        let _ = write!(self.out, "<{name}>");
        escape_into(&mut self.out, text);
        let _ = write!(self.out, "</{name}>");
    }

    fn detail(&mut self, fault: &Fault) {
        let _ = write!(
            self.out,
            "<exception xsi:type=\"ngnpro:NGNProException\"><errorcode xsi:type=\"xsd:int\">{}</errorcode>",
            fault.errorcode
        );
        self.scalar("errorstring", Scalar::String, &fault.text);
        self.out.push_str("</exception>");
    }
}

impl Writer for EncodedWriter {
    fn scalar(&mut self, name: &str, ty: Scalar, text: &str) {
        let _ = write!(self.out, "<{name} xsi:type=\"xsd:{}\">", ty.name());
        escape_into(&mut self.out, text);
        let _ = write!(self.out, "</{name}>");
    }

    fn null(&mut self, name: &str) {
        // Without xsi:type: one client does not look at xsi:nil, and a typed null would be its type's zero.
        let _ = write!(self.out, "<{name} xsi:nil=\"true\"/>");
    }

    fn open_record(&mut self, name: &str, ty: &'static RecordType) {
        // All but a few types are in the namespace that the envelope declares.
        let _ = match ty.namespace {
            ns::TYPES => write!(self.out, "<{name} xsi:type=\"ngnpro:{}\">", ty.name),
            other => write!(self.out, "<{name} xmlns:t=\"{other}\" xsi:type=\"t:{}\">", ty.name),
        };
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
        let _ = write!(self.out, "</{name}>");
    }
}

/// The envelope that answers an operation.
pub fn response<T: Wire>(version: Version, operation: &OperationType, result: &T) -> String {
    let mut writer = EncodedWriter::open(version);
    let encoding = writer.encoding();
    let _ = write!(
        writer.out,
        "<m:{}Response xmlns:m=\"{}\" SOAP-ENV:encodingStyle=\"{encoding}\"",
        operation.name, operation.namespace
    );
    match &operation.result {
        Some(ty) => {
            writer.out.push('>');
            T::write(Some(result), RESULT, ty, &mut writer);
            let _ = write!(writer.out, "</m:{}Response>", operation.name);
        }
        None => writer.out.push_str("/>"),
    }
    writer.close_envelope()
}

/// The envelope of a fault.
#[must_use]
pub fn fault_envelope(version: Version, fault: &Fault) -> String {
    let mut writer = EncodedWriter::open(version);
    writer.out.push_str("<SOAP-ENV:Fault>");
    match version {
        Version::Soap11 => {
            let _ = write!(writer.out, "<faultcode>SOAP-ENV:{}</faultcode>", fault.code.name_11());
            writer.text_element("faultstring", &fault.text);
            writer.out.push_str("<detail>");
            writer.detail(fault);
            writer.out.push_str("</detail>");
        }
        Version::Soap12 => {
            let _ = write!(
                writer.out,
                "<SOAP-ENV:Code><SOAP-ENV:Value>SOAP-ENV:{}</SOAP-ENV:Value></SOAP-ENV:Code>\
                 <SOAP-ENV:Reason><SOAP-ENV:Text xml:lang=\"en\">",
                fault.code.name_12()
            );
            escape_into(&mut writer.out, &fault.text);
            writer.out.push_str("</SOAP-ENV:Text></SOAP-ENV:Reason><SOAP-ENV:Detail>");
            writer.detail(fault);
            writer.out.push_str("</SOAP-ENV:Detail>");
        }
    }
    writer.out.push_str("</SOAP-ENV:Fault>");
    writer.close_envelope()
}
