//! The proxy and its database: changes seen, absence survived, nothing secret logged.

use sip_core::digest::Algorithm;
use test_support::{ScratchDb, StoppableDb};

use crate::client::Phone;
use crate::proxy::Proxy;

/// alice@example.com with the password wonder, and the alias a for her; bob@example.com with builder.
pub(crate) const PROVISION: &str = "
    INSERT INTO sip_domains (domain) VALUES ('example.com');
    INSERT INTO sip_accounts (domain_id, username, ha1, ha1b)
        SELECT id, u, md5(u || ':example.com:' || p), md5(u || '@example.com:example.com:' || p)
        FROM sip_domains, (VALUES ('alice', 'wonder'), ('bob', 'builder')) AS a (u, p);
    INSERT INTO sip_aliases (domain_id, username, target_id)
        SELECT domain_id, 'a', id FROM sip_accounts WHERE username = 'alice';
";

const NEW_PASSWORD: &str = "UPDATE sip_accounts SET ha1 = md5('alice:example.com:glass') WHERE username = 'alice'";

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_password_is_seen_without_any_command() {
    let db = ScratchDb::new().await;
    db.execute(PROVISION).await;
    let mut proxy = Proxy::start(&db.proxy_url());
    assert_eq!(Phone::udp(proxy.sip, "alice", "wonder").register().status, 200);
    db.execute(NEW_PASSWORD).await;
    proxy.wait_until("the old password is refused", |proxy| {
        Phone::udp(proxy.sip, "alice", "wonder").ask().status == 401
    });
    assert_eq!(Phone::udp(proxy.sip, "alice", "glass").register().status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_and_a_domain_that_were_absent_are_seen_when_they_are_made() {
    let db = ScratchDb::new().await;
    let mut proxy = Proxy::start(&db.proxy_url());
    assert_eq!(Phone::udp(proxy.sip, "alice", "wonder").register().status, 404, "no such domain");
    db.execute(PROVISION).await;
    proxy.wait_until("the new account registers", |proxy| Phone::udp(proxy.sip, "alice", "wonder").ask().status == 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_account_takes_its_contacts_along() {
    let db = ScratchDb::new().await;
    db.execute(PROVISION).await;
    let mut proxy = Proxy::start(&db.proxy_url());
    assert_eq!(Phone::udp(proxy.sip, "bob", "builder").register().status, 200);
    proxy.wait_until("bob is counted", |proxy| registered(proxy) == 1);
    db.execute("DELETE FROM sip_accounts WHERE username = 'bob'").await;
    proxy.wait_until("bob is gone", |proxy| registered(proxy) == 0);
    assert_ne!(Phone::udp(proxy.sip, "bob", "builder").register().status, 200);
}

/// How many addresses have contacts, as this proxy knows.
pub(crate) fn registered(proxy: &Proxy) -> u64 {
    let body = proxy.get("/registrations").expect("a page");
    let value: serde_json::Value = serde_json::from_str(&body).expect("JSON");
    value["addresses"].as_u64().expect("a number")
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_database_the_known_go_on_the_unknown_wait_and_all_recovers_by_itself() {
    let db = StoppableDb::new().await;
    db.execute(PROVISION).await;
    let mut proxy = Proxy::start(&db.proxy_url());
    let mut alice = Phone::udp(proxy.sip, "alice", "wonder");
    assert_eq!(alice.register().status, 200);
    db.stop();
    for _ in 0..3 {
        assert_eq!(alice.register().status, 200);
    }
    let refused = Phone::udp(proxy.sip, "bob", "builder").register_once();
    assert!((500..600).contains(&refused.status), "{}", refused.text);
    let ready = proxy.get("/ready").expect("a page");
    assert!(ready.contains("\"ready\":true"), "{ready}");
    db.start();
    proxy.wait_until("bob can register", |proxy| Phone::udp(proxy.sip, "bob", "builder").register().status == 200);
    db.execute(NEW_PASSWORD).await;
    proxy.wait_until("changes are seen again", |proxy| Phone::udp(proxy.sip, "alice", "wonder").ask().status == 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_is_written_to_the_database_and_gone_when_it_is_removed() {
    let db = ScratchDb::new().await;
    db.execute(PROVISION).await;
    let mut proxy = Proxy::start(&db.proxy_url());
    let mut phone = Phone::tcp(proxy.sip, "alice", "wonder");
    assert_eq!(phone.register().status, 200);
    proxy.wait_until("it is written", written);
    let mut database = store::locations::Locations::new(&db.proxy_url()).expect("a URL");
    let sets = database.load().await.expect("loaded");
    let location = &sets[0].locations[0];
    assert_eq!((location.contact.as_str(), location.transport.as_str()), (phone.contact().as_str(), "tcp"));
    let removed = phone.request("REGISTER", "Contact: *\r\nExpires: 0\r\n");
    assert_eq!(removed.status, 200, "{}", removed.text);
    proxy.wait_until("the removal is written", written);
    assert!(database.load().await.expect("loaded").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_says_that_it_is_there_at_once_and_again_when_its_database_is_back() {
    let db = StoppableDb::new().await;
    let mut proxy = Proxy::start(&db.proxy_url());
    for _ in 0..2 {
        let node = first_node(&db).await;
        assert_eq!((node.ip.as_str(), node.version.as_str()), ("127.0.0.1", env!("CARGO_PKG_VERSION")));
        assert!(node.id.ends_with(&proxy.sip.port().to_string()) && node.roles == ["sip_proxy"], "{node:?}");
        proxy.kill();
        db.execute("DELETE FROM nodes").await;
        db.stop();
        proxy.run_again();
        proxy.wait_until("it could not say it", |proxy| proxy.log().contains("this node could not be announced"));
        db.start();
    }
}

/// The first node that the platform's operators see.
async fn first_node(db: &StoppableDb) -> store::nodes::Node {
    let store = db.store().await;
    let until = crate::proxy::now() + crate::proxy::PATIENCE;
    loop {
        let mut tx = store.begin_read(&domain::Scope::administrator()).await.expect("a transaction");
        if let Some(node) = store::nodes::list(&mut tx).await.expect("nodes").pop() {
            return node;
        }
        assert!(crate::proxy::now() < until, "no node says that it is there");
    }
}

/// Whether the database has all that this proxy acknowledged.
pub(crate) fn written(proxy: &Proxy) -> bool {
    proxy.get("/registrations").is_some_and(|body| body.contains("\"waiting_for_database\":0"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_refuses_every_registration_loses_none() {
    let db = ScratchDb::new().await;
    db.execute(PROVISION).await;
    let mut proxy = Proxy::start(&db.proxy_url());
    db.execute("ALTER TABLE locations ADD CONSTRAINT nothing CHECK (false) NOT VALID").await;
    let mut phone = Phone::udp(proxy.sip, "alice", "wonder");
    assert_eq!(phone.register().status, 200);
    proxy.wait_until("it was tried", |proxy| proxy.log().contains("registrations are kept in the journal"));
    assert!(!written(&proxy));
    db.execute("ALTER TABLE locations DROP CONSTRAINT nothing").await;
    proxy.wait_until("it is written", written);
    let mut database = store::locations::Locations::new(&db.proxy_url()).expect("a URL");
    assert_eq!(database.load().await.expect("loaded")[0].locations[0].contact, phone.contact());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_password_digest_or_database_url_is_ever_logged() {
    let db = ScratchDb::new().await;
    db.execute(PROVISION).await;
    let mut proxy = Proxy::start(&db.proxy_url());
    assert_eq!(Phone::udp(proxy.sip, "alice", "wonder").register().status, 200);
    assert_ne!(Phone::udp(proxy.sip, "alice", "wrong-guess").register().status, 200);
    proxy.terminate();
    let log = proxy.log();
    assert!(log.lines().count() > 10, "the log is on: {log}");
    let ha1 = Algorithm::Md5.hash(&[b"alice", b"example.com", b"wonder"]);
    let ha1 = String::from_utf8_lossy(ha1.as_bytes()).into_owned();
    for secret in ["wonder", "wrong-guess", "response=", "nonce=", "Authorization", "postgres", &ha1] {
        assert!(!log.contains(secret), "{secret} was logged:\n{log}");
    }
}
