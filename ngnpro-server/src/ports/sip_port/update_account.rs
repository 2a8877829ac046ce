//! `Sip.updateAccount`: replaces an account. What is missing is cleared, lists are replaced as wholes; an absent or empty
//! password keeps the stored one, and members that the server keeps are not read.
//!
//! 1010, 9004. What the caller has no right to change stays as it is stored, so that an account that was read can be
//! written back by anybody who may edit it.

use store::sip_accounts;

use super::account;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::UpdateAccountInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: UpdateAccountInput) -> Result<(), Failure> {
    let mut wire = member::required(input.account, "account")?;
    let id = member::sip_id(wire.id.take(), "account.id")?;
    let password = account::password(&mut wire)?.map(|password| password.credentials(&id));
    let mut settings = account::settings(&mut wire)?;

    let mut tx = context.store.begin(&context.caller.scope).await?;
    let stored = sip_accounts::stored_for_update(&mut tx, &id).await?;
    let wanted = account::pstn(&settings);
    let rights = account::rights(&mut tx, wanted != stored.pstn).await?;
    account::set_pstn(&mut settings, rights.of_change(stored.pstn, wanted))?;
    account::keep_intercept(&mut settings, &context.caller.scope, stored.intercept)?;
    // Whoever writes back what was read need not reach the customer that somebody else assigned the account to.
    if settings.owner != stored.owner {
        sip_accounts::check_owner(&mut tx, settings.owner, "account.owner").await?;
    }
    let clear = account::clear_text(context.settings);
    sip_accounts::update(&mut tx, &stored, password.as_ref(), &settings, clear).await?;
    tx.commit().await?;
    Ok(())
}
