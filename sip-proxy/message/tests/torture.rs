//! Every message of `tests/torture`, held against the verdict in its name.
//!
//! RFC 4475; RFC 5118.

#![expect(clippy::unwrap_used, reason = "what is checked here may fail")]

use bytes::Bytes;
use sip_message::{Framed, Framer, HeaderName, Message, Rewrite};
use std::path::PathBuf;

fn messages() -> Vec<(String, Bytes)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/torture");
    let mut found: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "sip"))
        .map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), std::fs::read(path).unwrap().into()))
        .collect();
    found.sort();
    found
}

#[test]
fn every_torture_message_meets_the_verdict_in_its_name() {
    let messages = messages();
    assert_eq!(messages.len(), 60);
    let mut wrong = Vec::new();
    for (name, raw) in messages {
        let verdict = match Message::parse(raw) {
            Ok(_) => "taken".to_owned(),
            Err(error) => match error.answerable() {
                Some(_) => format!("I_{} {}", error.fault.status(), error.fault),
                None => format!("I_drop {}", error.fault),
            },
        };
        let met = match name.rsplit_once("_I_") {
            Some((_, code)) => verdict.starts_with(&format!("I_{code} ")),
            None => verdict == "taken",
        };
        if !met {
            wrong.push(format!("{name}: {verdict}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_is_taken_is_forwarded_byte_for_byte_and_framed_alike() {
    for (name, raw) in messages() {
        let Ok(message) = Message::parse(raw.clone()) else { continue };
        let mut out = Vec::new();
        Rewrite::new(&message).render(&mut out);
        assert_eq!(&raw[..out.len()], &out[..], "{name}");
        if message.has(HeaderName::ContentLength) {
            let mut framer = Framer::default();
            framer.push(&raw);
            assert_eq!(framer.next().unwrap(), Some(Framed::Message(message.as_bytes().clone())), "{name}");
        }
    }
}

/// RFC 4475 §3.1.1.8: what lies behind the body is not forwarded.
#[test]
fn only_the_double_request_is_shorter_than_its_datagram() {
    let shorter: Vec<_> = messages()
        .into_iter()
        .filter(|(_, raw)| Message::parse(raw.clone()).is_ok_and(|m| m.as_bytes().len() < raw.len()))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(shorter, ["rfc4475_3.1.1.08_dblreq_V"]);
}

fn named(name: &str) -> Message {
    let (_, raw) = messages().into_iter().find(|(found, _)| found.contains(name)).unwrap();
    Message::parse(raw).unwrap()
}

/// RFC 4475 §3.1.1.1: everything the short tortuous INVITE says is understood.
#[test]
fn the_tortuous_invite_is_understood() {
    let message = named("wsinv");
    assert_eq!(message.to_tag(), Some(&b"1918181833n"[..]));
    assert_eq!((message.from_tag(), message.max_forwards()), (Some(&b"98asjd8"[..]), Some(68)));
    assert_eq!(message.cseq().map(|c| c.number), Some(9));
    let vias: Vec<_> = message.vias().map(|v| (v.unwrap().host, v.unwrap().branch().unwrap())).collect();
    assert_eq!(
        vias,
        [
            (&b"192.0.2.2"[..], &b"390skdjuw"[..]),
            (b"spindle.example.com", b"z9hG4bK9ikj8"),
            (b"192.168.255.111", b"z9hG4bK30239")
        ]
    );
    assert!(message.routes().all(|route| route.unwrap().is_loose()));
    assert_eq!(message.header(HeaderName::Subject), Some(&b""[..]));
    assert_eq!(message.body().len(), 150);
}

/// RFC 4475 §3.1.1.4: a NUL in the user part does not end it.
#[test]
fn escaped_nulls_make_two_contacts() {
    let message = named("escnull");
    let keys: Vec<_> = message
        .contacts()
        .map(|contact| match contact.unwrap() {
            sip_message::header::Contact::Address(address) => address.parse_uri().unwrap().aor_key().unwrap(),
            sip_message::header::Contact::Star => panic!("no star here"),
        })
        .collect();
    assert_eq!(keys, [b"\0@host5.example.com".to_vec(), b"\0\0@host5.example.com".to_vec()]);
}

/// RFC 4475 §3.1.2.13: a bare Contact with headers in it is malformed, and only that.
#[test]
fn a_contact_that_needs_brackets_is_malformed() {
    assert!(named("regbadct").contacts().all(|contact| contact.is_err()));
    assert!(named("regescrt").contacts().all(|contact| contact.is_ok()));
}
