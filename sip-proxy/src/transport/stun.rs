//! STUN on the port of SIP: a phone asks as which address it is seen, and so keeps its router's door open. Binding requests are answered,
//! nothing else of STUN is known here.
//!
//! RFC 5626 §4.4.2, §8 (STUN beside SIP), RFC 5389 §6 (message), §7.3.1 (requests, unknown attributes), §15.2 (XOR-MAPPED-ADDRESS).

use std::net::{IpAddr, SocketAddr};

const HEADER: usize = 20;
const COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
const BINDING_REQUEST: [u8; 2] = [0x00, 0x01];
const BINDING_SUCCESS: [u8; 2] = [0x01, 0x01];
const BINDING_ERROR: [u8; 2] = [0x01, 0x11];
const XOR_MAPPED_ADDRESS: [u8; 2] = [0x00, 0x20];
const ERROR_CODE: [u8; 2] = [0x00, 0x09];
const UNKNOWN_ATTRIBUTES: [u8; 2] = [0x00, 0x0a];
/// Attributes that must be understood and can be: USERNAME, MESSAGE-INTEGRITY, REALM, NONCE. RFC 5626 §8: nobody is asked who it is.
const UNDERSTOOD: [u16; 4] = [0x0006, 0x0008, 0x0014, 0x0015];
/// From here on attributes may be ignored.
const OPTIONAL: u16 = 0x8000;
/// Attributes that an error names.
const UNKNOWN_MAX: usize = 4;

/// The longest answer.
pub(super) const ANSWER_MAX: usize = 48;

/// Whether a datagram is STUN: no SIP begins like this.
pub(super) fn is_stun(datagram: &[u8]) -> bool {
    // RFC 5389 §6: the first two bits are zero, and the cookie stands fourth.
    datagram.first().is_some_and(|first| *first < 4) && datagram.get(4..8) == Some(&COOKIE)
}

/// The answer to a STUN message from there: how long it is in `out`; none where none is due.
pub(super) fn answer(request: &[u8], from: SocketAddr, out: &mut [u8; ANSWER_MAX]) -> Option<usize> {
    let (header, attributes) = request.split_at_checked(HEADER)?;
    let length = usize::from(u16::from_be_bytes([header[2], header[3]]));
    if header[..2] != BINDING_REQUEST || length != attributes.len() || length % 4 != 0 {
        return None;
    }
    let (unknown, count) = not_understood(attributes)?;
    out[4..HEADER].copy_from_slice(&header[4..]);
    let end = if count == 0 { put_address(from, header, out) } else { put_error(&unknown[..count], out) };
    out[..2].copy_from_slice(if count == 0 { &BINDING_SUCCESS } else { &BINDING_ERROR });
    out[2..4].copy_from_slice(&u16::try_from(end - HEADER).ok()?.to_be_bytes());
    Some(end)
}

/// The attributes that must be understood and are not, as many as an error names; none where they cannot be read.
fn not_understood(mut attributes: &[u8]) -> Option<([u16; UNKNOWN_MAX], usize)> {
    let (mut unknown, mut count) = ([0; UNKNOWN_MAX], 0);
    while let Some(([a, b, c, d], rest)) = attributes.split_first_chunk::<4>() {
        let (kind, length) = (u16::from_be_bytes([*a, *b]), usize::from(u16::from_be_bytes([*c, *d])));
        attributes = rest.get(length.next_multiple_of(4)..)?;
        if kind < OPTIONAL && !UNDERSTOOD.contains(&kind) && count < UNKNOWN_MAX {
            unknown[count] = kind;
            count += 1;
        }
    }
    attributes.is_empty().then_some((unknown, count))
}

/// RFC 5389 §15.2: the address is disguised, since some routers change every address that they find.
fn put_address(from: SocketAddr, header: &[u8], out: &mut [u8; ANSWER_MAX]) -> usize {
    let port = from.port() ^ u16::from_be_bytes([COOKIE[0], COOKIE[1]]);
    let mut octets = [0; 16];
    let (family, length) = match from.ip().to_canonical() {
        IpAddr::V4(ip) => {
            octets[..4].copy_from_slice(&ip.octets());
            (1, 4)
        }
        IpAddr::V6(ip) => {
            octets = ip.octets();
            (2, 16)
        }
    };
    for (octet, mask) in octets.iter_mut().zip(&header[4..HEADER]) {
        *octet ^= mask;
    }
    let end = HEADER + 8 + length;
    out[HEADER..HEADER + 2].copy_from_slice(&XOR_MAPPED_ADDRESS);
    out[HEADER + 2..HEADER + 4].copy_from_slice(&[0, u8::try_from(length + 4).unwrap_or(u8::MAX)]);
    out[HEADER + 4..HEADER + 6].copy_from_slice(&[0, family]);
    out[HEADER + 6..HEADER + 8].copy_from_slice(&port.to_be_bytes());
    out[HEADER + 8..end].copy_from_slice(&octets[..length]);
    end
}

/// RFC 5389 §7.3.1, §15.6: 420, with what is not understood.
fn put_error(unknown: &[u16], out: &mut [u8; ANSWER_MAX]) -> usize {
    let length = unknown.len() * 2;
    let end = HEADER + 12 + length.next_multiple_of(4);
    out[HEADER..end].fill(0);
    out[HEADER..HEADER + 2].copy_from_slice(&ERROR_CODE);
    out[HEADER + 3] = 4;
    out[HEADER + 6] = 4;
    out[HEADER + 7] = 20;
    out[HEADER + 8..HEADER + 10].copy_from_slice(&UNKNOWN_ATTRIBUTES);
    out[HEADER + 11] = u8::try_from(length).unwrap_or(u8::MAX);
    for (place, kind) in unknown.iter().enumerate() {
        let at = HEADER + 12 + 2 * place;
        out[at..at + 2].copy_from_slice(&kind.to_be_bytes());
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(attributes: &[u8]) -> Vec<u8> {
        let mut request = vec![0, 1, 0, attributes.len() as u8];
        request.extend_from_slice(&COOKIE);
        request.extend_from_slice(&[0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae]);
        request.extend_from_slice(attributes);
        request
    }

    fn answered(request: &[u8], from: &str) -> Option<Vec<u8>> {
        let mut out = [0xff; ANSWER_MAX];
        let length = answer(request, from.parse().expect("an address"), &mut out)?;
        Some(out[..length].to_vec())
    }

    /// RFC 5389 §15.2, with the values of RFC 5769 §2.2 and §2.3.
    #[test]
    fn who_asks_is_told_its_address_in_disguise() {
        let found = answered(&request(b""), "192.0.2.1:32853").expect("an answer");
        assert_eq!(found[..4], [1, 1, 0, 12]);
        assert_eq!(found[4..20], request(b"")[4..20]);
        assert_eq!(found[20..], [0, 0x20, 0, 8, 0, 1, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43]);
        let found = answered(&request(b""), "[2001:db8:1234:5678:11:2233:4455:6677]:32853").expect("an answer");
        let sixteen = [0x01, 0x13, 0xa9, 0xfa, 0xa5, 0xd3, 0xf1, 0x79, 0xbc, 0x25, 0xf4, 0xb5, 0xbe, 0xd2, 0xb9, 0xd9];
        assert_eq!(found[20..28], [0, 0x20, 0, 20, 0, 2, 0xa1, 0x47]);
        assert_eq!(found[28..], sixteen);
    }

    /// RFC 5389 §7.3.1.
    #[test]
    fn an_attribute_that_must_be_understood_and_is_not_is_named() {
        let found = answered(&request(&[0, 3, 0, 4, 0, 0, 0, 6]), "192.0.2.1:32853").expect("an answer");
        assert_eq!(found[..4], [1, 0x11, 0, 16]);
        assert_eq!(found[20..], [0, 9, 0, 4, 0, 0, 4, 20, 0, 10, 0, 2, 0, 3, 0, 0]);
        let software = [0x80, 0x22, 0, 3, b'f', b'o', b'o', 0];
        assert_eq!(answered(&request(&software), "192.0.2.1:32853").expect("an answer")[..2], [1, 1]);
    }

    /// RFC 5389 §6.
    #[test]
    fn what_is_no_request_gets_no_answer() {
        assert!(is_stun(&request(b"")) && !is_stun(b"OPTIONS sip:a@b SIP/2.0") && !is_stun(b"\r\n\r\n"));
        let mut response = request(b"");
        response[0] = 1;
        for bad in [&response[..], &request(b"")[..19], &request(&[0, 3, 0, 9, 0, 0, 0, 0]), &request(&[0, 3])] {
            assert_eq!(answered(bad, "192.0.2.1:32853"), None, "{bad:?}");
        }
    }
}
