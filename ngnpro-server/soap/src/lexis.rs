//! Attributes, references and the XML declaration: the parts of the grammar that the token cutter leaves unchecked.

use std::borrow::Cow;

use crate::fault::Fault;
use crate::parse::{character, not_well_formed};

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// The attributes of a tag as (name, value between the quotes); white space between them is asked for.
pub(crate) fn raw_attributes(raw: &str) -> impl Iterator<Item = Result<(&str, &str), Fault>> {
    let mut rest = Some(raw);
    std::iter::from_fn(move || {
        let at = rest.take()?;
        let trimmed = at.trim_start_matches(is_space);
        if trimmed.is_empty() {
            return None;
        }
        if trimmed.len() == at.len() {
            return Some(Err(not_well_formed("attributes without space between them")));
        }
        let attribute = split_attribute(trimmed).ok_or_else(|| not_well_formed("an attribute"));
        Some(attribute.map(|(name, value, tail)| {
            rest = Some(tail);
            (name, value)
        }))
    })
}

/// Name, value, what follows.
fn split_attribute(text: &str) -> Option<(&str, &str, &str)> {
    let (name, tail) = text.split_once('=')?;
    let tail = tail.trim_start_matches(is_space);
    let quote = tail.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (value, tail) = tail.get(1..)?.split_once(quote)?;
    Some((name.trim_end_matches(is_space), value, tail))
}

/// The value of an attribute: references resolved, white space as spaces (XML 1.0 section 3.3.3).
pub(crate) fn attribute_value(raw: &str) -> Result<Cow<'_, str>, Fault> {
    if raw.contains('<') {
        return Err(not_well_formed("< in an attribute"));
    }
    if !raw.contains(['&', '\t', '\n']) {
        return Ok(Cow::Borrowed(raw));
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find(['&', '\t', '\n']) {
        out.push_str(&rest[..at]);
        let tail = &rest[at + 1..];
        if !rest[at..].starts_with('&') {
            out.push(' ');
            rest = tail;
            continue;
        }
        let (name, tail) = tail.split_once(';').ok_or_else(|| not_well_formed("an open reference"))?;
        out.push(character(resolve_reference(name)?)?);
        rest = tail;
    }
    out.push_str(rest);
    Ok(Cow::Owned(out))
}

/// The number of the character that a reference names: one of the five names, or a number. Surrogates are the caller's.
pub(crate) fn resolve_reference(name: &str) -> Result<u32, Fault> {
    let number = match name {
        "lt" => return Ok('<'.into()),
        "gt" => return Ok('>'.into()),
        "amp" => return Ok('&'.into()),
        "apos" => return Ok('\''.into()),
        "quot" => return Ok('"'.into()),
        _ => name
            .strip_prefix('#')
            .ok_or_else(|| Fault::malformed("A reference names an entity, and none is declared"))?,
    };
    let (digits, radix) = number.strip_prefix('x').map_or((number, 10), |digits| (digits, 16));
    // The standard parser would take a sign.
    match digits.chars().all(|c| c.is_digit(radix)) {
        true => u32::from_str_radix(digits, radix).map_err(|_| not_well_formed("a reference to no character")),
        false => Err(not_well_formed("a reference to no character")),
    }
}

/// Checks the XML declaration: version, then encoding, then standalone, and nothing else.
pub(crate) fn check_declaration(content: &str) -> Result<(), Fault> {
    let fail = || not_well_formed("the XML declaration");
    let attributes = content.strip_prefix("xml").ok_or_else(fail)?;
    let mut order = ["version", "encoding", "standalone"].into_iter();
    let mut version = false;
    for attribute in raw_attributes(attributes) {
        let (name, value) = attribute?;
        if !order.any(|expected| expected == name) {
            return Err(fail());
        }
        let good = match name {
            "version" => {
                value.strip_prefix("1.").is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
            }
            "encoding" => {
                value.starts_with(|c: char| c.is_ascii_alphabetic())
                    && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
            }
            _ => matches!(value, "yes" | "no"),
        };
        if !good {
            return Err(fail());
        }
        version |= name == "version";
    }
    if version { Ok(()) } else { Err(fail()) }
}
