//! The one function that finds header lines and the end of a message. Datagrams and streams both go through it, so
//! the length that a stream is cut to is always the length that the parser takes.
//!
//! It can be stopped at any byte and continued when more has come, and looks at every byte once.
//!
//! RFC 3261 §7.3.1 (lines and folding), §18.3 (framing), §20.14 (Content-Length).

use crate::fault::Fault;
use crate::header::{HeaderName, name_at};
use crate::parse::Limits;
use crate::text::{is_token, number, trim_end, trim_start};
use crate::words::{find, find_line_end};
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

/// The index of the first line of each header.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Firsts([u16; HeaderName::COUNT]);

impl Firsts {
    const EMPTY: Firsts = Firsts([NONE; HeaderName::COUNT]);

    #[inline]
    fn of(&self, name: HeaderName) -> u16 {
        self.0[name as usize]
    }
}

/// The header lines of one message.
#[derive(Clone, Debug)]
pub(crate) struct Scan {
    pub(crate) lines: SmallVec<[Line; 32]>,
    firsts: Firsts,
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
            firsts: Firsts::EMPTY,
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
            let rest = bytes.get(self.position..).unwrap_or_default();
            let Some(found) = find_line_end(rest) else {
                self.position = bytes.len();
                self.check_length(self.position, limits)?;
                return Ok(false);
            };
            let at = self.position + found;
            self.check_length(at, limits)?;
            match rest.get(found..) {
                // RFC 3261 §7.3.1: a line that begins with white space continues the one before.
                Some([b'\r', b'\n', b' ' | b'\t', ..]) if at > self.line_start => self.position = at + 2,
                Some([b'\r', b'\n', _, ..]) if at > self.line_start => {
                    self.end_line(bytes, at, limits)?;
                    self.position = at + 2;
                    self.line_start = at + 2;
                }
                Some([b'\r', b'\n', ..]) if at == self.line_start => {
                    self.body_at = at + 2;
                    return Ok(true);
                }
                Some([b'\r', b'\n'] | [b'\r']) => {
                    self.position = at;
                    return Ok(false);
                }
                _ => return Err(Fault::BareLineEnd),
            }
        }
    }

    /// The length of the whole message once the head is complete; without a Content-Length the body has no end.
    pub(crate) fn total(&self) -> Option<usize> {
        self.content_length.map(|len| self.body_at.saturating_add(len as usize))
    }

    /// The first line of that name.
    #[inline]
    pub(crate) fn first(&self, name: HeaderName) -> Option<&Line> {
        self.lines.get(self.first_index(name))
    }

    /// The index of the first line of that name, or one behind all lines.
    #[inline]
    pub(crate) fn first_index(&self, name: HeaderName) -> usize {
        usize::from(self.firsts.of(name)).min(self.lines.len())
    }

    /// Whether a byte at `at` is still within the limits. The limit that is met first counts, wherever a chunk ends.
    #[inline]
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

    #[inline]
    fn end_line(&mut self, bytes: &[u8], end: usize, limits: &Limits) -> Result<(), Fault> {
        if self.start_len == 0 {
            self.start_len = end;
            return Ok(());
        }
        if self.lines.len() >= limits.headers() {
            return Err(Fault::TooManyHeaders);
        }
        let line = read_line(bytes, self.line_start, end, &mut self.fault);
        self.note(&line, bytes);
        self.lines.push(line);
        Ok(())
    }

    /// Notes what the parser and the framer need of the header that becomes the next line.
    #[inline]
    fn note(&mut self, line: &Line, bytes: &[u8]) {
        let name = line.name;
        let first = &mut self.firsts.0[name as usize];
        if *first == NONE {
            *first = short(self.lines.len());
        } else if name.is_single() {
            self.fault = self.fault.or(Some(Fault::Repeated(name)));
        }
        if name == HeaderName::ContentLength {
            let value = &bytes[line.value_start()..line.value_end()];
            match (number(value), self.content_length) {
                (None, _) => self.unframed = self.unframed.or(Some(Fault::ContentLengthMalformed)),
                // RFC 4475 §3.3.9: of two that differ neither can be believed.
                (Some(new), Some(old)) if new != old => {
                    self.unframed = self.unframed.or(Some(Fault::ContentLengthsDiffer));
                }
                (new, _) => self.content_length = new,
            }
        }
    }
}

/// Reads the line from `start` to the CR at `end`.
#[inline]
fn read_line(bytes: &[u8], start: usize, end: usize, fault: &mut Option<Fault>) -> Line {
    let text = &bytes[start..end];
    let known = match bytes[start..].first_chunk() {
        Some(beginning) => name_at(beginning),
        None => None,
    };
    let (name, name_len, colon) = match known {
        Some((name, len)) => (name, len, len),
        None => unusual_name(text, fault),
    };
    let value = match text.get(colon + 1..) {
        Some([b' ', value @ ..]) => value,
        value => value.unwrap_or_default(),
    };
    let value = trim_start(value);
    let value_at = text.len() - value.len();
    Line {
        start: offset(start),
        len: short(text.len() + 2),
        name_len: short(name_len),
        value_at: short(value_at),
        value_len: short(trim_end(value).len()),
        name,
    }
}

/// The name of a line that does not begin with a known name and a colon, its length, and where the colon is. A line
/// without a colon has its last byte taken for one.
#[cold]
fn unusual_name(text: &[u8], fault: &mut Option<Fault>) -> (HeaderName, usize, usize) {
    let colon = find(text, b':');
    let end = colon.unwrap_or(text.len().saturating_sub(1));
    // RFC 3261 §7.3.1: white space may stand between the name and the colon.
    let name_text = trim_end(&text[..end]);
    let name = HeaderName::from_bytes(name_text);
    if colon.is_none() {
        fault.get_or_insert(Fault::HeaderWithoutColon);
    } else if name == HeaderName::Other && !is_token(name_text) {
        fault.get_or_insert(Fault::HeaderNameMalformed);
    }
    (name, name_text.len(), end)
}

/// Lines are no longer than [`Limits::line`] allows, which fits.
fn short(len: usize) -> u16 {
    len as u16
}

/// Messages are no longer than [`Limits::message`] allows, which fits.
fn offset(at: usize) -> u32 {
    at as u32
}
