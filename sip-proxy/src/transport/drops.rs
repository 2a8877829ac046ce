//! How many datagrams the kernel dropped because a socket's buffer was full: the one loss that the process does not see itself.

use std::fmt::Write;
use std::net::{IpAddr, SocketAddr};

/// The sum over all UDP sockets bound to these addresses, since they were opened. Zero where the kernel does not tell.
pub(crate) fn by_kernel(addresses: impl Iterator<Item = SocketAddr>) -> u64 {
    let tables = ["/proc/net/udp", "/proc/net/udp6"].map(|path| std::fs::read_to_string(path).unwrap_or_default());
    addresses.map(|address| tables.iter().map(|table| in_table(table, address)).sum::<u64>()).sum()
}

/// The last column of the lines whose local address this is.
fn in_table(table: &str, address: SocketAddr) -> u64 {
    let wanted = as_in_table(address);
    let lines = table.lines().filter(|line| line.split_whitespace().nth(1) == Some(wanted.as_str()));
    lines.filter_map(|line| line.split_whitespace().next_back()?.parse::<u64>().ok()).sum()
}

/// Words of four octets in the processor's order, in hexadecimal.
fn as_in_table(address: SocketAddr) -> String {
    let mut text = String::new();
    let octets = match address.ip() {
        IpAddr::V4(ip) => ip.octets().to_vec(),
        IpAddr::V6(ip) => ip.octets().to_vec(),
    };
    for word in octets.as_chunks::<4>().0 {
        // Writing to a String cannot fail.
        let _ = write!(text, "{:08X}", u32::from_ne_bytes(*word));
    }
    let _ = write!(text, ":{:04X}", address.port());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_full_buffer_loses_is_counted() {
        for ip in ["127.0.0.1", "::1"] {
            let address = SocketAddr::new(ip.parse().expect("an address"), 0);
            let socket = std::net::UdpSocket::bind(address).expect("bound");
            let address = socket.local_addr().expect("bound");
            assert_eq!(by_kernel([address].into_iter()), 0);
            socket2::SockRef::from(&socket).set_recv_buffer_size(4096).expect("set");
            let peer = std::net::UdpSocket::bind(SocketAddr::new(address.ip(), 0)).expect("bound");
            for _ in 0..50 {
                peer.send_to(&[0; 1000], address).expect("sent");
            }
            assert!(by_kernel([address].into_iter()) > 10);
        }
    }
}
