//! Transports: listening sockets of all kinds, opened in one place, so that an address in use is found before anything
//! is served.
//!
//! `udp` and `tcp` move bytes; a transport of a later day (TLS, WebSocket) is a file beside them that feeds the same
//! inbox and the same connection table. What the bytes mean is the core's affair.
//!
//! RFC 3261 §18 (transport).

use std::io;
use std::net::SocketAddr;

use sip_core::{Listener, ListenerId, Transport};
use socket2::{Domain, Protocol, Socket, Type};
use tracing::warn;

pub(crate) mod connections;
pub(crate) mod drops;
pub(crate) mod tcp;
pub(crate) mod udp;

/// Kernel buffers of a UDP socket: some tens of milliseconds at full load, so that what waits is never old.
const UDP_BUFFER_BYTES: usize = 4 << 20;
const TCP_BACKLOG: i32 = 1024;
/// How often a free port is looked for when the settings say port 0 and TCP has taken one that UDP cannot have.
const PORT_ATTEMPTS: usize = 16;

/// All listening sockets, opened and not yet served.
pub(crate) struct Opened {
    /// What the core is told, by [`ListenerId`].
    pub(crate) listeners: Vec<Listener>,
    /// For each shard, a socket for each UDP listener.
    pub(crate) udp: Vec<Vec<(ListenerId, std::net::UdpSocket)>>,
    /// One socket for each TCP listener.
    pub(crate) tcp: Vec<(ListenerId, std::net::TcpListener)>,
}

/// Opens UDP and TCP on every address; UDP once a shard, all on the same port.
pub(crate) fn open(addresses: &[SocketAddr], advertised: Option<&str>, shards: usize) -> io::Result<Opened> {
    let mut opened = Opened { listeners: Vec::new(), udp: (0..shards).map(|_| Vec::new()).collect(), tcp: Vec::new() };
    let buffer = udp_buffer_granted();
    if buffer < UDP_BUFFER_BYTES {
        warn!(
            buffer,
            "the system grants UDP sockets {buffer} bytes of buffer: bursts may be lost (sip_proxy_udp_dropped_by_kernel shows \
             how many); sysctl net.core.rmem_max={UDP_BUFFER_BYTES} lets them have what they ask for"
        );
    }
    for address in addresses {
        let (tcp, udp) = open_pair(*address, shards)
            .map_err(|error| io::Error::new(error.kind(), format!("cannot listen on {address}: {error}")))?;
        let bound = tcp.local_addr()?;
        let id = opened.add(Transport::Udp, bound, advertised);
        for (sockets, socket) in opened.udp.iter_mut().zip(udp) {
            sockets.push((id, socket));
        }
        let id = opened.add(Transport::Tcp, bound, advertised);
        opened.tcp.push((id, tcp));
    }
    Ok(opened)
}

impl Opened {
    fn add(&mut self, transport: Transport, bound: SocketAddr, advertised: Option<&str>) -> ListenerId {
        let mut listener = Listener::new(transport, bound);
        if let Some(host) = advertised {
            listener.sent_by = with_port(host, bound.port());
        }
        self.listeners.push(listener);
        ListenerId(u16::try_from(self.listeners.len() - 1).unwrap_or(u16::MAX))
    }
}

/// `host:port` of an advertised name that may name its port itself.
fn with_port(host: &str, port: u16) -> String {
    let named = match host.rsplit_once(':') {
        Some((before, digits)) => {
            !digits.is_empty()
                && digits.bytes().all(|b| b.is_ascii_digit())
                && (!before.contains(':') || before.ends_with(']'))
        }
        None => false,
    };
    match (named, host.parse::<std::net::Ipv6Addr>()) {
        (true, _) => host.to_owned(),
        (false, Ok(_)) => format!("[{host}]:{port}"),
        (false, Err(_)) => format!("{host}:{port}"),
    }
}

fn open_pair(address: SocketAddr, shards: usize) -> io::Result<(std::net::TcpListener, Vec<std::net::UdpSocket>)> {
    let mut attempts = if address.port() == 0 { PORT_ATTEMPTS } else { 1 };
    loop {
        attempts -= 1;
        let tcp = open_tcp(address)?;
        let bound = tcp.local_addr()?;
        match open_udp(bound, shards) {
            Ok(udp) => return Ok((tcp, udp)),
            Err(error) if attempts == 0 => return Err(error),
            Err(_) => {}
        }
    }
}

/// What the system lets a socket have of what it asks for.
fn udp_buffer_granted() -> usize {
    let granted = std::fs::read_to_string("/proc/sys/net/core/rmem_max").ok().and_then(|text| text.trim().parse().ok());
    granted.unwrap_or(UDP_BUFFER_BYTES)
}

fn open_tcp(address: SocketAddr) -> io::Result<std::net::TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM.nonblocking(), Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.bind(&address.into())?;
    socket.listen(TCP_BACKLOG)?;
    Ok(socket.into())
}

fn open_udp(address: SocketAddr, shards: usize) -> io::Result<Vec<std::net::UdpSocket>> {
    // Sockets that share a port do not refuse each other: without this look a second proxy on the same address would
    // start, and each would get a part of the messages.
    drop(udp_socket(address, false)?);
    (0..shards).map(|_| udp_socket(address, shards > 1)).collect()
}

fn udp_socket(address: SocketAddr, shared: bool) -> io::Result<std::net::UdpSocket> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM.nonblocking(), Some(Protocol::UDP))?;
    socket.set_reuse_port(shared)?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    // The kernel may grant less; it then says nothing (see `udp_buffer_granted`).
    socket.set_recv_buffer_size(UDP_BUFFER_BYTES)?;
    socket.set_send_buffer_size(UDP_BUFFER_BYTES)?;
    socket.bind(&address.into())?;
    Ok(socket.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn udp_and_tcp_get_the_same_free_port() {
        let opened = open(&[SocketAddr::from(([127, 0, 0, 1], 0))], None, 3).expect("opened");
        assert_eq!(opened.udp.len(), 3);
        assert_eq!(opened.listeners.len(), 2);
        let port = opened.listeners[0].address.port();
        assert_ne!(port, 0);
        assert_eq!(opened.listeners[1].address.port(), port);
        for sockets in &opened.udp {
            assert_eq!(sockets[0].1.local_addr().expect("bound").port(), port);
        }
    }

    #[test]
    fn an_address_in_use_by_another_proxy_is_refused() {
        let first = open(&[SocketAddr::from(([127, 0, 0, 1], 0))], None, 2).expect("opened");
        let error = open(&[first.listeners[0].address], None, 2).err().expect("refused");
        assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
        let shared = first.udp[0][0].1.local_addr().expect("bound");
        drop(first.tcp);
        let error = open(&[shared], None, 2).err().expect("refused by UDP alone");
        assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    }

    #[test]
    fn an_advertised_name_keeps_its_own_port() {
        assert_eq!(with_port("sip.example.com", 5060), "sip.example.com:5060");
        assert_eq!(with_port("sip.example.com:5070", 5060), "sip.example.com:5070");
        assert_eq!(with_port("2001:db8::1", 5060), "[2001:db8::1]:5060");
        assert_eq!(with_port("[2001:db8::1]:5070", 5060), "[2001:db8::1]:5070");
        assert_eq!(with_port("[2001:db8::1]", 5060), "[2001:db8::1]:5060");
    }
}
