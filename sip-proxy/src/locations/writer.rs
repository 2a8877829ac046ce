//! Writes the gathered sets to the database, reads them back at the start, and keeps the tables free of what has ended.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use domain::SipId;
use sip_core::Transport;
use sip_message::uri::Uri;
use store::locations::{Location, LocationSet};
use store::{DatabaseUrl, StoreError};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};
use tracing::{debug, error, info, warn};

use super::record::{StoredBinding, StoredSet};
use super::{LocationWriter, Taken, clocks};

/// Addresses of one statement.
const BATCH_MAX: usize = 500;
/// Rows of ended contacts that one statement removes.
const ENDED_MAX: i64 = 5_000;
const ENDED_INTERVAL: Duration = Duration::from_secs(30);
const SWEEP_INTERVAL: Duration = Duration::from_secs(1);
const RETRY_FIRST: Duration = Duration::from_millis(100);
const RETRY_LAST: Duration = Duration::from_secs(1);
/// How long the last batch may take when the process is asked to end; the journal has it otherwise.
const LAST_FLUSH: Duration = Duration::from_secs(3);

/// The task that writes behind.
pub(crate) struct Writer {
    locations: Arc<LocationWriter>,
    database: store::locations::Locations,
    flush_after: Duration,
    restored: bool,
    away: bool,
}

impl Writer {
    /// A writer with a connection of its own, which is made when it is first used.
    pub(crate) fn new(
        locations: Arc<LocationWriter>,
        url: &DatabaseUrl,
        flush_after: Duration,
    ) -> Result<Writer, StoreError> {
        let database = store::locations::Locations::new(url)?;
        Ok(Writer { locations, database, flush_after, restored: false, away: false })
    }

    /// Reads back what the database holds.
    pub(crate) async fn restore(&mut self) -> Result<(), StoreError> {
        let sets = self.database.load().await?;
        let count = self.locations.restore(sets.into_iter().map(stored_set));
        self.restored = true;
        info!(addresses = count, "registrations of {count} addresses were read back from the database");
        Ok(())
    }

    /// Writes until `stop` changes, and once more then.
    pub(crate) async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let mut ended = interval(ENDED_INTERVAL);
        ended.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut sweep = interval(SWEEP_INTERVAL);
        sweep.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let locations = Arc::clone(&self.locations);
        while !*stop.borrow() {
            tokio::select! {
                _ = stop.changed() => {}
                () = locations.work.notified() => self.gather_and_write(&mut stop).await,
                _ = sweep.tick() => drop(locations.shared.locations.sweep(clocks().now)),
                _ = ended.tick() => self.remove_ended().await,
            }
        }
        match timeout(LAST_FLUSH, self.write_all()).await {
            Ok(Ok(())) => info!("all registrations are in the database"),
            _ => {
                let waiting = self.locations.waiting();
                warn!(waiting, "registrations of {waiting} addresses stay in the journal until the next start");
            }
        }
    }

    /// Lets changes gather for a moment, then writes until nothing is left or the process ends.
    async fn gather_and_write(&mut self, stop: &mut watch::Receiver<bool>) {
        let mut pause = RETRY_FIRST;
        sleep(self.flush_after).await;
        while let Err(error) = self.write_all().await {
            self.locations.counters.location_write_failures.one();
            if !self.away {
                self.away = true;
                warn!(%error, "registrations are kept in the journal until the database is back: {error}");
            }
            tokio::select! {
                _ = stop.changed() => return,
                () = sleep(pause) => pause = RETRY_LAST.min(pause * 2),
            }
            let now = clocks().now;
            self.locations.shared.locations.sweep(now);
        }
        if self.away {
            self.away = false;
            info!("the database is back and has all registrations");
        }
    }

    async fn write_all(&mut self) -> Result<(), StoreError> {
        if !self.restored {
            self.restore().await?;
        }
        loop {
            let taken = self.locations.take(BATCH_MAX);
            if taken.is_empty() {
                return Ok(());
            }
            let last = taken.len() < BATCH_MAX;
            self.write(&taken).await?;
            if last {
                return Ok(());
            }
        }
    }

    async fn write(&mut self, taken: &[Taken]) -> Result<(), StoreError> {
        let sets: Vec<LocationSet> = taken.iter().map(|taken| self.row_set(&taken.aor, &taken.set)).collect();
        match self.database.replace(&sets).await {
            Ok(()) => {}
            Err(error) if error.is_unavailable() => return Err(error),
            Err(error) => {
                error!(%error, "a batch of registrations was refused and is written one by one: {error}");
                self.write_singly(&sets).await?;
            }
        }
        self.locations.counters.location_batches.one();
        self.locations.stored(taken);
        Ok(())
    }

    /// One set that the database refuses must not hold up the others for ever.
    async fn write_singly(&mut self, sets: &[LocationSet]) -> Result<(), StoreError> {
        for set in sets {
            match self.database.replace(std::slice::from_ref(set)).await {
                Ok(()) => {}
                Err(error) if error.is_unavailable() => return Err(error),
                Err(error) => error!(%error, account.id = %set.aor, "contacts cannot be stored: {error}"),
            }
        }
        Ok(())
    }

    async fn remove_ended(&mut self) {
        match self.database.delete_ended(ENDED_MAX).await {
            Ok(0) => {}
            Ok(count) => debug!(count, "{count} ended contacts were removed"),
            Err(error) => debug!(%error, "ended contacts could not be removed: {error}"),
        }
    }

    fn row_set(&self, aor: &SipId, set: &StoredSet) -> LocationSet {
        let locations = set.bindings.iter().map(|binding| location(binding, &self.locations.node)).collect();
        LocationSet { aor: aor.clone(), locations }
    }
}

fn location(binding: &StoredBinding, node: &str) -> Location {
    let (address, port) = match Uri::parse(&binding.contact) {
        Ok(uri) => (text(uri.host), uri.port.unwrap_or(binding.transport.default_port())),
        Err(_) => (binding.remote.ip().to_string(), binding.remote.port()),
    };
    let expires = u64::try_from(binding.expires_unix_ms).unwrap_or_default();
    Location {
        contact: text(&binding.contact),
        params: text(&binding.params),
        q_per_mille: binding.q_per_mille,
        path: text(&binding.path),
        call_id: text(&binding.call_id),
        cseq: binding.cseq,
        user_agent: text(&binding.user_agent),
        address,
        port,
        transport: binding.transport.param_name().to_owned(),
        received: binding.remote,
        local: binding.local.to_string(),
        node: node.to_owned(),
        expires: SystemTime::UNIX_EPOCH + Duration::from_millis(expires),
    }
}

fn stored_set(set: LocationSet) -> StoredSet {
    StoredSet { aor: set.aor.to_string(), bindings: set.locations.into_iter().filter_map(stored_binding).collect() }
}

/// None for what no proxy of this release wrote.
fn stored_binding(location: Location) -> Option<StoredBinding> {
    let since = location.expires.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    let unknown = std::net::SocketAddr::from(([0, 0, 0, 0], 0));
    Some(StoredBinding {
        contact: location.contact.into_bytes(),
        params: location.params.into_bytes(),
        call_id: location.call_id.into_bytes(),
        path: location.path.into_bytes(),
        user_agent: location.user_agent.into_bytes(),
        q_per_mille: location.q_per_mille,
        cseq: location.cseq,
        expires_unix_ms: i64::try_from(since.as_millis()).ok()?,
        transport: Transport::from_name(location.transport.as_bytes())?,
        local: location.local.parse().unwrap_or(unknown),
        remote: location.received,
    })
}

/// Text for a column. Header bytes need not be UTF-8; what is not is taken for Latin-1, as phones of old mean it.
fn text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_comes_back_from_its_row() {
        let mut binding = StoredBinding::sample("sip:a@192.0.2.1:5070");
        let row = location(&binding, "node1");
        assert_eq!((row.address.as_str(), row.port, row.node.as_str()), ("192.0.2.1", 5070, "node1"));
        assert_eq!(stored_binding(row), Some(binding.clone()));
        binding.q_per_mille = None;
        binding.transport = Transport::Tcp;
        assert_eq!(stored_binding(location(&binding, "node1")), Some(binding));
    }

    #[test]
    fn header_bytes_that_are_not_utf_8_are_latin_1() {
        assert_eq!(text(b"J\xF6rg"), "Jörg");
        assert_eq!(text("Jörg".as_bytes()), "Jörg");
    }
}
