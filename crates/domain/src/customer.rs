//! A customer: the person or company, its login, and what only the administrator decides.

use crate::{CustomerId, CustomerProperty, Invalid, ResellerId};

/// The longest login name.
const USERNAME_MAX: usize = 64;

/// The name that a customer signs in with, unique on the platform in any case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginName(Box<str>);

/// Name, addresses and numbers; replaced as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the members are the contract's, and say what they are")]
pub struct CustomerProfile {
    pub first_name: String,
    pub last_name: String,
    pub organization: String,
    pub vat_number: String,
    pub email: String,
    pub web: String,
    pub tel: String,
    pub fax: String,
    pub mobile: String,
    pub sip: String,
    pub enum_number: String,
    pub address: String,
    pub postcode: String,
    pub city: String,
    pub state: String,
    pub country: String,
    pub timezone: String,
    pub language: String,
    pub bank_account: String,
    pub billing_address: String,
    pub billing_email: String,
}

/// What only the administrator changes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CustomerTerms {
    /// Money.
    pub balance: f64,
    /// Money.
    pub credit: f64,
    /// A label.
    pub company_code: String,
    /// Whether a reseller may create anything.
    pub reseller_active: bool,
}

/// A login password in the forms that are stored; never clear text.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredPassword {
    /// Argon2id, in the PHC string format.
    pub hash: String,
    /// The clear text sealed with the platform's key, where passwords are recoverable.
    pub sealed: Option<Vec<u8>>,
}

/// A customer to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct NewCustomer {
    /// Given by the administrator, or reserved before.
    pub id: CustomerId,
    /// Its reseller; its own id for a reseller.
    pub reseller: ResellerId,
    /// The customer of the same reseller that this login acts as; nobody for none.
    pub impersonate: CustomerId,
    /// The login name; nobody can sign in without one.
    pub username: Option<LoginName>,
    /// The login password; nobody can sign in without one.
    pub password: Option<StoredPassword>,
    /// Name, addresses, numbers.
    pub profile: CustomerProfile,
    /// The administrator's part.
    pub terms: CustomerTerms,
    /// Attribute and value pairs.
    pub properties: Vec<CustomerProperty>,
}

/// A customer as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Customer {
    /// Its number.
    pub id: CustomerId,
    /// Its reseller.
    pub reseller: ResellerId,
    /// The customer that this login acts as.
    pub impersonate: CustomerId,
    /// The login name.
    pub username: String,
    /// The login password, where there is one.
    pub password: Option<StoredPassword>,
    /// Name, addresses, numbers.
    pub profile: CustomerProfile,
    /// The administrator's part.
    pub terms: CustomerTerms,
    /// Attribute and value pairs.
    pub properties: Vec<CustomerProperty>,
    /// When it was last changed, as text.
    pub change_date: String,
}

impl LoginName {
    /// Reads a login name.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.is_empty() {
            return Err(Invalid::new("a login name is missing"));
        }
        if text.chars().count() > USERNAME_MAX {
            return Err(Invalid::new("a login name has at most 64 characters"));
        }
        if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(Invalid::new("a login name has no spaces"));
        }
        Ok(Self(text.into()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for StoredPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StoredPassword(redacted)")
    }
}

impl Customer {
    /// Whether it is a reseller.
    pub const fn is_reseller(&self) -> bool {
        self.id.is_reseller(self.reseller)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_name_is_one_word() {
        for good in ["acme", "ada.byron", "ada@example.com", "Müller"] {
            assert_eq!(LoginName::parse(good).unwrap().as_str(), good);
        }
        let long = "x".repeat(65);
        for bad in ["", "a b", "a\n", &long] {
            assert!(LoginName::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_stored_password_does_not_print() {
        let stored = StoredPassword { hash: "$argon2id$abc".into(), sealed: Some(b"sealed".to_vec()) };
        assert_eq!(format!("{stored:?}"), "StoredPassword(redacted)");
    }
}
