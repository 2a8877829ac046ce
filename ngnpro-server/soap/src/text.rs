//! Characters and text: what XML 1.0 allows, what must be escaped, base64 (RFC 4648 section 4).

/// Whether a text of the contract can hold the character: XML 1.0 production Char.
#[must_use]
pub const fn is_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}')
}

/// XML 1.0 (fifth edition) production NameStartChar, without the colon.
const fn is_name_start(c: char) -> bool {
    matches!(c, 'A'..='Z' | '_' | 'a'..='z' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}'
        | '\u{370}'..='\u{37d}' | '\u{37f}'..='\u{1fff}' | '\u{200c}'..='\u{200d}' | '\u{2070}'..='\u{218f}'
        | '\u{2c00}'..='\u{2fef}' | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}'
        | '\u{10000}'..='\u{effff}')
}

const fn is_name_char(c: char) -> bool {
    is_name_start(c) || matches!(c, '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}

/// A name without a colon (Namespaces in XML 1.0, production NCName).
pub(crate) fn is_ncname(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(is_name_start) && chars.all(is_name_char)
}

/// A name with at most one prefix (production QName).
pub(crate) fn is_qname(name: &str) -> bool {
    match name.split_once(':') {
        Some((prefix, local)) => is_ncname(prefix) && is_ncname(local),
        None => is_ncname(name),
    }
}

/// Appends text as character data. A carriage return is written as a reference, or the reader's line end rule would turn
/// it into a line feed; characters that XML 1.0 forbids are left out.
pub(crate) fn escape_into(out: &mut String, text: &str) {
    // Most of what is written is plain; the two characters beyond ASCII that are left out begin with this octet.
    if text.bytes().all(|octet| !matches!(octet, ..b' ' | b'&' | b'<' | b'>' | b'"' | 0xef)) {
        out.push_str(text);
        return;
    }
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| matches!(c, '&' | '<' | '>' | '"' | '\r') || !is_char(c)) {
        out.push_str(&rest[..at]);
        let mut tail = rest[at..].chars();
        out.push_str(match tail.next() {
            Some('&') => "&amp;",
            Some('<') => "&lt;",
            Some('>') => "&gt;",
            Some('"') => "&quot;",
            Some('\r') => "&#13;",
            _ => "",
        });
        rest = tail.as_str();
    }
    out.push_str(rest);
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Base64 with padding.
pub fn encode_base64(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group =
            chunk.iter().fold(0_usize, |group, byte| group << 8 | usize::from(*byte)) << (8 * (3 - chunk.len()));
        for position in 0..4 {
            match position <= chunk.len() {
                true => out.push(char::from(ALPHABET[group >> (18 - 6 * position) & 63])),
                false => out.push('='),
            }
        }
    }
    out
}

/// Base64 with or without padding, white space between ignored; `None` for anything else.
#[must_use]
pub fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut group, mut bits, mut padding) = (0_u32, 0_u32, false);
    for byte in text.bytes().filter(|b| !b.is_ascii_whitespace()) {
        if byte == b'=' {
            padding = true;
            continue;
        }
        let value = match byte {
            _ if padding => return None,
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        group = group << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((group >> bits & 0xff) as u8);
        }
    }
    (bits < 6).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_carriage_return_is_written_as_a_reference_and_forbidden_characters_are_left_out() {
        let mut out = String::new();
        escape_into(&mut out, "a\r\n<b>&\"\u{1}\u{fffe}\u{1f600}");
        assert_eq!(out, "a&#13;\n&lt;b&gt;&amp;&quot;\u{1f600}");
    }

    #[test]
    fn base64_reads_what_it_writes_and_refuses_what_is_none() {
        for text in ["", "f", "fo", "foo", "foob", "fooba", "foobar"] {
            assert_eq!(decode_base64(&encode_base64(text.as_bytes())).as_deref(), Some(text.as_bytes()));
        }
        assert_eq!(encode_base64(b"fooba"), "Zm9vYmE=");
        assert_eq!(decode_base64("Zm9v\n YmE="), Some(b"fooba".to_vec()));
        assert_eq!(decode_base64("Zm9v?"), None);
        assert_eq!(decode_base64("Z"), None);
        assert_eq!(decode_base64("Zm==Zm"), None);
    }
}
