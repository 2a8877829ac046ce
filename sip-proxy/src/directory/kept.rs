//! Accounts, aliases and numbers as the octets that [`super::cache`] keeps of them.

use std::net::Ipv4Addr;
use std::sync::Arc;

use domain::{AclNetwork, Group, SipId};
use sip_core::digest::StoredDigests;
use sip_core::directory::Account;

use super::cache::Kept;
use super::kept_calls;

/// An account, or that there is none.
pub(super) type KeptAccount = Option<Arc<Account>>;
/// What an alias stands for, or that there is none.
pub(super) type KeptAlias = Option<SipId>;
/// Where a number of an ENUM range leads, or that there is none.
pub(super) type KeptNumber = Option<Arc<str>>;

const EXISTS: u8 = 1;
const HA1: u8 = 2;
const HA1B: u8 = 4;
const SHA256: u8 = 8;

impl Kept for KeptAccount {
    fn write(&self, out: &mut Vec<u8>) {
        let Some(account) = self else { return out.push(0) };
        let StoredDigests { ha1, ha1b, sha256 } = &account.digests;
        let flag = |is_so, flag| if is_so { flag } else { 0 };
        out.push(EXISTS | flag(ha1.is_some(), HA1) | flag(ha1b.is_some(), HA1B) | flag(sha256.is_some(), SHA256));
        for digest in [ha1, ha1b].into_iter().flatten() {
            out.extend_from_slice(digest);
        }
        out.extend(sha256.iter().flatten());
        // Both lists are bounded far below this where they are provisioned.
        let groups = &account.groups[..account.groups.len().min(usize::from(u16::MAX))];
        out.extend_from_slice(&(groups.len() as u16).to_le_bytes());
        for group in groups {
            // 64 characters of four octets at most.
            out.extend_from_slice(&(group.as_str().len() as u16).to_le_bytes());
            out.extend_from_slice(group.as_str().as_bytes());
        }
        let acl = &account.acl[..account.acl.len().min(usize::from(u16::MAX))];
        out.extend_from_slice(&(acl.len() as u16).to_le_bytes());
        for network in acl {
            out.extend_from_slice(&network.ip().octets());
            out.push(network.mask());
        }
        if let Some(calls) = account.call_settings() {
            kept_calls::write(calls, out);
        }
    }

    fn read(name: &SipId, bytes: &[u8]) -> Option<KeptAccount> {
        let mut reader = Reader(bytes);
        let [flags] = reader.array()?;
        if flags & EXISTS == 0 {
            return Some(None);
        }
        let ha1 = reader.array_if(flags & HA1 != 0)?;
        let ha1b = reader.array_if(flags & HA1B != 0)?;
        let sha256 = reader.array_if(flags & SHA256 != 0)?;
        let mut groups = Vec::new();
        for _ in 0..u16::from_le_bytes(reader.array()?) {
            let length = u16::from_le_bytes(reader.array()?);
            groups.push(Group::parse(reader.text(usize::from(length))?).ok()?);
        }
        let mut acl = Vec::new();
        for _ in 0..u16::from_le_bytes(reader.array()?) {
            let [a, b, c, d, mask] = reader.array()?;
            acl.push(AclNetwork::parse(&Ipv4Addr::new(a, b, c, d).to_string(), Some(i64::from(mask))).ok()?);
        }
        let calls = match reader.0 {
            [] => None,
            _ => Some(Arc::new(kept_calls::read(&mut reader)?)),
        };
        let digests = StoredDigests { ha1, ha1b, sha256 };
        Some(Some(Arc::new(Account { id: name.clone(), digests, groups: groups.into(), acl: acl.into(), calls })))
    }

    fn leads_into(_: &[u8], _: &str) -> bool {
        false
    }
}

impl Kept for KeptAlias {
    fn write(&self, out: &mut Vec<u8>) {
        if let Some(target) = self {
            out.extend_from_slice(target.to_string().as_bytes());
        }
    }

    fn read(_: &SipId, bytes: &[u8]) -> Option<KeptAlias> {
        match bytes {
            [] => Some(None),
            target => Some(Some(SipId::parse(std::str::from_utf8(target).ok()?).ok()?)),
        }
    }

    fn leads_into(bytes: &[u8], domain: &str) -> bool {
        bytes.strip_suffix(domain.as_bytes()).is_some_and(|user| user.ends_with(b"@"))
    }
}

impl Kept for KeptNumber {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.as_deref().unwrap_or_default().as_bytes());
    }

    fn read(_: &SipId, bytes: &[u8]) -> Option<KeptNumber> {
        match bytes {
            [] => Some(None),
            target => Some(Some(std::str::from_utf8(target).ok()?.into())),
        }
    }

    fn leads_into(_: &[u8], _: &str) -> bool {
        false
    }
}

pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*taken)
    }

    fn array_if<const N: usize>(&mut self, is_there: bool) -> Option<Option<[u8; N]>> {
        if is_there { self.array().map(Some) } else { Some(None) }
    }

    pub(super) fn text(&mut self, length: usize) -> Option<&'a str> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        std::str::from_utf8(taken).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> SipId {
        SipId::parse(text).expect("a name")
    }

    fn again<V: Kept>(value: &V) -> V {
        let mut bytes = Vec::new();
        value.write(&mut bytes);
        V::read(&name("alice@example.com"), &bytes).expect("what was written")
    }

    #[test]
    fn an_account_comes_back_as_it_was_kept() {
        for (ha1, ha1b, sha256) in
            [(None, None, None), (Some([1; 16]), None, Some([3; 32])), (Some([1; 16]), Some([2; 16]), None)]
        {
            for (groups, acl) in
                [(&[][..], &[][..]), (&["blocked", "Vertrieb_S\u{fc}d"], &[("10.0.0.0", 8), ("192.0.2.7", 32)])]
            {
                let account = Account {
                    id: name("alice@example.com"),
                    digests: StoredDigests { ha1, ha1b, sha256 },
                    groups: groups.iter().map(|group| Group::parse(group).expect("a group")).collect(),
                    acl: acl.iter().map(|(ip, mask)| AclNetwork::parse(ip, Some(*mask)).expect("a network")).collect(),
                    calls: None,
                };
                let back = again(&Some(Arc::new(account.clone()))).expect("it exists");
                assert_eq!((&back.id, &back.groups, &back.acl), (&account.id, &account.groups, &account.acl));
                assert_eq!((back.digests.ha1, back.digests.ha1b, back.digests.sha256), (ha1, ha1b, sha256));
            }
        }
        assert!(again::<KeptAccount>(&None).is_none());
    }

    #[test]
    fn an_alias_comes_back_as_it_was_kept_and_says_where_it_leads() {
        let target = Some(name("bob@example.net"));
        assert_eq!((again(&target), again::<KeptAlias>(&None)), (target, None));
        let leads = |domain| KeptAlias::leads_into(b"bob@example.net", domain);
        assert!(leads("example.net") && !leads("ample.net") && !leads("example.com"));
    }
}
