//! `Sip.deleteAccount`: deletes an account with its groups, settings, aliases that lead to it, registrations and voicemail
//! box. ENUM mappings that lead to it stay.
//!
//! 1010, 9004.

use store::sip_accounts;

use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::DeleteAccountInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: DeleteAccountInput) -> Result<(), Failure> {
    let id = member::sip_id(input.sip_id, "sipId")?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    sip_accounts::delete(&mut tx, &id).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::sip_port::get_alias;
    use crate::ports::testing::{Platform, code, id};
    use crate::wire::sip::GetAliasInput;

    #[tokio::test]
    async fn an_account_goes_with_its_aliases_and_its_name_is_free_again() {
        let platform = Platform::new().await;
        let input = || DeleteAccountInput { sip_id: id("Alice@acme.example") };
        platform.call(&platform.acme, handle, input()).await.unwrap();
        assert_eq!(code(platform.get_account(&platform.acme, "alice@acme.example").await), 1010);
        let alias = GetAliasInput { id: id("help@acme.example") };
        assert_eq!(code(platform.call(&platform.acme, get_alias::handle, alias).await), 1020);
        assert_eq!(code(platform.call(&platform.acme, handle, input()).await), 1010);
        platform.account(&platform.acme, "alice@acme.example").await;
    }

    #[tokio::test]
    async fn nobody_deletes_an_account_out_of_reach() {
        let platform = Platform::new().await;
        for (caller, account) in [(&platform.rival, "alice@acme.example"), (&platform.shop, "alice@acme.example")] {
            let input = DeleteAccountInput { sip_id: id(account) };
            assert_eq!(code(platform.call(caller, handle, input).await), 1010);
            assert!(platform.get_account(&platform.acme, account).await.is_ok());
        }
        assert_eq!(code(platform.call(&platform.acme, handle, DeleteAccountInput::default()).await), 9004);
    }
}
