//! What the process counts, and the text in which /metrics shows it.
//!
//! Each shard has its own set, on cache lines of its own, so that counting costs an addition; they are summed when asked.

use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! counters {
    ($($name:ident: $help:literal,)*) => {
        /// One thread's counters.
        #[derive(Debug, Default)]
        #[repr(align(128))]
        pub(crate) struct Counters {
            $(#[doc = $help] pub(crate) $name: Counter,)*
        }

        const NAMES: &[(&str, &str)] = &[$((stringify!($name), $help),)*];

        impl Counters {
            fn values(&self) -> Vec<u64> {
                vec![$(self.$name.get(),)*]
            }
        }
    };
}

counters! {
    messages_received_udp: "SIP messages received over UDP",
    messages_received_tcp: "SIP messages received over TCP",
    messages_received_tls: "SIP messages received over TLS",
    messages_received_ws: "SIP messages received over WebSocket, secure or not",
    messages_sent: "SIP messages sent",
    messages_handed_over: "Messages handed from one shard to another",
    messages_dropped_inbox_full: "Messages dropped because a shard's inbox was full",
    messages_dropped_send: "Messages dropped because the kernel or the peer did not take them",
    keep_alives_sent: "Keep-alives sent to phones over UDP that are behind routers",
    datagrams_undeliverable: "Datagrams of which the network said that they did not arrive",
    messages_unreadable: "Datagrams and frames that are no SIP message",
    responses_stray: "Responses that answer nothing",
    requests_overloaded: "New requests answered 503 because of load",
    requests_shed_silently: "New requests dropped because of load: they had waited for too long",
    requests_of_scanners: "Requests of known scanners, dropped",
    messages_banned: "Messages of banned sources, dropped unread",
    messages_limited: "Messages dropped because their source had sent more than it may",
    bans_made: "Sources banned for wrong passwords",
    requests_routed: "Requests for which a routing decision was made",
    lookups_memory: "Directory questions answered from memory",
    lookups_database: "Directory questions that had to wait for the database",
    lookups_unavailable: "Directory questions that nobody could answer",
    bindings_changed: "Changes of an address's contacts",
    tcp_accepted: "TCP connections accepted",
    tcp_connected: "TCP connections opened",
    tcp_refused: "TCP connections refused at a bound",
    tcp_connect_failed: "TCP connections that could not be opened",
    tcp_closed_slow: "TCP connections closed because the peer was too slow",
    tcp_closed_framing: "TCP connections closed because message boundaries were lost",
    handshakes_failed: "Connections on which TLS or WebSocket was not agreed upon",
    location_batches: "Batches of contacts written to the database",
    location_write_failures: "Batches of contacts that could not be written and are kept",
    journal_failures: "Registrations that could not be written to the journal",
    feed_changes: "Changes read from the feed",
    feed_reloads: "Times that the caches were thrown away because the feed was away too long",
}

/// A number that only grows.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    /// Counts one.
    pub(crate) fn one(&self) {
        self.add(1);
    }

    /// Counts several.
    pub(crate) fn add(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    /// What was counted so far.
    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// The counters of all shards, and one more set for what runs beside them.
#[derive(Clone, Debug)]
pub(crate) struct AllCounters {
    sets: Arc<[Arc<Counters>]>,
}

impl AllCounters {
    /// A set for each shard and one for the rest.
    pub(crate) fn new(shards: usize) -> AllCounters {
        AllCounters { sets: (0..=shards).map(|_| Arc::default()).collect() }
    }

    /// The set of a shard; of the rest for a shard that does not exist.
    pub(crate) fn of_shard(&self, index: usize) -> Arc<Counters> {
        Arc::clone(&self.sets[index.min(self.sets.len() - 1)])
    }

    /// The set of what runs beside the shards.
    pub(crate) fn beside(&self) -> Arc<Counters> {
        self.of_shard(usize::MAX)
    }

    /// All sums, and these gauges, by name.
    pub(crate) fn values(&self, gauges: &[(&str, &str, u64)]) -> serde_json::Value {
        let counted = NAMES.iter().map(|(name, _)| *name).zip(self.sums());
        let all = counted.chain(gauges.iter().map(|(name, _, value)| (*name, *value)));
        all.map(|(name, value)| (name.to_owned(), serde_json::Value::from(value)))
            .collect::<serde_json::Map<_, _>>()
            .into()
    }

    fn sums(&self) -> Vec<u64> {
        let mut sums = vec![0; NAMES.len()];
        for set in self.sets.iter() {
            for (sum, value) in sums.iter_mut().zip(set.values()) {
                *sum += value;
            }
        }
        sums
    }

    /// The text format that Prometheus reads.
    pub(crate) fn render(&self, gauges: &[(&str, &str, u64)]) -> String {
        let mut out = String::new();
        for ((name, help), sum) in NAMES.iter().zip(self.sums()) {
            // Writing to a String cannot fail.
            let _ = write!(out, "# HELP sip_proxy_{name}_total {help}\n# TYPE sip_proxy_{name}_total counter\n");
            let _ = writeln!(out, "sip_proxy_{name}_total {sum}");
        }
        for (name, help, value) in gauges {
            let _ = write!(
                out,
                "# HELP sip_proxy_{name} {help}\n# TYPE sip_proxy_{name} gauge\nsip_proxy_{name} {value}\n"
            );
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sets_are_summed() {
        let all = AllCounters::new(2);
        all.of_shard(0).messages_sent.add(2);
        all.of_shard(1).messages_sent.one();
        all.beside().messages_sent.one();
        let text = all.render(&[("bindings", "Addresses with contacts", 5)]);
        assert!(text.contains("\nsip_proxy_messages_sent_total 4\n"), "{text}");
        assert!(text.ends_with("sip_proxy_bindings 5\n"), "{text}");
    }
}
