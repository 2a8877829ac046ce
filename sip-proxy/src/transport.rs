//! Transports: listening sockets of all kinds, opened in one place, so that an address in use is found before anything
//! is served.
//!
//! `udp` moves datagrams; `streams` has what connections of every kind have in common, `octets` SIP on TCP and TLS, `websocket` SIP in
//! frames; all feed the same inboxes and the same table of connections. What the bytes mean is the core's affair.
//!
//! RFC 3261 §18 (transport), RFC 7118 (WebSocket).

use std::io;
use std::net::SocketAddr;

use sip_core::{Listener, ListenerId, Transport};
use socket2::{Domain, Protocol, Socket, Type};
use tracing::warn;

pub(crate) mod advertised;
pub(crate) mod connections;
pub(crate) mod drops;
pub(crate) mod icmp;
mod inherited;
mod octets;
mod pings;
pub(crate) mod streams;
mod stun;
pub(crate) mod tls;
pub(crate) mod udp;
pub(crate) mod websocket;

use advertised::Advertised;

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
    /// One socket for each listener to which connections are made.
    pub(crate) streams: Vec<(Transport, ListenerId, std::net::TcpListener)>,
}

/// On which addresses which transports are served.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Addresses<'a> {
    /// UDP and TCP.
    pub(crate) plain: &'a [SocketAddr],
    pub(crate) tls: &'a [SocketAddr],
    pub(crate) ws: &'a [SocketAddr],
    pub(crate) wss: &'a [SocketAddr],
}

/// Opens all of them; UDP once a shard, all on the same port.
pub(crate) fn open(addresses: Addresses<'_>, advertised: &Advertised, shards: usize) -> io::Result<Opened> {
    let mut opened =
        Opened { listeners: Vec::new(), udp: (0..shards).map(|_| Vec::new()).collect(), streams: Vec::new() };
    let buffer = udp_buffer_granted();
    if buffer < UDP_BUFFER_BYTES {
        warn!(
            buffer,
            "the system grants UDP sockets {buffer} bytes of buffer: bursts may be lost (sip_proxy_udp_dropped_by_kernel shows \
             how many); sysctl net.core.rmem_max={UDP_BUFFER_BYTES} lets them have what they ask for"
        );
    }
    let named = |address: &SocketAddr, error: io::Error| {
        io::Error::new(error.kind(), format!("cannot listen on {address}: {error}"))
    };
    for address in addresses.plain {
        let (tcp, udp) = open_pair(*address, shards).map_err(|error| named(address, error))?;
        let bound = tcp.local_addr()?;
        let id = opened.add(Transport::Udp, bound, advertised);
        for (sockets, socket) in opened.udp.iter_mut().zip(udp) {
            sockets.push((id, socket));
        }
        let id = opened.add(Transport::Tcp, bound, advertised);
        opened.streams.push((Transport::Tcp, id, tcp));
    }
    let others = [(Transport::Tls, addresses.tls), (Transport::Ws, addresses.ws), (Transport::Wss, addresses.wss)];
    for (transport, addresses) in others {
        for address in addresses {
            let socket = open_tcp(*address).map_err(|error| named(address, error))?;
            let id = opened.add(transport, socket.local_addr()?, advertised);
            opened.streams.push((transport, id, socket));
        }
    }
    Ok(opened)
}

impl Opened {
    fn add(&mut self, transport: Transport, bound: SocketAddr, advertised: &Advertised) -> ListenerId {
        let mut listener = Listener::new(transport, bound);
        if let Some(sent_by) = advertised.sent_by(transport, bound) {
            listener.sent_by = sent_by;
        }
        self.listeners.push(listener);
        ListenerId(u16::try_from(self.listeners.len() - 1).unwrap_or(u16::MAX))
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
    if let Some(socket) = inherited::take(Type::STREAM, address) {
        socket.listen(TCP_BACKLOG)?;
        return Ok(socket.into());
    }
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
    if let Some(socket) = inherited::take(Type::DGRAM, address) {
        socket.set_recv_buffer_size(UDP_BUFFER_BYTES)?;
        socket.set_send_buffer_size(UDP_BUFFER_BYTES)?;
        icmp::keep(&socket, address.is_ipv6())?;
        // One socket for all shards: whichever is awake takes the next datagram, and hands over what is not its own.
        return (0..shards).map(|_| Ok(socket.try_clone()?.into())).collect();
    }
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
    icmp::keep(&socket, address.is_ipv6())?;
    socket.bind(&address.into())?;
    Ok(socket.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(addresses: &[SocketAddr]) -> Addresses<'_> {
        Addresses { plain: addresses, ..Addresses::default() }
    }

    #[test]
    fn every_transport_has_its_listeners() {
        let free = [SocketAddr::from(([127, 0, 0, 1], 0)), SocketAddr::from((std::net::Ipv6Addr::LOCALHOST, 0))];
        let addresses = Addresses { plain: &free[..1], tls: &free, ws: &free[..1], wss: &free[1..] };
        let opened = open(addresses, &Advertised::default(), 1).expect("opened");
        let transports: Vec<Transport> = opened.listeners.iter().map(|listener| listener.transport).collect();
        use Transport::{Tcp, Tls, Udp, Ws, Wss};
        assert_eq!(transports, [Udp, Tcp, Tls, Tls, Ws, Wss]);
        assert_eq!(opened.streams.len(), 5);
        assert!(opened.listeners.iter().all(|listener| listener.address.port() != 0));
    }

    #[test]
    fn udp_and_tcp_get_the_same_free_port() {
        let opened = open(plain(&[SocketAddr::from(([127, 0, 0, 1], 0))]), &Advertised::default(), 3).expect("opened");
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
        let first = open(plain(&[SocketAddr::from(([127, 0, 0, 1], 0))]), &Advertised::default(), 2).expect("opened");
        let error = open(plain(&[first.listeners[0].address]), &Advertised::default(), 2).err().expect("refused");
        assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
        let shared = first.udp[0][0].1.local_addr().expect("bound");
        drop(first.streams);
        let error = open(plain(&[shared]), &Advertised::default(), 2).err().expect("refused by UDP alone");
        assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    }
}
