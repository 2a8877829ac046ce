//! What a peer can get wrong in a message, by name, and how it is told.
//!
//! RFC 3261 §16.3 item 1, §18.3, §21.4.1, §21.4.12, §21.5.6, §21.5.7; RFC 4475.

use crate::header::HeaderName;
use crate::message::Message;
use crate::method::Method;

/// A fault in a received message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
#[error("{}", self.phrase())]
pub enum Fault {
    /// Nothing but line ends: a keep-alive, not a message. It is met with silence.
    KeepAlive,
    /// The first line is neither a request line nor a status line.
    StartLineMalformed,
    /// The first line is longer than the limit.
    StartLineTooLong,
    /// A version of SIP other than 2.0.
    VersionNotSupported,
    /// A status code outside 100 to 699.
    StatusOutOfRange,
    /// The Request-URI is no URI.
    RequestUriMalformed,
    /// The Request-URI carries headers, which it must not.
    RequestUriWithHeaders,
    /// A CR without LF or an LF without CR.
    BareLineEnd,
    /// The message ends before its empty line.
    HeadUnfinished,
    /// A header line is longer than the limit.
    LineTooLong,
    /// More header lines than the limit.
    TooManyHeaders,
    /// The message is longer than the limit.
    MessageTooLarge,
    /// A header line without a colon.
    HeaderWithoutColon,
    /// A header's name is not a token.
    HeaderNameMalformed,
    /// A Content-Length that is no number.
    ContentLengthMalformed,
    /// Two Content-Lengths that differ.
    ContentLengthsDiffer,
    /// No Content-Length on a stream.
    ContentLengthMissing,
    /// A datagram that ends before the body does.
    BodyCutShort,
    /// A header that every message needs is not there.
    Missing(HeaderName),
    /// A header that may be there once is there twice.
    Repeated(HeaderName),
    /// The top Via cannot be read.
    ViaMalformed,
    /// From cannot be read.
    FromMalformed,
    /// To cannot be read.
    ToMalformed,
    /// Call-ID is empty or has spaces.
    CallIdMalformed,
    /// CSeq cannot be read.
    CseqMalformed,
    /// The method in CSeq is not the request's.
    CseqMethodDiffers,
    /// Max-Forwards is not a number from 0 to 255.
    MaxForwardsMalformed,
}

impl Fault {
    /// The status code to answer.
    pub fn status(self) -> u16 {
        match self {
            Fault::StartLineTooLong => 414,
            Fault::VersionNotSupported => 505,
            Fault::MessageTooLarge => 513,
            _ => 400,
        }
    }

    /// The reason phrase to answer: it names the fault.
    pub fn phrase(self) -> &'static str {
        match self {
            Fault::KeepAlive => "Keep-Alive",
            Fault::StartLineMalformed => "Malformed Start Line",
            Fault::StartLineTooLong => "Request-URI Too Long",
            Fault::VersionNotSupported => "Version Not Supported",
            Fault::StatusOutOfRange => "Status Code Out Of Range",
            Fault::RequestUriMalformed => "Malformed Request-URI",
            Fault::RequestUriWithHeaders => "Headers In Request-URI",
            Fault::BareLineEnd => "Line Not Ended By CRLF",
            Fault::HeadUnfinished => "No Empty Line After Headers",
            Fault::LineTooLong => "Header Line Too Long",
            Fault::TooManyHeaders => "Too Many Header Lines",
            Fault::MessageTooLarge => "Message Too Large",
            Fault::HeaderWithoutColon => "Header Line Without Colon",
            Fault::HeaderNameMalformed => "Malformed Header Name",
            Fault::ContentLengthMalformed => "Malformed Content-Length",
            Fault::ContentLengthsDiffer => "Content-Lengths Differ",
            Fault::ContentLengthMissing => "Missing Content-Length",
            Fault::BodyCutShort => "Body Shorter Than Content-Length",
            Fault::Missing(name) => missing(name),
            Fault::Repeated(name) => repeated(name),
            Fault::ViaMalformed => "Malformed Via",
            Fault::FromMalformed => "Malformed From",
            Fault::ToMalformed => "Malformed To",
            Fault::CallIdMalformed => "Malformed Call-ID",
            Fault::CseqMalformed => "Malformed CSeq",
            Fault::CseqMethodDiffers => "CSeq Method Differs",
            Fault::MaxForwardsMalformed => "Malformed Max-Forwards",
        }
    }
}

fn missing(name: HeaderName) -> &'static str {
    match name {
        HeaderName::Via => "Missing Via",
        HeaderName::From => "Missing From",
        HeaderName::To => "Missing To",
        HeaderName::CallId => "Missing Call-ID",
        HeaderName::CSeq => "Missing CSeq",
        _ => "Missing Header",
    }
}

fn repeated(name: HeaderName) -> &'static str {
    match name {
        HeaderName::From => "Repeated From",
        HeaderName::To => "Repeated To",
        HeaderName::CallId => "Repeated Call-ID",
        HeaderName::CSeq => "Repeated CSeq",
        HeaderName::MaxForwards => "Repeated Max-Forwards",
        _ => "Repeated Header",
    }
}

/// Why bytes are not a message that can be worked with.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{fault}")]
pub struct ParseError {
    /// The first fault found.
    pub fault: Fault,
    /// What could be read of the message. Only [`ParseError::answerable`] promises anything about it.
    pub message: Option<Box<Message>>,
}

impl ParseError {
    /// The request to answer with [`Fault::status`], if an answer is due and its way back is known: the message is a
    /// request other than ACK, and its top Via can be read.
    pub fn answerable(&self) -> Option<&Message> {
        let message = self.message.as_deref()?;
        // RFC 3261 §17.1.1.3: an ACK is never answered; neither is a response.
        let due = message.is_request() && message.method() != Method::Ack && self.fault != Fault::KeepAlive;
        (due && message.top_via().is_ok()).then_some(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_names_the_fault() {
        assert_eq!(Fault::Missing(HeaderName::CallId).to_string(), "Missing Call-ID");
        assert_eq!((Fault::VersionNotSupported.status(), Fault::CseqMethodDiffers.status()), (505, 400));
    }
}
