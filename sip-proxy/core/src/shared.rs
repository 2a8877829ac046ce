//! What all shards of a process share: the location table and the nonces. Everything else a shard holds alone.

use crate::digest::Nonces;
use crate::locations::Locations;
use std::time::{Duration, Instant};

/// How long a nonce may be used. A phone that registers anew within this time is spared the challenge.
const NONCE_LIFETIME: Duration = Duration::from_secs(600);
/// How many used nonces are remembered at most.
const NONCES_MAX: usize = 1 << 18;

/// One for each process, held by all its shards.
#[derive(Debug)]
pub struct Shared {
    /// The contacts of all addresses.
    pub locations: Locations,
    /// The nonces of all challenges.
    pub nonces: Nonces,
}

impl Shared {
    /// An empty table and nonces sealed with this secret, which should be new in each process.
    pub fn new(secret: &[u8; 32], start: Instant) -> Shared {
        Shared { locations: Locations::new(), nonces: Nonces::new(secret, start, NONCE_LIFETIME, NONCES_MAX) }
    }
}
