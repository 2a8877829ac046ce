//! What holds of every message: edits change what they say and nothing else, the framer and the parser agree about
//! where a message ends, and no chunk of a stream matters.

#![expect(clippy::unwrap_used, reason = "what is checked here may fail")]

use bytes::Bytes;
use proptest::prelude::*;
use sip_message::{Framed, Framer, HeaderName, Limits, Message, Rewrite};

/// White space that may stand between a header's parts.
fn spacing() -> impl Strategy<Value = String> {
    prop_oneof![Just(""), Just(" "), Just("  \t"), Just("\r\n "), Just(" \r\n\t ")].prop_map(str::to_owned)
}

fn via() -> impl Strategy<Value = String> {
    (spacing(), "[a-z]{1,8}", spacing(), "[a-zA-Z0-9]{1,12}", any::<bool>()).prop_map(|(a, host, b, branch, rport)| {
        format!("SIP/2.0/UDP {host}{a};{b}branch=z9hG4bK{branch}{}", if rport { ";rport" } else { "" })
    })
}

/// Lines that no edit of these tests looks at.
fn other_line() -> impl Strategy<Value = String> {
    prop_oneof![
        ("X-[A-Za-z]{1,8}", spacing(), "[ -~]{0,40}").prop_map(|(name, s, value)| format!("{name}:{s}{value}\r\n")),
        "[\u{e0}-\u{ff}]{1,9}".prop_map(|text| format!("Subject : {text}\r\n")),
        spacing().prop_map(|s| format!("k: a{s},{s}b,,c\r\n")),
    ]
}

prop_compose! {
    fn request()(
        vias in prop::collection::vec(via(), 1..4),
        joined in any::<bool>(),
        before in prop::collection::vec(other_line(), 0..4),
        after in prop::collection::vec(other_line(), 0..4),
        routes in 0usize..4,
        hops in prop::option::of(0u8..=255),
        s in spacing(),
        body in prop::collection::vec(any::<u8>(), 0..60),
    ) -> Vec<u8> {
        let mut text = "INVITE sip:bob@example.com SIP/2.0\r\n".to_owned();
        text.extend(before);
        if joined {
            text += &format!("v :{s}{}\r\n", vias.join(" , "));
        } else {
            text.extend(vias.iter().map(|via| format!("Via: {via}{s}\r\n")));
        }
        text += &format!("From: \"A, \\\"b\" <sip:a@h>{s};tag=1\r\nt:{s}<sip:b@h>\r\ni: c\r\nCSeq: 1{s} INVITE\r\n");
        text.extend((0..routes).map(|i| format!("Route: <sip:r{i};lr>\r\n")));
        text.extend(hops.map(|hops| format!("Max-Forwards:{s}{hops}\r\n")));
        text.extend(after);
        text += &format!("Content-Length : {}\r\n\r\n", body.len());
        let mut raw = text.into_bytes();
        raw.extend(body);
        raw
    }
}

fn parse(raw: &[u8]) -> Message {
    Message::parse(Bytes::copy_from_slice(raw)).unwrap()
}

fn edited(message: &Message, edit: impl FnOnce(&mut Rewrite<'_>)) -> Message {
    let mut rewrite = Rewrite::new(message);
    edit(&mut rewrite);
    let mut out = Vec::new();
    rewrite.render(&mut out);
    parse(&out)
}

/// Name and value of every line, but for those of the given names.
fn lines_but<'a>(message: &'a Message, names: &'a [HeaderName]) -> Vec<(&'a [u8], &'a [u8])> {
    message.headers().filter(|h| !names.contains(&h.name)).map(|h| (h.name_text, h.value)).collect()
}

fn vias(message: &Message) -> Vec<Vec<u8>> {
    message.values(HeaderName::Via).map(<[u8]>::to_vec).collect()
}

/// What a stream of chunks gives, and the fault that ended it.
fn frame<'a>(chunks: impl Iterator<Item = &'a [u8]>, limits: Limits) -> (Vec<Framed>, Option<sip_message::Fault>) {
    let mut framer = Framer::new(limits);
    let mut found = Vec::new();
    for chunk in chunks {
        framer.push(chunk);
        loop {
            match framer.next() {
                Ok(Some(framed)) => found.push(framed),
                Ok(None) => break,
                Err(error) => return (found, Some(error.fault)),
            }
        }
    }
    (found, None)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_hop_changes_what_it_says_and_nothing_else(raw in request(), hops in 0u8..=255, port in 1u16..) {
        let before = parse(&raw);
        let after = edited(&before, |r| {
            r.set_rport(port).set_received([192, 0, 2, 1].into()).set_request_uri("sip:x@192.0.2.9")
                .push_via("SIP/2.0/TCP p;branch=z9hG4bKp").push_record_route("<sip:p;lr>").set_max_forwards(hops);
        });
        let touched = [HeaderName::Via, HeaderName::RecordRoute, HeaderName::MaxForwards];
        prop_assert_eq!(lines_but(&before, &touched), lines_but(&after, &touched));
        prop_assert_eq!(before.body(), after.body());
        prop_assert_eq!(after.request_uri(), b"sip:x@192.0.2.9");
        prop_assert_eq!(after.max_forwards(), Some(hops));
        prop_assert_eq!(after.header(HeaderName::RecordRoute), Some(&b"<sip:p;lr>"[..]));
        prop_assert_eq!(after.branch(), Some(&b"z9hG4bKp"[..]));
        let (old, new) = (vias(&before), vias(&after));
        prop_assert_eq!(old.len() + 1, new.len());
        prop_assert_eq!(&old[1..], &new[2..]);
        let top = sip_message::header::Via::parse(&new[1]).unwrap();
        prop_assert_eq!((top.branch(), top.rport(), top.received()), (before.branch(), Some(port), Some([192, 0, 2, 1].into())));
    }

    #[test]
    fn a_via_that_is_pushed_and_popped_leaves_no_trace(raw in request()) {
        let before = parse(&raw);
        let pushed = edited(&before, |r| { r.push_via("SIP/2.0/UDP p;branch=z9hG4bKp"); });
        let popped = edited(&pushed, |r| { r.pop_via(); });
        prop_assert_eq!(&before.as_bytes()[..], &popped.as_bytes()[..]);
    }

    #[test]
    fn taking_values_away_takes_one_from_the_right_end(raw in request()) {
        let before = parse(&raw);
        let routes = |m: &Message| m.values(HeaderName::Route).map(<[u8]>::to_vec).collect::<Vec<_>>();
        let all = routes(&before);
        let first = edited(&before, |r| { r.remove_first_route(); });
        prop_assert_eq!(&all[all.len().min(1)..], &routes(&first)[..]);
        let last = edited(&before, |r| { r.remove_last_route(); });
        prop_assert_eq!(&all[..all.len().saturating_sub(1)], &routes(&last)[..]);
        if vias(&before).len() > 1 {
            let mut rewrite = Rewrite::new(&before);
            rewrite.pop_via();
            let mut out = Vec::new();
            rewrite.render(&mut out);
            prop_assert_eq!(&vias(&before)[1..], &vias(&parse(&out))[..]);
        }
    }

    #[test]
    fn the_framer_and_the_parser_agree_whatever_the_chunks(
        messages in prop::collection::vec(request(), 1..4),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
    ) {
        let stream = messages.concat();
        let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(stream.len())).collect();
        at.extend([0, stream.len()]);
        at.sort_unstable();
        let chunks = at.windows(2).map(|w| &stream[w[0]..w[1]]);
        let (framed, fault) = frame(chunks, Limits::default());
        prop_assert_eq!(fault, None);
        let wanted: Vec<_> = messages.iter().map(|raw| Framed::Message(parse(raw).as_bytes().clone())).collect();
        prop_assert_eq!(framed, wanted);
    }

    #[test]
    fn chunks_do_not_matter_to_broken_streams_either(
        mut raw in request(),
        at in any::<prop::sample::Index>(),
        junk in prop_oneof![Just("\n"), Just("\r"), Just("\r\n"), Just("\r\n\r\n"), Just(":"), Just("l: 7\r\n"), Just("Content-Length: x\r\n"), Just("\0")],
        cut in any::<prop::sample::Index>(),
        limits in prop_oneof![Just(Limits::default()), Just(Limits { message: 300, headers: 9, line: 60 })],
    ) {
        let at = at.index(raw.len());
        raw.splice(at..at, junk.bytes());
        let whole = frame(std::iter::once(&raw[..]), limits);
        prop_assert_eq!(&frame(raw.chunks(1), limits), &whole);
        let (left, right) = raw.split_at(cut.index(raw.len()));
        prop_assert_eq!(&frame([left, right].into_iter(), limits), &whole);
        // Whatever the framer cuts out, the parser takes whole or not at all.
        for framed in whole.0 {
            let Framed::Message(bytes) = framed else { continue };
            if let Ok(message) = Message::parse_with(bytes.clone(), &limits) {
                prop_assert_eq!(message.as_bytes(), &bytes);
            }
        }
    }

    #[test]
    fn any_bytes_are_parsed_without_a_panic(raw in prop::collection::vec(any::<u8>(), 0..300)) {
        let text = [b"OPTIONS sip:h SIP/2.0\r\nVia:", &raw[..]].concat();
        for bytes in [raw, text] {
            if let Ok(message) = Message::parse(Bytes::from(bytes)) {
                prop_assert!(message.top_via().is_ok() && message.cseq().is_some());
            }
        }
    }
}
