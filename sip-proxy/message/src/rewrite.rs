//! A message on its way: a list of edits over its buffer, rendered in one pass. What no edit touches is copied as it
//! came, odd spacing and folding included.
//!
//! RFC 3261 §16.4, §16.6, §16.7; RFC 3581 §4.

use crate::header::{Credentials, HeaderName};
use crate::message::{Message, Span, Start};
use crate::scan::Line;
use crate::text::{List, offset_in};
use crate::value::{Value, put_ip, put_number};
use bytes::BufMut;
use smallvec::SmallVec;
use std::net::IpAddr;

/// What is written in place of the bytes that an edit deletes.
#[derive(Clone, Debug)]
enum Piece<'a> {
    Nothing,
    Raw(Value<'a>),
    /// A name with its colon and space, a value, and a line end.
    Header(&'static str, Value<'a>),
    Line(Value<'a>, Value<'a>),
    Received(IpAddr),
    Rport(u16),
}

#[derive(Clone, Debug)]
struct Edit<'a> {
    at: usize,
    delete: usize,
    piece: Piece<'a>,
}

/// Edits to a message. Every edit refers to the message as it was received, whatever other edits there are.
#[derive(Clone, Debug)]
pub struct Rewrite<'a> {
    message: &'a Message,
    edits: SmallVec<[Edit<'a>; 12]>,
}

impl<'a> Rewrite<'a> {
    /// No edits yet.
    pub fn new(message: &'a Message) -> Rewrite<'a> {
        Rewrite { message, edits: SmallVec::new() }
    }

    /// Sets the Request-URI. Nothing happens to a response.
    pub fn set_request_uri(&mut self, uri: impl Into<Value<'a>>) -> &mut Self {
        if let Start::Request { uri: span, .. } = self.message.start {
            self.replace_span(span, Piece::Raw(uri.into()));
        }
        self
    }

    /// Puts a Via above all others.
    pub fn push_via(&mut self, value: impl Into<Value<'a>>) -> &mut Self {
        let at = self.via_run().0;
        self.insert_above(at, Piece::Header("Via: ", value.into()))
    }

    /// Takes the topmost Via away, and only that one of a comma separated list.
    pub fn pop_via(&mut self) -> &mut Self {
        let (scan, top) = (&self.message.scan, self.message.keys.top_via);
        match scan.first(HeaderName::Via) {
            Some(line) if (line.value_start(), line.value_end()) == (top.start(), top.end()) && line.value_len > 0 => {
                self.remove_line(scan.first_index(HeaderName::Via))
            }
            _ => self.remove_first_value(HeaderName::Via),
        }
    }

    /// Sets the `received` parameter of the topmost Via.
    pub fn set_received(&mut self, ip: IpAddr) -> &mut Self {
        self.set_via_param(self.message.keys.via.received, Piece::Received(ip))
    }

    /// Sets the `rport` parameter of the topmost Via.
    pub fn set_rport(&mut self, port: u16) -> &mut Self {
        self.set_via_param(self.message.keys.via.rport, Piece::Rport(port))
    }

    /// Puts a Record-Route above all others.
    pub fn push_record_route(&mut self, value: impl Into<Value<'a>>) -> &mut Self {
        let at = self.first_line(HeaderName::RecordRoute).map_or_else(|| self.via_run().1, Line::start);
        self.insert_above(at, Piece::Header("Record-Route: ", value.into()))
    }

    /// Puts a Route above all others.
    pub fn push_route(&mut self, value: impl Into<Value<'a>>) -> &mut Self {
        let at = self.first_line(HeaderName::Route).map_or_else(|| self.via_run().1, Line::start);
        self.insert_above(at, Piece::Header("Route: ", value.into()))
    }

    /// Takes the first Route value away.
    pub fn remove_first_route(&mut self) -> &mut Self {
        self.remove_first_value(HeaderName::Route)
    }

    /// Takes the last Route value away, as the hop behind a strict router does (RFC 3261 §16.4). Not to be used with
    /// [`Rewrite::remove_first_route`] on a list of two values in one line.
    pub fn remove_last_route(&mut self) -> &mut Self {
        let mut lines = self.message.headers_named(HeaderName::Route).rev();
        let Some(last) = lines.find(|header| List::new(header.value).next().is_some()) else { return self };
        let line = self.message.scan.lines[last.index];
        let items = List::new(last.value);
        let (Some(item), Some(kept)) = (items.clone().last(), items.clone().count().checked_sub(2)) else {
            return self.remove_line(last.index);
        };
        let kept = items.clone().nth(kept).map_or(0, |before| offset_in(last.value, before) + before.len());
        let end = offset_in(last.value, item) + item.len();
        self.edit(line.value_start() + kept, end - kept, Piece::Nothing)
    }

    /// Removes every header line of that name.
    pub fn remove(&mut self, name: HeaderName) -> &mut Self {
        let message = self.message;
        for header in message.headers_named(name) {
            self.remove_line(header.index);
        }
        self
    }

    /// Removes one header line by its index.
    pub fn remove_line(&mut self, index: usize) -> &mut Self {
        match self.message.scan.lines.get(index) {
            Some(line) => self.edit(line.start(), line.end() - line.start(), Piece::Nothing),
            None => self,
        }
    }

    /// Sets a header to one value: the first line's is replaced, further lines are removed, and where there is none a
    /// line is appended.
    pub fn replace(&mut self, name: HeaderName, value: impl Into<Value<'a>>) -> &mut Self {
        let message = self.message;
        let mut lines = message.headers_named(name);
        match lines.next() {
            Some(first) => self.replace_line(first.index, value),
            None => self.append(name.as_str(), value),
        };
        for further in lines {
            self.remove_line(further.index);
        }
        self
    }

    /// Sets the value of one header line by its index.
    pub fn replace_line(&mut self, index: usize, value: impl Into<Value<'a>>) -> &mut Self {
        match self.message.scan.lines.get(index) {
            Some(line) => self.edit(line.value_start(), line.value_len.into(), Piece::Raw(value.into())),
            None => self,
        }
    }

    /// Adds a header line behind all others.
    pub fn append(&mut self, name: impl Into<Value<'a>>, value: impl Into<Value<'a>>) -> &mut Self {
        // The empty line begins two bytes before the body.
        let at = self.message.scan.lines.last().map_or(self.message.scan.start_len + 2, Line::end);
        self.edit(at, 0, Piece::Line(name.into(), value.into()))
    }

    /// Sets Max-Forwards, or adds it (RFC 3261 §16.6 item 3).
    pub fn set_max_forwards(&mut self, hops: u8) -> &mut Self {
        match self.message.scan.first(HeaderName::MaxForwards) {
            Some(line) => self.edit(line.value_start(), line.value_len.into(), Piece::Raw(hops.into())),
            None => {
                let at = self.via_run().1;
                self.edit(at, 0, Piece::Header("Max-Forwards: ", hops.into()))
            }
        }
    }

    /// Adds a Content-Length where there is none, as a stream needs it (RFC 3261 §16.6 item 9).
    pub fn ensure_content_length(&mut self) -> &mut Self {
        if self.message.scan.content_length.is_none() {
            let len = self.message.body().len() as u64;
            self.append("Content-Length", len);
        }
        self
    }

    /// Removes the Digest credentials for one realm, of every line that `name` has, and leaves those for others.
    pub fn remove_credentials(&mut self, name: HeaderName, realm: &str) -> &mut Self {
        let message = self.message;
        for header in message.headers_named(name) {
            let own = Credentials::parse(header.value)
                .is_ok_and(|c| c.is_digest() && c.get("realm").is_some_and(|r| *r == *realm.as_bytes()));
            if own {
                self.remove_line(header.index);
            }
        }
        self
    }

    /// Writes the edited message behind what `out` holds.
    pub fn render(&self, out: &mut impl BufMut) {
        self.render_range(0, self.message.raw.len(), out);
    }

    /// Writes a part of the message, which holds every edit.
    fn render_range(&self, start: usize, end: usize, out: &mut impl BufMut) {
        let raw = &self.message.raw;
        let mut copied = start;
        for edit in &self.edits {
            // Inside what another edit deleted there is nothing left to edit.
            if edit.at < copied {
                continue;
            }
            out.put_slice(&raw[copied..edit.at]);
            edit.piece.write(out);
            copied = edit.at + edit.delete;
        }
        out.put_slice(&raw[copied..end]);
    }

    fn edit(&mut self, at: usize, delete: usize, piece: Piece<'a>) -> &mut Self {
        // What is only inserted comes before what is deleted at the same place, so that it is not deleted with it.
        let before = |e: &Edit<'_>| e.at < at || (e.at == at && (delete > 0 || e.delete == 0));
        let index = self.edits.iter().rposition(before).map_or(0, |i| i + 1);
        self.edits.insert(index, Edit { at, delete, piece });
        self
    }

    /// As `edit`, but before the other edits at that place.
    fn insert_above(&mut self, at: usize, piece: Piece<'a>) -> &mut Self {
        let index = self.edits.iter().position(|e| e.at >= at).unwrap_or(self.edits.len());
        self.edits.insert(index, Edit { at, delete: 0, piece });
        self
    }

    fn replace_span(&mut self, span: Span, piece: Piece<'a>) {
        self.edit(span.start(), span.end() - span.start(), piece);
    }

    fn first_line(&self, name: HeaderName) -> Option<&'a Line> {
        self.message.scan.first(name)
    }

    /// Where the topmost Via lines begin and where they end.
    fn via_run(&self) -> (usize, usize) {
        let scan = &self.message.scan;
        let rest = &scan.lines[scan.first_index(HeaderName::Via)..];
        let mut end = scan.start_len + 2;
        for line in rest.iter().take_while(|line| line.name == HeaderName::Via) {
            end = line.end();
        }
        (rest.first().map_or(end, Line::start), end)
    }

    fn remove_first_value(&mut self, name: HeaderName) -> &mut Self {
        let message = self.message;
        // A line may hold nothing but commas; the first value is on the first line that has one.
        let found = message.headers_named(name).find(|header| List::new(header.value).next().is_some());
        let Some(header) = found else { return self };
        match List::new(header.value).nth(1) {
            None => self.remove_line(header.index),
            Some(second) => {
                let start = message.scan.lines[header.index].value_start();
                self.edit(start, offset_in(header.value, second), Piece::Nothing)
            }
        }
    }

    fn set_via_param(&mut self, found: Option<Span>, piece: Piece<'a>) -> &mut Self {
        match found {
            Some(param) => self.edit(param.start(), param.end() - param.start(), piece),
            None => self.edit(self.message.keys.top_via.end(), 0, piece),
        }
    }
}

impl Piece<'_> {
    fn write(&self, out: &mut impl BufMut) {
        match self {
            Piece::Nothing => {}
            Piece::Raw(value) => value.write(out),
            Piece::Header(name, value) => {
                out.put_slice(name.as_bytes());
                value.write(out);
                out.put_slice(b"\r\n");
            }
            Piece::Line(name, value) => {
                name.write(out);
                out.put_slice(b": ");
                value.write(out);
                out.put_slice(b"\r\n");
            }
            Piece::Received(ip) => {
                out.put_slice(b";received=");
                put_ip(out, *ip);
            }
            Piece::Rport(port) => {
                out.put_slice(b";rport=");
                put_number(out, u64::from(*port));
            }
        }
    }
}

/// Writes the value of the topmost Via line with `received` and `rport` set in its first value.
pub(crate) fn put_via_value(message: &Message, received: Option<IpAddr>, rport: Option<u16>, out: &mut impl BufMut) {
    let Some(line) = message.scan.first(HeaderName::Via) else { return };
    let mut rewrite = Rewrite::new(message);
    if let Some(ip) = received {
        rewrite.set_received(ip);
    }
    if let Some(port) = rport {
        rewrite.set_rport(port);
    }
    rewrite.render_range(line.value_start(), line.value_end(), out);
}
