//! `Sip.deleteDomain`: deletes a domain that holds nothing any more.
//!
//! 1000 it is not there or not in reach, 1002 accounts or aliases are in it, 9004.

use store::sip_domains;

use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::DeleteDomainInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: DeleteDomainInput) -> Result<(), Failure> {
    let name = member::domain_name(input.domain.as_deref(), "domain")?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    sip_domains::delete(&mut tx, &name).await?;
    tx.commit().await?;
    Ok(())
}
