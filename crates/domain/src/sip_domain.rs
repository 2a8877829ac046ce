//! A SIP domain and its TLS profile, and SIP aliases: what belongs to whom by assignment, and what inherits.

use crate::{CustomerId, DomainName, ResellerId, SipId};

/// The TLS profile of a domain; stored as it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TlsProfile {
    /// Certificate, PEM text.
    pub certificate: String,
    /// Private key, PEM text.
    pub private_key: crate::Secret,
    /// Addresses that the profile applies to.
    pub match_ip_address: String,
    /// The SIP domain that the profile applies to.
    pub match_sip_domain: String,
    /// Verify the peer's certificate.
    pub verify_cert: bool,
    /// Require one.
    pub require_cert: bool,
}

/// Whom a record is given to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ownership {
    /// The customer; nobody is the administrator.
    pub customer: CustomerId,
    /// The customer's reseller.
    pub reseller: ResellerId,
}

/// A domain as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SipDomain {
    /// Its name.
    pub domain: DomainName,
    /// Whose it is.
    pub ownership: Ownership,
    /// Its TLS profile.
    pub tls: TlsProfile,
    /// When it was last changed, as text.
    pub change_date: String,
}

/// An alias to be made, or what an alias is to become.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSipAlias {
    /// The address.
    pub id: SipId,
    /// The account that it leads to.
    pub target: SipId,
    /// The customer that the single alias is assigned to.
    pub owner: CustomerId,
}

/// An alias as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SipAlias {
    /// The address.
    pub id: SipId,
    /// The account that it leads to; nothing where that is out of the reader's reach.
    pub target: Option<SipId>,
    /// The customer that the single alias is assigned to.
    pub owner: CustomerId,
    /// Inherited from the alias's domain.
    pub ownership: Ownership,
    /// When it was last changed, as text.
    pub change_date: String,
}
