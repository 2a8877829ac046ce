//! `Sip.deletePhonebookEntry`: deletes the entry of that address.
//!
//! 1010, 1040, 9004.

use store::sip_phonebook;

use super::phonebook_entry;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::DeletePhonebookEntryInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: DeletePhonebookEntryInput) -> Result<(), Failure> {
    let id = member::sip_id(input.sip_id, "sipId")?;
    let uri = phonebook_entry::uri(input.uri, "uri")?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    sip_phonebook::delete(&mut tx, &id, &uri).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::testing::{Platform, code, id};

    #[tokio::test]
    async fn an_entry_goes_once_and_only_for_those_who_reach_the_account() {
        let platform = Platform::new().await;
        platform.contact("alice@acme.example", "carol@example.net", "Carol", "").await;
        let call = async |by, account, uri: &str| {
            platform.call(by, handle, DeletePhonebookEntryInput { sip_id: id(account), uri: Some(uri.into()) }).await
        };
        for (by, account) in [(&platform.rival, "alice@acme.example"), (&platform.acme, "nobody@acme.example")] {
            assert_eq!(code(call(by, account, "carol@example.net").await), 1010);
        }
        assert_eq!(call(&platform.acme, "alice@acme.example", "carol@example.net").await, Ok(()));
        assert!(platform.contacts("alice@acme.example").await.is_empty());
        assert_eq!(code(call(&platform.acme, "alice@acme.example", "carol@example.net").await), 1040);
        assert_eq!(code(call(&platform.acme, "alice@acme.example", "").await), 9004);
    }
}
