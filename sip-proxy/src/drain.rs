//! Ending without breaking anything off: from the moment it begins, shards begin nothing new, and whoever wants to end waits until what is
//! under way has ended, or for so long.
//!
//! Calls that are up do not hold it back: they go on through whichever process serves next, since what it must know of them is in their
//! Record-Route.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval, timeout};
use tracing::{info, warn};

use crate::calls::Calls;
use crate::inbox::{Delivery, Inboxes};

/// How often it is looked whether all has ended.
const LOOK: Duration = Duration::from_millis(20);

/// What a shard shows of itself.
#[derive(Debug, Default)]
pub(crate) struct ShardState {
    /// Requests that wait for the directory or for those that they were forwarded to.
    pub(crate) under_way: AtomicUsize,
    /// Whether it has heard that nothing new is to be begun.
    pub(crate) draining: AtomicBool,
    pub(crate) calls: Calls,
}

/// The state of all shards, and the wish to end.
#[derive(Debug)]
pub(crate) struct Drain {
    pub(crate) shards: Vec<Arc<ShardState>>,
    inboxes: Inboxes,
    begun: AtomicBool,
}

impl Drain {
    pub(crate) fn new(shards: usize, inboxes: Inboxes) -> Drain {
        Drain { shards: (0..shards).map(|_| Arc::default()).collect(), inboxes, begun: AtomicBool::new(false) }
    }

    /// Has all shards begin nothing new.
    pub(crate) async fn begin(&self) {
        if !self.begun.swap(true, Ordering::Relaxed) {
            info!("nothing new is begun from now on");
            for shard in 0..self.shards.len() {
                self.inboxes.deliver(shard, Delivery::Drain).await;
            }
        }
    }

    /// Whether it has begun.
    pub(crate) fn has_begun(&self) -> bool {
        self.begun.load(Ordering::Relaxed)
    }

    /// Requests that are under way in all shards.
    pub(crate) fn under_way(&self) -> usize {
        self.shards.iter().map(|shard| shard.under_way.load(Ordering::Relaxed)).sum()
    }

    /// Calls, and how many of them ring.
    pub(crate) fn calls(&self) -> (usize, usize) {
        let counts = self.shards.iter().map(|shard| shard.calls.count());
        counts.fold((0, 0), |(calls, ringing), (more, ring)| (calls + more, ringing + ring))
    }

    /// Names, help and values of what it counts.
    pub(crate) fn gauges(&self) -> [(&'static str, &'static str, u64); 4] {
        let (calls, ringing) = self.calls();
        let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        [
            ("requests_under_way", "Requests that wait for the directory or for an answer", number(self.under_way())),
            ("calls", "Calls that this node knows of", number(calls)),
            ("calls_ringing", "Calls that are not answered yet", number(ringing)),
            ("draining", "Whether nothing new is begun", u64::from(self.has_begun())),
        ]
    }

    /// Waits until nothing is under way, but not for longer than this.
    pub(crate) async fn wait(&self, bound: Duration) {
        let mut tick = interval(LOOK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let over = async {
            loop {
                tick.tick().await;
                let heard = self.shards.iter().all(|shard| shard.draining.load(Ordering::Acquire));
                if heard && self.under_way() == 0 {
                    return;
                }
            }
        };
        if timeout(bound, over).await.is_err() {
            warn!(
                under_way = self.under_way(),
                "{} requests are broken off: they did not end in time",
                self.under_way()
            );
        }
    }
}
