//! Provisioned over SOAP, observed over SIP: both programs, a real PostgreSQL and sipp's phones.
//!
//! Each test starts a platform of its own as `make up` does, and uses nothing of it but its addresses, its files and its
//! processes.

#![expect(clippy::unwrap_used, reason = "a test ends at the first thing that goes wrong")]

mod clients;
mod compiled_toolkits;
mod database_away;
mod documents;
mod first_call;
mod line;
mod nodes;
mod packages;
mod phone;
mod phones;
mod platform;
mod restart;
mod routing;
mod soap;
mod start;
mod toolkits;
mod wait;
