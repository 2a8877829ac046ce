//! `Sip.updateDomain`: replaces a domain. With another customer, everything in the domain moves along.
//!
//! 1000 it is not there or not in reach, 9001 a reseller names a customer that is not its own, 9004.

use store::sip_domains;

use super::domain_record;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::ownership;
use crate::wire::sip::UpdateDomainInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: UpdateDomainInput) -> Result<(), Failure> {
    // Who does not say whose the domain is does not change it.
    let keeps_owner =
        input.domain.as_ref().is_some_and(|domain| domain.customer.is_none() && domain.reseller.is_none());
    let (name, wanted, tls) = domain_record::read(input.domain)?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    let stored = sip_domains::ownership_for_update(&mut tx, &name).await?;
    let owner = if keeps_owner { stored } else { ownership::of_change(&mut tx, stored, wanted).await? };
    sip_domains::update(&mut tx, &name, owner, &tls).await?;
    tx.commit().await?;
    Ok(())
}
