//! Networks that a SIP account may be used from.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

use crate::Invalid;

/// A network as the contract writes it: an address and a prefix length. Bits beyond the prefix are dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AclNetwork(Ipv4Net);

/// One entry of the list, with its label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AclEntry {
    /// The network.
    pub network: AclNetwork,
    /// The label; empty when there is none.
    pub tag: String,
}

impl AclNetwork {
    /// Reads a dotted quad and a prefix length; no length is a single host.
    pub fn parse(ip: &str, mask: Option<i64>) -> Result<Self, Invalid> {
        let address: Ipv4Addr = ip.trim().parse().map_err(|_| Invalid::new("not an IPv4 address"))?;
        let length = u8::try_from(mask.unwrap_or(32)).map_err(|_| Invalid::new("a mask is between 0 and 32"))?;
        let net = Ipv4Net::new(address, length).map_err(|_| Invalid::new("a mask is between 0 and 32"))?;
        Ok(Self(net.trunc()))
    }

    /// A network that was read already.
    pub fn new(net: Ipv4Net) -> Self {
        Self(net.trunc())
    }

    /// The first address.
    pub fn ip(&self) -> Ipv4Addr {
        self.0.network()
    }

    /// The prefix length.
    pub fn mask(&self) -> u8 {
        self.0.prefix_len()
    }

    /// The network itself.
    pub fn net(&self) -> Ipv4Net {
        self.0
    }

    /// Whether an address lies in it.
    pub fn contains(&self, address: Ipv4Addr) -> bool {
        self.0.contains(&address)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_entry_without_mask_is_one_host() {
        let host = AclNetwork::parse("192.0.2.7", None).unwrap();
        assert_eq!((host.ip(), host.mask()), (Ipv4Addr::new(192, 0, 2, 7), 32));
    }

    #[test]
    fn bits_beyond_the_mask_are_dropped() {
        assert_eq!(AclNetwork::parse("10.1.2.3", Some(8)), AclNetwork::parse("10.0.0.0", Some(8)));
    }

    #[test]
    fn what_is_no_ipv4_network_is_refused() {
        for (ip, mask) in
            [("", None), ("10.0.0", Some(8)), ("::1", None), ("10.0.0.0", Some(33)), ("10.0.0.0", Some(-1))]
        {
            assert!(AclNetwork::parse(ip, mask).is_err(), "{ip} {mask:?}");
        }
    }

    proptest! {
        #[test]
        fn a_network_holds_the_address_it_was_made_of(bits: u32, mask in 0i64..=32) {
            let address = Ipv4Addr::from(bits);
            prop_assert!(AclNetwork::parse(&address.to_string(), Some(mask)).unwrap().contains(address));
        }
    }
}
