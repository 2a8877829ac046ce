//! Peers that are trusted by their address: what they send is not challenged, and who they say somebody is counts. They are few and known
//! whole; the process tells them, and tells them again when they change.
//!
//! RFC 3325 §3 (trust domains), §2.

use crate::flow::{Flow, Transport};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// A peer that is trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedPeer {
    /// Its address.
    pub address: IpAddr,
    /// The only transport over which it is trusted; none: any.
    pub transport: Option<Transport>,
    /// What becomes of its calls.
    pub calls: PeerCalls,
}

/// What becomes of a peer's calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerCalls {
    /// Its number; 0: made up.
    pub id: i64,
    /// Nothing that it sends is served.
    pub blocked: bool,
    /// Digits removed from the numbers that it calls.
    pub strip: u8,
    /// Put in front of them then.
    pub prefix: Box<str>,
    /// Whether it may reach gateways and other peers.
    pub transit: bool,
    /// Whether its numbers are looked up in ENUM.
    pub enum_lookup: bool,
    /// The only carrier that its calls may go to, by name; empty: any.
    pub carrier: Box<str>,
    /// As whose its calls ask for routes; empty: as nobody's.
    pub originator: Box<str>,
    /// The reseller whose carriers it may use.
    pub reseller: i64,
    /// Most calls at the same time; 0: no limit.
    pub call_limit: u32,
}

impl Default for PeerCalls {
    fn default() -> PeerCalls {
        PeerCalls {
            id: 0,
            blocked: false,
            strip: 0,
            prefix: Box::default(),
            transit: false,
            enum_lookup: true,
            carrier: Box::default(),
            originator: Box::default(),
            reseller: 0,
            call_limit: 0,
        }
    }
}

/// All of them.
#[derive(Debug, Default)]
pub struct TrustedPeers {
    by_address: RwLock<HashMap<IpAddr, Arc<TrustedPeer>>>,
    /// Mostly there are none, and then nothing is looked up.
    any: AtomicBool,
}

impl TrustedPeers {
    /// These are the peers from now on.
    pub fn set(&self, peers: impl IntoIterator<Item = TrustedPeer>) {
        let peers: HashMap<_, _> =
            peers.into_iter().map(|peer| (peer.address.to_canonical(), Arc::new(peer))).collect();
        let mut held = self.by_address.write().unwrap_or_else(PoisonError::into_inner);
        self.any.store(!peers.is_empty(), Ordering::Release);
        *held = peers;
    }

    /// Whether what comes or goes this way comes from or goes to a trusted peer.
    pub fn trusts(&self, flow: Flow) -> bool {
        self.any.load(Ordering::Acquire) && self.find(flow, |peer| !peer.calls.blocked).unwrap_or(false)
    }

    /// The peer at the other end of this way, a blocked one too.
    pub(crate) fn peer(&self, flow: Flow) -> Option<Arc<TrustedPeer>> {
        if !self.any.load(Ordering::Acquire) {
            return None;
        }
        self.find(flow, Arc::clone)
    }

    fn find<T>(&self, flow: Flow, take: impl FnOnce(&Arc<TrustedPeer>) -> T) -> Option<T> {
        let held = self.by_address.read().unwrap_or_else(PoisonError::into_inner);
        let peer = held.get(&flow.remote.ip().to_canonical());
        peer.filter(|peer| peer.transport.is_none_or(|transport| transport == flow.transport)).map(take)
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
            TrustedPeer { address: "192.0.2.9".parse().unwrap(), transport: None, calls: PeerCalls::default() },
            TrustedPeer {
                address: "2001:db8::9".parse().unwrap(),
                transport: Some(Transport::Tls),
                calls: PeerCalls::default(),
            },
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
