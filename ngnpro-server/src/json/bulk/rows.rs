//! From a stream of bytes to rows: lines of NDJSON, records of CSV (RFC 4180), each with the line that it begins at.
//!
//! A row may be so long and no longer: what is too long is passed over and refused, and the next row is read as if nothing had
//! been. Nothing here knows what a row means.

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A JSON object a line.
    Ndjson,
    /// Comma-separated values below a row of names.
    Csv,
}

impl Format {
    /// The format of a media type.
    pub(super) fn of_media_type(media_type: &str) -> Option<Self> {
        let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match essence.as_str() {
            "application/x-ndjson" | "application/ndjson" | "application/jsonl" | "application/x-jsonlines" => {
                Some(Self::Ndjson)
            }
            "text/csv" => Some(Self::Csv),
            _ => None,
        }
    }

    /// The format of a name such as `csv`.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        match name {
            "ndjson" | "jsonl" => Some(Self::Ndjson),
            "csv" => Some(Self::Csv),
            _ => None,
        }
    }

    /// Its media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Ndjson => "application/x-ndjson",
            Self::Csv => "text/csv; charset=utf-8; header=present",
        }
    }
}

/// A row as it was sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Raw {
    /// The line that it begins at, from 1.
    pub(super) line: u64,
    /// Its text without the end of the line, or why it is none.
    pub(super) text: Result<String, &'static str>,
}

/// Cuts a stream into rows.
#[derive(Debug)]
pub(super) struct Rows {
    format: Format,
    max: usize,
    /// What the row under way has so far.
    kept: Vec<u8>,
    /// The line that it began at, and the one that is being read.
    begun: u64,
    line: u64,
    /// Inside of quotation marks a line's end is part of the row.
    quoted: bool,
    too_long: bool,
}

impl Rows {
    pub(super) const fn new(format: Format, max: usize) -> Self {
        Self { format, max, kept: Vec::new(), begun: 1, line: 1, quoted: false, too_long: false }
    }

    /// Takes bytes; the rows that are complete with them.
    pub(super) fn push(&mut self, bytes: &[u8], rows: &mut Vec<Raw>) {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            if self.kept.len() + piece.len() > self.max {
                self.too_long = true;
                self.kept.clear();
            }
            if !self.too_long {
                self.kept.extend_from_slice(piece);
            }
            let marks = piece.iter().filter(|byte| **byte == b'"').count();
            self.quoted ^= self.format == Format::Csv && marks % 2 == 1;
            if piece.ends_with(b"\n") {
                self.line += 1;
                if !self.quoted {
                    self.cut(rows);
                }
            }
        }
    }

    /// The end of the stream: the last row needs no line's end.
    pub(super) fn end(mut self, rows: &mut Vec<Raw>) {
        if self.quoted {
            rows.push(Raw { line: self.begun, text: Err("a quotation mark is not closed") });
        } else {
            self.cut(rows);
        }
    }

    fn cut(&mut self, rows: &mut Vec<Raw>) {
        let line = std::mem::replace(&mut self.begun, self.line);
        let bytes = std::mem::take(&mut self.kept);
        if std::mem::take(&mut self.too_long) {
            rows.push(Raw { line, text: Err("the row exceeds the limit for its size") });
            return;
        }
        let bytes = if line == 1 { bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes) } else { &bytes };
        match std::str::from_utf8(bytes) {
            Ok(text) => {
                let text = text.trim_end_matches(['\r', '\n']);
                if !text.trim().is_empty() {
                    rows.push(Raw { line, text: Ok(text.to_owned()) });
                }
            }
            Err(_) => rows.push(Raw { line, text: Err("the row is not in UTF-8") }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rows of a text that comes in pieces of so many bytes, as `line:text`.
    fn rows(format: Format, text: &[u8], piece: usize) -> Vec<String> {
        let mut found = Vec::new();
        let mut rows = Rows::new(format, 40);
        for piece in text.chunks(piece) {
            rows.push(piece, &mut found);
        }
        rows.end(&mut found);
        let text = |raw: &Raw| raw.text.clone().unwrap_or_else(str::to_owned);
        found.iter().map(|raw| format!("{}:{}", raw.line, text(raw))).collect()
    }

    #[test]
    fn rows_are_the_same_whatever_pieces_they_come_in() {
        let text = "\u{feff}{\"a\": 1}\r\n\n  \n{\"b\": \"ü\"}\nlast".as_bytes();
        for piece in 1..text.len() {
            assert_eq!(rows(Format::Ndjson, text, piece), ["1:{\"a\": 1}", "4:{\"b\": \"ü\"}", "5:last"], "{piece}");
        }
    }

    #[test]
    fn a_line_s_end_between_quotation_marks_is_part_of_the_row() {
        let text = b"a,b\n\"x\ny\",\"said \"\"no\"\"\n\"\nz,1\n";
        for piece in 1..text.len() {
            let found = rows(Format::Csv, text, piece);
            assert_eq!(found, ["1:a,b", "2:\"x\ny\",\"said \"\"no\"\"\n\"", "5:z,1"], "{piece}");
        }
        assert_eq!(rows(Format::Csv, b"a\n\"b\nc\n", 3), ["1:a", "2:a quotation mark is not closed"]);
    }

    #[test]
    fn a_row_that_is_too_long_is_passed_over_and_the_next_one_is_read() {
        let text = [b"one\n".as_slice(), &[b'x'; 100], b"\nthree\n\xff\nfive"].concat();
        let wanted =
            ["1:one", "2:the row exceeds the limit for its size", "3:three", "4:the row is not in UTF-8", "5:five"];
        assert_eq!(rows(Format::Ndjson, &text, 1000), wanted);
        assert_eq!(rows(Format::Ndjson, &text, 7), wanted);
    }
}
