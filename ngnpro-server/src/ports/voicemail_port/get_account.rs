//! `Voicemail.getAccount`: the box of a SIP account.
//!
//! 1010 the SIP account is not there or not in reach, 2000 it has no box, 9004.

use store::voicemail_accounts;

use super::account;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::types;
use crate::wire::voicemail::GetAccountInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: GetAccountInput) -> Result<types::VoicemailAccount, Failure> {
    let id = member::sip_id(input.sip_id, "sipId")?;
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    Ok(account::write(voicemail_accounts::get(&mut tx, &id).await?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::testing::{Platform, code, id};
    use crate::ports::voicemail_port::add_account;
    use crate::wire::voicemail::AddAccountInput;

    #[tokio::test]
    async fn no_account_and_no_box_are_told_apart_by_those_who_reach_the_account() {
        let platform = Platform::new().await;
        let get = async |by, name| platform.call(by, handle, GetAccountInput { sip_id: id(name) }).await;
        let none = get(&platform.acme, "alice@acme.example").await;
        assert_eq!(none, Err((2000, "Voicemail account alice@acme.example does not exist".to_owned())));
        let absent = get(&platform.acme, "nobody@acme.example").await;
        assert_eq!(absent, Err((1010, "SIP account nobody@acme.example does not exist".to_owned())));
        let account = types::VoicemailAccount { sip_id: id("alice@acme.example"), ..Default::default() };
        platform.call(&platform.acme, add_account::handle, AddAccountInput { account: Some(account) }).await.unwrap();
        for by in [&platform.acme, &platform.admin] {
            assert_eq!(get(by, "Alice@acme.example").await.unwrap().mailbox.as_deref(), Some("1000000"));
        }
        for by in [&platform.rival, &platform.shop] {
            assert_eq!(code(get(by, "alice@acme.example").await), 1010);
        }
        assert_eq!(code(platform.call(&platform.acme, handle, GetAccountInput::default()).await), 9004);
    }
}
