//! sip-core
pub mod digest;
