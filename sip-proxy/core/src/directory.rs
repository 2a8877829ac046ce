//! What the directory tells the routing about domains and accounts. Fetching, remembering and forgetting it is the business of
//! the process around the core; here is only what a decision reads, kept small because a process holds very many.

mod call_settings;

pub use call_settings::{AcceptRule, CallSettings, DEFAULT_TIMEOUT_S, TemporaryRule};

use crate::command::{Answer, Lookup};
use crate::digest::StoredDigests;
use domain::{AclNetwork, DomainName, Group, SipId};
use std::net::IpAddr;
use std::sync::Arc;

/// What can be said at once, without waiting for anybody: what the process holds in memory. A request whose questions are all answered here goes
/// through its steps in one run.
pub trait Memory: std::fmt::Debug + Send + Sync {
    /// The answer, if it is known.
    fn answer(&self, lookup: &Lookup) -> Option<Answer>;
}

/// A domain that is served here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain {
    /// Its name, which is the realm of its challenges.
    pub name: DomainName,
    /// The customer that it belongs to; 0: nobody.
    pub customer: i64,
    /// The reseller that it belongs to; 0: nobody.
    pub reseller: i64,
}

/// A SIP account, as far as registration and routing read it.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its name.
    pub id: SipId,
    /// What is stored of its password.
    pub digests: StoredDigests,
    /// The groups that it is in.
    pub groups: Box<[Group]>,
    /// The networks that it may be used from; none: from everywhere.
    pub acl: Box<[AclNetwork]>,
    /// What else was decided about its calls; most accounts have nothing of that.
    pub calls: Option<Arc<CallSettings>>,
}

impl Account {
    /// Whether the account is in that group.
    pub fn is_in(&self, group: &str) -> bool {
        self.groups.iter().any(|g| g.is(group))
    }

    /// What was decided about its calls, if anything was.
    pub fn call_settings(&self) -> Option<&CallSettings> {
        self.calls.as_deref()
    }

    /// Whether the account may be used from this address. The lists hold IPv4 networks only, so an account with a list
    /// cannot be used over IPv6, except from an IPv4 address in its IPv6 form.
    pub fn may_be_used_from(&self, address: IpAddr) -> bool {
        if self.acl.is_empty() {
            return true;
        }
        match address.to_canonical() {
            IpAddr::V4(v4) => self.acl.iter().any(|network| network.contains(v4)),
            IpAddr::V6(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(acl: &[(&str, i64)]) -> Account {
        Account {
            id: SipId::parse("alice@example.com").unwrap(),
            digests: StoredDigests::default(),
            groups: Box::new([Group::parse("blocked").unwrap()]),
            acl: acl.iter().map(|(ip, mask)| AclNetwork::parse(ip, Some(*mask)).unwrap()).collect(),
            calls: None,
        }
    }

    #[test]
    fn an_account_without_a_list_may_be_used_from_everywhere() {
        let account = account(&[]);
        assert!(account.may_be_used_from("192.0.2.1".parse().unwrap()));
        assert!(account.may_be_used_from("2001:db8::1".parse().unwrap()));
    }

    #[test]
    fn a_list_admits_its_networks_and_nothing_else() {
        let account = account(&[("10.0.0.0", 8), ("192.0.2.7", 32)]);
        for (address, admitted) in [
            ("10.9.8.7", true),
            ("192.0.2.7", true),
            ("192.0.2.8", false),
            ("::ffff:10.1.1.1", true),
            ("2001:db8::1", false),
        ] {
            assert_eq!(account.may_be_used_from(address.parse().unwrap()), admitted, "{address}");
        }
    }

    #[test]
    fn a_group_is_found_by_its_name() {
        assert!(account(&[]).is_in(Group::BLOCKED) && !account(&[]).is_in(Group::FREE_PSTN));
    }
}
