//! The small tables that calls are routed by, held whole: carriers with their gateways and rules, routes, ENUM ranges, emergency numbers, and
//! what customers say of their voicemail. A snapshot is never changed; the process swaps in another when the database's tables have changed.

pub mod prefixes;
mod ways;

pub use ways::{Caller, Way};

use prefixes::Prefixes;
use std::collections::HashMap;
use std::net::IpAddr;

use crate::flow::Transport;

/// All tables of one moment.
#[derive(Debug, Default)]
pub struct Network {
    carriers: HashMap<i32, Carrier>,
    /// By the beginning of a number that is written with two zeros.
    routes: Prefixes<Vec<Route>>,
    /// By the digits of a number without them.
    ranges: Prefixes<Vec<Range>>,
    emergency: HashMap<Box<str>, Vec<Emergency>>,
    voicemail: HashMap<i64, Voicemail>,
}

/// A group of gateways.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carrier {
    /// Its number.
    pub id: i32,
    /// Its name.
    pub name: Box<str>,
    /// The reseller whose calls alone may go there; 0: everybody's.
    pub reseller: i64,
    /// Its gateways, in the order in which they are tried.
    pub gateways: Vec<Gateway>,
}

/// A way into the telephone network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gateway {
    /// Its number.
    pub id: i32,
    /// Its name.
    pub name: Box<str>,
    /// How it is reached.
    pub transport: Transport,
    /// An address or a host name.
    pub host: Box<str>,
    /// The port.
    pub port: u16,
    /// How numbers are written for it; the longest prefix first.
    pub rules: Vec<GatewayRule>,
}

/// How numbers with that beginning are written for a gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatewayRule {
    /// Its number.
    pub id: i32,
    /// The beginning, with two zeros or with a plus.
    pub prefix: Box<str>,
    /// Digits removed.
    pub strip: u8,
    /// Put in front.
    pub prepend: Box<str>,
    /// The shortest number; 0: no limit.
    pub min_length: u16,
    /// The longest number; 0: no limit.
    pub max_length: u16,
}

/// Which carrier numbers with a certain beginning go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Its number.
    pub id: i32,
    /// The carrier.
    pub carrier: i32,
    /// Whose calls: an address, a domain, a peer's label; empty: everybody's.
    pub originator: Box<str>,
    /// Smaller ones first.
    pub priority: u32,
}

/// Numbers that are looked up in ENUM under one root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// Its number.
    pub id: i64,
    /// The root: `e164.arpa`.
    pub tld: domain::DomainName,
    /// Digits of the shortest number.
    pub min_digits: u16,
    /// Digits of the longest number.
    pub max_digits: u16,
}

/// Where a number for help leads for some accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emergency {
    /// Its number.
    pub id: i64,
    /// Of this domain; empty: all.
    pub domain: Box<str>,
    /// In this region; empty: all.
    pub region: Box<str>,
    /// A SIP URI.
    pub target: Box<str>,
}

/// What a customer says of its voicemail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Voicemail {
    /// Host, with a port where it is not the usual one.
    pub server: Box<str>,
    /// What is dialled to hear one's messages.
    pub access_number: Box<str>,
}

impl Network {
    /// Of these tables. Gateways stand in their carriers, rules in their gateways.
    pub fn new(carriers: Vec<Carrier>, routes: Vec<(Box<str>, Route)>, ranges: Vec<(Box<str>, Range)>) -> Network {
        let mut network = Network::default();
        for mut carrier in carriers {
            for gateway in &mut carrier.gateways {
                gateway.rules.sort_by_key(|rule| (std::cmp::Reverse(rule.prefix.len()), rule.id));
            }
            network.carriers.insert(carrier.id, carrier);
        }
        for (prefix, route) in routes {
            if let Some(held) = network.routes.entry(prefix.as_bytes()) {
                held.push(route);
            }
        }
        for (prefix, range) in ranges {
            if let Some(held) = network.ranges.entry(prefix.as_bytes()) {
                held.push(range);
            }
        }
        network
    }

    /// The same with numbers for help.
    #[must_use]
    pub fn with_emergency(mut self, numbers: Vec<(Box<str>, Emergency)>) -> Network {
        for (number, row) in numbers {
            self.emergency.entry(number).or_default().push(row);
        }
        self
    }

    /// The same with what customers say of their voicemail.
    #[must_use]
    pub fn with_voicemail(mut self, voicemail: impl IntoIterator<Item = (i64, Voicemail)>) -> Network {
        self.voicemail = voicemail.into_iter().collect();
        self
    }

    /// Where a number for help leads for an account of that domain in that region: the row that says most decides.
    pub(crate) fn emergency(&self, number: &str, domain: &str, region: &str) -> Option<&Emergency> {
        let fits = |row: &&Emergency| {
            (row.domain.is_empty() || row.domain.eq_ignore_ascii_case(domain))
                && (row.region.is_empty() || *row.region == *region)
        };
        let said = |row: &&Emergency| (!row.region.is_empty(), !row.domain.is_empty(), std::cmp::Reverse(row.id));
        self.emergency.get(number)?.iter().filter(fits).max_by_key(said)
    }

    /// What that customer says of its voicemail.
    pub(crate) fn voicemail(&self, customer: i64) -> Option<&Voicemail> {
        self.voicemail.get(&customer)
    }

    /// The ranges that a number lies in, the longest prefix first.
    pub(crate) fn ranges(&self, digits: &str) -> impl Iterator<Item = &Range> {
        let length = u16::try_from(digits.len()).unwrap_or(u16::MAX);
        let found = self.ranges.along(digits.as_bytes());
        let fits = move |range: &&Range| (range.min_digits..=range.max_digits).contains(&length);
        found.into_iter().rev().flatten().filter(fits)
    }

    /// How many routes and ranges there are.
    pub fn sizes(&self) -> (usize, usize) {
        (self.routes.values().map(Vec::len).sum(), self.ranges.values().map(Vec::len).sum())
    }
}

impl Gateway {
    /// Whether it is known by an address.
    pub(crate) fn address(&self) -> Option<IpAddr> {
        self.host.trim_start_matches('[').trim_end_matches(']').parse().ok()
    }
}
