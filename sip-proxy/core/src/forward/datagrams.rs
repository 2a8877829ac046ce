//! Peers that take datagrams only: what is too long for one was sent to them over a connection, and there was none to be had.
//!
//! RFC 3261 §18.1.1.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// How long this is remembered: a connection is not tried in vain with each request.
const REMEMBERED: Duration = Duration::from_secs(600);
const PEERS_MAX: usize = 4096;

/// Those that are known.
#[derive(Debug, Default)]
pub(super) struct DatagramsOnly {
    until: HashMap<SocketAddr, Instant>,
}

impl DatagramsOnly {
    /// This one could not be connected to.
    pub(super) fn note(&mut self, now: Instant, peer: SocketAddr) {
        if self.until.len() >= PEERS_MAX {
            self.until.retain(|_, until| *until > now);
        }
        if self.until.len() >= PEERS_MAX {
            self.until.clear();
        }
        self.until.insert(peer, now + REMEMBERED);
    }

    pub(super) fn contains(&self, now: Instant, peer: SocketAddr) -> bool {
        self.until.get(&peer).is_some_and(|until| *until > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_clock::start;

    #[test]
    fn what_is_remembered_is_bounded_and_forgotten() {
        let (mut known, now) = (DatagramsOnly::default(), start());
        let peer = |port: u16| SocketAddr::from(([192, 0, 2, 7], port));
        for port in 1..=5000 {
            known.note(now, peer(port));
            assert!(known.until.len() <= PEERS_MAX);
        }
        assert!(known.contains(now, peer(5000)));
        assert!(!known.contains(now + REMEMBERED, peer(5000)));
    }
}
