//! Host names to addresses, for peers that are named and not numbered (RFC 3263).
//!
//! [`dns`] asks, [`locate`] knows what to ask and in which order servers are tried; here is what is remembered, for as long as the
//! records themselves say, absent names too, and how many may wait. While nobody answers, what was known an hour ago is better
//! than nothing.

mod dns;
mod locate;
#[cfg(test)]
mod tests;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use quick_cache::sync::Cache;
use sip_core::{Answer, Transport};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};

use dns::Dns;
use locate::{Located, locate};

pub(crate) use dns::SystemDns;

const NAMES_MAX: usize = 10_000;
/// All questions about one name together.
const PATIENCE: Duration = Duration::from_secs(8);
/// Lookups under way, each of several questions.
const CONCURRENT_MAX: usize = 64;
/// Lookups under way and waiting; more are not begun.
const WAITING_MAX: usize = 1_000;
/// How long what is out of date serves while nobody answers (RFC 8767 §5 has a day at most).
const STALE_MAX: Duration = Duration::from_secs(3_600);
/// How long nobody is asked again after nobody answered (RFC 8767 §5: at least 30 seconds).
const AWAY: Duration = Duration::from_secs(30);

/// The resolver with its memory.
pub(crate) struct Resolver<D = SystemDns> {
    dns: D,
    names: Cache<Name, Remembered>,
    slots: Semaphore,
    waiting: Arc<Semaphore>,
    lots: AtomicU64,
    clock: Clock,
}

/// What tells the time.
type Clock = Box<dyn Fn() -> Instant + Send + Sync>;

/// What is asked for: the answers differ with the port and transport that the URI names.
type Name = (String, Option<u16>, Option<Transport>);

/// The right to ask.
pub(crate) struct Place(#[expect(dead_code, reason = "it is given back when it is dropped")] OwnedSemaphorePermit);

#[derive(Clone)]
struct Remembered {
    located: Arc<Located>,
    until: Instant,
    stale_until: Instant,
}

impl Resolver<SystemDns> {
    /// A resolver that remembers nothing yet and asks these servers, or those of the system.
    pub(crate) fn new(servers: &[SocketAddr]) -> Result<Self, String> {
        Ok(Resolver::over(SystemDns::new(servers)?, Box::new(Instant::now)))
    }
}

#[expect(private_bounds, reason = "whom it asks is chosen here and in its tests")]
impl<D: Dns> Resolver<D> {
    fn over(dns: D, clock: Clock) -> Self {
        let mut seed = [0; 8];
        // Without random numbers lots are drawn from zero on: the same order in each process, and no harm.
        let _ = getrandom::fill(&mut seed);
        Resolver {
            dns,
            names: Cache::new(NAMES_MAX),
            slots: Semaphore::new(CONCURRENT_MAX),
            waiting: Arc::new(Semaphore::new(WAITING_MAX)),
            lots: AtomicU64::new(u64::from_ne_bytes(seed)),
            clock,
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
            // RFC 3263 §4.1: an address without a transport is UDP.
            let transport = transport.unwrap_or(Transport::Udp);
            let address = SocketAddr::new(address, port.unwrap_or(transport.default_port()));
            return Some(Answer::Addresses(vec![(transport, address)]));
        }
        let found = self.names.get(&name(host, port, transport))?;
        (found.until > (self.clock)()).then(|| self.answer(&found.located))
    }

    /// Asks.
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
        let name = name(host, port, transport);
        let asked = timeout(PATIENCE, locate(&self.dns, &name.0, port, transport)).await;
        let now = (self.clock)();
        if let Ok(Ok(located)) = asked {
            let located = Arc::new(located);
            let answer = self.answer(&located);
            let until = now + located.holds.min(STALE_MAX);
            self.names.insert(name, Remembered { located, until, stale_until: until + STALE_MAX });
            return answer;
        }
        match self.names.get(&name) {
            Some(old) if old.stale_until > now => {
                let answer = self.answer(&old.located);
                self.names.insert(name, Remembered { until: now + AWAY, ..old });
                answer
            }
            _ => Answer::Unavailable,
        }
    }

    fn answer(&self, located: &Located) -> Answer {
        Answer::Addresses(located.in_order(|most| self.lot(most)))
    }

    /// A number from 0 up to and with `most` (SplitMix64 over a counter: threads draw without waiting for each other).
    fn lot(&self, most: u32) -> u32 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut drawn = self.lots.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        drawn = (drawn ^ (drawn >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        drawn = (drawn ^ (drawn >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let high = (drawn ^ (drawn >> 31)) >> 32;
        // High bits times the range, so that no number is more likely than another by more than its share of 2^32.
        ((high * (u64::from(most) + 1)) >> 32) as u32
    }
}

fn name(host: &str, port: Option<u16>, transport: Option<Transport>) -> Name {
    (host.to_ascii_lowercase(), port, transport)
}
