//! Requests that follow from an INVITE that was sent: the ACK of a failure, and the CANCEL.
//!
//! RFC 3261 §9.1, §17.1.1.3.

use crate::header::HeaderName;
use crate::message::Message;
use crate::reply::{copy_header, put_header};
use crate::value::{Value, put_number};
use bytes::BufMut;

/// Writes the ACK for a response other than 2xx to `invite`, the INVITE as it was sent.
pub fn ack(invite: &Message, response: &Message, out: &mut impl BufMut) {
    // RFC 3261 §17.1.1.3: To comes from the response, everything else from the INVITE.
    request(invite, "ACK", response.header(HeaderName::To), &[], out);
}

/// Writes the CANCEL for `invite`, the INVITE as it was sent, with further header lines such as Reason.
pub fn cancel(invite: &Message, headers: &[(&str, Value<'_>)], out: &mut impl BufMut) {
    // RFC 3261 §9.1: all of them, To's tag included, are the INVITE's.
    request(invite, "CANCEL", invite.header(HeaderName::To), headers, out);
}

fn request(invite: &Message, method: &str, to: Option<&[u8]>, more: &[(&str, Value<'_>)], out: &mut impl BufMut) {
    out.put_slice(method.as_bytes());
    out.put_slice(b" ");
    out.put_slice(invite.request_uri());
    out.put_slice(b" SIP/2.0\r\n");
    copy_header(out, HeaderName::Via, invite.top_via_text());
    for route in invite.headers_named(HeaderName::Route) {
        copy_header(out, HeaderName::Route, route.value);
    }
    out.put_slice(b"Max-Forwards: 70\r\n");
    copy_header(out, HeaderName::From, invite.header(HeaderName::From).unwrap_or_default());
    copy_header(out, HeaderName::To, to.unwrap_or_default());
    copy_header(out, HeaderName::CallId, invite.call_id());
    out.put_slice(b"CSeq: ");
    put_number(out, invite.cseq().map_or(0, |cseq| u64::from(cseq.number)));
    out.put_slice(b" ");
    out.put_slice(method.as_bytes());
    out.put_slice(b"\r\n");
    for (name, value) in more {
        put_header(out, &Value::from(*name), value);
    }
    out.put_slice(b"Content-Length: 0\r\n\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    const INVITE: &str = "INVITE sip:b@192.0.2.9;x=1 SIP/2.0\r\nVia: SIP/2.0/UDP p;branch=z9hG4bKp, SIP/2.0/UDP a\r\n\
                          Route: <sip:r1;lr>,\r\n <sip:r2;lr>\r\nMax-Forwards: 5\r\nFrom: <sip:a@h>;tag=1\r\n\
                          To: <sip:b@h>\r\nCall-ID: c\r\nCSeq: 7 INVITE\r\nContent-Length: 0\r\n\r\n";

    fn parse(text: &str) -> Message {
        Message::parse(Bytes::copy_from_slice(text.as_bytes())).unwrap()
    }

    /// RFC 3261 §17.1.1.3: one Via, the response's To, the INVITE's routes and number.
    #[test]
    fn an_ack_takes_to_from_the_response_and_the_rest_from_the_invite() {
        let invite = parse(INVITE);
        let response = parse(
            "SIP/2.0 486 Busy Here\r\nVia: SIP/2.0/UDP p;branch=z9hG4bKp\r\nFrom: <sip:a@h>;tag=1\r\n\
             To: <sip:b@h>;tag=2\r\nCall-ID: c\r\nCSeq: 7 INVITE\r\nContent-Length: 0\r\n\r\n",
        );
        let mut out = Vec::new();
        ack(&invite, &response, &mut out);
        assert_eq!(
            String::from_utf8_lossy(&out),
            "ACK sip:b@192.0.2.9;x=1 SIP/2.0\r\nVia: SIP/2.0/UDP p;branch=z9hG4bKp\r\n\
             Route: <sip:r1;lr>,\r\n <sip:r2;lr>\r\nMax-Forwards: 70\r\nFrom: <sip:a@h>;tag=1\r\n\
             To: <sip:b@h>;tag=2\r\nCall-ID: c\r\nCSeq: 7 ACK\r\nContent-Length: 0\r\n\r\n"
        );
    }

    /// RFC 3261 §9.1: a CANCEL is the INVITE's in all but the method.
    #[test]
    fn a_cancel_keeps_the_branch_and_the_number() {
        let invite = parse(INVITE);
        let mut out = Vec::new();
        cancel(&invite, &[("Reason", Value::from("SIP;cause=200"))], &mut out);
        let cancel = Message::parse(Bytes::from(out)).unwrap();
        assert_eq!((cancel.method(), cancel.branch()), (crate::Method::Cancel, invite.branch()));
        assert_eq!(cancel.cseq().map(|c| c.number), Some(7));
        assert_eq!((cancel.to_tag(), cancel.header(HeaderName::Reason)), (None, Some(&b"SIP;cause=200"[..])));
    }
}
