//! The pure core of the SIP registrar and proxy: state machines without sockets, clocks, tasks or SQL.

pub mod digest;
pub mod directory;
pub mod flow;
pub mod locations;
pub mod registrar;
mod shared;

pub use shared::Shared;
