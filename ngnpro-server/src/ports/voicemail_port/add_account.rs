//! `Voicemail.addAccount`: makes the voicemail box of a SIP account; without a number it gets the next free one.
//!
//! 1010 the SIP account is not there or not in reach, 2001 it has a box, 2002 the number is taken, 9002 the reseller is not
//! active, 9004.

use store::{customers, voicemail_accounts};

use super::account;
use crate::context::Context;
use crate::error::Failure;
use crate::wire::types;
use crate::wire::voicemail::AddAccountInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: AddAccountInput) -> Result<types::VoicemailAccount, Failure> {
    let new = account::read_new(input.account)?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    customers::check_may_create(&mut tx).await?;
    let made = voicemail_accounts::add(&mut tx, &new).await?;
    tx.commit().await?;
    Ok(account::write(made))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Caller;
    use crate::ports::testing::{Platform, Refused, code, id};

    async fn add(
        platform: &Platform,
        by: &Caller,
        name: &str,
        mailbox: Option<&str>,
    ) -> Result<types::VoicemailAccount, Refused> {
        let account =
            types::VoicemailAccount { sip_id: id(name), mailbox: mailbox.map(str::to_owned), ..Default::default() };
        platform.call(by, handle, AddAccountInput { account: Some(account) }).await
    }

    #[tokio::test]
    async fn what_the_web_client_sends_makes_a_box_with_a_number() {
        let platform = Platform::new().await;
        let text = |text: &str| Some(text.to_owned());
        let account = types::VoicemailAccount {
            sip_id: id("Bob@Shop.example"),
            name: text("Bob"),
            email: text("bob@example.org"),
            password: text("1234"),
            options: Some(types::VoicemailOptions { delete: Some(true) }),
            ..Default::default()
        };
        let made = platform.call(&platform.acme, handle, AddAccountInput { account: Some(account) }).await.unwrap();
        let [acme, shop] = [&platform.acme, &platform.shop].map(|caller| Some(caller.customer.get()));
        assert!(made.change_date.as_deref().is_some_and(|date| !date.is_empty()));
        assert_eq!(
            made,
            types::VoicemailAccount {
                sip_id: id("bob@shop.example"),
                mailbox: text("1000000"),
                password: text("1234"),
                name: text("Bob"),
                email: text("bob@example.org"),
                info: text(""),
                options: Some(types::VoicemailOptions { delete: Some(true) }),
                customer: shop,
                reseller: acme,
                change_date: made.change_date.clone(),
            }
        );
    }

    #[tokio::test]
    async fn a_number_that_was_chosen_by_hand_is_not_given_out() {
        let platform = Platform::new().await;
        platform.account(&platform.acme, "ann@acme.example").await;
        let chosen = add(&platform, &platform.acme, "ann@acme.example", Some("1000000")).await.unwrap();
        assert_eq!(chosen.mailbox.as_deref(), Some("1000000"));
        let made = add(&platform, &platform.acme, "alice@acme.example", None).await.unwrap();
        assert_eq!(made.mailbox.as_deref(), Some("1000001"));
        let taken = add(&platform, &platform.rival, "carol@rival.example", Some("1000001")).await;
        assert_eq!(taken, Err((2002, "Mailbox 1000001 already exists".to_owned())));
    }

    #[tokio::test]
    async fn an_account_has_one_box() {
        let platform = Platform::new().await;
        add(&platform, &platform.acme, "alice@acme.example", Some("42")).await.unwrap();
        for mailbox in [None, Some("42"), Some("43")] {
            let again = add(&platform, &platform.acme, "alice@acme.example", mailbox).await;
            assert_eq!(
                again,
                Err((2001, "Voicemail account alice@acme.example already exists".to_owned())),
                "{mailbox:?}"
            );
        }
    }

    #[tokio::test]
    async fn what_is_out_of_reach_is_as_absent() {
        let platform = Platform::new().await;
        for (by, name) in [
            (&platform.rival, "alice@acme.example"),
            (&platform.shop, "alice@acme.example"),
            (&platform.acme, "nobody@acme.example"),
            (&platform.acme, "alice@nowhere.example"),
        ] {
            assert_eq!(code(add(&platform, by, name, None).await), 1010, "{name}");
        }
    }

    #[tokio::test]
    async fn wrong_values_and_inactive_resellers_are_refused() {
        let platform = Platform::new().await;
        assert_eq!(code(add(&platform, &platform.acme, "alice@acme.example", Some("12a")).await), 9004);
        let pin = types::VoicemailAccount {
            sip_id: id("alice@acme.example"),
            password: Some("secret".to_owned()),
            ..Default::default()
        };
        let refused = platform.call(&platform.acme, handle, AddAccountInput { account: Some(pin) }).await;
        assert_eq!(refused, Err((9004, "Invalid value for account.password: at most 32 digits".to_owned())));
        assert_eq!(code(platform.call(&platform.acme, handle, AddAccountInput::default()).await), 9004);
        platform.deactivate(&platform.acme).await;
        for by in [&platform.acme, &platform.shop] {
            assert_eq!(code(add(&platform, by, "bob@shop.example", None).await), 9002);
        }
    }
}
