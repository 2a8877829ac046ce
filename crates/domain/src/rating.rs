//! Price lists of what is charged: accounts, domains and gateways.

use crate::{DomainName, Invalid, SipId, TimeZoneName};

/// What a price list is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RatingEntity {
    /// A SIP account.
    Subscriber(SipId),
    /// All of a domain.
    Domain(DomainName),
    /// A gateway, by address or name.
    Gateway(String),
}

impl RatingEntity {
    /// Reads `subscriber://user@domain`, `domain://name` or `gateway://address`, in any case.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let wrong = || Invalid::new("not subscriber://user@domain, domain://name or gateway://address");
        let lower = text.trim().to_ascii_lowercase();
        let (scheme, name) = lower.split_once("://").ok_or_else(wrong)?;
        match scheme {
            "subscriber" => SipId::parse(name).map(Self::Subscriber),
            "domain" => DomainName::parse(name).map(Self::Domain),
            "gateway" => match name.parse::<std::net::IpAddr>() {
                Ok(address) => Ok(Self::Gateway(address.to_string())),
                Err(_) => DomainName::parse(name).map(|name| Self::Gateway(name.as_str().to_owned())),
            },
            _ => Err(wrong()),
        }
    }
}

impl std::fmt::Display for RatingEntity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Subscriber(id) => write!(f, "subscriber://{id}"),
            Self::Domain(name) => write!(f, "domain://{name}"),
            Self::Gateway(address) => write!(f, "gateway://{address}"),
        }
    }
}

/// The price lists of an entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RatingProfiles {
    /// What they are for.
    pub entity: RatingEntity,
    /// Price list on weekdays.
    pub weekday: String,
    /// The one that is used where that has no price.
    pub weekday_alt: String,
    /// Price list in weekends.
    pub weekend: String,
    /// The one that is used where that has no price.
    pub weekend_alt: String,
    /// Where the day begins.
    pub timezone: TimeZoneName,
    /// Seconds that are charged together, where the entity has its own.
    pub increment: Option<i32>,
    /// Seconds that are charged at least, where the entity has its own.
    pub min_duration: Option<i32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entity_is_an_account_a_domain_or_a_gateway_in_lower_case() {
        for (text, entity) in [
            ("subscriber://Alice@Example.com", "subscriber://alice@example.com"),
            ("DOMAIN://Example.com.", "domain://example.com"),
            ("gateway://192.0.2.1", "gateway://192.0.2.1"),
            ("gateway://2001:DB8::1", "gateway://2001:db8::1"),
            ("gateway://gw1.example.net", "gateway://gw1.example.net"),
        ] {
            assert_eq!(RatingEntity::parse(text).unwrap().to_string(), entity);
        }
        for bad in
            ["", "subscriber://", "subscriber://alice", "alice@example.com", "sip://a@b", "domain://a b", "gateway://"]
        {
            assert!(RatingEntity::parse(bad).is_err(), "{bad}");
        }
    }
}
