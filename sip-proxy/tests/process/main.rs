//! The binary as an operator and a phone meet it: started, killed, cut off from its database, asked to end.
//!
//! Each test has a proxy and a database of its own. What is decided about SIP is tested in `sip-core`.

#![expect(clippy::expect_used, reason = "a test whose surroundings fail cannot go on")]

mod client;
mod database;
mod lifecycle;
mod names;
mod proxy;
mod several;
mod streams;
