//! What tests need of the outside world: a database of their own, a database that can be stopped, ports that are free.
//!
//! For tests only: it fails loudly (panics) instead of answering errors, so that a test reads as what it shows.

#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test whose surroundings are missing cannot go on"
)]

mod outage;
mod scratch;
mod shared_cluster;

pub use outage::StoppableDb;
pub use scratch::ScratchDb;

use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};

/// An address on loopback whose port is free for both UDP and TCP at the moment.
pub fn free_address() -> SocketAddr {
    loop {
        let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free TCP port");
        let address = tcp.local_addr().expect("the listener's address");
        if UdpSocket::bind(address).is_ok() {
            return address;
        }
    }
}
