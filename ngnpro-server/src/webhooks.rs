//! Webhooks: tells receivers what is changed, in order, at least once, until they have said that they took it.
//!
//! A hook's queue is the journal and its place in it, which moves on with each delivery that was taken; a server that delivers
//! holds a lease, so that one at a time does. What is not taken is sent again after a while that doubles, and becomes a dead
//! letter in the end. A request is signed as <https://www.standardwebhooks.com> says: HMAC-SHA256 over its id, time and body.

mod send;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use store::journal::{self, Entry, Place};
use store::webhooks::{self, Due, Letter, Outcome};
use tokio::sync::{Notify, Semaphore};
use tokio::time::{sleep, timeout};

use crate::app::App;
use crate::config::Webhooks;
use crate::error::Failure;

pub(crate) use send::{Target, roots};

/// Hooks that are served at once.
const AT_ONCE: usize = 8;
/// How long a server may hold a hook, and how long the hook of one that died waits.
const LEASE: Duration = Duration::from_secs(60);
/// The least time between two looks at which hooks have something to be told.
const GAP: Duration = Duration::from_millis(100);
/// Looked without a wake-up.
const BEAT: Duration = Duration::from_secs(1);
/// Bytes of events after which a delivery is not made longer.
const BODY_ENOUGH: usize = 256 * 1024;
/// Entries of one look.
const BATCH: u32 = 100;

/// Begins a secret that a hook signs with; after it base64.
pub(crate) const SECRET_PREFIX: &str = "whsec_";

/// Serves hooks until the server ends.
pub(crate) async fn serve(app: Arc<App>) {
    if !app.settings.webhooks.enabled {
        return;
    }
    let (mut wakes, mut stopped) = (app.readers.wakes(&app.store), app.readers.stopped());
    let (places, done) = (Arc::new(Semaphore::new(AT_ONCE)), Arc::new(Notify::new()));
    while !*stopped.borrow() {
        wakes.mark_unchanged();
        match claim(&app, places.available_permits()).await {
            Ok(claimed) => {
                for (due, lease) in claimed {
                    let Ok(place) = Arc::clone(&places).try_acquire_owned() else { break };
                    let (app, done) = (Arc::clone(&app), Arc::clone(&done));
                    tokio::spawn(async move {
                        if let Err(failure) = deliver(&app, &due, &lease).await {
                            failure.log();
                        }
                        drop(place);
                        done.notify_one();
                    });
                }
            }
            Err(Failure::Unavailable(why)) => tracing::debug!(why, "webhooks wait for the database: {why}"),
            Err(failure) => failure.log(),
        }
        tokio::select! {
            _ = timeout(BEAT, wakes.changed()) => {}
            () = done.notified() => {}
            _ = stopped.changed() => {}
        }
        sleep(GAP).await;
    }
}

async fn claim(app: &App, most: usize) -> Result<Vec<(Due, String)>, Failure> {
    if most == 0 {
        return Ok(Vec::new());
    }
    let lease = format!("{:016x}", getrandom::u64().map_err(|error| Failure::Internal(error.to_string()))?);
    let mut tx = app.store.begin(&domain::Scope::administrator()).await?;
    let due = webhooks::claim(&mut tx, &lease, LEASE, u32::try_from(most).unwrap_or(1)).await?;
    match due.is_empty() {
        true => tx.rollback().await?,
        false => tx.commit().await?,
    }
    Ok(due.into_iter().map(|due| (due, lease.clone())).collect())
}

/// What a hook is to be told next.
struct Batch {
    events: Vec<Value>,
    /// The first and the last of them: they name the delivery, so that the same events have the same name.
    ends: Option<(Place, Place)>,
    next: Place,
}

/// Makes one delivery of a hook and writes down what became of it.
async fn deliver(app: &App, due: &Due, lease: &str) -> Result<(), Failure> {
    let settings = &app.settings.webhooks;
    let batch = batch(app, due).await?;
    let Some((first, last)) = batch.ends else {
        return settle(app, due, lease, &Outcome::Told(batch.next, false)).await;
    };
    let (id, events) = (format!("{}.{first}.{last}", due.id), batch.events.len());
    let body = json!({"webhook": due.id, "events": batch.events}).to_string();
    let Err(error) = send(settings, due, &id, &body).await else {
        return settle(app, due, lease, &Outcome::Told(batch.next, true)).await;
    };
    tracing::debug!(webhook = due.id, error, "a webhook was not delivered: {error}");
    if due.attempts + 1 < i32::try_from(settings.attempts_max).unwrap_or(i32::MAX) {
        let wait = backoff(settings, due.attempts);
        return settle(app, due, lease, &Outcome::Again(&error, wait)).await;
    }
    let events = i32::try_from(events).unwrap_or(i32::MAX);
    let letter = Letter { delivery: id, body, events, attempts: due.attempts + 1, error };
    settle(app, due, lease, &Outcome::GivenUp(batch.next, &letter, settings.dead_letters_max)).await
}

/// The entries that the hook asks for, from its place on.
async fn batch(app: &App, due: &Due) -> Result<Batch, Failure> {
    let mut tx = app.store.begin_look(&due.scope).await?;
    let Ok(look) = journal::after(&mut tx, due.place, BATCH).await? else {
        // It was away for longer than the journal is kept: it goes on with what there is.
        tracing::warn!(webhook = due.id, "changes were forgotten before a webhook was told of them");
        return Ok(Batch { events: Vec::new(), ends: None, next: Place::BEGINNING });
    };
    tx.rollback().await?;
    let mut batch = Batch { events: Vec::new(), ends: None, next: look.next };
    let mut bytes = 0;
    for entry in look.entries.iter().filter(|entry| is_wanted(due, entry)) {
        let first = batch.ends.map_or(entry.place, |(first, _)| first);
        batch.ends = Some((first, entry.place));
        bytes += [&entry.before, &entry.after].into_iter().flatten().map(String::len).sum::<usize>();
        batch.events.push(crate::journal::document(entry));
        if bytes >= BODY_ENOUGH {
            batch.next = entry.place;
            break;
        }
    }
    Ok(batch)
}

fn is_wanted(due: &Due, entry: &Entry) -> bool {
    (due.resources.is_empty() || due.resources.contains(&entry.table))
        && (due.operations.is_empty() || due.operations.contains(&entry.operation))
}

async fn settle(app: &App, due: &Due, lease: &str, outcome: &Outcome<'_>) -> Result<(), Failure> {
    let mut tx = app.store.begin(&domain::Scope::administrator()).await?;
    if !webhooks::settle(&mut tx, due.id, lease, outcome).await? {
        tracing::debug!(webhook = due.id, "a webhook was served by another meanwhile, or is gone");
    }
    Ok(tx.commit().await?)
}

/// How long to wait after so many attempts: twice as long each time, and never all at once.
fn backoff(settings: &Webhooks, attempts: i32) -> Duration {
    let doubled = settings.retry_first_ms.saturating_mul(1 << attempts.clamp(0, 30));
    let most = doubled.min(settings.retry_max_ms);
    let random = u64::from(getrandom::u32().unwrap_or_default());
    Duration::from_millis(most / 2 + (most / 2).saturating_mul(random) / u64::from(u32::MAX))
}

/// Signs and sends. The error is for the hook's owner.
#[expect(clippy::disallowed_methods, reason = "the receiver compares the time with its own clock")]
pub(crate) async fn send(settings: &Webhooks, due: &Due, id: &str, body: &str) -> Result<u16, String> {
    let target = Target::parse(&due.url, settings)?;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    let timestamp = i64::try_from(now).unwrap_or(i64::MAX);
    let signature = sign(due.secret.expose(), id, timestamp, body).ok_or("the hook's secret cannot be read")?;
    send::post(&target, &send::Delivery { id, timestamp, signature: &signature, body }, settings).await
}

/// The signature of a delivery: `v1,` and base64.
pub(crate) fn sign(secret: &str, id: &str, timestamp: i64, body: &str) -> Option<String> {
    let key = soap::decode_base64(secret.strip_prefix(SECRET_PREFIX)?)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body.as_bytes());
    Some(format!("v1,{}", soap::encode_base64(&mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_is_signed_as_the_standard_says() {
        // The example of the Standard Webhooks specification's libraries.
        let signature = sign(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            "{\"test\": 2432232314}",
        );
        assert_eq!(signature.as_deref(), Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
        assert_eq!(sign("MfKQ", "x", 1, ""), None);
    }

    #[test]
    fn the_wait_doubles_up_to_the_longest_and_is_spread() {
        let settings = Webhooks { retry_first_ms: 1000, retry_max_ms: 60_000, ..Webhooks::default() };
        for (attempts, most) in [(0, 1000), (1, 2000), (3, 8000), (10, 60_000), (1000, 60_000)] {
            let wait = backoff(&settings, attempts).as_millis();
            assert!((most / 2..=most).contains(&wait), "{attempts}: {wait}");
        }
    }
}
