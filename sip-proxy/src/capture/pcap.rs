//! Captured messages as a classic pcap file of raw IP packets. The headers are made up from what is known: what came over a stream is
//! written as a datagram too, whole, so that every program shows it as one message.

use std::net::{IpAddr, SocketAddr};
use std::time::SystemTime;

use super::Seen;

/// LINKTYPE_RAW: packets begin with their IP header.
const LINKTYPE_RAW: u32 = 101;
const UDP: u8 = 17;
/// What fits into one packet with its headers.
const PAYLOAD_MAX: usize = 65_535 - 40 - 8;

/// What the file begins with.
pub(crate) fn file_header() -> Vec<u8> {
    let mut out = Vec::with_capacity(24);
    out.extend_from_slice(&0xa1b2_c3d4_u32.to_le_bytes());
    out.extend_from_slice(&2_u16.to_le_bytes());
    out.extend_from_slice(&4_u16.to_le_bytes());
    out.extend_from_slice(&[0; 8]);
    out.extend_from_slice(&65_535_u32.to_le_bytes());
    out.extend_from_slice(&LINKTYPE_RAW.to_le_bytes());
    out
}

/// One message.
pub(crate) fn record(seen: &Seen) -> Vec<u8> {
    let packet = packet(seen);
    let since = seen.at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let length = u32::try_from(packet.len()).unwrap_or(u32::MAX);
    let mut out = Vec::with_capacity(16 + packet.len());
    out.extend_from_slice(&u32::try_from(since.as_secs()).unwrap_or(u32::MAX).to_le_bytes());
    out.extend_from_slice(&since.subsec_micros().to_le_bytes());
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&packet);
    out
}

fn packet(seen: &Seen) -> Vec<u8> {
    let (from, to) = if seen.inbound { (seen.remote, seen.local) } else { (seen.local, seen.remote) };
    let payload = &seen.bytes[..seen.bytes.len().min(PAYLOAD_MAX)];
    let udp = datagram(from, to, payload);
    let length = u16::try_from(udp.len()).unwrap_or(u16::MAX);
    let mut out = Vec::with_capacity(40 + udp.len());
    match (from.ip().to_canonical(), to.ip().to_canonical()) {
        (IpAddr::V4(source), IpAddr::V4(destination)) => {
            out.extend_from_slice(&[0x45, 0]);
            out.extend_from_slice(&length.saturating_add(20).to_be_bytes());
            out.extend_from_slice(&[0, 0, 0x40, 0, 64, UDP, 0, 0]);
            out.extend_from_slice(&source.octets());
            out.extend_from_slice(&destination.octets());
            let sum = checksum([&out[..]]);
            out[10..12].copy_from_slice(&sum.to_be_bytes());
        }
        _ => {
            out.extend_from_slice(&[0x60, 0, 0, 0]);
            out.extend_from_slice(&length.to_be_bytes());
            out.extend_from_slice(&[UDP, 64]);
            out.extend_from_slice(&octets(from));
            out.extend_from_slice(&octets(to));
        }
    }
    out.extend_from_slice(&udp);
    out
}

fn datagram(from: SocketAddr, to: SocketAddr, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len() + 8).unwrap_or(u16::MAX);
    let mut out = Vec::with_capacity(payload.len() + 8);
    out.extend_from_slice(&from.port().to_be_bytes());
    out.extend_from_slice(&to.port().to_be_bytes());
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(&[0, 0]);
    out.extend_from_slice(payload);
    let mut pseudo = Vec::with_capacity(40);
    match (from.ip().to_canonical(), to.ip().to_canonical()) {
        (IpAddr::V4(source), IpAddr::V4(destination)) => {
            pseudo.extend_from_slice(&source.octets());
            pseudo.extend_from_slice(&destination.octets());
        }
        _ => {
            pseudo.extend_from_slice(&octets(from));
            pseudo.extend_from_slice(&octets(to));
        }
    }
    pseudo.extend_from_slice(&[0, UDP]);
    pseudo.extend_from_slice(&length.to_be_bytes());
    // Zero would say that there is no checksum.
    let sum = match checksum([&pseudo[..], &out[..]]) {
        0 => u16::MAX,
        sum => sum,
    };
    out[6..8].copy_from_slice(&sum.to_be_bytes());
    out
}

fn octets(address: SocketAddr) -> [u8; 16] {
    match address.ip() {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().octets(),
        IpAddr::V6(v6) => v6.octets(),
    }
}

/// RFC 1071: the ones' complement of the sum of 16-bit words. All parts but the last have an even length.
fn checksum<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> u16 {
    let mut sum = 0_u32;
    for part in parts {
        for pair in part.chunks(2) {
            sum += u32::from(u16::from_be_bytes([pair[0], pair.get(1).copied().unwrap_or_default()]));
        }
    }
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use bytes::Bytes;
    use sip_core::Transport;
    use std::time::Duration;

    pub(crate) fn seen(local: &str, remote: &str, inbound: bool) -> Seen {
        Seen {
            at: SystemTime::UNIX_EPOCH + Duration::new(1_700_000_000, 123_456_000),
            inbound,
            transport: Transport::Udp,
            local: local.parse().expect("an address"),
            remote: remote.parse().expect("an address"),
            call_id: (*b"call-1").into(),
            bytes: Bytes::from_static(b"OPTIONS sip:a SIP/2.0\r\nCall-ID: call-1\r\n\r\n"),
        }
    }

    #[test]
    fn a_packet_has_the_addresses_the_lengths_and_sums_that_are_right() {
        let seen = seen("192.0.2.1:5060", "192.0.2.7:5070", true);
        let record = record(&seen);
        let (head, packet) = record.split_at(16);
        assert_eq!(head[..4], 1_700_000_000_u32.to_le_bytes());
        assert_eq!(head[4..8], 123_456_u32.to_le_bytes());
        assert_eq!(head[8..12], u32::try_from(packet.len()).expect("short").to_le_bytes());
        assert_eq!(packet[12..20], [192, 0, 2, 7, 192, 0, 2, 1]);
        assert_eq!(packet[20..24], [5070_u16.to_be_bytes(), 5060_u16.to_be_bytes()].concat());
        assert_eq!(checksum([&packet[..20]]), 0, "the sum over a header with its sum");
        let pseudo = [&packet[12..20], &[0, 17], &packet[24..26]].concat();
        assert_eq!(checksum([&pseudo[..], &packet[20..]]), 0);
        assert_eq!(&packet[28..], &seen.bytes[..]);
    }

    #[test]
    fn ipv6_is_written_as_ipv6_and_what_leaves_goes_the_other_way() {
        let record = record(&seen("[2001:db8::1]:5060", "[2001:db8::7]:5070", false));
        let packet = &record[16..];
        assert_eq!(packet[0] >> 4, 6);
        assert_eq!((packet[23], packet[39]), (1, 7));
        let length = u16::from_be_bytes([packet[4], packet[5]]);
        assert_eq!(usize::from(length), packet.len() - 40);
        let pseudo = [&packet[8..40], &[0, 17], &packet[4..6]].concat();
        assert_eq!(checksum([&pseudo[..], &packet[40..]]), 0);
    }
}
