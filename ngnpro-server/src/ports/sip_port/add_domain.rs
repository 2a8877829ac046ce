//! `Sip.addDomain`: makes a SIP domain; accounts and aliases in it take its customer and reseller.
//!
//! 1001 it exists, whoever's it is; 9001 a reseller names a customer that is not its own; 9002 the reseller is not active;
//! 9004.

use store::{customers, sip_domains};

use super::domain_record;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::ownership;
use crate::wire::sip::AddDomainInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: AddDomainInput) -> Result<types::SipDomain, Failure> {
    let (name, wanted, tls) = domain_record::read(input.domain)?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    customers::check_may_create(&mut tx).await?;
    let owner = ownership::of_new(&mut tx, wanted).await?;
    let made = sip_domains::add(&mut tx, &name, owner, &tls).await?;
    tx.commit().await?;
    Ok(domain_record::write(made))
}
