//! Which addresses were registered over which connection, so that a connection's end is followed by their contacts. Each shard knows what
//! it registered itself.
//!
//! RFC 5626 §3.1: a contact behind a router is reached over its connection or not at all.

use crate::flow::ConnectionId;
use domain::SipId;
use std::collections::HashMap;

/// Below so many connections nothing is looked through.
const SWEEP_MIN: usize = 1024;

/// The addresses of each connection.
#[derive(Debug, Default)]
pub(crate) struct ByConnection {
    /// In their order, each once.
    addresses: HashMap<ConnectionId, Vec<SipId>>,
    /// How many connections there were when those were last left out that have ended without a word.
    swept_at: usize,
}

impl ByConnection {
    /// Notes that an address has a contact over a connection. `stands` tells whether one that was noted before still has: a
    /// registration may be done after its connection has ended.
    pub(crate) fn note(
        &mut self,
        connection: ConnectionId,
        aor: &SipId,
        stands: impl Fn(ConnectionId, &SipId) -> bool,
    ) {
        let addresses = self.addresses.entry(connection).or_default();
        if let Err(place) = addresses.binary_search(aor) {
            addresses.insert(place, aor.clone());
        }
        if self.addresses.len() > SWEEP_MIN.max(2 * self.swept_at) {
            self.addresses.retain(|connection, addresses| {
                addresses.retain(|aor| stands(*connection, aor));
                !addresses.is_empty()
            });
            self.swept_at = self.addresses.len();
        }
    }

    /// The addresses of a connection that has ended.
    pub(crate) fn take(&mut self, connection: ConnectionId) -> Vec<SipId> {
        self.addresses.remove(&connection).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::num::NonZeroU64;

    fn connection(number: usize) -> ConnectionId {
        ConnectionId(NonZeroU64::new(number as u64).unwrap())
    }

    #[test]
    fn an_address_is_noted_once_and_taken_once() {
        let (alice, bob) = (SipId::parse("alice@example.com").unwrap(), SipId::parse("bob@example.com").unwrap());
        let mut index = ByConnection::default();
        for aor in [&bob, &alice, &bob] {
            index.note(connection(1), aor, |_, _| true);
        }
        assert_eq!(index.take(connection(1)), [alice, bob]);
        assert!(index.take(connection(1)).is_empty());
    }

    #[test]
    fn what_no_longer_stands_is_forgotten() {
        let alice = SipId::parse("alice@example.com").unwrap();
        let mut index = ByConnection::default();
        for number in 1..=10 * SWEEP_MIN {
            index.note(connection(number), &alice, |connection, _| connection.0.get() == number as u64);
            assert!(index.addresses.len() <= SWEEP_MIN + 1);
        }
    }
}
