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
