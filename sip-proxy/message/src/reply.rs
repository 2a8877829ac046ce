//! A response to a request. Via, From, To, Call-ID and CSeq are copied as they came.
//!
//! RFC 3261 §8.2.6, §18.2.1; RFC 3581 §4.

use crate::header::HeaderName;
use crate::message::Message;
use crate::rewrite::put_via_value;
use crate::status::reason_phrase;
use crate::value::{Value, put_number};
use bytes::BufMut;
use smallvec::SmallVec;
use std::net::IpAddr;

/// A response being made.
#[derive(Clone, Debug)]
pub struct Reply<'a> {
    request: &'a Message,
    code: u16,
    reason: &'a str,
    to_tag: Option<Value<'a>>,
    received: Option<IpAddr>,
    rport: Option<u16>,
    record_route: bool,
    headers: SmallVec<[(Value<'a>, Value<'a>); 6]>,
    body: Option<(Value<'a>, &'a [u8])>,
}

impl<'a> Reply<'a> {
    /// A response with that status code and its usual reason phrase.
    pub fn new(request: &'a Message, code: u16) -> Reply<'a> {
        Reply {
            request,
            code,
            reason: reason_phrase(code),
            to_tag: None,
            received: None,
            rport: None,
            record_route: false,
            headers: SmallVec::new(),
            body: None,
        }
    }

    /// Another reason phrase.
    pub fn reason(mut self, reason: &'a str) -> Self {
        self.reason = reason;
        self
    }

    /// The tag to add to To where the request's To has none.
    pub fn to_tag(mut self, tag: impl Into<Value<'a>>) -> Self {
        self.to_tag = Some(tag.into());
        self
    }

    /// The `received` parameter for the topmost Via.
    pub fn received(mut self, ip: IpAddr) -> Self {
        self.received = Some(ip);
        self
    }

    /// The `rport` parameter for the topmost Via.
    pub fn rport(mut self, port: u16) -> Self {
        self.rport = Some(port);
        self
    }

    /// Copies the request's Record-Route, as a response that makes a dialog does (RFC 3261 §12.1.1).
    pub fn copy_record_route(mut self) -> Self {
        self.record_route = true;
        self
    }

    /// Adds a header line.
    pub fn header(mut self, name: impl Into<Value<'a>>, value: impl Into<Value<'a>>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the body.
    pub fn body(mut self, content_type: impl Into<Value<'a>>, body: &'a [u8]) -> Self {
        self.body = Some((content_type.into(), body));
        self
    }

    /// Writes the response behind what `out` holds.
    pub fn render(&self, out: &mut impl BufMut) {
        out.put_slice(b"SIP/2.0 ");
        put_number(out, u64::from(self.code));
        out.put_slice(b" ");
        Value::from(self.reason).write(out);
        out.put_slice(b"\r\n");
        self.put_vias(out);
        if self.record_route {
            self.copy(out, HeaderName::RecordRoute);
        }
        self.copy_first(out, HeaderName::From);
        self.put_to(out);
        self.copy_first(out, HeaderName::CallId);
        self.copy_first(out, HeaderName::CSeq);
        // RFC 3261 §8.2.6.1: a 100 carries the request's Timestamp.
        if self.code == 100 {
            self.copy_first(out, HeaderName::Timestamp);
        }
        for (name, value) in &self.headers {
            put_header(out, name, value);
        }
        let (content_type, body) = self.body.as_ref().map_or((None, &b""[..]), |(t, b)| (Some(t), *b));
        if let Some(content_type) = content_type {
            put_header(out, &Value::from("Content-Type"), content_type);
        }
        out.put_slice(b"Content-Length: ");
        put_number(out, body.len() as u64);
        out.put_slice(b"\r\n\r\n");
        out.put_slice(body);
    }

    fn put_vias(&self, out: &mut impl BufMut) {
        for (i, header) in self.request.headers_named(HeaderName::Via).enumerate() {
            out.put_slice(b"Via: ");
            if i == 0 && (self.received.is_some() || self.rport.is_some()) {
                put_via_value(self.request, self.received, self.rport, out);
            } else {
                out.put_slice(header.value);
            }
            out.put_slice(b"\r\n");
        }
    }

    fn put_to(&self, out: &mut impl BufMut) {
        let Some(to) = self.request.header(HeaderName::To) else { return };
        out.put_slice(b"To: ");
        out.put_slice(to);
        if let (None, Some(tag)) = (self.request.to_tag(), &self.to_tag) {
            out.put_slice(b";tag=");
            tag.write(out);
        }
        out.put_slice(b"\r\n");
    }

    fn copy(&self, out: &mut impl BufMut, name: HeaderName) {
        for header in self.request.headers_named(name) {
            copy_header(out, name, header.value);
        }
    }

    fn copy_first(&self, out: &mut impl BufMut, name: HeaderName) {
        if let Some(value) = self.request.header(name) {
            copy_header(out, name, value);
        }
    }
}

pub(crate) fn copy_header(out: &mut impl BufMut, name: HeaderName, value: &[u8]) {
    out.put_slice(name.as_str().as_bytes());
    out.put_slice(b": ");
    out.put_slice(value);
    out.put_slice(b"\r\n");
}

pub(crate) fn put_header(out: &mut impl BufMut, name: &Value<'_>, value: &Value<'_>) {
    name.write(out);
    out.put_slice(b": ");
    value.write(out);
    out.put_slice(b"\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    const REQUEST: &str = "INVITE sip:b@h SIP/2.0\r\nv: SIP/2.0/UDP a:5060;rport ;branch=z9hG4bK1 , SIP/2.0/UDP b\r\n\
                           Via: SIP/2.0/UDP\r\n c\r\nFrom: \"A\"  <sip:a@h>;tag=1\r\nt: <sip:b@h>\r\nCall-ID: c\r\n\
                           Timestamp: 54\r\nRecord-Route: <sip:p;lr>\r\nCSeq: 1  INVITE\r\nContent-Length: 0\r\n\r\n";

    fn render(text: &str, make: impl FnOnce(Reply<'_>) -> Reply<'_>) -> String {
        let request = Message::parse(Bytes::copy_from_slice(text.as_bytes())).unwrap();
        let mut out = Vec::new();
        make(Reply::new(&request, 180)).render(&mut out);
        Message::parse(Bytes::copy_from_slice(&out)).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// RFC 3261 §8.2.6.2: the headers that a response copies, in their values as they came.
    #[test]
    fn a_reply_copies_what_identifies_the_request() {
        let reply = render(REQUEST, |r| {
            r.to_tag("t1").received([192, 0, 2, 1].into()).rport(9999).header("Retry-After", 5u32).copy_record_route()
        });
        assert_eq!(
            reply,
            "SIP/2.0 180 Ringing\r\n\
             Via: SIP/2.0/UDP a:5060;rport=9999 ;branch=z9hG4bK1;received=192.0.2.1 , SIP/2.0/UDP b\r\n\
             Via: SIP/2.0/UDP\r\n c\r\nRecord-Route: <sip:p;lr>\r\nFrom: \"A\"  <sip:a@h>;tag=1\r\n\
             To: <sip:b@h>;tag=t1\r\nCall-ID: c\r\nCSeq: 1  INVITE\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n"
        );
    }

    /// RFC 3261 §8.2.6.1.
    #[test]
    fn a_100_and_nothing_else_carries_the_requests_timestamp() {
        let request = Message::parse(Bytes::from_static(REQUEST.as_bytes())).unwrap();
        for (status, carries) in [(100, true), (180, false), (200, false)] {
            let mut out = Vec::new();
            Reply::new(&request, status).render(&mut out);
            let text = String::from_utf8(out).unwrap();
            assert_eq!(text.contains("\r\nTimestamp: 54\r\n"), carries, "{text}");
        }
    }

    #[test]
    fn a_tag_that_the_request_has_stays() {
        let reply = render(&REQUEST.replace("t: <sip:b@h>", "t: <sip:b@h>;tag=old"), |r| r.to_tag("new"));
        assert!(reply.contains("To: <sip:b@h>;tag=old\r\n"));
    }

    #[test]
    fn a_reason_phrase_and_a_body_are_written_as_given() {
        let reply = render(REQUEST, |r| r.reason("Odd\r\nOne").body("text/plain", b"hi"));
        assert!(reply.starts_with("SIP/2.0 180 Odd  One\r\n"));
        assert!(reply.ends_with("Content-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi"));
    }
}
