//! `Sip.deleteAlias`: deletes an alias; its target stays.
//!
//! 1020, 9004.

use store::sip_aliases;

use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::DeleteAliasInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: DeleteAliasInput) -> Result<(), Failure> {
    let id = member::sip_id(input.id, "id")?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    sip_aliases::delete(&mut tx, &id).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::testing::{Platform, code, id};

    #[tokio::test]
    async fn an_alias_goes_and_its_target_stays() {
        let platform = Platform::new().await;
        let input = || DeleteAliasInput { id: id("help@acme.example") };
        assert_eq!(code(platform.call(&platform.rival, handle, input()).await), 1020);
        assert_eq!(code(platform.call(&platform.shop, handle, input()).await), 1020);
        platform.call(&platform.acme, handle, input()).await.unwrap();
        assert_eq!(code(platform.call(&platform.acme, handle, input()).await), 1020);
        assert!(platform.get_account(&platform.acme, "alice@acme.example").await.is_ok());
        platform.account(&platform.acme, "help@acme.example").await;
    }
}
