//! Many accounts at once are what the same accounts are one after the other: every refusal, every credit, every number.

use super::*;
use crate::caller::Caller;
use crate::ports::sip_port::get_accounts;
use crate::ports::testing::{Platform, Refused, counted, name, sip_account, words};
use crate::wire::{sip, types};

async fn one_by_one(platform: &Platform, by: &Caller, accounts: &[types::SipAccount]) -> Vec<Result<String, Refused>> {
    let mut made = Vec::new();
    for account in accounts {
        made.push(platform.add_account(by, account.clone()).await.map(|account| name(account.id.as_ref())));
    }
    made
}

async fn at_once(platform: &Platform, by: &Caller, accounts: &[types::SipAccount]) -> Vec<Result<String, Refused>> {
    let inputs = accounts.iter().map(|account| Ok(AddAccountInput { account: Some(account.clone()) })).collect();
    let made = platform.call(by, async |context, inputs| many(context, inputs).await, inputs).await;
    let refused = |failure| match failure {
        Failure::Refused(refusal) => (refusal.code(), refusal.to_string()),
        other => panic!("not a refusal: {other:?}"),
    };
    made.unwrap().unwrap().into_iter().map(|one| one.map_err(refused)).collect()
}

/// Everything that is stored of all accounts, but for the time of it.
async fn stored(platform: &Platform) -> Vec<types::SipAccount> {
    let answer = platform.call(&platform.admin, get_accounts::handle, sip::GetAccountsInput::default()).await.unwrap();
    let bare = |account| types::SipAccount { change_date: None, create_date: None, ..account };
    answer.accounts.unwrap().into_iter().map(bare).collect()
}

fn bad(platform: &Platform) -> Vec<types::SipAccount> {
    let good = || sip_account("x@acme.example");
    let entry = types::SubscriberACL { ip: Some("10.0.0".into()), ..Default::default() };
    let nameless = types::Property { name: Some(" ".into()), value: None };
    vec![
        types::SipAccount { id: None, ..good() },
        sip_account("x y@acme.example"),
        sip_account("x@-.example"),
        types::SipAccount { quota: Some(-1), ..good() },
        types::SipAccount { call_limit: Some(-1), ..good() },
        types::SipAccount { timezone: Some("a b".into()), ..good() },
        types::SipAccount { first_name: Some("x".repeat(256)), ..good() },
        types::SipAccount { groups: words(&["a b"]), ..good() },
        types::SipAccount { acl: Some(vec![entry]), ..good() },
        types::SipAccount { properties: Some(vec![nameless]), ..good() },
        types::SipAccount { password: Some("x".repeat(129)), ..good() },
        types::SipAccount { owner: Some(999_999), ..good() },
        types::SipAccount { owner: Some(platform.rival.customer.get()), ..good() },
        sip_account("x@nowhere.example"),
        sip_account("x@rival.example"),
        sip_account("ALICE@acme.example"),
        sip_account("help@acme.example"),
    ]
}

#[tokio::test]
async fn every_refusal_of_one_is_the_refusal_of_the_same_among_many() {
    let platform = Platform::new().await;
    let bad = bad(&platform);
    let mut codes = std::collections::BTreeSet::new();
    let mut compare = async |platform: &Platform, by: &Caller, accounts: &[types::SipAccount]| {
        let alone = one_by_one(platform, by, accounts).await;
        assert!(alone.iter().all(Result::is_err), "{alone:?}");
        codes.extend(alone.iter().flat_map(|one| one.as_ref().err().map(|refused| refused.0)));
        assert_eq!(at_once(platform, by, accounts).await, alone);
    };
    compare(&platform, &platform.acme, &bad).await;
    platform.grant(&platform.shop, &[("sip_credit", "1")]).await;
    compare(&platform, &platform.shop, &[sip_account("y@shop.example"), sip_account("x@acme.example")]).await;
    // One of old, from when every word was taken.
    platform.grant(&platform.acme, &[("sip_credit", "1")]).await;
    let acme = platform.acme.customer.get();
    platform
        .db
        .execute(&format!("UPDATE customer_properties SET value = 'not a number' WHERE customer = {acme}"))
        .await;
    compare(&platform, &platform.acme, &[sip_account("y@shop.example"), sip_account("y@acme.example")]).await;
    platform.deactivate(&platform.acme).await;
    compare(&platform, &platform.acme, &[bad[1].clone(), sip_account("y@acme.example")]).await;
    compare(&platform, &platform.shop, &[sip_account("y@shop.example")]).await;
    assert_eq!(codes.into_iter().collect::<Vec<_>>(), [1000, 1011, 9002, 9003, 9004]);
}

#[tokio::test]
async fn many_at_once_come_out_as_one_after_the_other() {
    let plain = |account: types::SipAccount| types::SipAccount { password: Some("p".into()), ..account };
    let digests = format!("{}:{}", "0".repeat(32), "1".repeat(32));
    let mut results = Vec::new();
    for batch in [false, true] {
        let platform = Platform::new().await;
        platform.grant(&platform.acme, &[("sip_credit", "12"), ("pstn_access", "1")]).await;
        platform.grant(&platform.shop, &[("sip_credit", "3")]).await;
        let entry = types::SubscriberACL { ip: Some("10.0.0.0".into()), mask: Some(8), tag: Some("home".into()) };
        let of_list = types::Property { name: Some("a".into()), value: Some("1".into()) };
        let mut accounts = vec![
            sip_account("<autoincrement>@acme.example"),
            sip_account("2000@acme.example"),
            sip_account("<autoincrement>@acme.example"),
            sip_account("2000@acme.example"),
            types::SipAccount {
                acl: Some(vec![entry.clone(), entry]),
                groups: words(&["free-pstn", "vip", "intercept"]),
                properties: Some(vec![of_list]),
                quota: Some(5),
                call_limit: Some(2),
                timeout: Some(10_000),
                owner: Some(platform.shop.customer.get()),
                first_name: Some("Æ".into()),
                ..sip_account("Dave@acme.example")
            },
            types::SipAccount { password: Some(digests.clone()), ..sip_account("erin@acme.example") },
            types::SipAccount { groups: words(&["prepaid"]), ..sip_account("fred@acme.example") },
            sip_account("<autoincrement>@shop.example"),
            sip_account("x@shop.example"),
            sip_account("y@shop.example"),
            sip_account("y@nowhere.example"),
        ];
        accounts.extend((0..8).map(|n| sip_account(&format!("z{n}@acme.example"))));
        let accounts: Vec<_> = accounts
            .into_iter()
            .map(|account| if account.password.as_deref() == Some("secret") { plain(account) } else { account })
            .collect();
        let made = match batch {
            true => at_once(&platform, &platform.acme, &accounts).await,
            false => one_by_one(&platform, &platform.acme, &accounts).await,
        };
        results.push((made, stored(&platform).await));
    }
    let many = results.pop().unwrap();
    let one = results.pop().unwrap();
    assert_eq!(many.0, one.0);
    assert_eq!(many.1, one.1);
    assert_eq!(many.0.iter().filter(|made| matches!(made, Err((9003, _)))).count(), 7);
    assert_eq!(many.0[2].as_deref(), Ok("2001@acme.example"));
}

#[tokio::test]
async fn many_take_as_many_statements_as_a_few() {
    let platform = Platform::new().await;
    platform.grant(&platform.acme, &[("sip_credit", "10000")]).await;
    let mut statements = Vec::new();
    for (prefix, count) in [("a", 3), ("b", 300)] {
        let account =
            |n| types::SipAccount { groups: words(&["vip"]), ..sip_account(&format!("{prefix}{n}@acme.example")) };
        let accounts: Vec<_> = (0..count).map(account).collect();
        let (made, took) = counted(at_once(&platform, &platform.acme, &accounts)).await;
        assert_eq!(made.iter().filter(|one| one.is_ok()).count(), count);
        statements.push(took);
    }
    assert_eq!(statements[0], statements[1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn batches_at_once_take_exactly_what_the_credit_allows() {
    let platform = std::sync::Arc::new(Platform::new().await);
    platform.grant(&platform.acme, &[("sip_credit", "102")]).await;
    let batches: Vec<_> = (0..8)
        .map(|batch| {
            let platform = platform.clone();
            tokio::spawn(async move {
                let accounts: Vec<_> = (0..50).map(|n| sip_account(&format!("u{batch}-{n}@acme.example"))).collect();
                at_once(&platform, &platform.acme, &accounts).await
            })
        })
        .collect();
    let mut done = 0;
    for batch in batches {
        done += batch.await.unwrap().iter().filter(|one| one.is_ok()).count();
    }
    // Two are there already.
    assert_eq!(done, 100);
}
