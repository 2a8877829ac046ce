//! `Voicemail.updateAccount`: changes what is sent of a box; the number, the PIN and whatever else is missing stay.
//!
//! 2000 there is no box, or no account in reach that could have one, 2002 the number is taken, 9004.

use store::voicemail_accounts;

use super::account;
use crate::context::Context;
use crate::error::Failure;
use crate::wire::voicemail::UpdateAccountInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: UpdateAccountInput) -> Result<(), Failure> {
    let (id, change) = account::read_change(input.account)?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    voicemail_accounts::update(&mut tx, &id, &change).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::testing::{Platform, code, id};
    use crate::ports::voicemail_port::{add_account, get_account};
    use crate::wire::types;
    use crate::wire::voicemail::{AddAccountInput, GetAccountInput};

    fn input(name: &str) -> types::VoicemailAccount {
        types::VoicemailAccount { sip_id: id(name), ..Default::default() }
    }

    #[tokio::test]
    async fn what_is_not_sent_stays_and_what_is_empty_is_cleared() {
        let platform = Platform::new().await;
        let text = |text: &str| Some(text.to_owned());
        let full = types::VoicemailAccount {
            mailbox: text("42"),
            password: text("1234"),
            name: text("Alice"),
            email: text("alice@example.org"),
            info: text("by hand"),
            options: Some(types::VoicemailOptions { delete: Some(false) }),
            ..input("alice@acme.example")
        };
        let made = AddAccountInput { account: Some(full.clone()) };
        platform.call(&platform.acme, add_account::handle, made).await.unwrap();
        let read = async || {
            let input = GetAccountInput { sip_id: id("alice@acme.example") };
            platform.call(&platform.acme, get_account::handle, input).await.unwrap()
        };
        let before = read().await;
        let nothing = UpdateAccountInput { account: Some(input("alice@acme.example")) };
        platform.call(&platform.acme, handle, nothing).await.unwrap();
        let kept = types::VoicemailAccount { change_date: before.change_date.clone(), ..read().await };
        assert_eq!(kept, before);
        // As the web client does: neither number nor info.
        let change = types::VoicemailAccount {
            email: text(""),
            name: text("Ann"),
            password: text(""),
            mailbox: text(""),
            options: Some(types::VoicemailOptions { delete: Some(true) }),
            ..input("alice@acme.example")
        };
        platform.call(&platform.acme, handle, UpdateAccountInput { account: Some(change) }).await.unwrap();
        let after = read().await;
        assert_eq!((after.email, after.name), (text(""), text("Ann")));
        assert_eq!((after.mailbox, after.password, after.info), (text("42"), text("1234"), text("by hand")));
        assert_eq!(after.options, Some(types::VoicemailOptions { delete: Some(true) }));
    }

    #[tokio::test]
    async fn no_box_and_no_account_are_refused_alike() {
        let platform = Platform::new().await;
        for (by, name) in [
            (&platform.acme, "alice@acme.example"),
            (&platform.acme, "nobody@acme.example"),
            (&platform.rival, "alice@acme.example"),
        ] {
            let refused = platform.call(by, handle, UpdateAccountInput { account: Some(input(name)) }).await;
            assert_eq!(refused, Err((2000, format!("Voicemail account {name} does not exist"))));
        }
    }

    #[tokio::test]
    async fn a_box_of_another_tenant_is_not_changed_and_its_number_not_taken() {
        let platform = Platform::new().await;
        for (by, name, mailbox) in
            [(&platform.acme, "alice@acme.example", "42"), (&platform.rival, "carol@rival.example", "43")]
        {
            let account = types::VoicemailAccount { mailbox: Some(mailbox.to_owned()), ..input(name) };
            platform.call(by, add_account::handle, AddAccountInput { account: Some(account) }).await.unwrap();
        }
        let change = |name, mailbox: &str| UpdateAccountInput {
            account: Some(types::VoicemailAccount { mailbox: Some(mailbox.to_owned()), ..input(name) }),
        };
        assert_eq!(code(platform.call(&platform.rival, handle, change("alice@acme.example", "44")).await), 2000);
        assert_eq!(code(platform.call(&platform.rival, handle, change("carol@rival.example", "42")).await), 2002);
        assert_eq!(code(platform.call(&platform.rival, handle, change("carol@rival.example", "x")).await), 9004);
    }
}
