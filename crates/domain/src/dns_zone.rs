//! DNS zones: their names, their SOA data, and names within them. RFC 1035 §2.3.4, RFC 2181 §11.

use std::fmt;

use crate::{DomainName, Invalid, Ownership, Refusal};

/// The longest name in text form. RFC 1035 §2.3.4: 255 octets on the wire.
const NAME_MAX: usize = 253;

/// The name of a zone, in lower case, without a final dot. Reverse zones and underscores are zones too.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ZoneName(Box<str>);

impl ZoneName {
    /// Reads a zone's name in any case.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.strip_suffix('.').unwrap_or(text);
        if text.len() > NAME_MAX || !text.split('.').all(is_label) {
            return Err(Invalid::new("not a zone's name"));
        }
        Ok(Self(text.to_ascii_lowercase().into()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// RFC 2181 §11 allows any octet; what is served here are names of hosts and services, and classless reverse zones (RFC 2317).
fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len()) && label.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_/".contains(&b))
}

/// A name relative to a zone, in lower case; empty is the zone itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RelativeName(Box<str>);

impl RelativeName {
    /// Reads a name within a zone. The first label may be a wildcard. RFC 4592 §2.1.1.
    pub fn parse(text: &str, zone: &ZoneName) -> Result<Self, Invalid> {
        let text = text.trim_end_matches('.');
        if text.is_empty() || text == "@" {
            return Ok(Self::default());
        }
        let labels = match text {
            "*" => "",
            _ => text.strip_prefix("*.").unwrap_or(text),
        };
        if !labels.is_empty() && !labels.split('.').all(is_label) {
            return Err(Invalid::new("not a name"));
        }
        if text.len() + 1 + zone.as_str().len() > NAME_MAX {
            return Err(Invalid::new("a name has at most 253 characters, its zone's included"));
        }
        Ok(Self(text.to_ascii_lowercase().into()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Reads the name of a host that a record leads to: relative where it has no dot, in lower case, without final dots; a single
/// dot where a record may lead to nowhere (RFC 2782, RFC 7505).
pub(crate) fn host(text: &str, may_be_nowhere: bool) -> Result<String, Invalid> {
    if may_be_nowhere && text == "." {
        return Ok(text.to_owned());
    }
    let name = text.trim_end_matches('.');
    if name == "@" {
        return Ok(name.to_owned());
    }
    if name.len() > NAME_MAX || !name.split('.').all(is_label) {
        return Err(Invalid::new("not the name of a host"));
    }
    Ok(name.to_ascii_lowercase())
}

/// What is decided about a zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DnsZoneSettings {
    /// TTL of the SOA record.
    pub ttl: i64,
    /// Its name servers; nothing: as before.
    pub nameservers: Option<Vec<DomainName>>,
    /// The administrator's address.
    pub email: String,
    /// Seconds after which a secondary looks again.
    pub refresh: i32,
    /// Seconds after which it tries again.
    pub retry: i32,
    /// Seconds after which it stops to answer.
    pub expire: i32,
    /// Seconds for which an absent name is remembered.
    pub minimum: i32,
    /// Free text.
    pub info: String,
}

/// A zone as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DnsZone {
    /// Its name.
    pub name: ZoneName,
    /// Whose it is.
    pub ownership: Ownership,
    /// What is decided about it; the name servers are always there.
    pub settings: DnsZoneSettings,
    /// Its serial number.
    pub serial: i64,
    /// When it was last changed, as text.
    pub change_date: String,
}

impl ZoneName {
    /// The refusal that it does not exist.
    pub fn not_found(&self) -> Refusal {
        Refusal::DnsZoneNotFound(self.to_string())
    }

    /// The refusal that it exists.
    pub fn exists(&self) -> Refusal {
        Refusal::DnsZoneExists(self.to_string())
    }

    /// The address that stands in the SOA record where none was given. RFC 2142 §7.
    pub fn hostmaster(&self) -> String {
        format!("hostmaster@{self}")
    }
}

/// Checks an address of electronic mail: something, an at sign, a domain.
pub fn check_mail_address(text: &str) -> Result<(), Invalid> {
    let well_formed = text.len() <= 254
        && text.split_once('@').is_some_and(|(local, domain)| {
            let is_local = |b: u8| b.is_ascii_graphic() && !b"@<>()[]\\,;:\"".contains(&b);
            (1..=64).contains(&local.len()) && local.bytes().all(is_local) && DomainName::parse(domain).is_ok()
        });
    if well_formed { Ok(()) } else { Err(Invalid::new("not an address of electronic mail")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_any_name_that_can_be_delegated() {
        for (text, name) in [
            ("Example.COM.", "example.com"),
            ("2.0.192.in-addr.arpa", "2.0.192.in-addr.arpa"),
            ("0/25.2.0.192.in-addr.arpa", "0/25.2.0.192.in-addr.arpa"),
            ("_msdcs.example.com", "_msdcs.example.com"),
        ] {
            assert_eq!(ZoneName::parse(text).unwrap().as_str(), name);
        }
        for bad in ["", ".", "a..b", "a b", "*.example.com", "ä.example", &"a.".repeat(128), &"a".repeat(64)] {
            assert!(ZoneName::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_name_in_a_zone_is_relative_and_may_be_a_wildcard() {
        let zone = ZoneName::parse("example.com").unwrap();
        for (text, name) in
            [("", ""), ("@", ""), ("WWW.", "www"), ("_sip._udp", "_sip._udp"), ("*", "*"), ("*.Dev", "*.dev")]
        {
            assert_eq!(RelativeName::parse(text, &zone).unwrap().as_str(), name, "{text}");
        }
        for bad in ["a..b", "a b", "a.*", "**", &"a.".repeat(122), "x\n"] {
            assert!(RelativeName::parse(bad, &zone).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_mail_address_is_checked() {
        for good in ["ada@example.org", "a.b+c@mail.example.org"] {
            assert!(check_mail_address(good).is_ok(), "{good}");
        }
        for bad in ["", "ada", "@example.org", "ada@", "a b@example.org", "a@b@c", "<ada@example.org>", "ada@-x"] {
            assert!(check_mail_address(bad).is_err(), "{bad}");
        }
    }
}
