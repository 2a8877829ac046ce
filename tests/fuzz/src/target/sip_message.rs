//! Messages: every view, rewriting and replying.

use bytes::Bytes;
use sip_message::header::{CSeq, Contact, Credentials, Event, NameAddr, Via, option_tags};
use sip_message::{HeaderName, Limits, Message, Reply, Rewrite, derive, uri::Uri};

/// Enough for what an edit adds to a message at the usual limits.
const WIDE: Limits = Limits { message: 1 << 20, headers: 1000, line: 65_000 };

/// Holds one input, taken as a datagram, against the invariants.
pub fn run(input: &[u8]) {
    match Message::parse(Bytes::copy_from_slice(input)) {
        Ok(message) => {
            look_at(&message);
            untouched(&message);
            forwarded(&message);
            answered(&message);
        }
        Err(error) => {
            if let Some(message) = error.message.as_deref() {
                look_at(message);
            }
            if let Some(request) = error.answerable() {
                let mut out = Vec::new();
                Reply::new(request, error.fault.status()).reason(error.fault.phrase()).to_tag("t").render(&mut out);
                assert!(out.starts_with(b"SIP/2.0 ") && out.ends_with(b"\r\n\r\n"));
            }
        }
    }
}

/// Reads everything that can be read.
fn look_at(message: &Message) {
    let _ = (message.uri(), message.from(), message.to(), message.cseq(), message.top_via(), message.reason());
    for header in message.headers() {
        let value = header.value;
        let _ = (Via::parse(value), CSeq::parse(value), Event::parse(value), option_tags(value).count());
        if let Ok(credentials) = Credentials::parse(value) {
            let _ = (credentials.digest(), credentials.iter().count());
        }
        if let Ok(address) = NameAddr::parse(value) {
            let _ = (address.display_text(), address.q(), address.expires(), address.params.iter().count());
            look_at_uri(address.uri);
        }
        if let Ok(Contact::Address(address)) = Contact::parse(value) {
            look_at_uri(address.uri);
        }
    }
    let _ = (message.vias().count(), message.routes().count(), message.contacts().count());
}

fn look_at_uri(text: &[u8]) {
    let Ok(uri) = Uri::parse(text) else { return };
    assert!(uri.is_equivalent(&uri), "a URI is itself");
    if let (Some(user), true) = (uri.user_decoded(), uri.is_sip()) {
        let escaped = sip_message::uri::escape_user(&user);
        assert_eq!(*sip_message::uri::unescape(&escaped), *user);
    }
    let _ = (uri.aor_key(), uri.params().count(), uri.host_address());
}

fn render(message: &Message, edit: impl FnOnce(&mut Rewrite<'_>)) -> Vec<u8> {
    let mut rewrite = Rewrite::new(message);
    edit(&mut rewrite);
    let mut out = Vec::new();
    rewrite.render(&mut out);
    out
}

fn reparse(bytes: Vec<u8>) -> Message {
    let shown = String::from_utf8_lossy(&bytes).into_owned();
    match Message::parse_with(Bytes::from(bytes), &WIDE) {
        Ok(message) => message,
        Err(error) => panic!("{error} in\n{shown}"),
    }
}

fn untouched(message: &Message) {
    assert_eq!(&render(message, |_| {})[..], &message.as_bytes()[..]);
    let pushed = reparse(render(message, |r| {
        r.push_via("SIP/2.0/UDP p;branch=z9hG4bKp");
    }));
    let popped = render(&pushed, |r| {
        r.pop_via();
    });
    assert_eq!(&popped[..], &message.as_bytes()[..], "pushed and popped");
}

fn forwarded(message: &Message) {
    let out = reparse(render(message, |r| {
        r.set_request_uri("sip:x@192.0.2.9")
            .set_received([192, 0, 2, 1].into())
            .set_rport(4000)
            .push_via("SIP/2.0/TCP p;branch=z9hG4bKp")
            .push_record_route("<sip:p;lr>")
            .set_max_forwards(7)
            .remove(HeaderName::ProxyAuthorization)
            .ensure_content_length();
    }));
    assert_eq!(out.branch(), Some(&b"z9hG4bKp"[..]));
    assert_eq!(out.header(HeaderName::RecordRoute), Some(&b"<sip:p;lr>"[..]));
    assert!(!out.has(HeaderName::ProxyAuthorization));
    assert_eq!(
        (out.call_id(), out.from_tag(), out.to_tag()),
        (message.call_id(), message.from_tag(), message.to_tag())
    );
    assert_eq!(out.body(), message.body());
    let second = out.values(HeaderName::Via).nth(1).unwrap_or_default();
    let second = Via::parse(second).unwrap_or_else(|_| panic!("the sender's Via is gone"));
    assert_eq!((second.rport(), second.received()), (Some(4000), Some([192, 0, 2, 1].into())));
    assert_eq!(second.branch(), message.branch());
    if message.is_request() {
        assert_eq!((out.request_uri(), out.max_forwards()), (&b"sip:x@192.0.2.9"[..], Some(7)));
    }
    let routes = message.values(HeaderName::Route).count();
    let without = reparse(render(message, |r| {
        r.remove_first_route();
    }));
    assert_eq!(without.values(HeaderName::Route).count(), routes.saturating_sub(1));
    let without = reparse(render(message, |r| {
        r.remove_last_route();
    }));
    assert_eq!(without.values(HeaderName::Route).count(), routes.saturating_sub(1));
}

fn answered(message: &Message) {
    if !message.is_request() {
        return;
    }
    let mut out = Vec::new();
    Reply::new(message, 486)
        .to_tag("t")
        .received([192, 0, 2, 1].into())
        .rport(4000)
        .copy_record_route()
        .render(&mut out);
    let reply = reparse(out);
    assert_eq!((reply.status(), reply.branch(), reply.call_id()), (Some(486), message.branch(), message.call_id()));
    assert_eq!(reply.to_tag(), message.to_tag().or(Some(b"t")));
    assert_eq!(reply.method_text(), message.method_text());
    let (mut ack, mut cancel) = (Vec::new(), Vec::new());
    derive::ack(message, &reply, &mut ack);
    derive::cancel(message, &[], &mut cancel);
    let (ack, cancel) = (reparse(ack), reparse(cancel));
    assert_eq!((ack.branch(), ack.to_tag()), (message.branch(), reply.to_tag()));
    assert_eq!((cancel.branch(), cancel.to_tag()), (message.branch(), message.to_tag()));
}
