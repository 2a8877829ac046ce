//! Where a message came from and where one goes: transports, listeners, flows.
//!
//! A flow is the way back to a peer: for UDP our listening socket and the peer's address, for TCP one connection. Opening,
//! closing and counting connections is left to the process around the core.
//!
//! RFC 3261 §18 (transport), RFC 3581 §4 (symmetric response routing), RFC 5923 (connection reuse).

use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroU64;

/// A transport protocol. TLS and WebSocket will be further variants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Transport {
    /// Datagrams: retransmission is ours.
    Udp,
    /// A stream: the transport retransmits.
    Tcp,
}

impl Transport {
    /// Whether the transport itself retransmits (RFC 3261 §17: "reliable transports").
    pub fn is_reliable(self) -> bool {
        match self {
            Transport::Udp => false,
            Transport::Tcp => true,
        }
    }

    /// The word of the Via header: `UDP`, `TCP`.
    pub fn via_name(self) -> &'static str {
        match self {
            Transport::Udp => "UDP",
            Transport::Tcp => "TCP",
        }
    }

    /// The word of a URI's `transport` parameter: `udp`, `tcp`.
    pub fn param_name(self) -> &'static str {
        match self {
            Transport::Udp => "udp",
            Transport::Tcp => "tcp",
        }
    }

    /// The transport that a Via or a `transport` parameter names, in any case.
    pub fn from_name(name: &[u8]) -> Option<Transport> {
        if name.eq_ignore_ascii_case(b"udp") {
            Some(Transport::Udp)
        } else if name.eq_ignore_ascii_case(b"tcp") {
            Some(Transport::Tcp)
        } else {
            None
        }
    }

    /// The port that a peer uses when it names none (RFC 3261 §18.2.2, §19.1.2).
    pub fn default_port(self) -> u16 {
        5060
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.param_name())
    }
}

/// One of our listening addresses: its place in [`crate::Settings::listeners`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ListenerId(pub u16);

/// A listening address and how peers are told to reach it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    /// The transport that it serves.
    pub transport: Transport,
    /// The bound address.
    pub address: SocketAddr,
    /// `host:port` as written into Via and Record-Route; the bound address unless the operator advertises another.
    pub sent_by: String,
}

impl Listener {
    /// A listener that advertises the address that it is bound to.
    pub fn new(transport: Transport, address: SocketAddr) -> Listener {
        Listener { transport, address, sent_by: address.to_string() }
    }
}

/// A connection's number, given by the process around the core and never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnectionId(pub NonZeroU64);

impl ConnectionId {
    /// The number that no connection has: what came over one that has ended.
    pub const ENDED: ConnectionId = ConnectionId(NonZeroU64::MAX);
}

/// The way to a peer.
///
/// Over TCP a flow without a connection means: use an open connection to `remote`, else open one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Flow {
    /// The transport.
    pub transport: Transport,
    /// Our end.
    pub listener: ListenerId,
    /// The peer's address and port as seen from here.
    pub remote: SocketAddr,
    /// The connection, when there is one.
    pub connection: Option<ConnectionId>,
}

impl Flow {
    /// The way to a peer over UDP.
    pub fn udp(listener: ListenerId, remote: SocketAddr) -> Flow {
        Flow { transport: Transport::Udp, listener, remote, connection: None }
    }

    /// The way to a peer over a connection that may still have to be opened.
    pub fn tcp(listener: ListenerId, remote: SocketAddr, connection: Option<ConnectionId>) -> Flow {
        Flow { transport: Transport::Tcp, listener, remote, connection }
    }
}

impl fmt::Display for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.transport, self.remote)?;
        match self.connection {
            Some(connection) => write!(f, "#{}", connection.0),
            None => Ok(()),
        }
    }
}
