//! Bytes to characters: which encoding a message is in, and its characters with line ends as XML wants them.
//!
//! XML 1.0 section 4.3.3 and appendix F: a byte order mark decides, then the XML declaration, then the media type's charset,
//! then UTF-8. XML 1.0 section 2.11: CR LF and CR are LF before anything else is looked at. UTF-8, UTF-16, ISO-8859-1 (read as
//! Windows-1252, its superset) and US-ASCII are spoken; any other name is refused.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Why bytes are no characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CharsetError {
    /// The declared name is not spoken.
    Unknown,
    /// The declaration says what the bytes are not.
    Contradiction,
    /// The bytes are not of the encoding.
    Malformed,
}

/// How far into the message the XML declaration may reach.
const DECLARATION_MAX: usize = 256;

/// The characters of a message, without the byte order mark.
pub(crate) fn decode<'a>(bytes: &'a [u8], media_type_charset: Option<&str>) -> Result<Cow<'a, str>, CharsetError> {
    let (encoding, bytes) = match Encoding::for_bom(bytes) {
        Some((encoding, length)) => (encoding, bytes.get(length..).unwrap_or_default()),
        None => (guess(bytes, media_type_charset)?, bytes),
    };
    if encoding == WINDOWS_1252 && is_ascii_declared(bytes) && !bytes.is_ascii() {
        return Err(CharsetError::Malformed);
    }
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes).ok_or(CharsetError::Malformed)?;
    Ok(match text.contains('\r') {
        true => Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")),
        false => text,
    })
}

/// The encoding of a message without a byte order mark.
fn guess(bytes: &[u8], media_type_charset: Option<&str>) -> Result<&'static Encoding, CharsetError> {
    // Appendix F.1: the first characters show two bytes each.
    match bytes.get(..4) {
        Some([0, b'<', 0, _]) => return Ok(UTF_16BE),
        Some([b'<', 0, _, 0]) => return Ok(UTF_16LE),
        _ => {}
    }
    match declared(bytes) {
        Some(label) => match spoken(label)? {
            // The declaration was just read one byte a character.
            two if two == UTF_16BE || two == UTF_16LE => Err(CharsetError::Contradiction),
            one => Ok(one),
        },
        None => match media_type_charset.map(|label| spoken(label.as_bytes())) {
            None => Ok(UTF_8),
            Some(Ok(encoding)) if encoding == UTF_16LE => Ok(UTF_16BE),
            Some(known) => known,
        },
    }
}

/// The encoding of that name, if it is one that is spoken.
fn spoken(label: &[u8]) -> Result<&'static Encoding, CharsetError> {
    match Encoding::for_label(label) {
        Some(encoding) if [UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252].contains(&encoding) => Ok(encoding),
        _ => Err(CharsetError::Unknown),
    }
}

/// The encoding's name in the XML declaration.
fn declared(bytes: &[u8]) -> Option<&[u8]> {
    let head = bytes.get(..bytes.len().min(DECLARATION_MAX))?.strip_prefix(b"<?xml")?;
    let end = head.windows(2).position(|pair| pair == b"?>")?;
    let head = &head[..end];
    let name = head.windows(8).position(|window| window == b"encoding")?;
    let value = head[name + 8..].trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let (quote, value) = value.split_first()?;
    let end = value.iter().position(|byte| byte == quote)?;
    Some(&value[..end])
}

fn is_ascii_declared(bytes: &[u8]) -> bool {
    declared(bytes).is_some_and(|label| label.eq_ignore_ascii_case(b"us-ascii") || label.eq_ignore_ascii_case(b"ascii"))
}
