//! How often credentials may be wrong: failures counted per address and per name, draining with time.
//!
//! Only failures count, so that a client with a thousand right logins is never slowed down, and only names and addresses
//! that failed lately are remembered, in bounded memory.

use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use quick_cache::sync::Cache;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Keys remembered at once.
const KEYS_MAX: usize = 20_000;

/// A leaking bucket for each key.
#[derive(Debug)]
pub(crate) struct Attempts<K> {
    buckets: Cache<K, Arc<Mutex<Bucket>>>,
    most: f64,
    drain_per_second: f64,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    level: f64,
    at: Instant,
}

impl<K: Hash + Eq + Clone> Attempts<K> {
    /// So many failures at once, and as many again each minute.
    pub(crate) fn new(per_minute: u32) -> Self {
        let most = f64::from(per_minute.max(1));
        Self { buckets: Cache::new(KEYS_MAX), most, drain_per_second: most / 60.0 }
    }

    /// Whether another attempt may be made.
    pub(crate) fn may_try(&self, key: &K, now: Instant) -> bool {
        let Some(bucket) = self.buckets.get(key) else { return true };
        let bucket = *bucket.lock().unwrap_or_else(PoisonError::into_inner);
        self.drained(bucket, now) + 1.0 <= self.most
    }

    /// Counts a failure.
    pub(crate) fn failed(&self, key: &K, now: Instant) {
        let empty = || Ok::<_, std::convert::Infallible>(Arc::new(Mutex::new(Bucket { level: 0.0, at: now })));
        let Ok(bucket) = self.buckets.get_or_insert_with(key, empty);
        let mut bucket = bucket.lock().unwrap_or_else(PoisonError::into_inner);
        *bucket = Bucket { level: self.drained(*bucket, now) + 1.0, at: now };
    }

    fn drained(&self, bucket: Bucket, now: Instant) -> f64 {
        let elapsed: Duration = now.saturating_duration_since(bucket.at);
        elapsed.as_secs_f64().mul_add(-self.drain_per_second, bucket.level).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_close_the_door_for_their_key_and_time_opens_it_again() {
        let start = tokio::time::Instant::now().into_std();
        let attempts = Attempts::new(3);
        for _ in 0..3 {
            assert!(attempts.may_try(&"alice", start));
            attempts.failed(&"alice", start);
        }
        assert!(!attempts.may_try(&"alice", start));
        assert!(attempts.may_try(&"bob", start));
        assert!(!attempts.may_try(&"alice", start + Duration::from_secs(19)));
        assert!(attempts.may_try(&"alice", start + Duration::from_secs(21)));
    }
}
