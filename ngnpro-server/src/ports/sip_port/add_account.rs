//! `Sip.addAccount`: makes an account in an existing domain, which gives it its customer and reseller.
//!
//! 1000 the domain is not there or not in reach, 1011 the account (or an alias of that address) exists, 9002 the reseller
//! is not active, 9003 a credit is used up, 9004. What the caller has no right to (the public telephone network, postpaid)
//! is left out and not refused.

use domain::{NewSipAccount, NewUsername, PstnRights, Refusal, Scope};
use store::{customers, sip_accounts, sip_accounts_many};

use super::account;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::{self, member};
use crate::wire::sip::AddAccountInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: AddAccountInput) -> Result<types::SipAccount, Failure> {
    let mut new = read(input)?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    customers::check_may_create(&mut tx).await?;
    let rights = account::rights(&mut tx, asks_for_rights(&new)).await?;
    settle(&mut new, &rights, &context.caller.scope)?;
    sip_accounts::check_owner(&mut tx, new.settings.owner, "account.owner").await?;
    let made = sip_accounts::add(&mut tx, &new, account::clear_text(context.settings)).await?;
    tx.commit().await?;
    Ok(account::write(made))
}

/// Does many at once, by the same rules in the same order; `None` when they are to be done one by one.
///
/// # Errors
/// What concerns all of them: nothing was done.
pub async fn many(
    context: &Context<'_>,
    inputs: Vec<Result<AddAccountInput, Failure>>,
) -> Result<Option<Vec<ports::MadeOne>>, Failure> {
    let mut asked: Vec<Result<NewSipAccount, Failure>> = inputs.into_iter().map(|input| read(input?)).collect();
    let mut tx = context.store.begin(&context.caller.scope).await?;
    if let Err(failure) = customers::check_may_create(&mut tx).await.map_err(Failure::from) {
        let Failure::Refused(refusal) = failure else { return Err(failure) };
        let refused = asked.into_iter().map(|new| new.and_then(|_| Err(refusal.clone().into())));
        return Ok(Some(refused.collect()));
    }
    let rights = account::rights(&mut tx, asked.iter().flatten().any(asks_for_rights)).await?;
    for new in asked.iter_mut().flatten() {
        settle(new, &rights, &context.caller.scope)?;
    }
    let clear = account::clear_text(context.settings);
    let (mut wrong, mut good) = (Vec::new(), Vec::new());
    for (at, new) in asked.into_iter().enumerate() {
        match new {
            Ok(new) => good.push(new),
            Err(failure) => wrong.push((at, failure)),
        }
    }
    let Some(made) = sip_accounts_many::add(&mut tx, &good, clear).await? else { return Ok(None) };
    tx.commit().await?;
    let mut made: Vec<ports::MadeOne> =
        made.into_iter().map(|one| one.map(|id| id.to_string()).map_err(Failure::from)).collect();
    for (at, failure) in wrong {
        made.insert(at, Err(failure));
    }
    Ok(Some(made))
}

/// Reads what is asked for.
fn read(input: AddAccountInput) -> Result<NewSipAccount, Failure> {
    let mut wire = member::required(input.account, "account")?;
    let id = member::required(wire.id.take(), "account.id")?;
    let username = NewUsername::parse(id.username.unwrap_or_default().trim());
    let password = match account::password(&mut wire)? {
        Some(password) => password,
        None => account::random_password()?,
    };
    Ok(NewSipAccount {
        username: username.map_err(|why| why.at("account.id.username"))?,
        domain: member::domain_name(id.domain.as_deref(), "account.id.domain")?,
        password,
        settings: account::settings(&mut wire)?,
    })
}

/// Whether what comes of it depends on the caller's rights.
fn asks_for_rights(new: &NewSipAccount) -> bool {
    account::pstn(&new.settings).free_pstn
}

/// Leaves out what the caller has no right to.
fn settle(new: &mut NewSipAccount, rights: &PstnRights, scope: &Scope) -> Result<(), Refusal> {
    let wanted = account::pstn(&new.settings);
    account::set_pstn(&mut new.settings, rights.of_new(wanted))?;
    account::keep_intercept(&mut new.settings, scope, false)
}

#[cfg(test)]
mod many_tests;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::ports::testing::{Platform, Refused, code, id, name, sip_account, words};

    fn autoincrement(domain: &str) -> types::SipAccount {
        sip_account(&format!("<autoincrement>@{domain}"))
    }

    #[tokio::test]
    async fn the_answer_is_the_account_with_all_that_was_generated() {
        let platform = Platform::new().await;
        let made = platform.account(&platform.acme, "Dave@Acme.Example").await;
        assert_eq!(name(made.id.as_ref()), "dave@acme.example");
        assert_eq!(made.customer, Some(platform.acme.customer.get()));
        assert_eq!(made.reseller, Some(platform.acme.reseller.get()));
        assert_eq!((made.timeout, made.quota, made.call_limit, made.owner), (Some(35), Some(0), Some(0), Some(0)));
        assert_eq!(
            (made.acl.clone(), made.groups.clone(), made.properties.clone()),
            (Some(vec![]), Some(vec![]), Some(vec![]))
        );
        // MD5("dave:acme.example:secret"), made with another program.
        assert_eq!(made.ha1.as_deref(), Some("e560f190ecd3eacc93d68e96d7b50643"));
        assert_eq!(made.password.as_deref(), Some("secret"));
        assert_eq!(made.change_date.as_deref().map(str::len), Some("2026-01-31 12:00:00".len()));
        assert_eq!(platform.get_account(&platform.acme, "dave@acme.example").await.unwrap(), made);
    }

    #[tokio::test]
    async fn every_member_is_stored_as_it_was_sent() {
        let platform = Platform::new().await;
        let entry = |ip: &str, mask, tag: &str| types::SubscriberACL {
            ip: Some(ip.into()),
            mask: Some(mask),
            tag: Some(tag.into()),
        };
        let pair = |name: &str, value: &str| types::Property { name: Some(name.into()), value: Some(value.into()) };
        let sent = types::SipAccount {
            first_name: Some("David".into()),
            last_name: Some("O'Neil & <Söns>".into()),
            email: Some("dave@acme.example".into()),
            acl: Some(vec![entry("192.0.2.7", 32, "office"), entry("10.0.0.0", 8, "")]),
            groups: words(&["anonymous", "vip"]),
            properties: Some(vec![pair("language", "en"), pair("mobile_number", "+31600000000")]),
            timezone: Some("Europe/Amsterdam".into()),
            rpid: Some("0031208005100".into()),
            quota: Some(75),
            quickdial_prefix: Some("0031".into()),
            call_limit: Some(3),
            region: Some("010".into()),
            timeout: Some(20),
            owner: Some(platform.shop.customer.get()),
            ..sip_account("dave@acme.example")
        };
        let made = platform.add_account(&platform.admin, sent.clone()).await.unwrap();
        let stored = platform.get_account(&platform.admin, "dave@acme.example").await.unwrap();
        assert_eq!(stored, made);
        assert_eq!((stored.acl, stored.groups, stored.properties), (sent.acl, sent.groups, sent.properties));
        assert_eq!((stored.last_name, stored.rpid, stored.quota), (sent.last_name, sent.rpid, sent.quota));
        assert_eq!((stored.call_limit, stored.timeout, stored.owner), (sent.call_limit, sent.timeout, sent.owner));
    }

    #[tokio::test]
    async fn a_domain_that_is_not_there_and_one_of_another_reseller_are_refused_alike() {
        let platform = Platform::new().await;
        assert_eq!(code(platform.add_account(&platform.acme, sip_account("x@nowhere.example")).await), 1000);
        let foreign = platform.add_account(&platform.acme, sip_account("x@rival.example")).await;
        assert_eq!(foreign, Err((1000, "SIP domain rival.example does not exist".to_owned())));
    }

    #[tokio::test]
    async fn a_name_that_is_taken_by_an_account_or_an_alias_is_refused() {
        let platform = Platform::new().await;
        for taken in ["ALICE@acme.example", "help@acme.example"] {
            assert_eq!(code(platform.add_account(&platform.acme, sip_account(taken)).await), 1011, "{taken}");
        }
    }

    #[tokio::test]
    async fn nobody_under_an_inactive_reseller_creates_anything() {
        let platform = Platform::new().await;
        platform.deactivate(&platform.acme).await;
        assert_eq!(code(platform.add_account(&platform.acme, sip_account("x@acme.example")).await), 9002);
        assert_eq!(code(platform.add_account(&platform.shop, sip_account("x@shop.example")).await), 9002);
        assert!(platform.add_account(&platform.admin, sip_account("x@acme.example")).await.is_ok());
    }

    #[tokio::test]
    async fn a_value_that_is_wrong_is_named_by_its_path() {
        let platform = Platform::new().await;
        let good = || sip_account("x@acme.example");
        let entry = types::SubscriberACL { ip: Some("10.0.0".into()), ..Default::default() };
        for (account, member) in [
            (types::SipAccount { id: None, ..good() }, "account.id"),
            (sip_account("x y@acme.example"), "account.id.username"),
            (sip_account("x@-.example"), "account.id.domain"),
            (types::SipAccount { quota: Some(-1), ..good() }, "account.quota"),
            (types::SipAccount { call_limit: Some(-1), ..good() }, "account.callLimit"),
            (types::SipAccount { timezone: Some("a b".into()), ..good() }, "account.timezone"),
            (types::SipAccount { first_name: Some("x".repeat(256)), ..good() }, "account.firstName"),
            (types::SipAccount { groups: words(&["a b"]), ..good() }, "account.groups[0]"),
            (types::SipAccount { acl: Some(vec![entry]), ..good() }, "account.acl[0].ip"),
            (types::SipAccount { owner: Some(999_999), ..good() }, "account.owner"),
            // Somebody else's customer looks like nobody's.
            (types::SipAccount { owner: Some(platform.rival.customer.get()), ..good() }, "account.owner"),
        ] {
            let (code, text) = platform.add_account(&platform.acme, account).await.unwrap_err();
            assert_eq!(code, 9004);
            assert!(text.starts_with(&format!("Invalid value for {member}: ")), "{text}");
        }
    }

    #[tokio::test]
    async fn digests_are_taken_in_place_of_a_password() {
        let platform = Platform::new().await;
        let digests = "0123456789ABCDEF0123456789abcdef:fedcba9876543210fedcba9876543210";
        let sent = types::SipAccount { password: Some(digests.into()), ..sip_account("x@acme.example") };
        let made = platform.add_account(&platform.acme, sent).await.unwrap();
        assert_eq!(made.ha1.as_deref(), Some("0123456789abcdef0123456789abcdef"));
        assert_eq!(made.password.as_deref(), Some(""));
    }

    #[tokio::test]
    async fn clear_text_is_not_stored_where_the_settings_say_so() {
        let mut platform = Platform::new().await;
        platform.settings.store_clear_text_passwords = false;
        let made = platform.account(&platform.acme, "x@acme.example").await;
        assert_eq!(made.password.as_deref(), Some(""));
        platform.settings.store_clear_text_passwords = true;
        let stored = platform.get_account(&platform.acme, "x@acme.example").await.unwrap();
        assert_eq!(stored.password.as_deref(), Some(""));
    }

    #[tokio::test]
    async fn without_a_password_nobody_can_guess_it() {
        let platform = Platform::new().await;
        let mut passwords = BTreeSet::new();
        for user in ["x@acme.example", "y@acme.example"] {
            let sent = types::SipAccount { password: None, ..sip_account(user) };
            passwords.insert(platform.add_account(&platform.acme, sent).await.unwrap().password.unwrap());
        }
        assert!(passwords.len() == 2 && passwords.iter().all(|password| password.len() >= 16));
    }

    #[tokio::test]
    async fn prepaid_is_one_thing_as_attribute_and_as_group() {
        let platform = Platform::new().await;
        for (user, attribute, groups, prepaid) in
            [("a", Some(true), &[][..], true), ("b", None, &["prepaid"], true), ("c", Some(false), &["prepaid"], false)]
        {
            let name = format!("{user}@acme.example");
            let sent = types::SipAccount { prepaid: attribute, groups: words(groups), ..sip_account(&name) };
            let made = platform.add_account(&platform.admin, sent).await.unwrap();
            let shown = if prepaid { words(&["prepaid"]) } else { Some(vec![]) };
            assert_eq!((made.prepaid, made.groups), (Some(prepaid), shown), "{user}");
        }
    }

    #[tokio::test]
    async fn access_to_the_telephone_network_needs_the_resellers_right_and_the_customers() {
        let platform = Platform::new().await;
        let wish = |name: &str| types::SipAccount { groups: words(&["free-pstn"]), ..sip_account(name) };
        let groups = async |by, name: &str| platform.add_account(by, wish(name)).await.unwrap().groups;
        assert_eq!(groups(&platform.acme, "a@acme.example").await, Some(vec![]));
        platform.grant(&platform.acme, &[("pstn_access", "1"), ("prepaid_changes", "1")]).await;
        assert_eq!(groups(&platform.acme, "b@acme.example").await, words(&["free-pstn"]));
        assert_eq!(groups(&platform.shop, "a@shop.example").await, Some(vec![]));
        platform.grant(&platform.shop, &[("pstn_access", "1")]).await;
        // Without the right to choose postpaid the account is a prepaid one.
        assert_eq!(groups(&platform.shop, "b@shop.example").await, words(&["free-pstn", "prepaid"]));
        assert_eq!(groups(&platform.admin, "c@shop.example").await, words(&["free-pstn"]));
    }

    #[tokio::test]
    async fn the_group_of_the_platform_is_the_administrators() {
        let platform = Platform::new().await;
        let wish = |name: &str| types::SipAccount { groups: words(&["intercept"]), ..sip_account(name) };
        assert_eq!(platform.add_account(&platform.acme, wish("a@acme.example")).await.unwrap().groups, Some(vec![]));
        let groups = platform.add_account(&platform.admin, wish("b@acme.example")).await.unwrap().groups;
        assert_eq!(groups, words(&["intercept"]));
    }

    #[tokio::test]
    async fn a_credit_of_the_customer_and_one_of_the_reseller_each_hold() {
        let platform = Platform::new().await;
        // One account of each is there already.
        platform.grant(&platform.shop, &[("sip_credit", "2")]).await;
        assert!(platform.add_account(&platform.shop, sip_account("x@shop.example")).await.is_ok());
        let full = platform.add_account(&platform.shop, sip_account("y@shop.example")).await;
        assert_eq!(full, Err((9003, "Maximum number of SIP account records reached".to_owned())));
        // Whoever imports again learns that the account is there.
        assert_eq!(code(platform.add_account(&platform.shop, sip_account("x@shop.example")).await), 1011);
        assert!(platform.add_account(&platform.acme, sip_account("x@acme.example")).await.is_ok());
        platform.grant(&platform.acme, &[("sip_credit", "4")]).await;
        assert_eq!(code(platform.add_account(&platform.acme, sip_account("y@acme.example")).await), 9003);
        platform.grant(&platform.acme, &[("sip_credit", "")]).await;
        assert!(platform.add_account(&platform.acme, sip_account("y@acme.example")).await.is_ok());
    }

    /// Runs so many calls at once and counts those that were done.
    async fn together(platform: Platform, accounts: Vec<types::SipAccount>) -> Vec<Result<types::SipAccount, Refused>> {
        let platform = std::sync::Arc::new(platform);
        let calls: Vec<_> = accounts
            .into_iter()
            .map(|account| {
                let platform = platform.clone();
                tokio::spawn(async move { platform.add_account(&platform.acme, account).await })
            })
            .collect();
        let mut results = Vec::new();
        for call in calls {
            results.push(call.await.unwrap());
        }
        results
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn many_creations_at_once_take_exactly_what_the_credit_allows() {
        let platform = Platform::new().await;
        platform.grant(&platform.acme, &[("sip_credit", "12")]).await;
        let accounts = (0..40).map(|n| sip_account(&format!("u{n}@acme.example"))).collect();
        let results = together(platform, accounts).await;
        // Two are there already: alice and bob.
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 10);
        assert!(results.iter().filter_map(|result| result.as_ref().err()).all(|refused| refused.0 == 9003));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn numbers_that_are_generated_at_once_are_all_different() {
        let platform = Platform::new().await;
        let accounts = (0..20).map(|_| autoincrement("acme.example")).collect();
        let results = together(platform, accounts).await;
        let names: BTreeSet<String> = results.into_iter().map(|made| name(made.unwrap().id.as_ref())).collect();
        let wanted: BTreeSet<String> = (1001..=1020).map(|n| format!("{n}@acme.example")).collect();
        assert_eq!(names, wanted);
    }

    #[tokio::test]
    async fn a_generated_number_follows_the_highest_account_or_alias_and_no_telephone_number() {
        let platform = Platform::new().await;
        for taken in ["2000@acme.example", "31208005161@acme.example", "09999@acme.example"] {
            platform.account(&platform.acme, taken).await;
        }
        platform.alias(&platform.acme, "2004@acme.example", "2000@acme.example").await.unwrap();
        let made = platform.add_account(&platform.acme, autoincrement("acme.example")).await.unwrap();
        assert_eq!(name(made.id.as_ref()), "2005@acme.example");
        // The digests are those of the real name.
        let known = platform.account(&platform.rival, "2005@rival.example").await;
        assert_ne!(made.ha1, known.ha1);
        assert_eq!(made.id, id("2005@acme.example"));
    }

    #[tokio::test]
    async fn whoever_takes_the_last_number_does_not_end_the_generation_of_numbers() {
        let platform = Platform::new().await;
        for taken in ["999999999@acme.example", "1001@acme.example"] {
            platform.account(&platform.acme, taken).await;
        }
        for next in ["1002@acme.example", "1003@acme.example"] {
            let made = platform.add_account(&platform.acme, autoincrement("acme.example")).await.unwrap();
            assert_eq!(name(made.id.as_ref()), next);
        }
    }
}
