//! Trusted peers: known by their address, allowed to send and receive without digest authentication.

use std::net::{IpAddr, Ipv4Addr};

use crate::{CustomerId, DomainName, Invalid, NumberPrefix, Ownership, Secret};

/// The transport that a peer may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the contract's own words")]
pub enum PeerProtocol {
    #[default]
    Any,
    Udp,
    Tcp,
    Tls,
}

/// The key of a peer: an address in the form in which it is compared, or the host name of a Teams tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerAddress {
    text: Box<str>,
    is_address: bool,
}

/// What a reseller changes of its peers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PeerNumbers {
    /// Digits removed from the number.
    pub strip: u8,
    /// Digits put in front of it.
    pub prefix: NumberPrefix,
    /// The token that a tenant presents.
    pub auth_token: Secret,
}

/// What only the administrator gives: ways beyond what is the reseller's own, and whose bill it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PeerWays {
    /// May reach other peers and gateways.
    pub transit: bool,
    /// The carrier used for the peer.
    pub carrier_name: String,
    /// The originator of routes used for the peer.
    pub originator: String,
    /// The id written to accounting.
    pub billing_id: String,
}

/// Everything else of a peer that can be edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerSettings {
    /// A description.
    pub description: String,
    /// Most calls at the same time; 0 is no limit.
    pub call_limit: i32,
    /// A Microsoft Teams tenant.
    pub msteams: bool,
    /// The tenant's name.
    pub tenant: String,
    /// 0 is not blocked.
    pub blocked: i32,
    /// Numbers are looked up in ENUM.
    pub enum_lookup: bool,
    /// Calls are prepaid.
    pub prepaid: bool,
    /// Labels.
    pub tags: String,
}

/// What clients do not send with an update, and so keeps its value where it is absent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PeerAssignment {
    /// Which transport is allowed.
    pub protocol: PeerProtocol,
    /// The customer that the single peer is assigned to.
    pub owner: CustomerId,
    /// The older single label.
    pub tag: String,
}

/// A peer as it is stored, or as it shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedPeer {
    /// Its key.
    pub address: PeerAddress,
    /// Whose it is.
    pub ownership: Ownership,
    /// The reseller's part.
    pub numbers: PeerNumbers,
    /// The administrator's part.
    pub ways: PeerWays,
    /// The rest.
    pub settings: PeerSettings,
    /// What stays where it is not sent.
    pub assignment: PeerAssignment,
    /// When it was last changed, as text.
    pub change_date: String,
}

impl PeerProtocol {
    /// Reads a transport in any case; nothing is any.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        match text.trim().to_ascii_lowercase().as_str() {
            "" | "any" => Ok(Self::Any),
            "udp" => Ok(Self::Udp),
            "tcp" => Ok(Self::Tcp),
            "tls" => Ok(Self::Tls),
            _ => Err(Invalid::new("not any, udp, tcp or tls")),
        }
    }

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Udp => "udp",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
        }
    }
}

impl PeerAddress {
    /// Reads a key of either kind.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
        if let Ok(address) = bare.parse::<IpAddr>() {
            return Ok(Self { text: address.to_canonical().to_string().into(), is_address: true });
        }
        let name = DomainName::parse(text).map_err(|_| Invalid::new("neither an address nor a host name"))?;
        Ok(Self { text: name.as_str().into(), is_address: false })
    }

    /// Only a Teams tenant is known by a host name.
    pub fn fits(&self, msteams: bool) -> Result<(), Invalid> {
        if self.is_address || msteams { Ok(()) } else { Err(Invalid::new("not an address")) }
    }

    /// Nothing arrives from an address that names nobody or many. RFC 1122 §3.2.1.3.
    pub fn may_send(&self) -> Result<(), Invalid> {
        match self.text.parse::<IpAddr>() {
            Ok(address)
                if address.is_unspecified() || address.is_multicast() || address == IpAddr::V4(Ipv4Addr::BROADCAST) =>
            {
                Err(Invalid::new("not the address of one host"))
            }
            _ => Ok(()),
        }
    }

    /// The address or the name.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_form() {
        for (text, key) in [
            (" 192.0.2.20 ", "192.0.2.20"),
            ("::FFFF:192.0.2.20", "192.0.2.20"),
            ("[2001:DB8:0::1]", "2001:db8::1"),
            ("Tenant.Teams.example", "tenant.teams.example"),
        ] {
            assert_eq!(PeerAddress::parse(text).unwrap().as_str(), key);
        }
        for bad in ["", "192.0.2", "192.0.2.0/24", "a b", "[x]"] {
            assert!(PeerAddress::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn only_a_teams_tenant_has_a_name() {
        let name = PeerAddress::parse("sbc.example.com").unwrap();
        assert!(name.fits(true).is_ok() && name.fits(false).is_err());
        let address = PeerAddress::parse("192.0.2.20").unwrap();
        assert!(address.fits(true).is_ok() && address.fits(false).is_ok());
    }

    #[test]
    fn a_token_does_not_print() {
        let numbers = PeerNumbers { auth_token: Secret::new("token"), ..PeerNumbers::default() };
        assert!(!format!("{numbers:?}").contains("token\""));
    }
}
