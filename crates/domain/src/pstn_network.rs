//! Ways to the telephone network: carriers, their gateways, how numbers are rewritten towards a gateway, and which numbers
//! go to which carrier.

use std::net::IpAddr;

use crate::{DomainName, Invalid, ResellerId};

/// The longest name of a carrier or gateway, and of an originator.
const NAME_MAX: usize = 128;
/// The most digits of a prefix, and that can be removed.
const DIGITS_MAX: usize = 32;
/// The port where nothing is said.
const SIP_PORT: u16 = 5060;

macro_rules! row_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(i32);

        impl $name {
            /// A number that was sent or read; one that nothing has names nothing.
            pub const fn new(id: i32) -> Self {
                Self(id)
            }

            /// The number.
            pub const fn get(self) -> i32 {
                self.0
            }
        }

        impl From<$name> for i64 {
            fn from(id: $name) -> Self {
                Self::from(id.0)
            }
        }
    };
}

row_id! {
    /// Names a carrier.
    CarrierId
}
row_id! {
    /// Names a gateway.
    GatewayId
}
row_id! {
    /// Names a rule of a gateway.
    GatewayRuleId
}
row_id! {
    /// Names a route.
    RouteId
}

/// The name of a carrier or of a gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkName(Box<str>);

/// Digits, after a plus or not; may be empty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct NumberPrefix(Box<str>);

/// What a gateway is reached over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the transports' own names")]
pub enum GatewayTransport {
    #[default]
    Udp,
    Tcp,
    Tls,
}

/// A carrier as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carrier {
    /// Its number.
    pub id: CarrierId,
    /// Its name, once for a reseller.
    pub name: NetworkName,
    /// Whose it is; its gateways, rules and routes take it from here.
    pub reseller: ResellerId,
    /// When it was last changed, as text.
    pub change_date: String,
}

/// Everything of a gateway that can be edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewaySettings {
    /// Its name, once in the carrier.
    pub name: NetworkName,
    /// The carrier that it belongs to.
    pub carrier: CarrierId,
    /// What it is reached over.
    pub transport: GatewayTransport,
    /// An address or a host name, in lower case.
    pub host: String,
    /// Its port.
    pub port: u16,
}

/// A gateway as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gateway {
    /// Its number.
    pub id: GatewayId,
    /// What can be edited.
    pub settings: GatewaySettings,
    /// The name of its carrier.
    pub carrier_name: String,
    /// Inherited from the carrier.
    pub reseller: ResellerId,
    /// When it was last changed, as text.
    pub change_date: String,
}

/// Everything of a rule that can be edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewayRuleSettings {
    /// The gateway that it rewrites for.
    pub gateway: GatewayId,
    /// It applies to numbers that start with this.
    pub prefix: NumberPrefix,
    /// Digits removed.
    pub strip: u8,
    /// Digits put in front.
    pub prepend: String,
    /// The shortest number that it applies to; 0 for any.
    pub min_length: u8,
    /// The longest one; 0 for any.
    pub max_length: u8,
}

/// A rule as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewayRule {
    /// Its number.
    pub id: GatewayRuleId,
    /// What can be edited.
    pub settings: GatewayRuleSettings,
    /// The name of its gateway.
    pub gateway_name: String,
    /// The gateway's carrier.
    pub carrier: CarrierId,
    /// The name of the carrier.
    pub carrier_name: String,
    /// Inherited from the carrier.
    pub reseller: ResellerId,
    /// When it was last changed, as text.
    pub change_date: String,
}

/// Everything of a route that can be edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteSettings {
    /// Where matching numbers go.
    pub carrier: CarrierId,
    /// Numbers that start with this; empty matches all.
    pub prefix: NumberPrefix,
    /// The caller that it is limited to; empty for all.
    pub originator: String,
    /// The order between carriers of one prefix.
    pub priority: i32,
}

/// A route as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Its number.
    pub id: RouteId,
    /// What can be edited.
    pub settings: RouteSettings,
    /// The name of its carrier.
    pub carrier_name: String,
    /// Inherited from the carrier.
    pub reseller: ResellerId,
    /// When it was last changed, as text.
    pub change_date: String,
}

impl NetworkName {
    /// Reads a name.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        if (1..=NAME_MAX).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
            Ok(Self(text.into()))
        } else {
            Err(Invalid::new("a name has 1 to 128 characters"))
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl NumberPrefix {
    fn of(text: &str, digits: &str, why: &'static str) -> Result<Self, Invalid> {
        if digits.len() <= DIGITS_MAX && digits.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(text.into()))
        } else {
            Err(Invalid::new(why))
        }
    }

    /// Reads the prefix of a rule or a peer: a plus may stand before the digits.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        Self::of(text, text.strip_prefix('+').unwrap_or(text), "at most 32 digits, after a plus or not")
    }

    /// Reads the prefix of a route: digits only, since numbers are dialled as 00 and the country's code.
    pub fn of_route(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        Self::of(text, text, "at most 32 digits")
    }

    /// The prefix.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl GatewayTransport {
    /// Reads a transport in any case; nothing is udp.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        match text.trim().to_ascii_lowercase().as_str() {
            "" | "udp" => Ok(Self::Udp),
            "tcp" => Ok(Self::Tcp),
            "tls" => Ok(Self::Tls),
            _ => Err(Invalid::new("not udp, tcp or tls")),
        }
    }

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Udp => "udp",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
        }
    }
}

impl GatewaySettings {
    /// Reads an address (IPv6 in brackets or not) or a host name.
    pub fn host(text: &str) -> Result<String, Invalid> {
        let text = text.trim();
        let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
        match bare.parse::<IpAddr>() {
            Ok(address) => Ok(address.to_canonical().to_string()),
            Err(_) => DomainName::parse(text)
                .map(|name| name.to_string())
                .map_err(|_| Invalid::new("neither an address nor a host name")),
        }
    }

    /// Reads a port; 0 and absent are SIP's own.
    pub fn port(port: Option<i64>) -> Result<u16, Invalid> {
        match port.unwrap_or(0) {
            0 => Ok(SIP_PORT),
            n => u16::try_from(n).map_err(|_| Invalid::new("not a port")),
        }
    }
}

impl GatewayRuleSettings {
    /// Reads a number of digits to remove.
    pub fn strip(digits: Option<i64>) -> Result<u8, Invalid> {
        let digits = u8::try_from(digits.unwrap_or(0)).ok().filter(|n| usize::from(*n) <= DIGITS_MAX);
        digits.ok_or_else(|| Invalid::new("between 0 and 32 digits can be removed"))
    }

    /// Reads what is put in front of a number.
    pub fn prepend(text: &str) -> Result<String, Invalid> {
        let text = text.trim();
        let is_dialled = |b: u8| b.is_ascii_digit() || b"+*#ABCDabcd".contains(&b);
        if text.len() <= DIGITS_MAX && text.bytes().all(is_dialled) {
            Ok(text.to_owned())
        } else {
            Err(Invalid::new("at most 32 digits"))
        }
    }

    /// Reads the length of a number; 0 and absent are no limit.
    pub fn length(length: Option<i64>) -> Result<u8, Invalid> {
        u8::try_from(length.unwrap_or(0)).map_err(|_| Invalid::new("a length is between 0 and 255"))
    }

    /// Whether some number can be as long as the rule wants.
    pub const fn lengths_fit(&self) -> bool {
        self.max_length == 0 || self.min_length <= self.max_length
    }
}

impl RouteSettings {
    /// Reads an originator: an address, a domain or a peer's label; in lower case, empty for all callers.
    pub fn originator(text: &str) -> Result<String, Invalid> {
        let text = text.trim();
        if text.chars().count() <= NAME_MAX && !text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            Ok(text.to_lowercase())
        } else {
            Err(Invalid::new("has at most 128 characters and no spaces"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_bounds() {
        assert_eq!(NetworkName::parse(" carrier a ").unwrap().as_str(), "carrier a");
        for bad in ["", " ", "a\nb", &"x".repeat(129)] {
            assert!(NetworkName::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn prefixes_are_digits_and_only_rules_have_a_plus() {
        for good in ["", "0031", "31"] {
            assert_eq!(NumberPrefix::parse(good).unwrap().as_str(), good);
            assert_eq!(NumberPrefix::of_route(good).unwrap().as_str(), good);
        }
        assert!(NumberPrefix::parse("+31").is_ok());
        for bad in ["+31", "3-1", "a", "٣", &"1".repeat(33)] {
            assert!(NumberPrefix::of_route(bad).is_err(), "{bad}");
        }
        assert!(NumberPrefix::parse("++31").is_err());
    }

    #[test]
    fn a_gateway_is_reached_at_an_address_or_a_name() {
        for (text, host) in [
            ("192.0.2.10", "192.0.2.10"),
            ("GW.Example.com", "gw.example.com"),
            ("[2001:DB8::1]", "2001:db8::1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
        ] {
            assert_eq!(GatewaySettings::host(text), Ok(host.to_owned()));
        }
        for bad in ["", "1.2.3", "a b", "gw_1", "[x]"] {
            assert!(GatewaySettings::host(bad).is_err(), "{bad}");
        }
        assert_eq!((GatewaySettings::port(None), GatewaySettings::port(Some(0))), (Ok(5060), Ok(5060)));
        assert!(GatewaySettings::port(Some(65_536)).is_err() && GatewaySettings::port(Some(-1)).is_err());
        assert_eq!(GatewayTransport::parse("TLS"), Ok(GatewayTransport::Tls));
        assert!(GatewayTransport::parse("sctp").is_err());
    }

    #[test]
    fn a_rule_takes_digits_off_and_puts_digits_in_front() {
        assert_eq!(GatewayRuleSettings::prepend("+00*#D"), Ok("+00*#D".to_owned()));
        assert!(GatewayRuleSettings::prepend("x").is_err());
        assert!(GatewayRuleSettings::strip(Some(32)).is_ok() && GatewayRuleSettings::strip(Some(33)).is_err());
        assert!(GatewayRuleSettings::length(Some(-1)).is_err());
    }

    #[test]
    fn an_originator_is_one_word_in_any_case() {
        assert_eq!(RouteSettings::originator(" User@Example.com "), Ok("user@example.com".to_owned()));
        assert!(RouteSettings::originator("a b").is_err());
    }
}
