//! Where a message came from and where one goes: transports, listeners, flows.
//!
//! A flow is the way back to a peer: for UDP our listening socket and the peer's address, for TCP one connection. Opening,
//! closing and counting connections is left to the process around the core.
//!
//! RFC 3261 §18 (transport), RFC 3581 §4 (symmetric response routing), RFC 5923 (connection reuse), RFC 7118 §5 (WebSocket).

use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroU64;

use crate::peer_names::PeerName;

/// A transport protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Transport {
    /// Datagrams: retransmission is ours.
    Udp,
    /// A stream: the transport retransmits.
    Tcp,
    /// A stream within TLS.
    Tls,
    /// A WebSocket, whose frames are messages (RFC 7118).
    Ws,
    /// A WebSocket within TLS.
    Wss,
}

impl Transport {
    /// All of them.
    pub const ALL: [Transport; 5] = [Transport::Udp, Transport::Tcp, Transport::Tls, Transport::Ws, Transport::Wss];

    /// Whether the transport itself retransmits (RFC 3261 §17: "reliable transports").
    pub fn is_reliable(self) -> bool {
        self != Transport::Udp
    }

    /// Whether nobody on the way can read along: what a `sips` URI demands (RFC 3261 §26.2.2, RFC 7118 §5.3).
    pub fn is_secure(self) -> bool {
        matches!(self, Transport::Tls | Transport::Wss)
    }

    /// Whether a peer that was named or located can be gone to. Nobody listens for WebSockets but servers, and those who speak SIP over
    /// one are browsers.
    pub fn is_dialled(self) -> bool {
        matches!(self, Transport::Udp | Transport::Tcp | Transport::Tls)
    }

    /// Whether a phone that registered over it is reached over that very connection and in no other way.
    ///
    /// RFC 7118 §1, RFC 5626 §3.1: a browser cannot be connected to, and a phone has no certificate to show to who would connect to it.
    pub fn is_own_connection_only(self) -> bool {
        matches!(self, Transport::Tls | Transport::Ws | Transport::Wss)
    }

    /// The word of the Via header (RFC 3261 §20.42, RFC 7118 §5.2): `UDP`, `TCP`, `TLS`, `WS`, `WSS`.
    pub fn via_name(self) -> &'static str {
        match self {
            Transport::Udp => "UDP",
            Transport::Tcp => "TCP",
            Transport::Tls => "TLS",
            Transport::Ws => "WS",
            Transport::Wss => "WSS",
        }
    }

    /// Its name, in small letters.
    pub fn name(self) -> &'static str {
        match self {
            Transport::Udp => "udp",
            Transport::Tcp => "tcp",
            Transport::Tls => "tls",
            Transport::Ws => "ws",
            Transport::Wss => "wss",
        }
    }

    /// The word of a URI's `transport` parameter; none for UDP, which needs none. RFC 7118 §5.2 has but one for both kinds of WebSocket.
    pub fn uri_param(self) -> &'static str {
        match self {
            Transport::Udp => "",
            Transport::Tcp => ";transport=tcp",
            Transport::Tls => ";transport=tls",
            Transport::Ws | Transport::Wss => ";transport=ws",
        }
    }

    /// The transport of this name, in any case.
    pub fn from_name(name: &[u8]) -> Option<Transport> {
        Transport::ALL.into_iter().find(|transport| name.eq_ignore_ascii_case(transport.name().as_bytes()))
    }

    /// The transport that a URI's scheme and `transport` parameter name together; none where they contradict each other or name one that
    /// is unknown. `Some(None)`: nothing is said.
    pub fn of_uri(secure: bool, param: Option<&[u8]>) -> Option<Option<Transport>> {
        let named = match param {
            None => None,
            Some(name) => Some(Transport::from_name(name)?),
        };
        match (secure, named) {
            (false, named) => Some(named),
            // RFC 3261 §26.2.2, RFC 3263 §4.1: TLS over whatever is named beneath it.
            (true, None | Some(Transport::Tcp | Transport::Tls)) => Some(Some(Transport::Tls)),
            (true, Some(Transport::Ws | Transport::Wss)) => Some(Some(Transport::Wss)),
            (true, Some(Transport::Udp)) => None,
        }
    }

    /// The port that a peer uses when it names none (RFC 3261 §18.2.2, §19.1.2; RFC 7118 §5.1 with RFC 6455 §3).
    pub fn default_port(self) -> u16 {
        match self {
            Transport::Udp | Transport::Tcp => 5060,
            Transport::Tls => 5061,
            Transport::Ws => 80,
            Transport::Wss => 443,
        }
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
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

    /// Whether peers at addresses such as this one can be reached over it.
    pub(crate) fn reaches(&self, transport: Transport, remote: SocketAddr) -> bool {
        let ip = self.address.ip();
        self.is_of(transport, remote)
            && (ip.is_unspecified() || ip.is_loopback() == remote.ip().to_canonical().is_loopback())
    }

    /// Whether transport and family are these.
    pub(crate) fn is_of(&self, transport: Transport, remote: SocketAddr) -> bool {
        self.transport == transport && self.address.is_ipv6() == remote.is_ipv6()
    }
}

/// A connection's number, given by the process around the core and never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnectionId(pub NonZeroU64);

impl ConnectionId {
    /// The number that no connection has: what came over one that has ended.
    pub const ENDED: ConnectionId = ConnectionId(NonZeroU64::MAX);
    /// Whichever connection stands to the remote address; none is opened where there is none.
    pub const STANDING: ConnectionId = ConnectionId(match NonZeroU64::new(u64::MAX - 1) {
        Some(number) => number,
        None => NonZeroU64::MAX,
    });
}

/// The way to a peer.
///
/// Over a stream a flow without a connection means: use an open connection to `remote`, else open one.
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
    /// Who the peer must prove to be when a connection to it is opened; none: who has that address.
    pub peer: Option<PeerName>,
}

impl Flow {
    /// The way to a peer over UDP.
    pub fn udp(listener: ListenerId, remote: SocketAddr) -> Flow {
        Flow::to(Transport::Udp, listener, remote)
    }

    /// The way to a peer over TCP, by a connection that may still have to be opened.
    pub fn tcp(listener: ListenerId, remote: SocketAddr, connection: Option<ConnectionId>) -> Flow {
        Flow { connection, ..Flow::to(Transport::Tcp, listener, remote) }
    }

    /// The way to a peer over whichever transport; over a stream the connection may still have to be opened.
    pub fn to(transport: Transport, listener: ListenerId, remote: SocketAddr) -> Flow {
        Flow { transport, listener, remote, connection: None, peer: None }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 3261 §20.42, RFC 7118 §5.2.
    #[test]
    fn every_transport_is_found_by_its_names() {
        for transport in Transport::ALL {
            assert_eq!(Transport::from_name(transport.via_name().as_bytes()), Some(transport));
            assert_eq!(Transport::from_name(transport.name().as_bytes()), Some(transport));
        }
        assert_eq!(Transport::from_name(b"sctp"), None);
    }

    /// RFC 3261 §26.2.2, RFC 7118 §5.3: a secure scheme stands for TLS beneath whatever is named.
    #[test]
    fn a_secure_scheme_makes_a_transport_secure_or_contradicts_it() {
        assert_eq!(Transport::of_uri(false, None), Some(None));
        assert_eq!(Transport::of_uri(false, Some(b"TLS")), Some(Some(Transport::Tls)));
        assert_eq!(Transport::of_uri(true, None), Some(Some(Transport::Tls)));
        assert_eq!(Transport::of_uri(true, Some(b"tcp")), Some(Some(Transport::Tls)));
        assert_eq!(Transport::of_uri(true, Some(b"ws")), Some(Some(Transport::Wss)));
        assert_eq!(Transport::of_uri(true, Some(b"udp")), None);
        assert_eq!(Transport::of_uri(false, Some(b"sctp")), None);
    }
}
