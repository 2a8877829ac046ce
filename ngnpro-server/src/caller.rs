//! Who calls: from the auth header to the scope that every call into the store takes.

use domain::{CustomerId, ResellerId, Scope};

/// What a caller is, for the table of operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The administrator acting as nobody else.
    Administrator,
    /// A reseller, or the administrator acting as one.
    Reseller,
    /// A customer of a reseller, or somebody acting as one.
    Customer,
}

/// A caller whose credentials were right.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The login name, for the log.
    pub name: String,
    /// Whether the credentials are the administrator's, also when acting as a customer.
    pub is_administrator_login: bool,
    /// The rows in reach: those of the customer acted as, if any.
    pub scope: Scope,
    /// The customer acted for, nobody for the plain administrator.
    pub customer: CustomerId,
    /// The reseller of that customer.
    pub reseller: ResellerId,
}

impl Caller {
    /// The role that the table of operations asks for.
    #[must_use]
    pub const fn role(&self) -> Role {
        match self.scope {
            Scope::Administrator => Role::Administrator,
            Scope::Reseller(_) => Role::Reseller,
            Scope::Customer(..) => Role::Customer,
        }
    }
}
