//! Captured messages as HEP version 3 packets, as capture servers (HOMER and its like) take them over UDP.

use std::net::{IpAddr, SocketAddr};
use std::time::SystemTime;

use sip_core::Transport;

use super::Seen;

/// Chunk types of the generic vendor.
mod chunk {
    pub(super) const FAMILY: u16 = 1;
    pub(super) const PROTOCOL: u16 = 2;
    pub(super) const SOURCE_V4: u16 = 3;
    pub(super) const DESTINATION_V4: u16 = 4;
    pub(super) const SOURCE_V6: u16 = 5;
    pub(super) const DESTINATION_V6: u16 = 6;
    pub(super) const SOURCE_PORT: u16 = 7;
    pub(super) const DESTINATION_PORT: u16 = 8;
    pub(super) const SECONDS: u16 = 9;
    pub(super) const MICROSECONDS: u16 = 10;
    pub(super) const KIND: u16 = 11;
    pub(super) const AGENT: u16 = 12;
    pub(super) const PAYLOAD: u16 = 15;
    pub(super) const CORRELATION: u16 = 17;
}

/// The kind of payload that is SIP.
const SIP: u8 = 1;
/// What a datagram may hold; a longer message is cut.
const PAYLOAD_MAX: usize = 60_000;
const CALL_ID_MAX: usize = 256;

/// One message; `agent` is the number by which the capture server tells its senders apart.
pub(crate) fn packet(seen: &Seen, agent: u32) -> Vec<u8> {
    let (from, to) = if seen.inbound { (seen.remote, seen.local) } else { (seen.local, seen.remote) };
    let since = seen.at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let mut out = b"HEP3\0\0".to_vec();
    let v4 = matches!((from.ip().to_canonical(), to.ip().to_canonical()), (IpAddr::V4(_), IpAddr::V4(_)));
    put(&mut out, chunk::FAMILY, &[if v4 { 2 } else { 10 }]);
    put(&mut out, chunk::PROTOCOL, &[if seen.transport == Transport::Udp { 17 } else { 6 }]);
    address(&mut out, v4, from, chunk::SOURCE_V4, chunk::SOURCE_V6);
    address(&mut out, v4, to, chunk::DESTINATION_V4, chunk::DESTINATION_V6);
    put(&mut out, chunk::SOURCE_PORT, &from.port().to_be_bytes());
    put(&mut out, chunk::DESTINATION_PORT, &to.port().to_be_bytes());
    put(&mut out, chunk::SECONDS, &u32::try_from(since.as_secs()).unwrap_or(u32::MAX).to_be_bytes());
    put(&mut out, chunk::MICROSECONDS, &since.subsec_micros().to_be_bytes());
    put(&mut out, chunk::KIND, &[SIP]);
    put(&mut out, chunk::AGENT, &agent.to_be_bytes());
    put(&mut out, chunk::CORRELATION, &seen.call_id[..seen.call_id.len().min(CALL_ID_MAX)]);
    put(&mut out, chunk::PAYLOAD, &seen.bytes[..seen.bytes.len().min(PAYLOAD_MAX)]);
    let length = u16::try_from(out.len()).unwrap_or(u16::MAX);
    out[4..6].copy_from_slice(&length.to_be_bytes());
    out
}

fn address(out: &mut Vec<u8>, v4: bool, address: SocketAddr, kind_v4: u16, kind_v6: u16) {
    match address.ip().to_canonical() {
        IpAddr::V4(ip) if v4 => put(out, kind_v4, &ip.octets()),
        IpAddr::V4(ip) => put(out, kind_v6, &ip.to_ipv6_mapped().octets()),
        IpAddr::V6(ip) => put(out, kind_v6, &ip.octets()),
    }
}

fn put(out: &mut Vec<u8>, kind: u16, value: &[u8]) {
    out.extend_from_slice(&[0, 0]);
    out.extend_from_slice(&kind.to_be_bytes());
    out.extend_from_slice(&u16::try_from(value.len() + 6).unwrap_or(u16::MAX).to_be_bytes());
    out.extend_from_slice(value);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::pcap::tests::seen;
    use std::collections::HashMap;

    fn chunks(packet: &[u8]) -> HashMap<u16, Vec<u8>> {
        assert_eq!(&packet[..4], b"HEP3");
        assert_eq!(usize::from(u16::from_be_bytes([packet[4], packet[5]])), packet.len());
        let (mut found, mut rest) = (HashMap::new(), &packet[6..]);
        while let [0, 0, a, b, c, d, after @ ..] = rest {
            let length = usize::from(u16::from_be_bytes([*c, *d])) - 6;
            found.insert(u16::from_be_bytes([*a, *b]), after[..length].to_vec());
            rest = &after[length..];
        }
        assert!(rest.is_empty());
        found
    }

    #[test]
    fn a_packet_says_who_sent_what_to_whom_and_when() {
        let seen = seen("192.0.2.1:5060", "192.0.2.7:5070", true);
        let found = chunks(&packet(&seen, 7));
        assert_eq!(found[&chunk::FAMILY], [2]);
        assert_eq!(found[&chunk::PROTOCOL], [17]);
        assert_eq!(found[&chunk::SOURCE_V4], [192, 0, 2, 7]);
        assert_eq!(found[&chunk::DESTINATION_PORT], 5060_u16.to_be_bytes());
        assert_eq!(found[&chunk::SECONDS], 1_700_000_000_u32.to_be_bytes());
        assert_eq!(found[&chunk::AGENT], 7_u32.to_be_bytes());
        assert_eq!(found[&chunk::CORRELATION], b"call-1");
        assert_eq!(found[&chunk::PAYLOAD], &seen.bytes[..]);
        assert_eq!(found[&chunk::KIND], [SIP]);
    }

    #[test]
    fn ipv6_has_its_own_chunks() {
        let found = chunks(&packet(&seen("[2001:db8::1]:5060", "[2001:db8::7]:5070", false), 0));
        assert_eq!(found[&chunk::FAMILY], [10]);
        assert_eq!(found[&chunk::SOURCE_V6][15], 1);
        assert!(!found.contains_key(&chunk::SOURCE_V4));
    }
}
