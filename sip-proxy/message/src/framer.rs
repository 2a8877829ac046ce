//! A stream cut into messages, with the same scanner that the parser uses.
//!
//! RFC 3261 §18.3 (Content-Length ends a message on a stream), §7.5 (line ends between messages);
//! RFC 5626 §3.5.1 (a double CRLF is a ping).

use crate::fault::{Fault, ParseError};
use crate::message::Message;
use crate::parse::Limits;
use crate::scan::Scan;
use bytes::{Buf, Bytes, BytesMut};

/// What was found on a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Framed {
    /// The bytes of one message, for [`Message::parse`].
    Message(Bytes),
    /// A double CRLF between messages: the peer asks for a single CRLF back.
    Ping,
}

/// Cuts one stream. After an error it gives nothing more: the connection is to be closed.
#[derive(Debug)]
pub struct Framer {
    buffer: BytesMut,
    scan: Option<Scan>,
    half_ping: bool,
    broken: bool,
    limits: Limits,
}

impl Framer {
    /// A framer for a new stream.
    pub fn new(limits: Limits) -> Framer {
        Framer { buffer: BytesMut::new(), scan: None, half_ping: false, broken: false, limits }
    }

    /// Takes bytes as they came. What may be held is bounded as long as [`Framer::next`] is called until it has
    /// nothing more before the next bytes are put in.
    pub fn push(&mut self, bytes: &[u8]) {
        if !self.broken {
            self.buffer.extend_from_slice(bytes);
        }
    }

    /// The bytes held back for a message that is not complete.
    pub fn pending(&self) -> usize {
        self.buffer.len()
    }

    /// A line end that came was an answer: it is not the first half of a ping.
    pub fn forget_half(&mut self) {
        self.half_ping = false;
    }

    /// The next message or ping; `None` until more bytes come. An error names the fault, and carries the head of the
    /// message as far as it could be read, so that a request can be answered before the connection is closed.
    #[expect(clippy::should_implement_trait, reason = "an iterator would end where this one only waits")]
    pub fn next(&mut self) -> Result<Option<Framed>, ParseError> {
        if self.broken {
            return Ok(None);
        }
        if self.scan.is_none() && self.between_messages()? {
            return Ok(Some(Framed::Ping));
        }
        if self.scan.is_none() && self.buffer.len() < 2 && self.buffer.first().is_none_or(|b| *b == b'\r') {
            return Ok(None);
        }
        let scan = self.scan.get_or_insert_with(Scan::new);
        if scan.body_at == 0 {
            match scan.run(&self.buffer, &self.limits) {
                Ok(true) => {}
                Ok(false) => return Ok(None),
                Err(fault) => return Err(self.fail(fault)),
            }
        }
        let (unframed, total) = (scan.unframed, scan.total());
        match (unframed, total) {
            (Some(fault), _) => Err(self.fail(fault)),
            (None, None) => Err(self.fail(Fault::ContentLengthMissing)),
            (None, Some(total)) if total > self.limits.message => Err(self.fail(Fault::MessageTooLarge)),
            (None, Some(total)) if total > self.buffer.len() => {
                self.buffer.reserve(total - self.buffer.len());
                Ok(None)
            }
            (None, Some(total)) => {
                self.scan = None;
                Ok(Some(Framed::Message(self.buffer.split_to(total).freeze())))
            }
        }
    }

    /// Takes line ends off the front; every second one makes a ping.
    fn between_messages(&mut self) -> Result<bool, ParseError> {
        while self.buffer.starts_with(b"\r\n") {
            self.buffer.advance(2);
            self.half_ping = !self.half_ping;
            if !self.half_ping {
                return Ok(true);
            }
        }
        if self.buffer.first().is_some_and(|b| *b == b'\n') || (self.buffer.len() > 1 && self.buffer[0] == b'\r') {
            return Err(self.fail(Fault::BareLineEnd));
        }
        if self.buffer.first().is_some_and(|b| *b != b'\r') {
            self.half_ping = false;
        }
        Ok(false)
    }

    fn fail(&mut self, fault: Fault) -> ParseError {
        self.broken = true;
        let head_len = self.scan.take().map_or(0, |scan| scan.body_at);
        let mut bytes = std::mem::take(&mut self.buffer);
        if head_len > 0 {
            bytes.truncate(head_len);
        }
        // Of a head without a believable end of its body, the parser reads what it can; the fault is the framer's.
        let message = match Message::parse_with(bytes.freeze(), &self.limits) {
            Ok(message) => Some(Box::new(message)),
            Err(error) => error.message,
        };
        ParseError { fault, message }
    }
}

impl Default for Framer {
    fn default() -> Framer {
        Framer::new(Limits::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "OPTIONS sip:h SIP/2.0\r\nVia: SIP/2.0/TCP a;branch=z9hG4bK1\r\nFrom: <sip:a@h>;tag=1\r\n\
                        To: <sip:b@h>\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\n";

    fn message(more: &str) -> Vec<u8> {
        format!("{HEAD}{more}").into_bytes()
    }

    fn all(framer: &mut Framer) -> Vec<Framed> {
        std::iter::from_fn(|| framer.next().unwrap()).collect()
    }

    fn fault_of(bytes: &[u8]) -> ParseError {
        let mut framer = Framer::default();
        framer.push(bytes);
        framer.next().unwrap_err()
    }

    #[test]
    fn a_space_before_the_colon_of_content_length_hides_no_second_request() {
        let smuggled = message("Content-Length : 90\r\n\r\n");
        let mut stream = smuggled.clone();
        stream.extend_from_slice(&[b'x'; 90]);
        let mut framer = Framer::default();
        framer.push(&stream);
        assert_eq!(all(&mut framer), [Framed::Message(Bytes::from(stream))]);
        assert_eq!(framer.pending(), 0);
    }

    #[test]
    fn messages_come_out_whole_whatever_the_pieces() {
        let one = message("l: 4\r\n\r\nbody");
        let stream = [&b"\r\n"[..], &one, &b"\r\n\r\n"[..], &one].concat();
        let mut whole = Framer::default();
        whole.push(&stream);
        let wanted = all(&mut whole);
        assert_eq!(wanted.len(), 3);
        assert_eq!(wanted[1], Framed::Ping);
        let mut bytewise = Framer::default();
        let mut got = Vec::new();
        for byte in &stream {
            bytewise.push(&[*byte]);
            got.extend(all(&mut bytewise));
        }
        assert_eq!(got, wanted);
    }

    /// RFC 5626 §3.5.1: a double CRLF is a ping, a single one is nothing.
    #[test]
    fn two_line_ends_are_a_ping_and_one_is_none() {
        let mut framer = Framer::default();
        framer.push(b"\r\n");
        assert_eq!(all(&mut framer), []);
        framer.push(b"\r\n");
        assert_eq!(all(&mut framer), [Framed::Ping]);
    }

    #[test]
    fn a_request_without_content_length_is_answerable_and_ends_the_stream() {
        let error = fault_of(&message("\r\n"));
        assert_eq!(error.fault, Fault::ContentLengthMissing);
        assert_eq!(error.answerable().map(Message::call_id), Some(&b"c"[..]));
    }

    #[test]
    fn content_lengths_that_nobody_can_believe_end_the_stream() {
        for odd in ["+0", "0x0", "five", "1 2", "", "18446744073709551616", "-1"] {
            let error = fault_of(&message(&format!("Content-Length: {odd}\r\n\r\n")));
            assert_eq!(error.fault, Fault::ContentLengthMalformed, "{odd}");
            assert!(error.answerable().is_some());
        }
        assert_eq!(fault_of(&message("l: 1\r\nl: 2\r\n\r\n")).fault, Fault::ContentLengthsDiffer);
        assert_eq!(fault_of(&message("l: 70000\r\n\r\n")).fault, Fault::MessageTooLarge);
    }

    #[test]
    fn garbage_is_held_only_up_to_the_limits() {
        assert_eq!(fault_of(&vec![b'a'; 17_000]).fault, Fault::StartLineTooLong);
        let endless = format!("{HEAD}{}", "X: y\r\n".repeat(300));
        assert_eq!(fault_of(endless.as_bytes()).fault, Fault::TooManyHeaders);
        let wide = format!("{HEAD}{}", format!("X: {}\r\n", "a".repeat(16_000)).repeat(5));
        assert_eq!(fault_of(wide.as_bytes()).fault, Fault::MessageTooLarge);
        assert_eq!(fault_of(b"OPTIONS sip:h SIP/2.0\n").fault, Fault::BareLineEnd);
    }

    #[test]
    fn the_limit_that_is_met_first_counts_whatever_the_chunks() {
        let stream = format!("{HEAD}X: {}\r\n", "a".repeat(100));
        let limits = Limits { message: HEAD.len() + 50, headers: 20, line: 60 };
        for size in [1, 7, stream.len()] {
            let mut framer = Framer::new(limits);
            let found = stream.as_bytes().chunks(size).find_map(|chunk| {
                framer.push(chunk);
                framer.next().err()
            });
            assert_eq!(found.map(|error| error.fault), Some(Fault::MessageTooLarge), "{size}");
        }
    }

    #[test]
    fn nothing_comes_after_an_error() {
        let mut framer = Framer::default();
        framer.push(b"\n");
        assert!(framer.next().is_err());
        framer.push(&message("l: 0\r\n\r\n"));
        assert_eq!((framer.next().unwrap(), framer.pending()), (None, 0));
    }
}
