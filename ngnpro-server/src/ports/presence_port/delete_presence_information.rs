//! `Presence.deletePresenceInformation`: an account's holder publishes nothing any more; done also when that was so.
//!
//! 9000.

use store::presence;

use super::holder;
use crate::context::Context;
use crate::error::Failure;
use crate::wire::presence::DeletePresenceInformationInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, _: DeletePresenceInformationInput) -> Result<(), Failure> {
    let mut tx = context.store.begin(&context.caller.scope).await?;
    presence::delete(&mut tx, holder(context)?).await?;
    tx.commit().await?;
    Ok(())
}
