//! What can be told of a message without reading it, for what must be decided before: whether it begins something, and whether it calls for
//! help. The core reads properly what is not dropped.
//!
//! RFC 3261 §7.1 and §12.1 (a To tag makes a request part of a dialog), RFC 5031 (service URNs), RFC 4412 (Resource-Priority).

/// What a message looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A response, an ACK, a CANCEL, or a request within a dialog: it belongs to something that has begun.
    UnderWay,
    /// A request for help.
    Emergency,
    /// A request that begins something.
    New,
}

/// Looks at the first line and at To; `numbers` are dialled for help.
pub(super) fn glance(message: &[u8], numbers: &[Box<str>]) -> Kind {
    let mut lines = lines(message);
    let Some(first) = lines.next() else { return Kind::New };
    if first.len() >= 4 && first[..4].eq_ignore_ascii_case(b"SIP/") {
        return Kind::UnderWay;
    }
    let mut words = first.split(|byte| *byte == b' ');
    let method = words.next().unwrap_or_default();
    if [&b"ACK"[..], b"CANCEL", b"BYE", b"PRACK"].contains(&method) {
        return Kind::UnderWay;
    }
    if is_emergency(words.next().unwrap_or_default(), numbers) {
        return Kind::Emergency;
    }
    let mut kind = Kind::New;
    for line in lines.take_while(|line| !line.is_empty()) {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let (name, value) = (line[..colon].trim_ascii_end(), &line[colon + 1..]);
        if name.eq_ignore_ascii_case(b"to") || name.eq_ignore_ascii_case(b"t") {
            if has_tag(value) {
                return Kind::UnderWay;
            }
        } else if name.eq_ignore_ascii_case(b"resource-priority") && names_emergency(value) {
            kind = Kind::Emergency;
        }
    }
    kind
}

/// RFC 5031 §4.2: whether a Request-URI is a service URN for emergencies; or one of these numbers, as it was dialled.
pub(super) fn is_emergency(uri: &[u8], numbers: &[Box<str>]) -> bool {
    const SERVICE: &[u8] = b"urn:service:sos";
    if uri.len() >= SERVICE.len() && uri[..SERVICE.len()].eq_ignore_ascii_case(SERVICE) {
        return matches!(uri.get(SERVICE.len()), None | Some(b'.' | b';'));
    }
    let Some(colon) = uri.iter().position(|byte| *byte == b':') else { return false };
    let scheme = &uri[..colon];
    if !["sip", "sips", "tel"].iter().any(|known| scheme.eq_ignore_ascii_case(known.as_bytes())) {
        return false;
    }
    let rest = &uri[colon + 1..];
    let user = &rest[..rest.iter().position(|byte| b"@;".contains(byte)).unwrap_or(rest.len())];
    numbers.iter().any(|number| number.as_bytes() == user)
}

/// RFC 4412 §12.6 and RFC 7135 §4: the namespace of those who help and of calls to them.
fn names_emergency(value: &[u8]) -> bool {
    value.split(|byte| *byte == b',').any(|value| {
        let value = value.trim_ascii();
        value.len() > 5 && value[..5].eq_ignore_ascii_case(b"esnet")
    })
}

/// A tag parameter behind the address. What stands in quotes or brackets is passed over.
fn has_tag(value: &[u8]) -> bool {
    let after = match value.iter().rposition(|byte| *byte == b'>') {
        Some(close) => &value[close + 1..],
        None => value,
    };
    after.split(|byte| *byte == b';').skip(1).any(|param| {
        let name = &param[..param.iter().position(|byte| *byte == b'=').unwrap_or(param.len())];
        name.trim_ascii().eq_ignore_ascii_case(b"tag")
    })
}

/// Lines without their ends.
fn lines(message: &[u8]) -> impl Iterator<Item = &[u8]> {
    message.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line))
}
