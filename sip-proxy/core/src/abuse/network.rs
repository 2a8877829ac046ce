//! Sources and networks: what is limited, banned or exempt. IPv4 and IPv6 in one space, IPv4 as mapped addresses.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

const V4_BITS: u8 = 96;
/// The bits of an IPv6 address that one subscriber has.
const V6_SOURCE: u8 = 64;

/// Who sends: an IPv4 address, or an IPv6 network of 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Source(u128);

impl Source {
    /// The source that an address belongs to.
    pub fn of(address: IpAddr) -> Source {
        let bits = bits_of(address);
        match is_v4(bits) {
            true => Source(bits),
            false => Source(bits & mask(V6_SOURCE)),
        }
    }

    /// The same as a network.
    pub fn network(self) -> Network {
        let prefix = if is_v4(self.0) { 128 } else { V6_SOURCE };
        Network { bits: self.0, prefix }
    }

    pub(super) fn octets(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }

    pub(super) fn from_number(number: u128) -> Source {
        Source(number)
    }

    pub(super) fn number(self) -> u128 {
        self.0
    }
}

/// A network, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Network {
    bits: u128,
    /// Of 128 bits; an IPv4 prefix is counted from the 96th.
    prefix: u8,
}

/// Text that is no network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no address and no network: write 192.0.2.1, 192.0.2.0/24, 2001:db8::1 or 2001:db8::/64")]
pub struct BadNetwork;

impl Network {
    /// Whether an address is in it.
    pub fn contains(&self, address: IpAddr) -> bool {
        bits_of(address) & mask(self.prefix) == self.bits
    }

    pub(super) fn key(&self) -> (u8, u128) {
        (self.prefix, self.bits)
    }
}

/// The key under which a network of this prefix that holds the address is found.
pub(super) fn key_of(address: IpAddr, prefix: u8) -> (u8, u128) {
    (prefix, bits_of(address) & mask(prefix))
}

fn bits_of(address: IpAddr) -> u128 {
    let address = match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped(),
        IpAddr::V6(v6) => v6,
    };
    address.to_bits()
}

fn is_v4(bits: u128) -> bool {
    bits >> 32 == 0xffff
}

fn mask(prefix: u8) -> u128 {
    match prefix {
        0 => 0,
        prefix => u128::MAX << (128 - u32::from(prefix.min(128))),
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = Ipv6Addr::from_bits(self.bits);
        match (address.to_ipv4_mapped(), self.prefix) {
            (Some(v4), 128) => write!(f, "{v4}"),
            (Some(v4), prefix) if prefix >= V4_BITS => write!(f, "{v4}/{}", prefix - V4_BITS),
            (_, 128) => write!(f, "{address}"),
            (_, prefix) => write!(f, "{address}/{prefix}"),
        }
    }
}

impl FromStr for Network {
    type Err = BadNetwork;

    fn from_str(text: &str) -> Result<Network, BadNetwork> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse::<u8>().map_err(|_| BadNetwork)?)),
            None => (text, None),
        };
        let address: IpAddr = address.trim().parse().map_err(|_| BadNetwork)?;
        let prefix = match (address, prefix) {
            (_, None) => 128,
            (IpAddr::V4(_), Some(prefix @ 0..=32)) => prefix + V4_BITS,
            (IpAddr::V6(_), Some(prefix @ 0..=128)) => prefix,
            _ => return Err(BadNetwork),
        };
        Ok(Network { bits: bits_of(address) & mask(prefix), prefix })
    }
}
