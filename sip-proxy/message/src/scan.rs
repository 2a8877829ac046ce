//! The one function that finds header lines and the end of a message. Datagrams and streams both go through it, so
//! the length that a stream is cut to is always the length that the parser takes.
//!
//! It can be stopped at any byte and continued when more has come, and looks at every byte once.
//!
//! RFC 3261 §7.3.1 (lines and folding), §18.3 (framing), §20.14 (Content-Length).

use crate::fault::Fault;
use crate::header::HeaderName;
use crate::parse::Limits;
use crate::text::{is_lws, is_token, number, trim_end};
use smallvec::SmallVec;

/// Where a header line is. Offsets but the first are from the line's start.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line {
    pub(crate) start: u32,
    pub(crate) len: u16,
    pub(crate) name_len: u16,
    pub(crate) value_at: u16,
    pub(crate) value_len: u16,
    pub(crate) name: HeaderName,
}

impl Line {
    pub(crate) fn start(&self) -> usize {
        self.start as usize
    }

    /// Behind the line's CRLF.
    pub(crate) fn end(&self) -> usize {
        self.start as usize + usize::from(self.len)
    }

    pub(crate) fn value_start(&self) -> usize {
        self.start as usize + usize::from(self.value_at)
    }

    pub(crate) fn value_end(&self) -> usize {
        self.value_start() + usize::from(self.value_len)
    }
}

/// No such header.
const NONE: u16 = u16::MAX;

/// The index of the first line of each header that the parser checks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Firsts {
    pub(crate) via: u16,
    pub(crate) from: u16,
    pub(crate) to: u16,
    pub(crate) call_id: u16,
    pub(crate) cseq: u16,
    pub(crate) max_forwards: u16,
}

impl Firsts {
    fn slot(&mut self, name: HeaderName) -> Option<&mut u16> {
        Some(match name {
            HeaderName::Via => &mut self.via,
            HeaderName::From => &mut self.from,
            HeaderName::To => &mut self.to,
            HeaderName::CallId => &mut self.call_id,
            HeaderName::CSeq => &mut self.cseq,
            HeaderName::MaxForwards => &mut self.max_forwards,
            _ => return None,
        })
    }
}

/// The header lines of one message.
#[derive(Clone, Debug)]
pub(crate) struct Scan {
    pub(crate) lines: SmallVec<[Line; 32]>,
    pub(crate) firsts: Firsts,
    /// The start line's length without its CRLF; 0 until it is found.
    pub(crate) start_len: usize,
    /// Behind the empty line; 0 until it is found.
    pub(crate) body_at: usize,
    pub(crate) content_length: Option<u32>,
    /// A fault that does not keep the scan from going on.
    pub(crate) fault: Option<Fault>,
    /// A fault after which nobody can say how long the body is.
    pub(crate) unframed: Option<Fault>,
    position: usize,
    line_start: usize,
}

impl Scan {
    pub(crate) fn new() -> Scan {
        Scan {
            lines: SmallVec::new(),
            firsts: Firsts { via: NONE, from: NONE, to: NONE, call_id: NONE, cseq: NONE, max_forwards: NONE },
            start_len: 0,
            body_at: 0,
            content_length: None,
            fault: None,
            unframed: None,
            position: 0,
            line_start: 0,
        }
    }

    /// Goes on to the end of the head or of the bytes. `Ok(true)`: the head is complete. An error ends the scan.
    pub(crate) fn run(&mut self, bytes: &[u8], limits: &Limits) -> Result<bool, Fault> {
        loop {
            let Some(found) = memchr::memchr2(b'\r', b'\n', &bytes[self.position..]) else {
                self.position = bytes.len();
                self.check_length(self.position, limits)?;
                return Ok(false);
            };
            let at = self.position + found;
            self.check_length(at, limits)?;
            let (first, second, third) = (bytes[at], bytes.get(at + 1), bytes.get(at + 2));
            if first == b'\n' || second.is_some_and(|b| *b != b'\n') {
                return Err(Fault::BareLineEnd);
            }
            if second.is_some() && at == self.line_start {
                self.body_at = at + 2;
                return Ok(true);
            }
            match third {
                None => {
                    self.position = at;
                    return Ok(false);
                }
                // RFC 3261 §7.3.1: a line that begins with white space continues the one before.
                Some(b' ' | b'\t') => self.position = at + 2,
                Some(_) => {
                    self.end_line(bytes, at, limits)?;
                    self.position = at + 2;
                    self.line_start = at + 2;
                }
            }
        }
    }

    /// The length of the whole message once the head is complete; without a Content-Length the body has no end.
    pub(crate) fn total(&self) -> Option<usize> {
        self.content_length.map(|len| self.body_at.saturating_add(len as usize))
    }

    pub(crate) fn first(&self, index: u16) -> Option<&Line> {
        self.lines.get(usize::from(index))
    }

    /// Whether a byte at `at` is still within the limits. The limit that is met first counts, wherever a chunk ends.
    fn check_length(&self, at: usize, limits: &Limits) -> Result<(), Fault> {
        let line_end = self.line_start + limits.line();
        if at <= line_end.min(limits.message) {
            Ok(())
        } else if limits.message < line_end {
            Err(Fault::MessageTooLarge)
        } else if self.line_start == 0 {
            Err(Fault::StartLineTooLong)
        } else {
            Err(Fault::LineTooLong)
        }
    }

    fn end_line(&mut self, bytes: &[u8], end: usize, limits: &Limits) -> Result<(), Fault> {
        if self.start_len == 0 {
            self.start_len = end;
            return Ok(());
        }
        if self.lines.len() >= limits.headers() {
            return Err(Fault::TooManyHeaders);
        }
        let start = self.line_start;
        let text = &bytes[start..end];
        let (colon, fault) = match memchr::memchr(b':', text) {
            Some(colon) => (colon, None),
            None => (text.len() - 1, Some(Fault::HeaderWithoutColon)),
        };
        // RFC 3261 §7.3.1: white space may stand between the name and the colon.
        let name_text = trim_end(&text[..colon]);
        let name = HeaderName::from_bytes(name_text);
        let fault =
            fault.or_else(|| (name == HeaderName::Other && !is_token(name_text)).then_some(Fault::HeaderNameMalformed));
        if fault.is_some() {
            self.fault = self.fault.or(fault);
        }
        let mut value_at = colon + 1;
        while value_at < text.len() && is_lws(text[value_at]) {
            value_at += 1;
        }
        let mut value_end = text.len();
        while value_end > value_at && is_lws(text[value_end - 1]) {
            value_end -= 1;
        }
        let value = &text[value_at..value_end];
        self.lines.push(Line {
            start: offset(start),
            len: short(text.len() + 2),
            name_len: short(name_text.len()),
            value_at: short(value_at),
            value_len: short(value.len()),
            name,
        });
        self.note(name, value);
        Ok(())
    }

    /// Notes what the parser and the framer need of a header.
    fn note(&mut self, name: HeaderName, value: &[u8]) {
        let index = short(self.lines.len() - 1);
        if name == HeaderName::ContentLength {
            match (number(value), self.content_length) {
                (None, _) => self.unframed = self.unframed.or(Some(Fault::ContentLengthMalformed)),
                // RFC 4475 §3.3.9: of two that differ neither can be believed.
                (Some(new), Some(old)) if new != old => {
                    self.unframed = self.unframed.or(Some(Fault::ContentLengthsDiffer));
                }
                (new, _) => self.content_length = new,
            }
        } else if let Some(slot) = self.firsts.slot(name) {
            if *slot == NONE {
                *slot = index;
            } else if name != HeaderName::Via {
                self.fault.get_or_insert(Fault::Repeated(name));
            }
        }
    }
}

/// Lines are no longer than [`Limits::line`] allows, which fits.
fn short(len: usize) -> u16 {
    u16::try_from(len).unwrap_or(u16::MAX)
}

/// Messages are no longer than [`Limits::message`] allows, which fits.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
