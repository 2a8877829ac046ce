//! `Sip.getAccount`: one account with every member, the password in clear text where it is stored and empty where not.
//!
//! 1010, 9004.

use store::sip_accounts;

use super::account;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::GetAccountInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: GetAccountInput) -> Result<types::SipAccount, Failure> {
    let id = member::sip_id(input.sip_id, "sipId")?;
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    Ok(account::write(sip_accounts::get(&mut tx, &id).await?))
}
