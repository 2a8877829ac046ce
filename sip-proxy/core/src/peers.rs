//! Peers that are trusted by their address: what they send is not challenged, and who they say somebody is counts. They are few and known
//! whole; the process tells them, and tells them again when they change.
//!
//! RFC 3325 §3 (trust domains), §2.

use crate::flow::{Flow, Transport};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

/// A peer that is trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrustedPeer {
    /// Its address.
    pub address: IpAddr,
    /// The only transport over which it is trusted; none: any.
    pub transport: Option<Transport>,
}

/// All of them.
#[derive(Debug, Default)]
pub struct TrustedPeers {
    by_address: RwLock<HashMap<IpAddr, Option<Transport>>>,
    /// Mostly there are none, and then nothing is looked up.
    any: AtomicBool,
}

impl TrustedPeers {
    /// These are the peers from now on.
    pub fn set(&self, peers: impl IntoIterator<Item = TrustedPeer>) {
        let peers: HashMap<_, _> =
            peers.into_iter().map(|peer| (peer.address.to_canonical(), peer.transport)).collect();
        let mut held = self.by_address.write().unwrap_or_else(PoisonError::into_inner);
        self.any.store(!peers.is_empty(), Ordering::Release);
        *held = peers;
    }

    /// Whether what comes or goes this way comes from or goes to a trusted peer.
    pub fn trusts(&self, flow: Flow) -> bool {
        if !self.any.load(Ordering::Acquire) {
            return false;
        }
        let held = self.by_address.read().unwrap_or_else(PoisonError::into_inner);
        let peer = held.get(&flow.remote.ip().to_canonical());
        peer.is_some_and(|transport| transport.is_none_or(|transport| transport == flow.transport))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::ListenerId;

    #[test]
    fn a_peer_is_trusted_by_its_address_over_its_transport() {
        let peers = TrustedPeers::default();
        let flow = |transport, address: &str| Flow::to(transport, ListenerId(0), address.parse().unwrap());
        assert!(!peers.trusts(flow(Transport::Udp, "192.0.2.9:5060")));
        peers.set([
            TrustedPeer { address: "192.0.2.9".parse().unwrap(), transport: None },
            TrustedPeer { address: "2001:db8::9".parse().unwrap(), transport: Some(Transport::Tls) },
        ]);
        for (transport, address, trusted) in [
            (Transport::Udp, "192.0.2.9:5060", true),
            (Transport::Tcp, "[::ffff:192.0.2.9]:40000", true),
            (Transport::Udp, "192.0.2.8:5060", false),
            (Transport::Tls, "[2001:db8::9]:40000", true),
            (Transport::Tcp, "[2001:db8::9]:40000", false),
        ] {
            assert_eq!(peers.trusts(flow(transport, address)), trusted, "{transport} {address}");
        }
        peers.set([]);
        assert!(!peers.trusts(flow(Transport::Udp, "192.0.2.9:5060")));
    }
}
