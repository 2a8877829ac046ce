//! A message: one buffer, where its header lines are, and the few values that every element needs at once.
//!
//! RFC 3261 §7.

use crate::header::{CSeq, Contact, HeaderName, Malformed, NameAddr, Route, Via};
use crate::method::Method;
use crate::scan::{Line, Scan};
use crate::text::List;
use crate::uri::{Uri, UriSpans};
use bytes::Bytes;

/// A part of the buffer.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Span {
    at: u32,
    len: u32,
}

impl Span {
    pub(crate) const EMPTY: Span = Span { at: 0, len: 0 };

    /// Positions are bounded by [`crate::Limits`] and fit.
    pub(crate) fn new(at: usize, len: usize) -> Span {
        Span { at: u32::try_from(at).unwrap_or(u32::MAX), len: u32::try_from(len).unwrap_or(0) }
    }

    pub(crate) fn start(self) -> usize {
        self.at as usize
    }

    pub(crate) fn end(self) -> usize {
        self.at as usize + self.len as usize
    }

    pub(crate) fn of(self, raw: &[u8]) -> &[u8] {
        raw.get(self.start()..self.end()).unwrap_or_default()
    }
}

/// The start line.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Start {
    /// `parts` where the URI can be read.
    Request {
        method: Method,
        method_span: Span,
        uri: Span,
        parts: Option<UriSpans>,
    },
    Response {
        code: u16,
        reason: Span,
    },
}

impl Start {
    /// Before it is read.
    pub(crate) const UNREAD: Start = Start::Response { code: 0, reason: Span::EMPTY };
}

/// What identifies a message, read once by the parser.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Keys {
    pub(crate) top_via: Span,
    pub(crate) via: ViaParams,
    pub(crate) from_uri: Span,
    pub(crate) to_uri: Span,
    pub(crate) from_tag: Option<Span>,
    pub(crate) to_tag: Option<Span>,
    pub(crate) call_id: Span,
    pub(crate) cseq: u32,
    pub(crate) cseq_method: Option<(Method, Span)>,
    pub(crate) max_forwards: Option<u8>,
}

/// Parameters of the topmost Via: the value of branch; of the other two all, from the semicolon on.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ViaParams {
    pub(crate) branch: Option<Span>,
    pub(crate) rport: Option<Span>,
    pub(crate) received: Option<Span>,
}

/// A SIP request or response.
#[derive(Clone)]
pub struct Message {
    pub(crate) raw: Bytes,
    pub(crate) scan: Scan,
    pub(crate) start: Start,
    pub(crate) keys: Keys,
}

/// One header line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header<'a> {
    /// Which header.
    pub name: HeaderName,
    /// The name as written.
    pub name_text: &'a [u8],
    /// The value without the white space around it; folding inside is kept.
    pub value: &'a [u8],
    /// The line's index, for [`crate::Rewrite`].
    pub index: usize,
}

impl Message {
    /// Whether it is a request.
    pub fn is_request(&self) -> bool {
        matches!(self.start, Start::Request { .. })
    }

    /// Whether it is a response.
    pub fn is_response(&self) -> bool {
        !self.is_request()
    }

    /// The method of a request; of a response the method of the request that it answers.
    pub fn method(&self) -> Method {
        match self.start {
            Start::Request { method, .. } => method,
            Start::Response { .. } => self.keys.cseq_method.map_or(Method::Other, |(method, _)| method),
        }
    }

    /// The text of [`Message::method`].
    pub fn method_text(&self) -> &[u8] {
        match self.start {
            Start::Request { method_span, .. } => method_span.of(&self.raw),
            Start::Response { .. } => self.keys.cseq_method.map_or(b"", |(_, span)| span.of(&self.raw)),
        }
    }

    /// The Request-URI as written; empty in a response.
    pub fn request_uri(&self) -> &[u8] {
        match self.start {
            Start::Request { uri, .. } => uri.of(&self.raw),
            Start::Response { .. } => b"",
        }
    }

    /// The Request-URI's parts. They were found when the message was read, so this costs next to nothing.
    pub fn uri(&self) -> Result<Uri<'_>, Malformed> {
        match self.start {
            Start::Request { uri, parts: Some(parts), .. } => Ok(parts.of(uri.of(&self.raw))),
            Start::Request { .. } | Start::Response { .. } => Err(Malformed("URI")),
        }
    }

    /// The status code of a response.
    pub fn status(&self) -> Option<u16> {
        match self.start {
            Start::Request { .. } => None,
            Start::Response { code, .. } => Some(code),
        }
    }

    /// The reason phrase of a response as written; empty in a request.
    pub fn reason(&self) -> &[u8] {
        match self.start {
            Start::Request { .. } => b"",
            Start::Response { reason, .. } => reason.of(&self.raw),
        }
    }

    /// All of it, from the start line to the end of the body.
    pub fn as_bytes(&self) -> &Bytes {
        &self.raw
    }

    /// The body.
    pub fn body(&self) -> &[u8] {
        self.raw.get(self.scan.body_at..).unwrap_or_default()
    }

    /// A part of this message, such as a header's value, as a handle that keeps the buffer alive without a copy.
    pub fn share(&self, part: &[u8]) -> Bytes {
        if part.is_empty() { Bytes::new() } else { self.raw.slice_ref(part) }
    }

    /// All header lines in their order.
    pub fn headers(&self) -> impl DoubleEndedIterator<Item = Header<'_>> + ExactSizeIterator {
        self.scan.lines.iter().enumerate().map(|(index, line)| self.header_at(index, line))
    }

    /// The header lines of that name, compact spelling included.
    pub fn headers_named(&self, name: HeaderName) -> impl DoubleEndedIterator<Item = Header<'_>> {
        let first = self.scan.first_index(name);
        let lines = self.scan.lines[first..].iter().enumerate().filter(move |(_, line)| line.name == name);
        lines.map(move |(i, line)| self.header_at(first + i, line))
    }

    /// The first header line's value under that name.
    pub fn header(&self, name: HeaderName) -> Option<&[u8]> {
        self.scan.first(name).map(|line| self.value_of(line))
    }

    /// The first value under a name that [`HeaderName`] does not list; names are case-insensitive.
    pub fn header_other(&self, name: &str) -> Option<&[u8]> {
        self.headers().find(|h| h.name_text.eq_ignore_ascii_case(name.as_bytes())).map(|h| h.value)
    }

    /// The values of a comma separated header, over all its lines. Only for headers whose grammar is a list.
    pub fn values(&self, name: HeaderName) -> impl Iterator<Item = &[u8]> {
        self.headers_named(name).flat_map(|h| List::new(h.value))
    }

    /// Whether there is such a header.
    pub fn has(&self, name: HeaderName) -> bool {
        self.scan.first(name).is_some()
    }

    /// The topmost Via. Always readable in a message that parsed; of one that did not, its parameters may be malformed.
    pub fn top_via(&self) -> Result<Via<'_>, Malformed> {
        Via::parse_hop(self.keys.top_via.of(&self.raw))
    }

    /// The topmost Via's value as written.
    pub fn top_via_text(&self) -> &[u8] {
        self.keys.top_via.of(&self.raw)
    }

    /// The topmost Via's branch.
    pub fn branch(&self) -> Option<&[u8]> {
        self.keys.via.branch.map(|span| span.of(&self.raw)).filter(|branch| !branch.is_empty())
    }

    /// Every Via from the top.
    pub fn vias(&self) -> impl Iterator<Item = Result<Via<'_>, Malformed>> {
        self.values(HeaderName::Via).map(Via::parse)
    }

    /// The Call-ID.
    pub fn call_id(&self) -> &[u8] {
        self.keys.call_id.of(&self.raw)
    }

    /// From.
    pub fn from(&self) -> Result<NameAddr<'_>, Malformed> {
        NameAddr::parse(self.header(HeaderName::From).unwrap_or_default()).map_err(|_| Malformed("From"))
    }

    /// To.
    pub fn to(&self) -> Result<NameAddr<'_>, Malformed> {
        NameAddr::parse(self.header(HeaderName::To).unwrap_or_default()).map_err(|_| Malformed("To"))
    }

    /// The URI in From. Of a message that parsed it may yet be malformed in itself.
    pub fn from_uri(&self) -> Result<Uri<'_>, Malformed> {
        Uri::parse(self.keys.from_uri.of(&self.raw))
    }

    /// The URI in To.
    pub fn to_uri(&self) -> Result<Uri<'_>, Malformed> {
        Uri::parse(self.keys.to_uri.of(&self.raw))
    }

    /// The tag of From.
    pub fn from_tag(&self) -> Option<&[u8]> {
        self.keys.from_tag.map(|span| span.of(&self.raw))
    }

    /// The tag of To.
    pub fn to_tag(&self) -> Option<&[u8]> {
        self.keys.to_tag.map(|span| span.of(&self.raw))
    }

    /// CSeq. Always readable in a message that parsed.
    pub fn cseq(&self) -> Option<CSeq<'_>> {
        let (method, text) = self.keys.cseq_method?;
        Some(CSeq { number: self.keys.cseq, method, method_text: text.of(&self.raw) })
    }

    /// Max-Forwards of a request, where it is written.
    pub fn max_forwards(&self) -> Option<u8> {
        self.keys.max_forwards
    }

    /// Every Contact in its order.
    pub fn contacts(&self) -> impl Iterator<Item = Result<Contact<'_>, Malformed>> {
        self.values(HeaderName::Contact).map(Contact::parse)
    }

    /// Every Route in its order.
    pub fn routes(&self) -> impl Iterator<Item = Result<Route<'_>, Malformed>> {
        self.values(HeaderName::Route).map(Route::parse)
    }

    /// Whether Require, Supported or the like lists an option tag.
    pub fn has_option(&self, name: HeaderName, tag: &str) -> bool {
        self.values(name).any(|v| v.eq_ignore_ascii_case(tag.as_bytes()))
    }

    fn header_at(&self, index: usize, line: &Line) -> Header<'_> {
        let name_text = &self.raw[line.start()..line.start() + usize::from(line.name_len)];
        Header { name: line.name, name_text, value: self.value_of(line), index }
    }

    fn value_of(&self, line: &Line) -> &[u8] {
        &self.raw[line.value_start()..line.value_end()]
    }
}

/// Shows the start line only: headers and body may hold credentials and content.
impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let line = self.raw.get(..self.scan.start_len).unwrap_or_default();
        f.debug_tuple("Message").field(&String::from_utf8_lossy(line)).finish()
    }
}
