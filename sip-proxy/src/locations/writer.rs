//! Writes the gathered sets to the database, reads back what is there at the start and what others write later, and keeps the tables free
//! of what has ended.
//!
//! One task does all of it, one after the other: what is read never stands beside a write of ours that is under way.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use domain::SipId;
use sip_core::instance::flow_key;
use sip_core::locations::Binding;
use sip_core::{Listener, Transport};
use sip_message::uri::Uri;
use store::locations::{Held, Location, LocationSet};
use store::{DatabaseUrl, StoreError};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};
use tracing::{debug, error, info, warn};

use super::elsewhere::{Look, Row};
use super::record::{Clocks, StoredBinding, local_of};
use super::{LocationWriter, Taken, clocks};

/// Addresses of one statement.
const BATCH_MAX: usize = 500;
/// So many sets that are refused, and none that is not, mean that the database refuses everything.
const REFUSED_MAX: usize = 10;
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
        let database = store::locations::Locations::of_node(url, &locations.node)?;
        Ok(Writer { locations, database, flush_after, restored: false, away: false })
    }

    /// Reads back what the database holds of all processes. What feed entries asked for before is thereby seen.
    pub(crate) async fn restore(&mut self) -> Result<(), StoreError> {
        self.locations.everything_to_look_at(false);
        let read = self.read_everything().await;
        if read.is_err() {
            self.locations.everything_to_look_at(true);
        }
        read
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
                () = locations.look.notified() => self.look_elsewhere().await,
                _ = sweep.tick() => {
                    drop(locations.shared.locations.sweep(clocks().now));
                    if locations.look_at_what_ends() {
                        self.look_elsewhere().await;
                    }
                }
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

    /// Reads what others have changed; what cannot be read now stays in the list, and the next second tries again.
    async fn look_elsewhere(&mut self) {
        loop {
            let read = match self.locations.next_look(BATCH_MAX) {
                Look::Nothing => return,
                Look::At(aors) => self.read_some(aors).await,
                Look::Everything => self.restore().await,
            };
            if let Err(error) = read {
                debug!(%error, "what others hold cannot be read: {error}");
                return;
            }
        }
    }

    async fn read_some(&mut self, aors: Vec<SipId>) -> Result<(), StoreError> {
        let sets = match self.database.of(&aors).await {
            Ok(sets) => sets,
            Err(error) => {
                self.locations.not_seen(aors);
                return Err(error);
            }
        };
        let mut found: HashMap<SipId, Vec<Location>> = sets.into_iter().map(|set| (set.aor, set.locations)).collect();
        for aor in aors {
            let rows = self.rows(found.remove(&aor).unwrap_or_default());
            self.locations.merge(&aor, &rows, false);
        }
        Ok(())
    }

    async fn read_everything(&mut self) -> Result<(), StoreError> {
        let first = !self.restored;
        if !first {
            // What is no longer in the database is on none of its pages.
            for aors in self.locations.shared.locations.addresses(|_| true).chunks(BATCH_MAX) {
                self.read_some(aors.to_vec()).await?;
                self.write_waiting().await?;
            }
        }
        let mut addresses = 0;
        let mut next = None;
        loop {
            let page = self.database.page(next).await?;
            addresses += page.sets.len();
            for LocationSet { aor, locations } in page.sets {
                let rows = self.rows(locations);
                self.locations.merge(&aor, &rows, first);
            }
            next = page.next;
            if next.is_none() {
                break;
            }
            if !first {
                self.write_waiting().await?;
            }
        }
        self.restored = true;
        info!(addresses, "registrations of {addresses} addresses were read from the database");
        Ok(())
    }

    fn rows(&self, locations: Vec<Location>) -> Vec<Row> {
        let row = |location: Location| Some((location.node == self.locations.node, stored_binding(location)?));
        locations.into_iter().filter_map(row).collect()
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
        self.write_waiting().await
    }

    async fn write_waiting(&mut self) -> Result<(), StoreError> {
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
        let clocks = clocks();
        let held: Vec<Held> = taken.iter().map(|taken| held(taken, &self.locations, &clocks)).collect();
        match self.database.replace(&held).await {
            Ok(()) => {}
            Err(error) if error.is_unavailable() => return Err(error),
            Err(error) => {
                error!(%error, "a batch of registrations was refused and is written one by one: {error}");
                self.write_singly(&held).await?;
            }
        }
        self.locations.counters.location_batches.one();
        self.locations.stored(taken);
        Ok(())
    }

    /// One set that the database refuses must not hold up the others for ever. When it refuses all of them, it is not about one of them:
    /// then they are kept.
    async fn write_singly(&mut self, sets: &[Held]) -> Result<(), StoreError> {
        let (mut accepted, mut refused) = (0, 0);
        for set in sets {
            match self.database.replace(std::slice::from_ref(set)).await {
                Ok(()) => accepted += 1,
                Err(error) if error.is_unavailable() => return Err(error),
                Err(error) => {
                    error!(%error, account.id = %set.aor, "contacts cannot be stored: {error}");
                    refused += 1;
                    if accepted == 0 && refused == sets.len().min(REFUSED_MAX) {
                        return Err(error);
                    }
                }
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
}

fn held(taken: &Taken, locations: &LocationWriter, clocks: &Clocks) -> Held {
    let here = taken.change.bindings.iter().filter(|binding| !binding.elsewhere);
    Held {
        aor: taken.change.aor.clone(),
        locations: here
            .map(|binding| Location {
                relay: locations.relay_route(binding),
                ..location(binding, &locations.listeners, clocks)
            })
            .collect(),
        taken_over: taken.change.taken_over.iter().map(|contact| text(contact)).collect(),
    }
}

fn location(binding: &Binding, listeners: &[Listener], clocks: &Clocks) -> Location {
    let flow = binding.flow;
    let (address, port) = match Uri::parse(binding.contact()) {
        Ok(uri) => (text(uri.host), uri.port.unwrap_or(flow.transport.default_port())),
        Err(_) => (flow.remote.ip().to_string(), flow.remote.port()),
    };
    let expires = u64::try_from(clocks.unix_ms(binding.expires_at)).unwrap_or_default();
    Location {
        contact: text(binding.contact()),
        params: text(binding.params()),
        q_per_mille: binding.q_given.then_some(binding.q_per_mille),
        path: text(binding.path()),
        call_id: text(binding.call_id()),
        cseq: binding.cseq,
        user_agent: text(binding.user_agent()),
        address,
        port,
        transport: flow.transport.name().to_owned(),
        received: flow.remote,
        local: local_of(binding, listeners).to_string(),
        // The connection that writes says whose it is.
        node: String::new(),
        flow_key: flow_key(binding.params()).map(|key| text(&key)).unwrap_or_default(),
        relay: String::new(),
        expires: SystemTime::UNIX_EPOCH + Duration::from_millis(expires),
    }
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
        relay: location.relay.into_bytes(),
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
        let clocks = Clocks { now: clocks().now, wall: SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000) };
        let local = std::net::SocketAddr::from(([127, 0, 0, 1], 5060));
        let listeners = Transport::ALL.map(|transport| Listener::new(transport, local));
        for transport in Transport::ALL {
            let mut stored = StoredBinding::sample("sip:a@192.0.2.1:5070");
            stored.transport = transport;
            let binding = stored.restore(&listeners, &clocks).expect("it stands");
            let row = location(&binding, &listeners, &clocks);
            assert_eq!((row.address.as_str(), row.port, row.local.as_str()), ("192.0.2.1", 5070, "127.0.0.1:5060"));
            assert_eq!(stored_binding(row), Some(stored));
        }
    }

    #[test]
    fn header_bytes_that_are_not_utf_8_are_latin_1() {
        assert_eq!(text(b"J\xF6rg"), "Jörg");
        assert_eq!(text("Jörg".as_bytes()), "Jörg");
    }
}
