//! `Sip.getAlias`: one alias.
//!
//! 1020, 9004.

use store::sip_aliases;

use super::alias;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::GetAliasInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: GetAliasInput) -> Result<types::SipAlias, Failure> {
    let id = member::sip_id(input.id, "id")?;
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    Ok(alias::write(sip_aliases::get(&mut tx, &id).await?))
}
