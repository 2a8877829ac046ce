//! Every refusal of the contract: its code, its words, and what they name.
//!
//! Clients branch on the code (1001 the domain exists, 1011 the account exists …), so a code is a variant and nothing
//! can refuse with a number that the contract does not know. Turning a refusal into a fault or a document of some wire
//! is left to the wire.

use std::borrow::Cow;

use crate::{CreditKind, CustomerId, DomainName, Group, Permission, SipId};

/// Why a call is not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "a variant is its message, and a member what the message names")]
pub enum Refusal {
    #[error("SIP domain {0} does not exist")]
    SipDomainNotFound(DomainName),
    #[error("SIP domain {0} already exists")]
    SipDomainExists(DomainName),
    #[error("SIP domain {0} still has accounts or aliases")]
    SipDomainNotEmpty(DomainName),
    #[error("SIP account {0} does not exist")]
    SipAccountNotFound(SipId),
    #[error("SIP account {0} already exists")]
    SipAccountExists(SipId),
    #[error("SIP alias {0} does not exist")]
    SipAliasNotFound(SipId),
    #[error("SIP alias {0} already exists")]
    SipAliasExists(SipId),
    #[error("SIP account {account} is already in group {group}")]
    AlreadyInGroup { account: SipId, group: Group },
    #[error("SIP account {account} is not in group {group}")]
    NotInGroup { account: SipId, group: Group },
    #[error("Phonebook entry {0} does not exist")]
    PhonebookEntryNotFound(String),
    #[error("Phonebook entry {0} already exists")]
    PhonebookEntryExists(String),
    #[error("No trace for session {0}")]
    MediaSessionNotFound(String),
    #[error("Trusted peer {0} does not exist")]
    TrustedPeerNotFound(String),
    #[error("Trusted peer {0} already exists")]
    TrustedPeerExists(String),
    #[error("Carrier {0} does not exist")]
    CarrierNotFound(i64),
    #[error("Carrier {0} already exists")]
    CarrierExists(String),
    #[error("Gateway {0} does not exist")]
    GatewayNotFound(i64),
    #[error("Gateway {0} already exists")]
    GatewayExists(String),
    #[error("Gateway rule {0} does not exist")]
    GatewayRuleNotFound(i64),
    #[error("Route {0} does not exist")]
    RouteNotFound(i64),
    #[error("Route {0} already exists")]
    RouteExists(String),
    #[error("Carrier {0} is in use")]
    CarrierInUse(i64),
    #[error("Prepaid card is not valid")]
    VoucherNotFound,
    #[error("Prepaid card has already been used")]
    VoucherUsed,
    #[error("Voicemail account {0} does not exist")]
    VoicemailAccountNotFound(SipId),
    #[error("Voicemail account {0} already exists")]
    VoicemailAccountExists(SipId),
    #[error("Mailbox {0} already exists")]
    MailboxExists(String),
    #[error("ENUM range {prefix} under {tld} does not exist")]
    EnumRangeNotFound { prefix: String, tld: String },
    #[error("ENUM range {prefix} under {tld} already exists")]
    EnumRangeExists { prefix: String, tld: String },
    #[error("ENUM number +{number} under {tld} does not exist")]
    EnumNumberNotFound { number: String, tld: String },
    #[error("ENUM number +{number} under {tld} already exists")]
    EnumNumberExists { number: String, tld: String },
    #[error("ENUM range {prefix} under {tld} still has numbers")]
    EnumRangeNotEmpty { prefix: String, tld: String },
    #[error("ENUM number +{number} may have at most 5 mappings")]
    TooManyMappings { number: String },
    /// The contract's words, and behind them which limit it is.
    #[error("ENUM number +{number} does not fit range {prefix}: {limit}")]
    EnumRangeFull { number: String, prefix: String, limit: String },
    #[error("No rating profiles for {0}")]
    RatingEntityNotFound(String),
    #[error("Customer {0} does not exist")]
    CustomerNotFound(CustomerId),
    #[error("Customer {0} already exists")]
    CustomerExists(String),
    #[error("Customer {0} still has records")]
    CustomerNotEmpty(CustomerId),
    #[error("Property {name} may only be changed by {permission}")]
    PropertyNotAllowed { name: String, permission: Permission },
    #[error("DNS zone {0} does not exist")]
    DnsZoneNotFound(String),
    #[error("DNS zone {0} already exists")]
    DnsZoneExists(String),
    #[error("DNS record {0} does not exist")]
    DnsRecordNotFound(i64),
    #[error("DNS record {name} {rtype} already exists in {zone}")]
    DnsRecordExists { name: String, rtype: String, zone: String },
    #[error("Authentication failed")]
    AuthenticationFailed,
    /// The contract's words, and behind them which right is missing. Nothing of what is out of reach is told.
    #[error("Not allowed: {0}")]
    NotAllowed(&'static str),
    #[error("Reseller is not active")]
    ResellerNotActive,
    #[error("Maximum number of {0} records reached")]
    CreditExceeded(CreditKind),
    #[error("Invalid value for {member}: {why}")]
    InvalidValue { member: Cow<'static, str>, why: Cow<'static, str> },
    #[error("Unknown operation {0}")]
    UnknownOperation(String),
    #[error("Internal error")]
    InternalError,
}

impl Refusal {
    /// Every code of the contract, in order.
    pub const CODES: &[u16] = &[
        1000, 1001, 1002, 1010, 1011, 1020, 1021, 1030, 1031, 1040, 1041, 1060, 1070, 1071, 1080, 1081, 1082, 1083,
        1084, 1086, 1087, 1088, 1090, 1091, 2000, 2001, 2002, 3000, 3001, 3002, 3003, 3004, 3005, 3006, 4001, 5000,
        5001, 5002, 5003, 7000, 7001, 7002, 7003, 9000, 9001, 9002, 9003, 9004, 9005, 9009,
    ];

    /// A value that is missing or not valid; the member as a dotted path such as `account.id.domain`.
    pub fn invalid(member: impl Into<Cow<'static, str>>, why: impl Into<Cow<'static, str>>) -> Self {
        Self::InvalidValue { member: member.into(), why: why.into() }
    }

    /// The same for the entry of a list, counted from 0: what is wrong with `routes.prefix` is so with `routes[1].prefix`.
    #[must_use]
    pub fn in_entry(self, list: &str, at: usize) -> Self {
        match self {
            Self::InvalidValue { member, why } => match member.strip_prefix(list) {
                Some(below) => Self::InvalidValue { member: format!("{list}[{at}]{below}").into(), why },
                None => Self::InvalidValue { member, why },
            },
            other => other,
        }
    }

    /// The code that clients compare.
    pub const fn code(&self) -> u16 {
        match self {
            Self::SipDomainNotFound(_) => 1000,
            Self::SipDomainExists(_) => 1001,
            Self::SipDomainNotEmpty(_) => 1002,
            Self::SipAccountNotFound(_) => 1010,
            Self::SipAccountExists(_) => 1011,
            Self::SipAliasNotFound(_) => 1020,
            Self::SipAliasExists(_) => 1021,
            Self::AlreadyInGroup { .. } => 1030,
            Self::NotInGroup { .. } => 1031,
            Self::PhonebookEntryNotFound(_) => 1040,
            Self::PhonebookEntryExists(_) => 1041,
            Self::MediaSessionNotFound(_) => 1060,
            Self::TrustedPeerNotFound(_) => 1070,
            Self::TrustedPeerExists(_) => 1071,
            Self::CarrierNotFound(_) => 1080,
            Self::CarrierExists(_) => 1081,
            Self::GatewayNotFound(_) => 1082,
            Self::GatewayExists(_) => 1083,
            Self::GatewayRuleNotFound(_) => 1084,
            Self::RouteNotFound(_) => 1086,
            Self::RouteExists(_) => 1087,
            Self::CarrierInUse(_) => 1088,
            Self::VoucherNotFound => 1090,
            Self::VoucherUsed => 1091,
            Self::VoicemailAccountNotFound(_) => 2000,
            Self::VoicemailAccountExists(_) => 2001,
            Self::MailboxExists(_) => 2002,
            Self::EnumRangeNotFound { .. } => 3000,
            Self::EnumRangeExists { .. } => 3001,
            Self::EnumNumberNotFound { .. } => 3002,
            Self::EnumNumberExists { .. } => 3003,
            Self::EnumRangeNotEmpty { .. } => 3004,
            Self::TooManyMappings { .. } => 3005,
            Self::EnumRangeFull { .. } => 3006,
            Self::RatingEntityNotFound(_) => 4001,
            Self::CustomerNotFound(_) => 5000,
            Self::CustomerExists(_) => 5001,
            Self::CustomerNotEmpty(_) => 5002,
            Self::PropertyNotAllowed { .. } => 5003,
            Self::DnsZoneNotFound(_) => 7000,
            Self::DnsZoneExists(_) => 7001,
            Self::DnsRecordNotFound(_) => 7002,
            Self::DnsRecordExists { .. } => 7003,
            Self::AuthenticationFailed => 9000,
            Self::NotAllowed(_) => 9001,
            Self::ResellerNotActive => 9002,
            Self::CreditExceeded(_) => 9003,
            Self::InvalidValue { .. } => 9004,
            Self::UnknownOperation(_) => 9005,
            Self::InternalError => 9009,
        }
    }

    /// Whether the caller can mend it; otherwise it is the platform that failed.
    pub const fn is_client(&self) -> bool {
        !matches!(self, Self::InternalError)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// One of each; the match in `code` is exhaustive, and the count below keeps this list so too.
    fn every_refusal() -> Vec<Refusal> {
        use Refusal::*;
        let domain = DomainName::parse("example.com").unwrap();
        let id = SipId::parse("alice@example.com").unwrap();
        let group = Group::parse("quota").unwrap();
        let range = || ("3120800".to_owned(), "e164.arpa".to_owned());
        let number = || ("31208005161".to_owned(), "e164.arpa".to_owned());
        let mut all = vec![
            SipDomainNotFound(domain.clone()),
            SipDomainExists(domain.clone()),
            SipDomainNotEmpty(domain),
            SipAccountNotFound(id.clone()),
            SipAccountExists(id.clone()),
            SipAliasNotFound(id.clone()),
            SipAliasExists(id.clone()),
            AlreadyInGroup { account: id.clone(), group: group.clone() },
            NotInGroup { account: id.clone(), group },
            PhonebookEntryNotFound("bob@example.com".into()),
            PhonebookEntryExists("bob@example.com".into()),
            MediaSessionNotFound("a84b4c76".into()),
            TrustedPeerNotFound("192.0.2.1".into()),
            TrustedPeerExists("192.0.2.1".into()),
            CarrierNotFound(7),
            CarrierExists("acme".into()),
            GatewayNotFound(7),
            GatewayExists("gw1".into()),
            GatewayRuleNotFound(7),
            RouteNotFound(7),
            RouteExists("0031".into()),
            CarrierInUse(7),
            VoucherNotFound,
            VoucherUsed,
            VoicemailAccountNotFound(id.clone()),
            VoicemailAccountExists(id),
            MailboxExists("1000000".into()),
        ];
        let ((prefix, tld), (digits, _)) = (range(), number());
        all.extend([
            EnumRangeNotFound { prefix: prefix.clone(), tld: tld.clone() },
            EnumRangeExists { prefix: prefix.clone(), tld: tld.clone() },
            EnumNumberNotFound { number: digits.clone(), tld: tld.clone() },
            EnumNumberExists { number: digits.clone(), tld: tld.clone() },
            EnumRangeNotEmpty { prefix: prefix.clone(), tld },
            TooManyMappings { number: digits.clone() },
            EnumRangeFull { number: digits, prefix, limit: "it has all its 10 numbers".into() },
            RatingEntityNotFound("subscriber://alice@example.com".into()),
            CustomerNotFound(CustomerId::new(1042)),
            CustomerExists("acme".into()),
            CustomerNotEmpty(CustomerId::new(1042)),
            PropertyNotAllowed { name: "sip_credit".into(), permission: Permission::Admin },
            DnsZoneNotFound("example.com".into()),
            DnsZoneExists("example.com".into()),
            DnsRecordNotFound(7),
            DnsRecordExists { name: "www".into(), rtype: "A".into(), zone: "example.com".into() },
            AuthenticationFailed,
            NotAllowed("the property pstn_access is missing"),
            ResellerNotActive,
            CreditExceeded(CreditKind::SipAccount),
            Refusal::invalid("account.id.domain", "not a domain name"),
            UnknownOperation("updateCustomer".into()),
            InternalError,
        ]);
        all
    }

    #[test]
    fn each_of_the_fifty_codes_has_one_refusal() {
        let codes: BTreeMap<u16, String> = every_refusal().iter().map(|r| (r.code(), r.to_string())).collect();
        assert_eq!(every_refusal().len(), 50);
        assert_eq!(codes.keys().copied().collect::<Vec<_>>(), Refusal::CODES);
        assert_eq!(codes.len(), 50);
    }

    #[test]
    fn the_words_are_those_of_the_contract() {
        let text: BTreeMap<u16, String> = every_refusal().iter().map(|r| (r.code(), r.to_string())).collect();
        for (code, words) in [
            (1001, "SIP domain example.com already exists"),
            (1011, "SIP account alice@example.com already exists"),
            (1030, "SIP account alice@example.com is already in group quota"),
            (3002, "ENUM number +31208005161 under e164.arpa does not exist"),
            (3006, "ENUM number +31208005161 does not fit range 3120800: it has all its 10 numbers"),
            (5000, "Customer 1042 does not exist"),
            (5003, "Property sip_credit may only be changed by admin"),
            (7003, "DNS record www A already exists in example.com"),
            (9001, "Not allowed: the property pstn_access is missing"),
            (9003, "Maximum number of SIP account records reached"),
            (9004, "Invalid value for account.id.domain: not a domain name"),
        ] {
            assert_eq!(text[&code], words);
        }
    }

    #[test]
    fn only_an_internal_error_is_not_the_callers() {
        let servers: Vec<u16> = every_refusal().iter().filter(|r| !r.is_client()).map(Refusal::code).collect();
        assert_eq!(servers, [9009]);
    }
}
