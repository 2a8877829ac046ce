//! Answers and faults: the envelope in the version of the request, the body in its wire (SOAP 1.1 sections 4 and 7, SOAP 1.2
//! part 1 section 5).
//!
//! One result part, void without content, a fault's detail where each client looks for it. How values are written inside is
//! decided by the writer of the wire.

use std::fmt::Write as _;

use crate::Version;
use crate::encoded::EncodedWriter;
use crate::fault::Fault;
use crate::literal::LiteralWriter;
use crate::ns;
use crate::record::{Wire, Writer};
use crate::schema::{OperationType, Scalar};
use crate::text::escape_into;

/// Name of the one result part.
const RESULT: &str = "return";

/// The wire of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Style {
    /// rpc/encoded.
    #[default]
    Encoded,
    /// document/literal wrapped, everything in this namespace.
    Literal(&'static str),
}

/// How a call is answered: as it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Form {
    /// The version of the envelope.
    pub version: Version,
    /// The wire of the body.
    pub style: Style,
}

impl From<Version> for Form {
    /// The encoded wire in that version.
    fn from(version: Version) -> Self {
        Self { version, style: Style::Encoded }
    }
}

/// The envelope that answers an operation.
pub fn response<T: Wire>(form: impl Into<Form>, operation: &OperationType, result: &T) -> String {
    let Form { version, style } = form.into();
    let mut out = open(version, style);
    let name = operation.name;
    let prefix = match style {
        Style::Encoded => {
            let (namespace, encoding) = (operation.namespace, version.encoding());
            let _ = write!(out, "<m:{name}Response xmlns:m=\"{namespace}\" SOAP-ENV:encodingStyle=\"{encoding}\"");
            "m:"
        }
        Style::Literal(namespace) => {
            let _ = write!(out, "<{name}Response xmlns=\"{namespace}\"");
            ""
        }
    };
    match &operation.result {
        Some(ty) => {
            out.push('>');
            match style {
                Style::Encoded => T::write(Some(result), RESULT, ty, &mut EncodedWriter { out: &mut out, version }),
                Style::Literal(_) => T::write(Some(result), RESULT, ty, &mut LiteralWriter { out: &mut out }),
            }
            let _ = write!(out, "</{prefix}{name}Response>");
        }
        None => out.push_str("/>"),
    }
    close(out)
}

/// The envelope of a fault.
pub fn fault_envelope(form: impl Into<Form>, fault: &Fault) -> String {
    let Form { version, style } = form.into();
    let mut out = open(version, style);
    match version {
        Version::Soap11 => {
            let _ =
                write!(out, "<SOAP-ENV:Fault><faultcode>SOAP-ENV:{}</faultcode><faultstring>", fault.code.name_11());
            escape_into(&mut out, &fault.text);
            out.push_str("</faultstring><detail>");
            detail(&mut out, version, style, fault);
            out.push_str("</detail></SOAP-ENV:Fault>");
        }
        Version::Soap12 => {
            let _ = write!(
                out,
                "<SOAP-ENV:Fault><SOAP-ENV:Code><SOAP-ENV:Value>SOAP-ENV:{}</SOAP-ENV:Value></SOAP-ENV:Code>\
                 <SOAP-ENV:Reason><SOAP-ENV:Text xml:lang=\"en\">",
                fault.code.name_12()
            );
            escape_into(&mut out, &fault.text);
            out.push_str("</SOAP-ENV:Text></SOAP-ENV:Reason><SOAP-ENV:Detail>");
            detail(&mut out, version, style, fault);
            out.push_str("</SOAP-ENV:Detail></SOAP-ENV:Fault>");
        }
    }
    close(out)
}

/// The exception: unqualified with its types, or in the port's namespace without.
fn detail(out: &mut String, version: Version, style: Style, fault: &Fault) {
    let code = fault.errorcode.to_string();
    match style {
        Style::Encoded => {
            out.push_str("<exception xsi:type=\"ngnpro:NGNProException\">");
            let mut writer = EncodedWriter { out, version };
            writer.scalar("errorcode", Scalar::Int, &code);
            writer.scalar("errorstring", Scalar::String, &fault.text);
        }
        Style::Literal(namespace) => {
            let _ = write!(out, "<exception xmlns=\"{namespace}\">");
            let mut writer = LiteralWriter { out };
            writer.scalar("errorcode", Scalar::Int, &code);
            writer.scalar("errorstring", Scalar::String, &fault.text);
        }
    }
    out.push_str("</exception>");
}

/// The envelope as far as its body, with the namespaces that the wire's values need.
fn open(version: Version, style: Style) -> String {
    let mut out = String::with_capacity(1024);
    let _ = write!(
        out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<SOAP-ENV:Envelope xmlns:SOAP-ENV=\"{}\" xmlns:xsi=\"{}\"",
        version.envelope(),
        ns::XSI
    );
    if style == Style::Encoded {
        let _ = write!(
            out,
            " xmlns:SOAP-ENC=\"{}\" xmlns:xsd=\"{}\" xmlns:ngnpro=\"{}\"",
            version.encoding(),
            ns::XSD,
            ns::TYPES
        );
    }
    out.push_str("><SOAP-ENV:Body>");
    out
}

fn close(mut out: String) -> String {
    out.push_str("</SOAP-ENV:Body></SOAP-ENV:Envelope>");
    out
}
