//! `Presence.getPolicy`: the three lists of watchers, each in the order in which it was sent.
//!
//! 9000.

use domain::Treatment;
use store::presence;

use super::holder;
use crate::context::Context;
use crate::error::Failure;
use crate::wire::presence::GetPolicyInput;
use crate::wire::types::PresencePolicy;

/// Answers the call.
pub async fn handle(context: &Context<'_>, _: GetPolicyInput) -> Result<PresencePolicy, Failure> {
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    let stored = presence::policy(&mut tx, holder(context)?).await?;
    let treated = |treatment: Treatment| {
        let watchers = stored.iter().filter(|(_, of)| *of == treatment);
        Some(watchers.map(|(watcher, _)| watcher.clone()).collect())
    };
    Ok(PresencePolicy {
        allow: treated(Treatment::Allow),
        deny: treated(Treatment::Deny),
        confirm: treated(Treatment::Confirm),
    })
}
