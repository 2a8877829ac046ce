//! Who a call is made for, and therefore which rows it can reach.
//!
//! A scope is an argument of every call that touches provisioned data. The database holds the same line below it with
//! row-level security, so a forgotten condition shows nothing rather than somebody else's rows.

use crate::{CustomerId, ResellerId};

/// The rows that a call may see and change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Every row.
    Administrator,
    /// Every row of one reseller: its own and those of its customers.
    Reseller(ResellerId),
    /// The rows of one customer of a reseller.
    Customer(CustomerId, ResellerId),
}

impl Scope {
    /// Reaches everything.
    pub const fn administrator() -> Self {
        Self::Administrator
    }

    /// Reaches what carries this reseller's id.
    pub const fn reseller(reseller: ResellerId) -> Self {
        Self::Reseller(reseller)
    }

    /// Reaches what carries this customer's id.
    pub const fn customer(customer: CustomerId, reseller: ResellerId) -> Self {
        Self::Customer(customer, reseller)
    }

    /// The scope of a row of the customers table: a reseller's when its id is its reseller's.
    pub const fn of_row(customer: CustomerId, reseller: ResellerId) -> Self {
        if customer.is_reseller(reseller) { Self::Reseller(reseller) } else { Self::Customer(customer, reseller) }
    }

    /// Whether this is the administrator's.
    pub const fn is_administrator(&self) -> bool {
        matches!(self, Self::Administrator)
    }

    /// The customer that new records belong to; nobody for the administrator, the reseller's own row for a reseller.
    pub const fn customer_id(&self) -> CustomerId {
        match self {
            Self::Administrator => CustomerId::NOBODY,
            Self::Reseller(reseller) => reseller.as_customer(),
            Self::Customer(customer, _) => *customer,
        }
    }

    /// The reseller that new records belong to; nobody for the administrator.
    pub const fn reseller_id(&self) -> ResellerId {
        match self {
            Self::Administrator => ResellerId::NOBODY,
            Self::Reseller(reseller) | Self::Customer(_, reseller) => *reseller,
        }
    }

    /// Whether a record that belongs to these two is in reach.
    pub fn reaches(&self, customer: CustomerId, reseller: ResellerId) -> bool {
        match self {
            Self::Administrator => true,
            Self::Reseller(own) => !own.is_nobody() && *own == reseller,
            Self::Customer(own, own_reseller) => !own.is_nobody() && *own == customer && *own_reseller == reseller,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RESELLER: ResellerId = ResellerId::new(1000);
    const OTHER: ResellerId = ResellerId::new(2000);
    const CUSTOMER: CustomerId = CustomerId::new(1042);

    #[test]
    fn the_administrator_reaches_what_belongs_to_nobody() {
        assert!(Scope::administrator().reaches(CustomerId::NOBODY, ResellerId::NOBODY));
    }

    #[test]
    fn a_reseller_reaches_its_customers_and_nothing_of_another() {
        let scope = Scope::reseller(RESELLER);
        assert!(scope.reaches(RESELLER.as_customer(), RESELLER));
        assert!(scope.reaches(CUSTOMER, RESELLER));
        assert!(!scope.reaches(CUSTOMER, OTHER));
        assert!(!scope.reaches(CustomerId::NOBODY, ResellerId::NOBODY));
    }

    #[test]
    fn a_customer_reaches_only_what_carries_its_own_id() {
        let scope = Scope::customer(CUSTOMER, RESELLER);
        assert!(scope.reaches(CUSTOMER, RESELLER));
        assert!(!scope.reaches(RESELLER.as_customer(), RESELLER));
        assert!(!scope.reaches(CustomerId::new(1043), RESELLER));
    }

    #[test]
    fn a_scope_of_nobody_reaches_nothing() {
        assert!(!Scope::reseller(ResellerId::NOBODY).reaches(CustomerId::NOBODY, ResellerId::NOBODY));
        assert!(!Scope::customer(CustomerId::NOBODY, RESELLER).reaches(CustomerId::NOBODY, RESELLER));
    }

    #[test]
    fn a_row_whose_id_is_its_resellers_is_a_reseller() {
        assert_eq!(Scope::of_row(RESELLER.as_customer(), RESELLER), Scope::reseller(RESELLER));
        assert_eq!(Scope::of_row(CUSTOMER, RESELLER), Scope::customer(CUSTOMER, RESELLER));
    }
}
