//! `Sip.deleteAlias`: deletes an alias; its target stays.
//!
//! 1020, 9004.

use store::sip_aliases;

use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::DeleteAliasInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: DeleteAliasInput) -> Result<(), Failure> {
    let id = member::sip_id(input.id, "id")?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    sip_aliases::delete(&mut tx, &id).await?;
    tx.commit().await?;
    Ok(())
}
