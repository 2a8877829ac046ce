//! `Presence.getWatchers`: who has asked to watch an account, by address, with the treatment that the policy gives it (to be
//! confirmed when it is in no list) and whether its subscription still runs.
//!
//! 9000.

use store::presence;

use super::holder;
use crate::context::Context;
use crate::error::Failure;
use crate::wire::presence::GetWatchersInput;
use crate::wire::types::Watcher;

/// Answers the call.
pub async fn handle(context: &Context<'_>, _: GetWatchersInput) -> Result<Vec<Watcher>, Failure> {
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    let watchers = presence::watchers(&mut tx, holder(context)?).await?.into_iter();
    Ok(watchers
        .map(|watcher| Watcher {
            id: Some(watcher.address),
            status: Some(watcher.treatment),
            online: Some(watcher.online),
        })
        .collect())
}
