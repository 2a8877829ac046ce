//! Identities of customers and resellers: numbers that must not be mixed up.

use std::fmt;

use crate::Invalid;

/// A row of the customers table. 0 is nobody: the record is the administrator's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct CustomerId(i64);

/// A customer that is a reseller. 0 is nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct ResellerId(i64);

impl CustomerId {
    /// Nobody: what belongs to no customer is the administrator's.
    pub const NOBODY: Self = Self(0);

    /// An id that the platform itself made, such as a row's.
    pub const fn new(id: i64) -> Self {
        Self(id)
    }

    /// An id that somebody sent.
    pub fn parse(id: i64) -> Result<Self, Invalid> {
        if id < 0 { Err(Invalid::new("an id is not negative")) } else { Ok(Self(id)) }
    }

    /// The number.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Whether this names no customer.
    pub const fn is_nobody(self) -> bool {
        self.0 == 0
    }

    /// Whether this is the row of that reseller itself: a reseller is a customer whose id is its reseller's.
    pub const fn is_reseller(self, reseller: ResellerId) -> bool {
        self.0 == reseller.0
    }
}

impl ResellerId {
    /// Nobody: what belongs to no reseller is the administrator's.
    pub const NOBODY: Self = Self(0);

    /// An id that the platform itself made, such as a row's.
    pub const fn new(id: i64) -> Self {
        Self(id)
    }

    /// An id that somebody sent.
    pub fn parse(id: i64) -> Result<Self, Invalid> {
        CustomerId::parse(id).map(|id| Self(id.0))
    }

    /// The number.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Whether this names no reseller.
    pub const fn is_nobody(self) -> bool {
        self.0 == 0
    }

    /// The reseller's own row among the customers.
    pub const fn as_customer(self) -> CustomerId {
        CustomerId(self.0)
    }
}

impl fmt::Display for CustomerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for ResellerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_was_sent_is_never_negative() {
        assert!(CustomerId::parse(-1).is_err());
        assert!(ResellerId::parse(-1).is_err());
        assert_eq!(CustomerId::parse(0), Ok(CustomerId::NOBODY));
    }

    #[test]
    fn a_reseller_is_the_customer_of_its_own_number() {
        let reseller = ResellerId::new(1000);
        assert!(reseller.as_customer().is_reseller(reseller));
        assert!(!CustomerId::new(1042).is_reseller(reseller));
    }
}
