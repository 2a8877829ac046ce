//! Host names to addresses, for peers that are named and not numbered.
//!
//! Addresses come from the system's resolver (files and DNS), remembered for a short while, absent ones too. Services
//! (NAPTR, SRV) are not asked for yet: a name's port is the one that is named, or the transport's own.
//!
//! RFC 3263 §4.2 in the case without SRV records.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use quick_cache::sync::Cache;
use sip_core::{Answer, Transport};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};

const NAMES_MAX: usize = 10_000;
const REMEMBERED: Duration = Duration::from_secs(30);
const PATIENCE: Duration = Duration::from_secs(4);
/// Lookups under way; the system's resolver occupies a thread with each.
const CONCURRENT_MAX: usize = 16;

/// Lookups under way and waiting; more are not begun.
const WAITING_MAX: usize = 1_000;

/// The resolver with its memory.
pub(crate) struct Resolver {
    names: Cache<String, Remembered>,
    slots: Semaphore,
    waiting: Arc<Semaphore>,
}

/// The right to ask the system.
pub(crate) struct Place(#[expect(dead_code, reason = "it is given back when it is dropped")] OwnedSemaphorePermit);

#[derive(Clone)]
struct Remembered {
    addresses: Arc<[IpAddr]>,
    until: Instant,
}

impl Resolver {
    /// A resolver that remembers nothing yet.
    pub(crate) fn new() -> Resolver {
        Resolver {
            names: Cache::new(NAMES_MAX),
            slots: Semaphore::new(CONCURRENT_MAX),
            waiting: Arc::new(Semaphore::new(WAITING_MAX)),
        }
    }

    /// A place among those who wait; none if there are too many.
    pub(crate) fn place(&self) -> Option<Place> {
        Arc::clone(&self.waiting).try_acquire_owned().ok().map(Place)
    }

    /// The answer for a name that is remembered or is an address.
    pub(crate) fn remembered(&self, host: &str, port: Option<u16>, transport: Option<Transport>) -> Option<Answer> {
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        if let Ok(address) = literal {
            return Some(addresses(&[address], port, transport));
        }
        let found = self.names.get(&host.to_ascii_lowercase())?;
        (found.until > Instant::now()).then(|| addresses(&found.addresses, port, transport))
    }

    /// Asks the system.
    pub(crate) async fn resolve(
        &self,
        _place: Place,
        host: &str,
        port: Option<u16>,
        transport: Option<Transport>,
    ) -> Answer {
        let Ok(_slot) = self.slots.acquire().await else { return Answer::Unavailable };
        // Somebody who waited before may have asked the same.
        if let Some(answer) = self.remembered(host, port, transport) {
            return answer;
        }
        let found: Vec<IpAddr> = match timeout(PATIENCE, tokio::net::lookup_host((host, 0))).await {
            Ok(Ok(found)) => found.map(|address| address.ip()).collect(),
            // The system does not say whether the name does not exist or nobody could be asked.
            Ok(Err(_)) => Vec::new(),
            Err(_) => return Answer::Unavailable,
        };
        let answer = addresses(&found, port, transport);
        let remembered = Remembered { addresses: found.into(), until: Instant::now() + REMEMBERED };
        self.names.insert(host.to_ascii_lowercase(), remembered);
        answer
    }
}

fn addresses(found: &[IpAddr], port: Option<u16>, transport: Option<Transport>) -> Answer {
    // RFC 3263 §4.1: a name without a transport and without service records is tried over UDP.
    let transport = transport.unwrap_or(Transport::Udp);
    let port = port.unwrap_or(transport.default_port());
    let mut addresses: Vec<(Transport, SocketAddr)> = Vec::new();
    for address in found {
        let address = (transport, SocketAddr::new(*address, port));
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    Answer::Addresses(addresses)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(answer: Option<Answer>) -> Vec<(Transport, SocketAddr)> {
        match answer {
            Some(Answer::Addresses(list)) => list,
            other => panic!("no addresses: {other:?}"),
        }
    }

    /// RFC 3263 §4.2: an address in numbers is used as it stands; RFC 3263 §4.1: over UDP where no transport is named.
    #[tokio::test]
    async fn a_literal_address_needs_no_lookup() {
        let resolver = Resolver::new();
        let found = list(resolver.remembered("192.0.2.7", Some(5070), Some(Transport::Tcp)));
        assert_eq!(found, [(Transport::Tcp, SocketAddr::from(([192, 0, 2, 7], 5070)))]);
        let found = list(resolver.remembered("[2001:db8::1]", None, None));
        assert_eq!((found[0].0, found[0].1.to_string().as_str()), (Transport::Udp, "[2001:db8::1]:5060"));
    }

    #[tokio::test]
    async fn a_name_is_remembered_in_any_case() {
        let resolver = Resolver::new();
        assert!(resolver.remembered("localhost", None, None).is_none());
        let place = resolver.place().expect("nobody waits");
        let found = list(Some(resolver.resolve(place, "localhost", None, None).await));
        assert!(found.iter().all(|(_, address)| address.ip().is_loopback()) && !found.is_empty());
        assert_eq!(list(resolver.remembered("LOCALHOST", None, None)), found);
    }

    #[tokio::test]
    async fn who_waits_for_names_is_bounded() {
        let resolver = Resolver::new();
        let places: Vec<Place> = std::iter::from_fn(|| resolver.place()).collect();
        assert_eq!(places.len(), WAITING_MAX);
        drop(places);
        assert!(resolver.place().is_some());
    }
}
