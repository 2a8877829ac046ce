//! The provisioning server: the contract's operations over SOAP, each in its own file, over one store.

pub mod app;
mod attempts;
pub mod caller;
pub mod changes;
pub mod config;
pub mod context;
pub mod error;
pub mod explain;
pub mod http;
mod journal;
pub mod json;
pub mod metrics;
pub mod origin;
pub mod passwords;
pub mod ports;
mod webhooks;
pub mod wire;
mod wsdl;
