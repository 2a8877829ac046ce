//! `Sip.addToGroup`: puts an account into a group. The group prepaid is the account's attribute.
//!
//! 1010, 1030 when it is a member already, 9001 when the caller lacks the right that guards the group, 9004.

use store::sip_groups;

use super::group;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::AddToGroupInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: AddToGroupInput) -> Result<(), Failure> {
    let id = member::sip_id(input.sip_id, "sipId")?;
    let group = group::read(input.group)?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    group::check_may_change(&mut tx, &id, &group).await?;
    sip_groups::add(&mut tx, &id, &group).await?;
    tx.commit().await?;
    Ok(())
}
