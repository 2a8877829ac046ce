//! Call diversions of an account: on which condition a call goes elsewhere, and where.

use std::collections::BTreeMap;
use std::fmt;

use crate::{DomainName, Invalid};

/// The longest target.
const TARGET_MAX: usize = 255;
/// What stands for the account's own mailbox.
const VOICE_MAILBOX: &str = "<voice-mailbox>";

/// When a call is diverted: forwarded through the proxy (F…) or redirected, so that the caller sends it itself (R…).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    missing_docs,
    reason = "the contract's names: UNC always, NOL no device, UNV not accepted, NOA no answer, BUS busy"
)]
pub enum DiversionCondition {
    Func,
    Fnol,
    Funv,
    Fnoa,
    Fbus,
    Runc,
    Rnol,
    Runv,
    Rnoa,
    Rbus,
}

/// Where a diverted call goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DiversionTarget {
    /// The account's own mailbox.
    VoiceMailbox,
    /// A SIP URI.
    Uri(Box<str>),
}

/// All diversions of an account; a condition that is not there diverts nothing.
pub type CallDiversions = BTreeMap<DiversionCondition, DiversionTarget>;

impl DiversionCondition {
    /// Every condition, in the contract's order.
    pub const ALL: [Self; 10] = [
        Self::Func,
        Self::Fnol,
        Self::Funv,
        Self::Fnoa,
        Self::Fbus,
        Self::Runc,
        Self::Rnol,
        Self::Runv,
        Self::Rnoa,
        Self::Rbus,
    ];

    /// The contract's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Func => "FUNC",
            Self::Fnol => "FNOL",
            Self::Funv => "FUNV",
            Self::Fnoa => "FNOA",
            Self::Fbus => "FBUS",
            Self::Runc => "RUNC",
            Self::Rnol => "RNOL",
            Self::Runv => "RUNV",
            Self::Rnoa => "RNOA",
            Self::Rbus => "RBUS",
        }
    }

    /// Reads the contract's name.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let known = Self::ALL.into_iter().find(|condition| condition.as_str() == text);
        known.ok_or_else(|| Invalid::new("not a condition of a diversion"))
    }
}

impl DiversionTarget {
    /// Reads a target; nothing there is none.
    pub fn parse(text: &str) -> Result<Option<Self>, Invalid> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        if text.eq_ignore_ascii_case(VOICE_MAILBOX) {
            return Ok(Some(Self::VoiceMailbox));
        }
        match text.len() <= TARGET_MAX && is_sip_uri(text) {
            true => Ok(Some(Self::Uri(text.into()))),
            false => Err(Invalid::new("neither a sip: address nor <voice-mailbox>")),
        }
    }
}

/// RFC 3261 §19.1.1: sip:user@host:port;parameters?headers, without what would end it inside a header.
fn is_sip_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    if !scheme.eq_ignore_ascii_case("sip") && !scheme.eq_ignore_ascii_case("sips") {
        return false;
    }
    if !rest.bytes().all(|b| b.is_ascii_graphic() && !b"<>\"\\^`{|}".contains(&b)) {
        return false;
    }
    let (user, rest) = rest.split_once('@').map_or((None, rest), |(user, rest)| (Some(user), rest));
    let end = rest.find([';', '?']).unwrap_or(rest.len());
    let host_port = &rest[..end];
    user != Some("") && is_host_port(host_port)
}

fn is_host_port(text: &str) -> bool {
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, port)) => (address.parse::<std::net::Ipv6Addr>().is_ok(), port.strip_prefix(':')),
        None => {
            let (host, port) = text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port)));
            (DomainName::parse(host).is_ok(), port)
        }
    };
    host && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
}

impl fmt::Display for DiversionTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::VoiceMailbox => VOICE_MAILBOX,
            Self::Uri(uri) => uri,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_is_told_by_its_name() {
        for condition in DiversionCondition::ALL {
            assert_eq!(DiversionCondition::parse(condition.as_str()), Ok(condition));
        }
        assert!(DiversionCondition::parse("nocondition").is_err());
    }

    #[test]
    fn a_target_is_a_sip_address_or_the_mailbox() {
        assert_eq!(DiversionTarget::parse(" "), Ok(None));
        assert_eq!(DiversionTarget::parse("<Voice-Mailbox>"), Ok(Some(DiversionTarget::VoiceMailbox)));
        for good in [
            "sip:bob@example.com",
            "SIP:0031612345678@example.com;user=phone",
            "sips:a@example.com:5061",
            "sip:example.com",
            "sip:1000001@192.0.2.1",
            "sip:a@[2001:db8::1]:5060",
        ] {
            assert_eq!(DiversionTarget::parse(good).unwrap().unwrap().to_string(), good);
        }
        let long = format!("sip:{}@example.com", "a".repeat(250));
        for bad in [
            "bob@example.com",
            "tel:+31",
            "sip:",
            "sip:@example.com",
            "sip:a b@example.com",
            "sip:a@-",
            "<x>",
            "sip:a@example.com:0",
            "sip:a@example.com\r\nX: y",
            "sip:a@example.com>",
            &long,
        ] {
            assert!(DiversionTarget::parse(bad).is_err(), "{bad}");
        }
    }
}
