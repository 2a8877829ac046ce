//! The transaction layer: matches each message to its transaction or makes one, runs the four machines and their timers.
//!
//! RFC 3261 §17.

mod slab;

use std::fmt;

pub(crate) use slab::SlabKey;

/// A server transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ServerId(SlabKey);

/// A client transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClientId(SlabKey);

/// A transaction of either side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TransactionId {
    /// A request that was received.
    Server(ServerId),
    /// A request that was sent.
    Client(ClientId),
}

impl fmt::Display for TransactionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TransactionId::Server(id) => write!(f, "server transaction {:x}", id.0.number()),
            TransactionId::Client(id) => write!(f, "client transaction {:x}", id.0.number()),
        }
    }
}
