//! `Sip.addAlias`: makes another address of an account.
//!
//! 1000 the alias's domain is not there, 1010 the target is not, 1011 and 1021 the address is taken by an account or an
//! alias, 9002 the reseller is not active, 9003 a credit is used up, 9004.

use store::{customers, sip_accounts, sip_aliases};

use super::alias;
use crate::context::Context;
use crate::error::Failure;
use crate::wire::sip::AddAliasInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: AddAliasInput) -> Result<types::SipAlias, Failure> {
    let new = alias::read(input.alias)?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    customers::check_may_create(&mut tx).await?;
    sip_accounts::check_owner(&mut tx, new.owner, "alias.owner").await?;
    let made = sip_aliases::add(&mut tx, &new).await?;
    tx.commit().await?;
    Ok(alias::write(made))
}
