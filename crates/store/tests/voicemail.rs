//! Numbers of voicemail boxes: given out by many at once, and never twice.

use std::collections::BTreeSet;

use domain::{Mailbox, NewVoicemailAccount, Pin, Refusal, Scope, SipId};
use store::{StoreError, voicemail_accounts};
use test_support::ScratchDb;
use tokio::task::JoinSet;

#[tokio::test]
async fn no_two_boxes_that_are_made_at_once_have_one_number() {
    let db = ScratchDb::new().await;
    db.execute(
        "INSERT INTO sip_domains (domain) VALUES ('example.com');
         INSERT INTO sip_accounts (domain_id, username, ha1, ha1b)
         SELECT 1, 'u' || n, repeat('a', 32), repeat('b', 32) FROM generate_series(0, 39) AS n",
    )
    .await;
    let store = db.store().await;
    let mut calls = JoinSet::new();
    for n in 0..40 {
        let store = store.clone();
        calls.spawn(async move {
            // Every fourth is chosen by hand, right where the generated ones go.
            let mailbox = (n % 4 == 0).then(|| Mailbox::parse(&(1_000_000 + n).to_string()).unwrap());
            let (id, pin) = (SipId::parse(&format!("u{n}@example.com")).unwrap(), Pin::default());
            let text = String::new;
            let by_hand = mailbox.is_some();
            let new = NewVoicemailAccount { id, mailbox, pin, name: text(), email: text(), info: text(), delete: true };
            let mut tx = store.begin(&Scope::administrator()).await.unwrap();
            match voicemail_accounts::add(&mut tx, &new).await {
                Ok(made) => {
                    tx.commit().await.unwrap();
                    Some(made.mailbox)
                }
                // It had been given out a moment before.
                Err(StoreError::Refused(Refusal::MailboxExists(_))) if by_hand => None,
                Err(error) => panic!("{n}: {error:?}"),
            }
        });
    }
    let made: Vec<Option<String>> = calls.join_all().await;
    let numbers: Vec<&String> = made.iter().flatten().collect();
    assert!(numbers.len() >= 30, "{made:?}");
    assert_eq!(numbers.iter().collect::<BTreeSet<_>>().len(), numbers.len(), "{made:?}");
    assert!(numbers.iter().all(|number| number.as_str() >= "1000000"), "{made:?}");
}
