//! A directory that answers from a table, and a resolver that does.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::Arc;

use domain::{AclNetwork, DomainName, Group, SipId};
use sip_core::digest::StoredDigests;
use sip_core::directory::{Account, Domain};
use sip_core::{Answer, Lookup, Transport};

/// What the process around the core would know.
#[derive(Default)]
pub(crate) struct Directory {
    domains: HashSet<DomainName>,
    pub(crate) accounts: HashMap<SipId, Arc<Account>>,
    aliases: HashMap<SipId, SipId>,
    /// Where numbers of ENUM ranges lead.
    pub(crate) numbers: HashMap<SipId, Arc<str>>,
    /// By lower case name.
    pub(crate) hosts: HashMap<String, Vec<(Transport, SocketAddr)>>,
    /// Nothing is answered but Unavailable.
    pub(crate) away: bool,
}

impl Directory {
    pub(crate) fn add_domain(&mut self, name: &str) {
        self.domains.insert(DomainName::parse(name).expect("a domain"));
    }

    pub(crate) fn add_account(&mut self, id: &str, password: &str, groups: &[&str], acl: &[&str]) {
        let id = SipId::parse(id).expect("an account");
        let network = |text: &&str| {
            let (address, bits) = text.split_once('/').unwrap_or((text, "32"));
            AclNetwork::parse(address, bits.parse().ok()).expect("a network")
        };
        let account = Account {
            digests: StoredDigests::of_clear_text(id.username.as_str(), id.domain.as_str(), password),
            groups: groups.iter().map(|group| Group::parse(group).expect("a group")).collect(),
            acl: acl.iter().map(network).collect(),
            calls: None,
            id: id.clone(),
        };
        self.accounts.insert(id, Arc::new(account));
    }

    pub(crate) fn add_alias(&mut self, alias: &str, target: &str) {
        let parse = |text| SipId::parse(text).expect("a name");
        self.aliases.insert(parse(alias), parse(target));
    }

    pub(crate) fn answer(&self, lookup: &Lookup) -> Answer {
        if self.away {
            return Answer::Unavailable;
        }
        match lookup {
            Lookup::Domain(name) => Answer::Domain(
                self.domains.get(name).map(|name| Arc::new(Domain { name: name.clone(), customer: 0, reseller: 0 })),
            ),
            Lookup::Account(id) => Answer::Account(self.accounts.get(id).cloned()),
            Lookup::Alias(id) => Answer::Alias(self.aliases.get(id).cloned()),
            Lookup::Number(number) => Answer::Number(self.numbers.get(number).cloned()),
            Lookup::Resolve { host, .. } => {
                Answer::Addresses(self.hosts.get(&host.to_ascii_lowercase()).cloned().unwrap_or_default())
            }
        }
    }
}
