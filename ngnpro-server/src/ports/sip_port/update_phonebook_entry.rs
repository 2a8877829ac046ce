//! `Sip.updatePhonebookEntry`: replaces name and group of the entry of that address.
//!
//! 1010, 1040, 9004.

use store::sip_phonebook;

use super::phonebook_entry;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::UpdatePhonebookEntryInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: UpdatePhonebookEntryInput) -> Result<(), Failure> {
    let id = member::sip_id(input.sip_id, "sipId")?;
    let entry = phonebook_entry::read(input.entry)?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    sip_phonebook::update(&mut tx, &id, &entry).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::testing::{Platform, code, id};
    use crate::wire::types;

    #[tokio::test]
    async fn an_entry_is_replaced_and_none_is_made() {
        let platform = Platform::new().await;
        platform.contact("alice@acme.example", "carol@example.net", "Carol", "family").await;
        let call = async |by, account, uri: &str| {
            let entry =
                types::PhonebookEntry { uri: Some(uri.into()), name: Some("Caroline".into()), ..Default::default() };
            platform.call(by, handle, UpdatePhonebookEntryInput { sip_id: id(account), entry: Some(entry) }).await
        };
        assert_eq!(call(&platform.acme, "alice@acme.example", "carol@example.net").await, Ok(()));
        assert_eq!(platform.contacts("alice@acme.example").await, ["carol@example.net=Caroline/"]);
        let absent = call(&platform.acme, "alice@acme.example", "dave@example.net").await;
        assert_eq!(absent, Err((1040, "Phonebook entry dave@example.net does not exist".to_owned())));
        for (by, account) in [(&platform.rival, "alice@acme.example"), (&platform.acme, "nobody@acme.example")] {
            assert_eq!(code(call(by, account, "carol@example.net").await), 1010);
        }
        assert_eq!(code(call(&platform.acme, "alice@acme.example", "").await), 9004);
    }
}
