//! What the parser takes, what it refuses, and by which name.

#![expect(clippy::unwrap_used, reason = "what is checked here may fail")]

use bytes::Bytes;
use sip_message::{Fault, HeaderName, Limits, Message, Method, ParseError};

const REQUEST: &str = "OPTIONS sip:h SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nFrom: <sip:a@h>;tag=1\r\n\
    To: <sip:b@h>\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 4\r\n\r\nbody";

fn parse(text: impl AsRef<[u8]>) -> Result<Message, ParseError> {
    Message::parse(Bytes::copy_from_slice(text.as_ref()))
}

/// The fault of the request with one text replaced, and whether it can be answered.
fn fault(old: &str, new: &str) -> (Fault, bool) {
    assert!(REQUEST.contains(old), "{old}");
    let error = parse(REQUEST.replacen(old, new, 1)).unwrap_err();
    (error.fault, error.answerable().is_some())
}

#[test]
fn the_keys_of_a_request_are_read() {
    let message = parse(REQUEST).unwrap();
    assert!(message.is_request());
    assert_eq!(
        (message.method(), message.request_uri(), message.body()),
        (Method::Options, &b"sip:h"[..], &b"body"[..])
    );
    assert_eq!((message.branch(), message.call_id()), (Some(&b"z9hG4bK1"[..]), &b"c"[..]));
    assert_eq!((message.from_tag(), message.to_tag(), message.max_forwards()), (Some(&b"1"[..]), None, Some(70)));
    assert_eq!(message.cseq().map(|c| (c.number, c.method)), Some((1, Method::Options)));
}

/// RFC 3261 §7.1, §7.3.3, §7.3.1: a version in any case, compact names, folding, spaces before the colon and several values are all
/// understood.
#[test]
fn odd_but_legal_spelling_is_read() {
    let message = parse(
        "MESSAGE sip:b@h sip/2.0\r\nv: SIP/2.0/UDP a;branch=z9hG4bK1\r\nf : <sip:a@h>;tag=1\r\nt:<sip:b@h>\r\n\
         i:\tc\r\nCSeq: 1\r\n MESSAGE\r\nk: a,\r\n b\r\ns :  odd   subject\r\nX-A: 1\r\nx-a: 2\r\nl : 0\r\n\r\n",
    )
    .unwrap();
    assert_eq!(message.values(HeaderName::Supported).collect::<Vec<_>>(), [b"a", b"b"]);
    assert_eq!(message.header(HeaderName::Subject), Some(&b"odd   subject"[..]));
    assert_eq!(message.header_other("X-a"), Some(&b"1"[..]));
    assert_eq!(message.call_id(), b"c");
}

#[test]
fn unknown_methods_headers_and_schemes_pass_byte_for_byte() {
    let text = "NEWMETHOD nobody:knows SIP/2.0\r\nVia: SIP/2.0/UDP a\r\nX: \u{fffd}\r\nFrom: isbn:1;tag=1\r\n\
                To: <sip:b@h>\r\nCall-ID: c\r\nCSeq: 1 NEWMETHOD\r\n\r\n";
    let mut bytes = text.as_bytes().to_vec();
    let latin1 = bytes.iter().position(|b| *b == 0xef).unwrap();
    bytes[latin1] = 0xe9;
    let message = parse(&bytes).unwrap();
    assert_eq!((message.method(), message.method_text()), (Method::Other, &b"NEWMETHOD"[..]));
    assert_eq!(&message.as_bytes()[..], &bytes[..]);
}

#[test]
fn responses_are_read_with_any_reason_phrase() {
    let line = |line: &str| parse(REQUEST.replacen("OPTIONS sip:h SIP/2.0", line, 1));
    for (text, code, reason) in [
        ("SIP/2.0 200 = 2**3 * 5**2 \u{43d}\u{43e}", 200, "= 2**3 * 5**2 \u{43d}\u{43e}"),
        ("SIP/2.0 100 ", 100, ""),
        ("sip/2.0 486", 486, ""),
    ] {
        let message = line(text).unwrap();
        assert_eq!((message.status(), message.reason()), (Some(code), reason.as_bytes()));
        assert_eq!(message.method(), Method::Options);
    }
    for bad in ["SIP/2.0 4294967301 better not break", "SIP/2.0 099 x", "SIP/2.0 700 x", "SIP/2.0 20 x", "SIP/2.0 "] {
        let error = line(bad).unwrap_err();
        assert_eq!((error.fault, error.answerable().is_some()), (Fault::StatusOutOfRange, false), "{bad}");
    }
}

#[test]
fn start_lines_that_the_grammar_does_not_allow_are_refused_and_answered() {
    for bad in [
        "OPTIONS  sip:h SIP/2.0",
        "OPTIONS sip:h  SIP/2.0",
        "OPTIONS sip:h SIP/2.0 ",
        "OPTIONS sip:h",
        "OPTIONS",
        "OPT<>IONS sip:h SIP/2.0",
        "OPTIONS sip:h SIP/2.0\r\n x",
        "OPTIONS sip:h HTTP/1.1",
    ] {
        let (found, answerable) = fault("OPTIONS sip:h SIP/2.0", bad);
        assert!(matches!(found, Fault::StartLineMalformed | Fault::RequestUriMalformed), "{bad}: {found:?}");
        assert!(answerable, "{bad}");
    }
    for bad in ["<sip:h>", "sip:user@h; lr", "sip:a b@h", "h", "sip:@h"] {
        assert_eq!(fault("sip:h", bad), (Fault::RequestUriMalformed, true), "{bad}");
    }
    assert_eq!(fault("sip:h", "sip:h?Route=%3Csip:x%3E"), (Fault::RequestUriWithHeaders, true));
    assert_eq!(fault("SIP/2.0", "SIP/7.0"), (Fault::VersionNotSupported, true));
}

#[test]
fn headers_that_every_message_needs_are_missed_by_name() {
    for (line, name) in [
        ("From: <sip:a@h>;tag=1\r\n", HeaderName::From),
        ("To: <sip:b@h>\r\n", HeaderName::To),
        ("Call-ID: c\r\n", HeaderName::CallId),
        ("CSeq: 1 OPTIONS\r\n", HeaderName::CSeq),
    ] {
        assert_eq!(fault(line, ""), (Fault::Missing(name), true));
        assert_eq!(fault(line, &line.repeat(2)), (Fault::Repeated(name), true));
    }
    assert_eq!(fault("Via: SIP/2.0/UDP a;branch=z9hG4bK1\r\n", ""), (Fault::Missing(HeaderName::Via), false));
}

/// RFC 4475 §3.1.2.17, §3.3.9: a CSeq of another method, two lengths that differ.
#[test]
fn every_malformed_key_has_its_fault() {
    for (old, new, wanted) in [
        ("a;branch", "a;;branch", Fault::ViaMalformed),
        ("<sip:a@h>;tag", "\"A <sip:a@h>;tag", Fault::FromMalformed),
        ("<sip:b@h>", "<sip:b@h", Fault::ToMalformed),
        ("Call-ID: c", "Call-ID: c d", Fault::CallIdMalformed),
        ("CSeq: 1 OPTIONS", "CSeq: 4294967296 OPTIONS", Fault::CseqMalformed),
        ("CSeq: 1 OPTIONS", "CSeq: 1 INVITE", Fault::CseqMethodDiffers),
        ("Max-Forwards: 70", "Max-Forwards: 300", Fault::MaxForwardsMalformed),
        ("Content-Length: 4", "Content-Length: -4", Fault::ContentLengthMalformed),
        ("Content-Length: 4", "Content-Length: 4\r\nl: 5", Fault::ContentLengthsDiffer),
        ("Content-Length: 4", "Content-Length: 5", Fault::BodyCutShort),
        ("Call-ID: c", "Call-ID: c\r\nNo colon", Fault::HeaderWithoutColon),
        ("Call-ID: c", "Call-ID: c\r\nSpace d: 1", Fault::HeaderNameMalformed),
        ("Call-ID: c", "Call-ID: c\r\n: 1", Fault::HeaderNameMalformed),
        ("70\r\nC", "70\nC", Fault::BareLineEnd),
        ("70\r\nC", "70\rC", Fault::BareLineEnd),
        ("\r\n\r\nbody", "\r\n", Fault::HeadUnfinished),
    ] {
        assert_eq!(fault(old, new), (wanted, true), "{new}");
    }
}

#[test]
fn a_response_and_an_ack_are_never_answered() {
    assert_eq!(fault("OPTIONS sip:h SIP/2.0", "SIP/2.0 999 x"), (Fault::StatusOutOfRange, false));
    assert_eq!(fault("OPTIONS sip:h", "ACK sip:h"), (Fault::CseqMethodDiffers, false));
}

/// RFC 3261 §18.3, §7.5: what follows the counted body of a datagram is dropped, and so are line ends before the start line.
#[test]
fn bytes_around_the_message_are_dropped() {
    let message = parse(format!("\r\n\r\n{REQUEST}INVITE sip:joe@h SIP/2.0\r\n")).unwrap();
    assert_eq!(&message.as_bytes()[..], REQUEST.as_bytes());
    let message = parse(REQUEST.replace("Content-Length: 4\r\n", "")).unwrap();
    assert_eq!(message.body(), b"body");
}

#[test]
fn line_ends_alone_are_a_keep_alive() {
    for text in ["", "\r\n", "\r\n\r\n"] {
        let error = parse(text).unwrap_err();
        assert_eq!((error.fault, error.answerable().is_some()), (Fault::KeepAlive, false));
    }
}

#[test]
fn limits_are_kept_and_named() {
    let limits = Limits { message: 400, headers: 8, line: 60 };
    let with = |text: String| Message::parse_with(Bytes::from(text), &limits).map(|_| ()).map_err(|e| e.fault);
    assert_eq!(with(REQUEST.to_owned()), Ok(()));
    let long_uri = format!("sip:{}", "h".repeat(60));
    assert_eq!(with(REQUEST.replace("sip:h ", &format!("{long_uri} "))), Err(Fault::StartLineTooLong));
    assert_eq!(with(REQUEST.replace("To:", &format!("X: {}\r\nTo:", "x".repeat(60)))), Err(Fault::LineTooLong));
    assert_eq!(with(REQUEST.replace("To:", "A: 1\r\nB: 2\r\nTo:")), Err(Fault::TooManyHeaders));
    assert_eq!(with(REQUEST.replace("Content-Length: 4\r\n", "") + &"b".repeat(400)), Err(Fault::MessageTooLarge));
}

#[test]
fn printing_a_message_shows_no_header() {
    let shown = format!("{:?}", parse(REQUEST).unwrap());
    assert_eq!(shown, "Message(\"OPTIONS sip:h SIP/2.0\")");
}
