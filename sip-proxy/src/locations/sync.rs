//! Brings the journal onto the disk a few times a second, beside the shards: what was acknowledged and is not in the database outlives a
//! loss of power but for the last moment. Waiting for the disk with each registration would cost it some milliseconds and more CPU time
//! than all the rest of its work (docs/decisions/locations.md).

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};
use tracing::error;

use super::LocationWriter;

/// What a loss of power may cost, together with the time that the disk takes.
const SYNC_INTERVAL: Duration = Duration::from_millis(250);

/// Works for as long as the runtime lives.
pub(crate) async fn run(locations: Arc<LocationWriter>) {
    let mut tick = interval(SYNC_INTERVAL);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut works = true;
    loop {
        tick.tick().await;
        let Some(file) = locations.unsynced() else { continue };
        let synced = tokio::task::spawn_blocking(move || file.and_then(|file| file.sync_data())).await;
        match synced {
            Ok(Err(error)) => {
                locations.counters.journal_failures.one();
                if works {
                    error!(%error, "registrations are not safe from a loss of power, the journal cannot be synchronised: {error}");
                }
                works = false;
            }
            Ok(Ok(())) => works = true,
            // The process ends.
            Err(_) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::locations::tests::{change, setup};

    #[test]
    fn only_what_was_changed_since_is_brought_onto_the_disk() {
        let t = setup();
        assert!(t.writer.unsynced().expect("a new file").is_ok());
        t.register(change("a@example.com", &["sip:a@192.0.2.1"]));
        assert!(t.writer.unsynced().expect("to be synchronised").is_ok());
        assert!(t.writer.unsynced().is_none());
        t.writer.stored(&t.writer.take(10));
        assert!(t.writer.unsynced().is_some(), "a loss of power must not bring it back");
        assert!(t.writer.unsynced().is_none());
    }
}
