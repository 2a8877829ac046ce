//! `Sip.getGroups`: the groups of an account, by name.
//!
//! 1010, 9004.

use store::sip_groups;

use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::GetGroupsInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: GetGroupsInput) -> Result<Vec<String>, Failure> {
    let id = member::sip_id(input.sip_id, "sipId")?;
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    Ok(sip_groups::of_account(&mut tx, &id).await?)
}
