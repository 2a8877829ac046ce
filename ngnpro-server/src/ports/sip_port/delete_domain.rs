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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::testing::{Platform, code};

    #[tokio::test]
    async fn a_domain_goes_when_it_is_empty_and_only_for_those_who_reach_it() {
        let platform = Platform::new().await;
        platform.domain(&platform.acme, "empty.example").await;
        let call =
            async |by, name: &str| platform.call(by, handle, DeleteDomainInput { domain: Some(name.to_owned()) }).await;
        assert_eq!(code(call(&platform.rival, "empty.example").await), 1000);
        assert_eq!(code(call(&platform.shop, "empty.example").await), 1000);
        assert_eq!(call(&platform.acme, "Empty.example").await, Ok(()));
        assert_eq!(code(call(&platform.acme, "empty.example").await), 1000);
        let full = call(&platform.acme, "acme.example").await;
        assert_eq!(full, Err((1002, "SIP domain acme.example still has accounts or aliases".to_owned())));
        assert_eq!(code(call(&platform.acme, "a b").await), 9004);
    }

    #[tokio::test]
    async fn an_alias_keeps_its_domain_from_being_deleted() {
        let platform = Platform::new().await;
        platform.domain(&platform.acme, "names.example").await;
        platform.alias(&platform.acme, "x@names.example", "alice@acme.example").await.unwrap();
        let input = DeleteDomainInput { domain: Some("names.example".to_owned()) };
        assert_eq!(code(platform.call(&platform.acme, handle, input).await), 1002);
    }
}
