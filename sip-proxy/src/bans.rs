//! Bans between memory, where each message is checked against them, and the database, by which all nodes share them.
//!
//! What this node finds is in force at once and written within a moment; while the database is away it waits here, bounded. What others
//! find comes over the change feed. Who is banned, and for what, is `sip_core::abuse`'s decision.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use sip_core::Shared;
use sip_core::abuse::{Ban, Network};
use store::bans::{Bans, NewBan, StoredBan};
use store::{DatabaseUrl, StoreError};
use tokio::sync::Notify;
use tokio::time::{MissedTickBehavior, interval};
use tracing::{debug, info};

use crate::counters::Counters;
use crate::locations::clocks;

/// How often what was found is looked for.
const INTERVAL: Duration = Duration::from_millis(200);
/// After so many of them what has ended is forgotten, here and in the database.
const SWEEP_AFTER: u32 = 300;
/// Changes and bans that wait for the database; more changes have all read anew, more bans stay in memory only.
const WAITING_MAX: usize = 1024;

/// The bans of this node.
pub(crate) struct BanKeeper {
    shared: Arc<Shared>,
    counters: Arc<Counters>,
    node: String,
    most: usize,
    waiting: Mutex<Waiting>,
    wake: Notify,
    /// One connection, for what operators ask and for what is found.
    database: tokio::sync::Mutex<Bans>,
}

#[derive(Default)]
struct Waiting {
    all: bool,
    changed: BTreeSet<String>,
    found: Vec<NewBan>,
}

impl BanKeeper {
    /// A keeper that has read nothing yet.
    pub(crate) fn new(
        shared: Arc<Shared>,
        url: &DatabaseUrl,
        node: String,
        most: usize,
        counters: Arc<Counters>,
    ) -> Result<BanKeeper, StoreError> {
        let database = tokio::sync::Mutex::new(Bans::new(url, &node)?);
        Ok(BanKeeper { shared, counters, node, most, waiting: Mutex::default(), wake: Notify::new(), database })
    }

    /// The ban of this network has changed in the database.
    pub(crate) fn look_at(&self, source: &str) {
        let mut waiting = self.waiting();
        if waiting.changed.len() < WAITING_MAX {
            waiting.changed.insert(source.to_owned());
        } else {
            waiting.all = true;
        }
        drop(waiting);
        self.wake.notify_one();
    }

    /// What is stored may be anything.
    pub(crate) fn look_at_everything(&self) {
        self.waiting().all = true;
        self.wake.notify_one();
    }

    /// Bans a network by hand: here at once, everywhere when it is stored.
    pub(crate) async fn add(&self, network: Network, reason: &str, lasts: Option<Duration>) -> Result<(), StoreError> {
        let now = clocks().now;
        let ends = lasts.and_then(|lasts| now.checked_add(lasts));
        let node = self.node.clone().into();
        self.shared.guard.bans.add(now, Ban { network, reason: reason.into(), node, since: now, ends });
        let new = NewBan { source: network.to_string(), reason: reason.to_owned(), lasts };
        let stored = self.database.lock().await.add(std::slice::from_ref(&new)).await;
        if stored.is_err() {
            self.keep(new);
        }
        stored
    }

    /// Lifts a ban everywhere; whether there was one.
    pub(crate) async fn lift(&self, network: Network) -> Result<bool, StoreError> {
        let here = self.shared.guard.bans.lift(network);
        self.waiting().found.retain(|ban| ban.source != network.to_string());
        Ok(self.database.lock().await.lift(&network.to_string()).await? || here)
    }

    /// Keeps memory and database alike for as long as the runtime lives.
    pub(crate) async fn run(self: Arc<Self>) -> Result<(), StoreError> {
        let mut tick = interval(INTERVAL);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut until_sweep = SWEEP_AFTER;
        loop {
            tokio::select! {
                _ = tick.tick() => {}
                () = self.wake.notified() => {}
            }
            self.take_found();
            if let Err(error) = self.write().await {
                debug!(%error, "bans could not be written: {error}");
            }
            if let Err(error) = self.read().await {
                debug!(%error, "bans could not be read: {error}");
            }
            until_sweep = until_sweep.saturating_sub(1);
            if until_sweep == 0 {
                until_sweep = SWEEP_AFTER;
                self.shared.guard.bans.sweep(clocks().now);
                if let Err(error) = self.database.lock().await.prune(self.most).await {
                    debug!(%error, "bans could not be forgotten: {error}");
                }
            }
        }
    }

    /// Takes over what the shards found.
    fn take_found(&self) {
        for ban in self.shared.guard.take_found() {
            self.counters.bans_made.one();
            let lasts = ban.ends.map(|ends| ends.saturating_duration_since(ban.since));
            info!(ban.source = %ban.network, reason = %ban.reason, "{} is banned for {lasts:?}: {}", ban.network, ban.reason);
            self.keep(NewBan { source: ban.network.to_string(), reason: ban.reason.into(), lasts });
        }
    }

    fn keep(&self, ban: NewBan) {
        let mut waiting = self.waiting();
        if waiting.found.len() < WAITING_MAX {
            waiting.found.push(ban);
        }
    }

    async fn write(&self) -> Result<(), StoreError> {
        let found = self.waiting().found.clone();
        if found.is_empty() {
            return Ok(());
        }
        self.database.lock().await.add(&found).await?;
        // What was lifted or found meanwhile is not among them.
        self.waiting().found.retain(|ban| !found.contains(ban));
        Ok(())
    }

    async fn read(&self) -> Result<(), StoreError> {
        let (all, changed) = {
            let mut waiting = self.waiting();
            (std::mem::take(&mut waiting.all), std::mem::take(&mut waiting.changed))
        };
        if !all && changed.is_empty() {
            return Ok(());
        }
        let read = self.read_these(all, &changed).await;
        if read.is_err() {
            self.waiting().all = true;
        }
        read
    }

    async fn read_these(&self, all: bool, changed: &BTreeSet<String>) -> Result<(), StoreError> {
        let bans = &self.shared.guard.bans;
        let mut database = self.database.lock().await;
        let clocks = clocks();
        let ban = |stored| in_memory(stored, clocks.now, clocks.wall);
        if all {
            bans.replace(database.all(self.most).await?.into_iter().filter_map(ban));
            return Ok(());
        }
        let changed: Vec<String> = changed.iter().cloned().collect();
        let stored = database.of(&changed).await?;
        for network in changed.iter().filter_map(|source| source.parse().ok()) {
            bans.lift(network);
        }
        for ban in stored.into_iter().filter_map(ban) {
            bans.add(clocks.now, ban);
        }
        Ok(())
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        // Each change is complete before anything can panic.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A stored ban by this process's clock; none for what another release may write and this one cannot read.
fn in_memory(stored: StoredBan, now: Instant, wall: SystemTime) -> Option<Ban> {
    let ends = stored.ends.map(|ends| now + ends.duration_since(wall).unwrap_or_default());
    let ago = wall.duration_since(stored.since).unwrap_or_default();
    let since = now.checked_sub(ago).unwrap_or(now);
    let network = stored.source.parse().ok()?;
    Some(Ban { network, reason: stored.reason.into(), node: stored.node.into(), since, ends })
}
