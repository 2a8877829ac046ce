//! `Sip.addPhonebookEntry`: adds a contact to the phonebook of an account.
//!
//! 1010, 1041 there is an entry of that address, 9004; also when the phonebook is full.

use store::sip_phonebook;

use super::phonebook_entry;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::AddPhonebookEntryInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: AddPhonebookEntryInput) -> Result<types::PhonebookEntry, Failure> {
    let id = member::sip_id(input.sip_id, "sipId")?;
    let entry = phonebook_entry::read(input.entry)?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    sip_phonebook::add(&mut tx, &id, &entry).await?;
    tx.commit().await?;
    Ok(phonebook_entry::write(entry))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::testing::{Platform, code, id};

    fn input(account: &str, uri: &str) -> AddPhonebookEntryInput {
        let entry = types::PhonebookEntry {
            uri: Some(uri.to_owned()),
            name: Some("Carol <&>".into()),
            group: Some("family".into()),
            ..Default::default()
        };
        AddPhonebookEntryInput { sip_id: id(account), entry: Some(entry) }
    }

    #[tokio::test]
    async fn an_address_is_once_in_each_phonebook() {
        let platform = Platform::new().await;
        let call = async |account, uri| platform.call(&platform.acme, handle, input(account, uri)).await;
        let made = call("alice@acme.example", " carol@example.net ").await.unwrap();
        assert_eq!((made.uri.as_deref(), made.name.as_deref()), (Some("carol@example.net"), Some("Carol <&>")));
        assert_eq!((made.group.as_deref(), made.last_name.as_deref()), (Some("family"), Some("")));
        let again = call("alice@acme.example", "carol@example.net").await;
        assert_eq!(again.map(|_| ()), Err((1041, "Phonebook entry carol@example.net already exists".to_owned())));
        assert!(call("bob@shop.example", "carol@example.net").await.is_ok());
    }

    #[tokio::test]
    async fn what_is_wrong_or_out_of_reach_is_refused() {
        let platform = Platform::new().await;
        for (by, account, uri, refusal) in [
            (&platform.rival, "alice@acme.example", "x@example.net", 1010),
            (&platform.shop, "alice@acme.example", "x@example.net", 1010),
            (&platform.acme, "nobody@acme.example", "x@example.net", 1010),
            (&platform.acme, "alice@acme.example", "", 9004),
            (&platform.acme, "alice@acme.example", "a b", 9004),
        ] {
            assert_eq!(code(platform.call(by, handle, input(account, uri)).await), refusal, "{account} {uri}");
        }
        let nothing = AddPhonebookEntryInput { sip_id: id("alice@acme.example"), entry: None };
        assert_eq!(code(platform.call(&platform.acme, handle, nothing).await), 9004);
    }

    #[tokio::test]
    async fn a_phonebook_does_not_grow_without_end() {
        let platform = Platform::new().await;
        platform
            .db
            .execute(
                "INSERT INTO sip_phonebook_entries (account_id, uri)
                 SELECT id, 'n' || n FROM sip_accounts, generate_series(1, 10000) AS n WHERE username = 'alice'",
            )
            .await;
        let full = platform.call(&platform.acme, handle, input("alice@acme.example", "one@example.net")).await;
        assert_eq!(code(full), 9004);
    }
}
