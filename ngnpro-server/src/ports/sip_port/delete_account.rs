//! `Sip.deleteAccount`: deletes an account with its groups, settings, aliases that lead to it, registrations and voicemail
//! box. ENUM mappings that lead to it stay.
//!
//! 1010, 9004.

use store::sip_accounts;

use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::DeleteAccountInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: DeleteAccountInput) -> Result<(), Failure> {
    let id = member::sip_id(input.sip_id, "sipId")?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    sip_accounts::delete(&mut tx, &id).await?;
    tx.commit().await?;
    Ok(())
}
