//! The binary as an operator and a phone meet it: started, killed, cut off from its database, asked to end.
//!
//! Each test has a proxy and a database of its own. What is decided about SIP is tested in `sip-core`.

#![expect(clippy::expect_used, reason = "a test whose surroundings fail cannot go on")]

mod abuse;
mod attacker;
mod certificates;
mod client;
mod database;
mod keep_alive;
mod lifecycle;
mod load;
mod names;
mod proxy;
mod restart;
mod secure;
mod several;
mod streams;
mod transports;
mod websockets;
