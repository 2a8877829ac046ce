//! The wire types: generated from the published contract, with what ties an input to its operation.
//!
//! All members are optional: what must be there is a rule of the operation, which says so with a fault of the contract.

pub mod customer;
mod operations;
pub mod sip;
pub mod types;

pub use operations::Operation;

/// The input of an operation, and what the operation answers.
pub trait Input: soap::Record {
    /// The result, `()` for void.
    type Output: soap::Wire;
    /// The operation that it belongs to.
    const OPERATION: Operation;
}

impl Operation {
    /// The operation of an element. Some toolkits put it into the types' namespace or into none; the port that the URL names
    /// then says which is meant.
    #[must_use]
    pub fn find_at(namespace: &str, name: &str, default_port: Option<&str>) -> Option<Self> {
        let of_port = |operation: &&Self| {
            let described = operation.describe();
            described.name == name && default_port.is_some_and(|port| port.eq_ignore_ascii_case(described.port))
        };
        Self::find(namespace, name).or_else(|| match namespace {
            "" | soap::ns::TYPES => Self::ALL.iter().find(of_port).copied(),
            _ => None,
        })
    }
}
