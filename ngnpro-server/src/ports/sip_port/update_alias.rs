//! `Sip.updateAlias`: gives an alias another target and owner.
//!
//! 1020 the alias is not there, 1010 the target is not, 9004.

use store::{sip_accounts, sip_aliases};

use super::alias;
use crate::context::Context;
use crate::error::Failure;
use crate::wire::sip::UpdateAliasInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: UpdateAliasInput) -> Result<(), Failure> {
    let change = alias::read(input.alias)?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    let owner = sip_aliases::owner_for_update(&mut tx, &change.id).await?;
    if change.owner != owner {
        sip_accounts::check_owner(&mut tx, change.owner, "alias.owner").await?;
    }
    sip_aliases::update(&mut tx, &change).await?;
    tx.commit().await?;
    Ok(())
}
