//! `Voicemail.deleteAccount`: deletes a box with its greeting; the SIP account stays.
//!
//! 2000 there is no box, or no account in reach that could have one, 9004.

use store::voicemail_accounts;

use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::voicemail::DeleteAccountInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: DeleteAccountInput) -> Result<(), Failure> {
    let id = member::sip_id(input.sip_id, "sipId")?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    voicemail_accounts::delete(&mut tx, &id).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::testing::{Platform, code, id};
    use crate::ports::voicemail_port::add_account;
    use crate::wire::types::VoicemailAccount;
    use crate::wire::voicemail::AddAccountInput;

    #[tokio::test]
    async fn a_box_goes_once_and_only_for_those_who_reach_it() {
        let platform = Platform::new().await;
        let account = VoicemailAccount { sip_id: id("alice@acme.example"), ..Default::default() };
        platform.call(&platform.acme, add_account::handle, AddAccountInput { account: Some(account) }).await.unwrap();
        let call = async |by, name| platform.call(by, handle, DeleteAccountInput { sip_id: id(name) }).await;
        assert_eq!(code(call(&platform.rival, "alice@acme.example").await), 2000);
        assert_eq!(code(call(&platform.shop, "alice@acme.example").await), 2000);
        assert_eq!(code(call(&platform.acme, "nobody@acme.example").await), 2000);
        assert_eq!(call(&platform.acme, "alice@acme.example").await, Ok(()));
        assert_eq!(code(call(&platform.acme, "alice@acme.example").await), 2000);
        assert!(platform.get_account(&platform.acme, "alice@acme.example").await.is_ok());
        assert_eq!(code(platform.call(&platform.acme, handle, DeleteAccountInput::default()).await), 9004);
    }
}
