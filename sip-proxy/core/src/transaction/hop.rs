//! The hop-by-hop requests that a client transaction sends by itself: the ACK of a refusal and the CANCEL, made from the
//! INVITE as it was sent.
//!
//! RFC 3261 §17.1.1.3, §9.1; RFC 3326 §2.

use bytes::Bytes;
use sip_message::{HeaderName, Message, Value, derive};

/// The ACK for a final response other than 2xx. None if the INVITE cannot be read, which it was when it was sent.
pub(crate) fn ack(invite: &Bytes, response: &Message) -> Option<Bytes> {
    let invite = Message::parse(invite.clone()).ok()?;
    let mut out = Vec::with_capacity(512);
    derive::ack(&invite, response, &mut out);
    Some(Bytes::from(out))
}

/// The CANCEL of an INVITE, with the value of its Reason; empty: it has none.
pub(crate) fn cancel(invite: &Bytes, reason: &[u8]) -> Option<Bytes> {
    let invite = Message::parse(invite.clone()).ok()?;
    let mut out = Vec::with_capacity(512);
    // RFC 3326 §2: a Reason may stand in any CANCEL.
    match reason {
        b"" => derive::cancel(&invite, &[], &mut out),
        reason => derive::cancel(&invite, &[(HeaderName::Reason.as_str(), Value::from(reason))], &mut out),
    }
    Some(Bytes::from(out))
}
