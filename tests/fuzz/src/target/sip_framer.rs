//! Streams: chunks do not matter, and a framed message is as long as the parsed one.

use bytes::Bytes;
use sip_message::{Fault, Framed, Framer, Limits, Message};

/// Holds one input, taken as a whole stream, against the invariants.
pub fn run(input: &[u8]) {
    for limits in [Limits::default(), Limits { message: 700, headers: 12, line: 120 }] {
        let whole = frame(std::iter::once(input), &limits);
        assert_eq!(frame(input.chunks(1), &limits), whole, "byte by byte");
        let size = 1 + input.len() % 97;
        assert_eq!(frame(input.chunks(size), &limits), whole, "{size} bytes a chunk");
        for framed in whole.0 {
            let Framed::Message(bytes) = framed else { continue };
            agree(&bytes, &limits);
        }
    }
}

fn agree(bytes: &Bytes, limits: &Limits) {
    match Message::parse_with(bytes.clone(), limits) {
        Ok(message) => assert_eq!(message.as_bytes(), bytes),
        Err(error) => {
            let framing = [Fault::BodyCutShort, Fault::HeadUnfinished, Fault::BareLineEnd, Fault::ContentLengthMissing];
            assert!(!framing.contains(&error.fault), "{:?} in a framed message", error.fault);
        }
    }
}

fn frame<'a>(chunks: impl Iterator<Item = &'a [u8]>, limits: &Limits) -> (Vec<Framed>, Option<Fault>) {
    let mut framer = Framer::new(*limits);
    let mut found = Vec::new();
    for chunk in chunks {
        framer.push(chunk);
        loop {
            match framer.next() {
                Ok(Some(framed)) => found.push(framed),
                Ok(None) => break,
                Err(error) => {
                    let _ = error.answerable().map(Message::top_via);
                    return (found, Some(error.fault));
                }
            }
        }
        // A line end is held until the byte behind it has come.
        assert!(framer.pending() <= limits.message + 2);
    }
    (found, None)
}
