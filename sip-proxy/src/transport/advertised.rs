//! By which names and addresses others reach us: what is written into Via and Record-Route, and what is recognised as ourselves when it
//! comes back. A proxy behind a router listens on other addresses than these. Names are looked up again and again: their addresses change.
//!
//! RFC 3261 §18.1.1 (sent-by), §16.4 (what names us).

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use sip_core::{Shared, Transport};
use tokio::net::lookup_host;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tracing::debug;

/// How often names are looked up.
const LOOK_EVERY: Duration = Duration::from_secs(60);
const PATIENCE: Duration = Duration::from_secs(10);

/// What the settings say of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Advertised {
    /// For all listeners but those below, the first; all are ourselves.
    everywhere: Vec<String>,
    /// For the listener at this address.
    at: Vec<(SocketAddr, String)>,
}

impl Advertised {
    /// Reads `host`, `host:port` and `listening address=host[:port]`; none where one of them is nothing of that kind.
    pub(crate) fn parse(entries: &[String]) -> Option<Advertised> {
        let mut read = Advertised::default();
        for entry in entries {
            match entry.split_once('=') {
                Some((bound, host)) => read.at.push((bound.trim().parse().ok()?, host_of(host.trim())?)),
                None => read.everywhere.push(host_of(entry.trim())?),
            }
        }
        Some(read)
    }

    /// Whether a listener at this address can be named to others.
    pub(crate) fn names(&self, bound: SocketAddr) -> bool {
        !bound.ip().is_unspecified() || !self.everywhere.is_empty() || self.at.iter().any(|(at, _)| *at == bound)
    }

    /// What stands in the Via of what leaves by this listener; none: its own address.
    pub(super) fn sent_by(&self, transport: Transport, bound: SocketAddr) -> Option<String> {
        if let Some((_, host)) = self.at.iter().find(|(at, _)| *at == bound) {
            return Some(with_port(host, bound.port()));
        }
        let host = self.everywhere.first()?;
        match transport {
            Transport::Udp | Transport::Tcp => Some(with_port(host, bound.port())),
            // A port that is said for all is that of UDP and TCP.
            Transport::Tls | Transport::Ws | Transport::Wss => Some(with_port(without_port(host), bound.port())),
        }
    }

    /// All hosts, without ports.
    pub(crate) fn hosts(&self) -> Vec<String> {
        let all = self.everywhere.iter().chain(self.at.iter().map(|(_, host)| host));
        let mut hosts: Vec<String> = all.map(|host| without_port(host).to_owned()).collect();
        hosts.sort();
        hosts.dedup();
        hosts
    }

    /// Looks the names up for as long as the runtime lives, so that their addresses are known as our own.
    pub(crate) async fn watch(self, shared: Arc<Shared>) {
        let names: Vec<String> = self.hosts().into_iter().filter(|host| address_of(host).is_none()).collect();
        if names.is_empty() {
            return;
        }
        let mut ticks = interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let mut found: Vec<IpAddr> = Vec::new();
            for name in &names {
                match timeout(PATIENCE, lookup_host((name.as_str(), 0))).await {
                    Ok(Ok(addresses)) => found.extend(addresses.map(|address| address.ip().to_canonical())),
                    _ => debug!(host = name, "{name}, by which this proxy is known, has no address now"),
                }
            }
            // What is not found now is better known by its last address than by none.
            if !found.is_empty() {
                shared.set_own_addresses(found);
            }
        }
    }
}

fn host_of(text: &str) -> Option<String> {
    let ok = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || ".-:[]_".contains(c));
    ok.then(|| text.to_owned())
}

fn address_of(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// Whether a host names a port behind it.
fn port_at(host: &str) -> Option<usize> {
    let (before, digits) = host.rsplit_once(':')?;
    let named = !digits.is_empty()
        && digits.bytes().all(|b| b.is_ascii_digit())
        && (!before.contains(':') || before.ends_with(']'));
    named.then_some(before.len())
}

fn without_port(host: &str) -> &str {
    port_at(host).map_or(host, |at| &host[..at])
}

/// `host:port` of an advertised name that may name its port itself.
fn with_port(host: &str, port: u16) -> String {
    match (port_at(host), host.parse::<Ipv6Addr>()) {
        (Some(_), _) => host.to_owned(),
        (None, Ok(_)) => format!("[{host}]:{port}"),
        (None, Err(_)) => format!("{host}:{port}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_advertised_name_keeps_its_own_port() {
        assert_eq!(with_port("sip.example.com", 5060), "sip.example.com:5060");
        assert_eq!(with_port("sip.example.com:5070", 5060), "sip.example.com:5070");
        assert_eq!(with_port("2001:db8::1", 5060), "[2001:db8::1]:5060");
        assert_eq!(with_port("[2001:db8::1]:5070", 5060), "[2001:db8::1]:5070");
        assert_eq!(with_port("[2001:db8::1]", 5060), "[2001:db8::1]:5060");
    }

    #[test]
    fn each_listener_may_have_a_name_of_its_own() {
        let entries = ["sip.example.com:5070", "10.0.0.5:5061=203.0.113.5:6061", "[fd00::5]:5060=v6.example.com"];
        let advertised = Advertised::parse(&entries.map(str::to_owned)).expect("good");
        let sent_by = |transport, bound: &str| advertised.sent_by(transport, bound.parse().expect("an address"));
        assert_eq!(sent_by(Transport::Udp, "10.0.0.5:5060").as_deref(), Some("sip.example.com:5070"));
        assert_eq!(sent_by(Transport::Wss, "10.0.0.5:443").as_deref(), Some("sip.example.com:443"));
        assert_eq!(sent_by(Transport::Tls, "10.0.0.5:5061").as_deref(), Some("203.0.113.5:6061"));
        assert_eq!(sent_by(Transport::Udp, "[fd00::5]:5060").as_deref(), Some("v6.example.com:5060"));
        assert_eq!(advertised.hosts(), ["203.0.113.5", "sip.example.com", "v6.example.com"]);
        assert!(Advertised::parse(&["here=there".to_owned()]).is_none());
        assert!(Advertised::parse(&["no host".to_owned()]).is_none());
    }
}
