//! Bytes to a [`Message`]: the start line, and the checks that every element makes before it does anything else.
//!
//! RFC 3261 §7, §8.1.1, §8.2.2, §16.3 item 1, §18.3, §25.1; RFC 4475 §3.1.2, §3.3.

use crate::fault::{Fault, ParseError};
use crate::header::{CSeq, HeaderName, Malformed, NameAddr, Via, max_forwards};
use crate::message::{Keys, Message, Span, Start, ViaParams};
use crate::method::Method;
use crate::scan::Scan;
use crate::text::{Param, find_outside, has_lws, is_token, number, offset_in, trim_end};
use crate::uri::{Scheme, Uri};
use crate::words::find;
use bytes::{Buf, Bytes};

/// How much of a message is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest message in bytes, body included.
    pub message: usize,
    /// The most header lines.
    pub headers: usize,
    /// The longest line in bytes, folded ones counted as one. More than 65 000 is taken as that.
    pub line: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { message: 64 * 1024, headers: 256, line: 16 * 1024 }
    }
}

impl Limits {
    pub(crate) fn line(&self) -> usize {
        self.line.min(65_000)
    }

    pub(crate) fn headers(&self) -> usize {
        self.headers.min(65_000)
    }
}

impl Message {
    /// Reads one datagram, or one message that [`crate::Framer`] cut out of a stream. Line ends before it are skipped
    /// and bytes behind the body dropped.
    pub fn parse(raw: Bytes) -> Result<Message, ParseError> {
        Message::parse_with(raw, &Limits::default())
    }

    /// As [`Message::parse`], with other limits.
    pub fn parse_with(mut raw: Bytes, limits: &Limits) -> Result<Message, ParseError> {
        // RFC 3261 §7.5: line ends before the start line are ignored.
        let blank = raw.iter().take_while(|b| matches!(**b, b'\r' | b'\n')).count();
        if blank > 0 {
            raw.advance(blank);
        }
        if raw.is_empty() {
            return Err(ParseError { fault: Fault::KeepAlive, message: None });
        }
        // The message is filled where it is: it is large, and moving it would cost more than reading a header.
        let mut message = Message { raw, scan: Scan::new(), start: Start::UNREAD, keys: Keys::default() };
        match message.read(limits) {
            None => Ok(message),
            Some(fault) if message.scan.start_len == 0 => Err(ParseError { fault, message: None }),
            Some(fault) => Err(ParseError { fault, message: Some(Box::new(message)) }),
        }
    }

    /// Reads what `raw` holds, and names the first fault.
    fn read(&mut self, limits: &Limits) -> Option<Fault> {
        let framing = self.read_frame(limits);
        if self.scan.start_len == 0 {
            return framing.or(Some(Fault::StartLineMalformed));
        }
        let start_fault;
        (self.start, start_fault) = start_line(&self.raw[..self.scan.start_len]);
        let keys_fault = read_keys(&self.raw, &self.scan, &self.start, &mut self.keys);
        // A message of another version may well look wrong in every other way too.
        start_fault.or(framing).or(keys_fault)
    }

    /// Finds the header lines and cuts the buffer where the message ends.
    fn read_frame(&mut self, limits: &Limits) -> Option<Fault> {
        let scan = &mut self.scan;
        let mut fault = match scan.run(&self.raw, limits) {
            Ok(true) => scan.unframed.or(scan.fault),
            Ok(false) => Some(Fault::HeadUnfinished),
            Err(fault) => Some(fault),
        };
        if scan.body_at == 0 {
            scan.body_at = self.raw.len();
        } else if let Some(total) = scan.total() {
            // RFC 3261 §18.3: a datagram shorter than it says is an error, what is behind the body is noise.
            if total > limits.message {
                fault = fault.or(Some(Fault::MessageTooLarge));
            } else if total > self.raw.len() {
                fault = fault.or(Some(Fault::BodyCutShort));
            } else if total < self.raw.len() {
                self.raw.truncate(total);
            }
        }
        if self.raw.len() > limits.message {
            fault = fault.or(Some(Fault::MessageTooLarge));
            self.raw.truncate(limits.message.max(scan.body_at));
        }
        fault
    }
}

/// Reads the start line. One that is malformed is still taken for a request, so that it can be answered.
fn start_line(line: &[u8]) -> (Start, Option<Fault>) {
    if line.len() >= 4 && line[..4].eq_ignore_ascii_case(b"SIP/") {
        return status_line(line);
    }
    let first = find(line, b' ');
    let last = if line.ends_with(b" SIP/2.0") { Some(line.len() - 8) } else { memchr::memrchr(b' ', line) };
    let malformed = |method: Method, len: usize| {
        let start = Start::Request { method, method_span: Span::new(0, len), uri: Span::EMPTY, parts: None };
        (start, Some(Fault::StartLineMalformed))
    };
    let Some((first, last)) = first.zip(last) else { return malformed(Method::Other, 0) };
    let method = Method::from_token(&line[..first]);
    if !is_token(&line[..first]) {
        return malformed(Method::Other, 0);
    }
    if last <= first + 1 {
        return malformed(method, first);
    }
    let uri_text = &line[first + 1..last];
    let read = Uri::parse(uri_text);
    let fault = version_fault(&line[last + 1..]).or_else(|| uri_fault(&read));
    let parts = read.ok().map(|uri| uri.spans());
    let uri = Span::new(first + 1, uri_text.len());
    (Start::Request { method, method_span: Span::new(0, first), uri, parts }, fault)
}

fn version_fault(version: &[u8]) -> Option<Fault> {
    // RFC 3261 §7.1: the version is case-insensitive.
    if version == b"SIP/2.0" || version.eq_ignore_ascii_case(b"SIP/2.0") {
        return None;
    }
    let digits = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    let other = version.len() > 4
        && version[..4].eq_ignore_ascii_case(b"SIP/")
        && memchr::memchr(b'.', version)
            .is_some_and(|dot| dot > 4 && digits(&version[4..dot]) && digits(&version[dot + 1..]));
    Some(if other { Fault::VersionNotSupported } else { Fault::StartLineMalformed })
}

fn uri_fault(uri: &Result<Uri<'_>, Malformed>) -> Option<Fault> {
    match uri {
        Err(_) => Some(Fault::RequestUriMalformed),
        // RFC 3261 §19.1.1: a Request-URI has no headers.
        Ok(Uri { scheme: Scheme::Sip | Scheme::Sips, headers: Some(_), .. }) => Some(Fault::RequestUriWithHeaders),
        Ok(_) => None,
    }
}

fn status_line(line: &[u8]) -> (Start, Option<Fault>) {
    let first = memchr::memchr(b' ', line).unwrap_or(line.len());
    let rest = line.get(first + 1..).unwrap_or_default();
    let code_len = memchr::memchr(b' ', rest).unwrap_or(rest.len());
    let reason_at = (first + 1 + code_len + 1).min(line.len());
    let code = number(&rest[..code_len]).and_then(|n| u16::try_from(n).ok());
    let reason = Span::new(reason_at, line.len() - reason_at);
    let start = |code| Start::Response { code, reason };
    match (version_fault(&line[..first]), code) {
        (Some(fault), _) => (start(0), Some(fault)),
        (None, Some(code @ 100..700)) if code_len == 3 => (start(code), None),
        (None, _) => (start(0), Some(Fault::StatusOutOfRange)),
    }
}

/// Reads what identifies the message, as far as it can be read, and names the first fault in it.
fn read_keys(raw: &[u8], scan: &Scan, start: &Start, keys: &mut Keys) -> Option<Fault> {
    let via = read_via(raw, scan, keys);
    let tags = read_tags(raw, scan, keys);
    let call_id = read_call_id(raw, scan, keys);
    let cseq = read_cseq(raw, scan, start, keys);
    via.and(tags).and(call_id).and(cseq).err()
}

fn value<'a>(raw: &'a [u8], scan: &Scan, name: HeaderName) -> Result<&'a [u8], Fault> {
    let line = scan.first(name).ok_or(Fault::Missing(name))?;
    Ok(&raw[line.value_start()..line.value_end()])
}

fn span(raw: &[u8], part: &[u8]) -> Span {
    Span::new(offset_in(raw, part), part.len())
}

fn read_via(raw: &[u8], scan: &Scan, keys: &mut Keys) -> Result<(), Fault> {
    let list = value(raw, scan, HeaderName::Via)?;
    let mut found = ViaParams::default();
    if let Some(others) = Via::first_of_list(list, |param| found.note(raw, param)) {
        keys.top_via = span(raw, trim_end(&list[..list.len() - others.len()]));
        keys.via = found;
        return Ok(());
    }
    // Of one that is malformed its end has to be guessed, for the answer.
    let top = trim_end(&list[..find_outside(list, b',')]);
    keys.top_via = span(raw, top);
    Via::parse_each(top, |param| keys.via.note(raw, param)).map(|_| ()).map_err(|_| Fault::ViaMalformed)
}

impl ViaParams {
    #[inline]
    fn note(&mut self, raw: &[u8], param: Param<'_>) {
        let (slot, text) = match param.name.len() {
            6 if param.is("branch") => (&mut self.branch, param.value.unwrap_or_default()),
            5 if param.is("rport") => (&mut self.rport, param.text),
            8 if param.is("received") => (&mut self.received, param.text),
            _ => return,
        };
        if slot.is_none() {
            *slot = Some(span(raw, text));
        }
    }
}

fn read_tags(raw: &[u8], scan: &Scan, keys: &mut Keys) -> Result<(), Fault> {
    let tag = |name, fault| {
        let value = value(raw, scan, name)?;
        let (address, tag) = NameAddr::parse_with_tag(value).map_err(|_| fault)?;
        Ok((span(raw, address.uri), tag.map(|tag| span(raw, tag))))
    };
    let from = tag(HeaderName::From, Fault::FromMalformed);
    let to = tag(HeaderName::To, Fault::ToMalformed);
    (keys.from_uri, keys.from_tag) = from.unwrap_or_default();
    (keys.to_uri, keys.to_tag) = to.unwrap_or_default();
    from.and(to).map(|_| ())
}

fn read_call_id(raw: &[u8], scan: &Scan, keys: &mut Keys) -> Result<(), Fault> {
    let call_id = value(raw, scan, HeaderName::CallId)?;
    keys.call_id = span(raw, call_id);
    if call_id.is_empty() || has_lws(call_id) { Err(Fault::CallIdMalformed) } else { Ok(()) }
}

fn read_cseq(raw: &[u8], scan: &Scan, start: &Start, keys: &mut Keys) -> Result<(), Fault> {
    let value = value(raw, scan, HeaderName::CSeq)?;
    let cseq = match *start {
        Start::Request { method, method_span, .. } => CSeq::parse_expecting(value, method, method_span.of(raw)),
        Start::Response { .. } => CSeq::parse(value),
    };
    let cseq = cseq.map_err(|_| Fault::CseqMalformed)?;
    keys.cseq = cseq.number;
    keys.cseq_method = Some((cseq.method, span(raw, cseq.method_text)));
    let Start::Request { method_span, .. } = start else { return Ok(()) };
    // RFC 4475 §3.1.2.17: the two methods must be one.
    if cseq.method_text != method_span.of(raw) {
        return Err(Fault::CseqMethodDiffers);
    }
    if let Some(line) = scan.first(HeaderName::MaxForwards) {
        let hops = max_forwards(&raw[line.value_start()..line.value_end()]);
        keys.max_forwards = Some(hops.map_err(|_| Fault::MaxForwardsMalformed)?);
    }
    Ok(())
}
