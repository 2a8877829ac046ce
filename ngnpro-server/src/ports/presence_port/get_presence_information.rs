//! `Presence.getPresenceInformation`: what an account's holder publishes; both members are null when that is nothing.
//!
//! 9000.

use store::presence;

use super::holder;
use crate::context::Context;
use crate::error::Failure;
use crate::wire::presence::GetPresenceInformationInput;
use crate::wire::types::PresenceInformation;

/// Answers the call.
pub async fn handle(context: &Context<'_>, _: GetPresenceInformationInput) -> Result<PresenceInformation, Failure> {
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    let published = presence::get(&mut tx, holder(context)?).await?;
    Ok(published.map_or_else(PresenceInformation::default, |published| PresenceInformation {
        activity: Some(published.activity.as_str().to_owned()),
        note: Some(published.note),
    }))
}
