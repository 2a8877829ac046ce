//! `Sip.updateAccount`: replaces an account. What is missing is cleared, lists are replaced as wholes; an absent or empty
//! password keeps the stored one, and members that the server keeps are not read.
//!
//! 1010, 9004. What the caller has no right to change stays as it is stored, so that an account that was read can be
//! written back by anybody who may edit it.

use store::sip_accounts;

use super::account;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::UpdateAccountInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: UpdateAccountInput) -> Result<(), Failure> {
    let mut wire = member::required(input.account, "account")?;
    let id = member::sip_id(wire.id.take(), "account.id")?;
    let password = account::password(&mut wire)?.map(|password| password.credentials(&id));
    let mut settings = account::settings(&mut wire)?;

    let mut tx = context.store.begin(&context.caller.scope).await?;
    let stored = sip_accounts::stored_for_update(&mut tx, &id).await?;
    let wanted = account::pstn(&settings);
    let rights = account::rights(&mut tx, wanted != stored.pstn).await?;
    account::set_pstn(&mut settings, rights.of_change(stored.pstn, wanted))?;
    account::keep_intercept(&mut settings, &context.caller.scope, stored.intercept)?;
    // Whoever writes back what was read need not reach the customer that somebody else assigned the account to.
    if settings.owner != stored.owner {
        sip_accounts::check_owner(&mut tx, settings.owner, "account.owner").await?;
    }
    let clear = account::clear_text(context.settings);
    sip_accounts::update(&mut tx, &stored, password.as_ref(), &settings, clear).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::ports::testing::{Platform, code, sip_account, words};
    use crate::wire::types;

    const ALICE: &str = "alice@acme.example";

    fn pair(name: &str, value: &str) -> types::Property {
        types::Property { name: Some(name.into()), value: Some(value.into()) }
    }

    #[tokio::test]
    async fn what_is_missing_is_cleared_but_the_password() {
        let platform = Platform::new().await;
        let network = types::SubscriberACL { ip: Some("10.0.0.0".into()), mask: Some(8), tag: None };
        let full = types::SipAccount {
            password: Some("other".into()),
            first_name: Some("Alice".into()),
            acl: Some(vec![network]),
            groups: words(&["vip", "quota"]),
            properties: Some(vec![pair("language", "en")]),
            call_limit: Some(2),
            timeout: Some(10_000),
            ..sip_account(ALICE)
        };
        platform.update_account(&platform.acme, full).await.unwrap();
        let stored = platform.get_account(&platform.acme, ALICE).await.unwrap();
        assert_eq!((stored.groups.clone(), stored.timeout), (words(&["quota", "vip"]), Some(900)));
        for password in [None, Some(String::new())] {
            let bare = types::SipAccount { password, ..sip_account(ALICE) };
            platform.update_account(&platform.acme, bare).await.unwrap();
        }
        let bare = platform.get_account(&platform.acme, ALICE).await.unwrap();
        assert_eq!((bare.password, bare.ha1), (Some("other".into()), stored.ha1));
        assert_eq!((bare.first_name.as_deref(), bare.call_limit, bare.timeout), (Some(""), Some(0), Some(35)));
        assert_eq!((bare.acl, bare.groups, bare.properties), (Some(vec![]), Some(vec![]), Some(vec![])));
    }

    #[tokio::test]
    async fn what_was_read_can_be_written_back_and_changes_nothing() {
        let platform = Platform::new().await;
        let given = types::SipAccount {
            groups: words(&["free-pstn", "intercept", "prepaid"]),
            owner: Some(platform.acme.customer.get()),
            quota: Some(50),
            properties: Some(vec![pair("a", "1"), pair("b", "2")]),
            ..sip_account("bob@shop.example")
        };
        platform.update_account(&platform.admin, given).await.unwrap();
        let stored = platform.get_account(&platform.admin, "bob@shop.example").await.unwrap();
        assert_eq!((stored.prepaid, stored.quota), (Some(true), Some(50)));
        // The customer reaches neither the owner nor any right, and its form drops the groups that it does not know.
        let echo =
            types::SipAccount { groups: words(&["vip"]), prepaid: Some(false), quota: Some(0), ..stored.clone() };
        platform.update_account(&platform.shop, echo).await.unwrap();
        let after = platform.get_account(&platform.admin, "bob@shop.example").await.unwrap();
        assert_eq!(after.groups, words(&["free-pstn", "intercept", "prepaid", "vip"]));
        assert_eq!((after.prepaid, after.quota, after.owner), (stored.prepaid, stored.quota, stored.owner));
        assert_eq!(
            (after.properties, after.create_date, after.ha1),
            (stored.properties, stored.create_date, stored.ha1)
        );
    }

    #[tokio::test]
    async fn each_right_opens_what_it_names() {
        let platform = Platform::new().await;
        let wish = || types::SipAccount {
            groups: words(&["free-pstn"]),
            prepaid: Some(true),
            quota: Some(75),
            ..sip_account(ALICE)
        };
        for (right, groups, prepaid, quota) in [
            (None, &[][..], false, 0),
            (Some("prepaid_access"), &["prepaid"], true, 0),
            (Some("pstn_access"), &["free-pstn", "prepaid"], true, 0),
            (Some("pstn_changes"), &["free-pstn", "prepaid"], true, 75),
        ] {
            if let Some(right) = right {
                platform.grant(&platform.acme, &[(right, "1")]).await;
            }
            platform.update_account(&platform.acme, wish()).await.unwrap();
            let stored = platform.get_account(&platform.acme, ALICE).await.unwrap();
            assert_eq!((stored.groups, stored.prepaid, stored.quota), (words(groups), Some(prepaid), Some(quota)));
        }
    }

    #[tokio::test]
    async fn a_password_is_changed_by_clear_text_and_by_digests() {
        let platform = Platform::new().await;
        let digests = format!("{}:{}", "0".repeat(32), "1".repeat(32));
        let change = types::SipAccount { password: Some(digests), ..sip_account(ALICE) };
        platform.update_account(&platform.acme, change).await.unwrap();
        let stored = platform.get_account(&platform.acme, ALICE).await.unwrap();
        assert_eq!((stored.password, stored.ha1), (Some(String::new()), Some("0".repeat(32))));
        platform.update_account(&platform.acme, sip_account(ALICE)).await.unwrap();
        let stored = platform.get_account(&platform.acme, ALICE).await.unwrap();
        assert_eq!(stored.password.as_deref(), Some("secret"));
        assert_ne!(stored.ha1, Some("0".repeat(32)));
    }

    #[tokio::test]
    async fn an_account_that_is_not_there_or_not_in_reach_is_refused_alike() {
        let platform = Platform::new().await;
        for absent in ["nobody@acme.example", "carol@rival.example", "x@nowhere.example"] {
            let refused = platform.update_account(&platform.acme, sip_account(absent)).await;
            assert_eq!(refused, Err((1010, format!("SIP account {absent} does not exist"))));
        }
        assert_eq!(code(platform.update_account(&platform.shop, sip_account(ALICE)).await), 1010);
        let foreign = types::SipAccount { owner: Some(platform.rival.customer.get()), ..sip_account(ALICE) };
        assert_eq!(code(platform.update_account(&platform.acme, foreign).await), 9004);
    }
}
