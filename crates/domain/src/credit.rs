//! Credits: how many records of a kind a customer, and all customers of a reseller together, may have.

use std::fmt;

/// A kind of record that is counted, named by the customer property that limits it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CreditKind {
    /// SIP accounts.
    SipAccount,
    /// SIP aliases.
    SipAlias,
    /// ENUM ranges.
    EnumRange,
    /// ENUM numbers.
    EnumNumber,
    /// DNS zones.
    DnsZone,
    /// E-mail aliases.
    EmailAlias,
}

impl CreditKind {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::SipAccount, Self::SipAlias, Self::EnumRange, Self::EnumNumber, Self::DnsZone, Self::EmailAlias];

    /// The customer property that holds the limit. Absent or empty is no limit, 0 is none allowed.
    pub const fn property(self) -> &'static str {
        match self {
            Self::SipAccount => "sip_credit",
            Self::SipAlias => "sip_alias_credit",
            Self::EnumRange => "enum_range_credit",
            Self::EnumNumber => "enum_number_credit",
            Self::DnsZone => "dns_zone_credit",
            Self::EmailAlias => "email_credit",
        }
    }
}

impl fmt::Display for CreditKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SipAccount => "SIP account",
            Self::SipAlias => "SIP alias",
            Self::EnumRange => "ENUM range",
            Self::EnumNumber => "ENUM number",
            Self::DnsZone => "DNS zone",
            Self::EmailAlias => "e-mail alias",
        })
    }
}
