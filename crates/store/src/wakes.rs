//! Wake-ups for those who wait for changes: a connection that hears the notifier of every server, and a slow beat for what is
//! changed without one. A wake-up says that it may be worth a look, and nothing else.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::{StoreError, StoreSettings, changes};

/// How late a change may be noticed whose wake-up got lost, or that had none.
const BEAT: Duration = Duration::from_secs(1);
/// How long to leave a database alone that cannot be reached.
const RETRY: Duration = Duration::from_millis(500);

/// Starts to listen on the current runtime, for as long as somebody holds a receiver.
pub(crate) fn start(settings: Arc<StoreSettings>) -> watch::Receiver<u64> {
    let (sender, receiver) = watch::channel(0);
    tokio::spawn(async move {
        while !sender.is_closed() {
            if let Err(error) = hear(&settings, &sender).await {
                tracing::debug!(%error, "nothing is heard of changes: {error}");
            }
            sleep(RETRY).await;
        }
    });
    receiver
}

async fn hear(settings: &StoreSettings, sender: &watch::Sender<u64>) -> Result<(), StoreError> {
    let options = settings.connect_options("ngnpro-wakes")?;
    let mut listener = changes::listen(&options).await?;
    while !sender.is_closed() {
        sender.send_modify(|count| *count = count.wrapping_add(1));
        match timeout(BEAT, listener.try_recv()).await {
            Ok(Ok(Some(_))) => while listener.next_buffered().is_some() {},
            Ok(Ok(None)) => return Ok(()),
            Ok(Err(error)) => return Err(error.into()),
            Err(_elapsed) => {}
        }
    }
    Ok(())
}
