//! What the proxy reads to route, and the locations that it writes: batches, what is absent, and a database that goes
//! away and comes back.

#![expect(clippy::unwrap_used, reason = "the helpers of a test fail as the test does")]

use std::time::{Duration, SystemTime};

use domain::{Scope, SipId};
use sqlx::Executor;
use store::directory::Directory;
use store::locations::{Held, Location, LocationSet, Locations, of_accounts};
use test_support::{ScratchDb, StoppableDb};

fn id(text: &str) -> SipId {
    SipId::parse(text).unwrap()
}

/// A time to come that a database keeps exactly: in whole seconds.
fn in_an_hour() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(4_000_000_000)
}

fn location(contact: &str) -> Location {
    Location {
        contact: contact.to_owned(),
        params: ";methods=\"INVITE\"".to_owned(),
        q_per_mille: Some(700),
        path: "<sip:edge.example.com;lr>".to_owned(),
        call_id: "a84b4c76e66710".to_owned(),
        cseq: u32::MAX,
        user_agent: "Ünïcode\0 phone".to_owned(),
        address: "10.0.0.5".to_owned(),
        port: 5060,
        transport: "udp".to_owned(),
        received: "[2001:db8::9]:41234".parse().unwrap(),
        local: "192.0.2.1:5060".to_owned(),
        node: "one".to_owned(),
        flow_key: String::new(),
        relay: "<sip:192.0.2.1;lr;flow=x>".to_owned(),
        expires: in_an_hour(),
    }
}

fn set(aor: &str, contacts: &[&str]) -> Held {
    let locations = contacts.iter().map(|contact| location(contact)).collect();
    Held { aor: id(aor), locations, taken_over: Vec::new() }
}

fn contacts(set: &LocationSet) -> Vec<&str> {
    set.locations.iter().map(|location| location.contact.as_str()).collect()
}

async fn tenants() -> ScratchDb {
    let db = ScratchDb::new().await;
    for tenant in ["1", "2"] {
        db.execute(&include_str!("fixtures/tenant.sql").replace("$N", tenant)).await;
    }
    db.execute("DELETE FROM locations").await;
    db
}

#[tokio::test]
async fn a_batch_answers_those_accounts_that_exist_with_all_that_routing_needs() {
    let db = tenants().await;
    db.execute("UPDATE sip_accounts SET prepaid = true, timeout = 20, ha1_sha256 = repeat('d', 64)").await;
    let mut directory = Directory::new(&db.proxy_url()).unwrap();
    let asked = ["alice@tenant1.example.com", "bob@tenant1.example.com", "alice@nowhere.example.com"].map(id);
    // It runs as a task of its own.
    let found = tokio::spawn(async move { directory.accounts(&asked).await }).await.unwrap().unwrap();
    let [account] = &found[..] else { unreachable!("one of three exists: {found:?}") };
    assert_eq!(account.id, id("alice@tenant1.example.com"));
    assert_eq!((account.ha1.expose(), account.ha1b.expose()), ("a".repeat(32).as_str(), "b".repeat(32).as_str()));
    assert_eq!(account.ha1_sha256.as_ref().unwrap().expose(), "d".repeat(64));
    assert_eq!(account.groups.iter().map(ToString::to_string).collect::<Vec<_>>(), ["free-pstn", "prepaid"]);
    assert_eq!((account.acl.len(), account.prepaid, account.timeout_s), (1, true, 20));
}

#[tokio::test]
async fn a_list_of_networks_that_the_proxy_cannot_read_does_not_become_everywhere() {
    let db = tenants().await;
    db.execute("UPDATE sip_account_acl SET network = '2001:db8::/32'").await;
    let mut directory = Directory::new(&db.proxy_url()).unwrap();
    let found = directory.accounts(&[id("alice@tenant1.example.com")]).await.unwrap();
    assert_eq!(found[0].acl.len(), 1);
}

#[tokio::test]
async fn an_alias_leads_to_its_account_and_a_domain_says_whose_it_is() {
    let db = tenants().await;
    let mut directory = Directory::new(&db.proxy_url()).unwrap();
    let found = directory.aliases(&[id("office@tenant1.example.com"), id("alice@tenant1.example.com")]).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].target, id("alice@tenant1.example.com"));
    let domains = directory.domains().await.unwrap();
    let domain = domains.iter().find(|domain| domain.name.as_str() == "tenant2.example.com").unwrap();
    assert_eq!((domains.len(), domain.customer, domain.reseller), (4, 2042, 2000));
}

#[tokio::test]
async fn contacts_are_replaced_as_a_set_and_read_back_as_they_were() {
    let db = tenants().await;
    let mut locations = Locations::of_node(&db.proxy_url(), "one").unwrap();
    let (one, two) = ("alice@tenant1.example.com", "alice@tenant2.example.com");
    locations
        .replace(&[set(one, &["sip:a@10.0.0.1", "sip:b@10.0.0.1", "sip:c@10.0.0.1"]), set(two, &["sip:d@10.0.0.1"])])
        .await
        .unwrap();
    // Fewer contacts, none, an account that is gone, and two sets of one account.
    locations
        .replace(&[
            set(one, &["sip:x@10.0.0.1"]),
            set(two, &[]),
            set("gone@tenant1.example.com", &["sip:y@10.0.0.1"]),
            set(one, &["sip:z@10.0.0.1", "sip:a@10.0.0.1"]),
        ])
        .await
        .unwrap();
    let loaded = Locations::new(&db.proxy_url()).unwrap().load().await.unwrap();
    assert_eq!(loaded.len(), 1);
    assert_eq!(contacts(&loaded[0]), ["sip:z@10.0.0.1", "sip:a@10.0.0.1"]);
    let mut kept = location("sip:z@10.0.0.1");
    kept.user_agent = "Ünïcode phone".to_owned();
    assert_eq!(loaded[0].locations[0], kept);
}

#[tokio::test]
async fn what_has_ended_is_neither_read_back_nor_shown_and_is_forgotten_in_portions() {
    let db = tenants().await;
    let mut locations = Locations::of_node(&db.proxy_url(), "one").unwrap();
    let mut ended = set("alice@tenant1.example.com", &["sip:a@10.0.0.1", "sip:b@10.0.0.1", "sip:c@10.0.0.1"]);
    for location in &mut ended.locations[1..] {
        location.expires = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    }
    locations.replace(&[ended]).await.unwrap();
    assert_eq!(contacts(&locations.load().await.unwrap()[0]), ["sip:a@10.0.0.1"]);
    assert_eq!(locations.delete_ended(1).await.unwrap(), 1);
    assert_eq!(locations.delete_ended(10).await.unwrap(), 1);
    assert_eq!(locations.delete_ended(10).await.unwrap(), 0);
}

#[tokio::test]
async fn devices_are_shown_of_accounts_in_reach_and_an_offline_one_has_none() {
    let db = tenants().await;
    let mut locations = Locations::of_node(&db.proxy_url(), "one").unwrap();
    let (one, offline, two) = ("alice@tenant1.example.com", "alice@own1.example.com", "alice@tenant2.example.com");
    locations.replace(&[set(one, &["sip:a@10.0.0.1"]), set(two, &["sip:b@10.0.0.1"])]).await.unwrap();
    let store = db.store().await;
    let reseller = Scope::reseller(domain::ResellerId::new(1000));
    let mut tx = store.begin_read(&reseller).await.unwrap();
    let mut shown = of_accounts(&mut tx, &[one, offline, two, one].map(id)).await.unwrap();
    shown.sort_by(|a, b| a.aor.cmp(&b.aor));
    assert_eq!(
        shown.iter().map(|set| (set.aor.to_string(), set.locations.len())).collect::<Vec<_>>(),
        [(offline.to_owned(), 0), (one.to_owned(), 1)]
    );
}

#[tokio::test]
async fn nodes_keep_apart_what_they_hold_of_one_account_until_a_contact_moves() {
    let db = tenants().await;
    let aor = "alice@tenant1.example.com";
    let mut one = Locations::of_node(&db.proxy_url(), "one").unwrap();
    let mut two = Locations::of_node(&db.proxy_url(), "node two").unwrap();
    one.replace(&[set(aor, &["sip:a@10.0.0.1", "sip:b@10.0.0.1"])]).await.unwrap();
    two.replace(&[set(aor, &["sip:c@10.0.0.1"])]).await.unwrap();
    let held = |sets: Vec<LocationSet>| -> Vec<String> {
        let all = sets.into_iter().flat_map(|set| set.locations);
        all.map(|location| format!("{} {}", location.node, location.contact)).collect()
    };
    let asked = [id(aor), id("bob@tenant1.example.com"), id("alice@nowhere.example.com")];
    let wanted = ["node two sip:c@10.0.0.1", "one sip:a@10.0.0.1", "one sip:b@10.0.0.1"];
    assert_eq!(held(one.of(&asked).await.unwrap()), wanted);
    // One contact registers elsewhere, one is removed by a request that came elsewhere.
    let mut moved = set(aor, &["sip:c@10.0.0.1", "sip:a@10.0.0.1"]);
    moved.taken_over = vec!["sip:b@10.0.0.1".to_owned()];
    two.replace(&[moved]).await.unwrap();
    assert_eq!(held(one.load().await.unwrap()), ["node two sip:c@10.0.0.1", "node two sip:a@10.0.0.1"]);
}

/// RFC 5626 §6: the flows of a device may give one URI, and go to one proxy each.
#[tokio::test]
async fn flows_of_one_device_stand_at_two_nodes_until_one_of_them_moves() {
    let db = tenants().await;
    let aor = "alice@tenant1.example.com";
    let mut one = Locations::of_node(&db.proxy_url(), "one").unwrap();
    let mut two = Locations::of_node(&db.proxy_url(), "two").unwrap();
    let flow = |number: u32| {
        let mut held = set(aor, &["sip:a@10.0.0.1"]);
        held.locations[0].flow_key = format!("<urn:uuid:1>;reg-id={number}");
        held
    };
    one.replace(&[flow(1)]).await.unwrap();
    two.replace(&[flow(2)]).await.unwrap();
    let held = |sets: Vec<LocationSet>| -> Vec<String> {
        let all = sets.into_iter().flat_map(|set| set.locations);
        all.map(|location| format!("{} {} {}", location.node, location.flow_key, location.relay)).collect()
    };
    let relay = "<sip:192.0.2.1;lr;flow=x>";
    let wanted = [format!("one <urn:uuid:1>;reg-id=1 {relay}"), format!("two <urn:uuid:1>;reg-id=2 {relay}")];
    assert_eq!(held(one.load().await.unwrap()), wanted);
    two.replace(&[flow(1)]).await.unwrap();
    assert_eq!(held(one.load().await.unwrap()), [format!("two <urn:uuid:1>;reg-id=1 {relay}")]);
}

#[tokio::test]
async fn all_proxies_on_a_database_have_one_secret_which_is_not_printed() {
    let (db, other) = (ScratchDb::new().await, ScratchDb::new().await);
    let mut reader = store::proxy_secret::SecretReader::new(&db.proxy_url()).unwrap();
    let secret = reader.read().await.unwrap().unwrap();
    let again = store::proxy_secret::SecretReader::new(&db.proxy_url()).unwrap().read().await.unwrap().unwrap();
    assert!(secret == again && secret.expose() != &[0; 32]);
    assert_eq!(format!("{secret:?}"), "ProxySecret(redacted)");
    other.execute("DELETE FROM proxy_secret").await;
    let mut reader = store::proxy_secret::SecretReader::new(&other.proxy_url()).unwrap();
    assert!(reader.read().await.unwrap().is_none());
    let refused = db.server().await.execute("SELECT secret FROM proxy_secret").await.unwrap_err();
    assert_eq!(refused.as_database_error().unwrap().code().unwrap(), "42501");
}

#[tokio::test]
async fn many_are_read_in_pages_and_none_twice() {
    let db = tenants().await;
    db.execute(
        "INSERT INTO sip_accounts (domain_id, username, ha1, ha1b)
             SELECT id, 'u' || n, repeat('0', 32), repeat('0', 32) FROM sip_domains, generate_series(1, 2500) AS n
             WHERE domain = 'tenant1.example.com';
         INSERT INTO locations (account_id, position, contact, call_id, cseq, address, port, transport, received,
                                received_port, expires)
             SELECT id, p, 'sip:a@10.0.0.' || p, 'x', 1, '10.0.0.1', 5060, 'udp', '192.0.2.1', 5060,
                    now() + interval '1 hour'
             FROM sip_accounts, generate_series(1, 3) AS p WHERE username LIKE 'u%'",
    )
    .await;
    let mut locations = Locations::new(&db.proxy_url()).unwrap();
    let first = locations.page(None).await.unwrap();
    assert!(first.next.is_some() && first.sets.len() < 2500);
    let all = locations.load().await.unwrap();
    assert_eq!(all.len(), 2500);
    assert!(all.iter().all(|set| set.locations.len() == 3));
}

#[tokio::test]
async fn an_outage_is_answered_as_such_and_ends_without_help() {
    let db = StoppableDb::new().await;
    let mut directory = Directory::new(&db.proxy_url()).unwrap();
    let mut locations = Locations::new(&db.proxy_url()).unwrap();
    directory.domains().await.unwrap();
    locations.load().await.unwrap();
    db.stop();
    for _ in 0..2 {
        assert!(directory.domains().await.unwrap_err().is_unavailable());
        assert!(locations.load().await.unwrap_err().is_unavailable());
    }
    db.start();
    directory.domains().await.unwrap();
    locations.load().await.unwrap();
    db.stop();
    db.start();
    // The connection died in between and nobody had to know.
    directory.domains().await.unwrap();
}

#[tokio::test]
async fn a_write_in_the_store_fails_at_once_while_the_database_is_away_and_works_at_once_after() {
    let db = StoppableDb::new().await;
    let store = db.store().await;
    // Several idle connections: all of them die.
    let open = [store.begin(&Scope::administrator()).await, store.begin(&Scope::administrator()).await];
    drop(open);
    db.stop();
    let calls = (0..50).map(|_| {
        let store = store.clone();
        tokio::spawn(async move { store.begin(&Scope::administrator()).await.map(drop) })
    });
    let calls: Vec<_> = calls.collect();
    let outcomes = tokio::time::timeout(Duration::from_secs(30), async {
        for call in calls {
            assert!(call.await.unwrap().unwrap_err().is_unavailable());
        }
    });
    outcomes.await.unwrap();
    db.start();
    store.begin(&Scope::administrator()).await.unwrap().commit().await.unwrap();
}

#[tokio::test]
async fn a_pool_that_is_full_makes_a_caller_wait_and_is_not_taken_for_an_outage() {
    let db = ScratchDb::new().await;
    let mut settings = store::StoreSettings::new(db.server_url());
    settings.connections_max = 1;
    let store = store::Store::connect(&settings).await.unwrap();
    let held = store.begin(&Scope::administrator()).await.unwrap();
    assert!(store.ping().await.unwrap_err().is_unavailable());
    // Both wait for their turn; had the full pool counted as an outage, the second would be refused at once.
    let (one, other, released) = tokio::join!(store.ping(), store.ping(), held.rollback());
    one.and(other).and(released).unwrap();
}

#[tokio::test]
async fn a_schema_that_is_missing_or_too_old_is_said_at_the_start() {
    let db = ScratchDb::without_schema().await;
    let settings = store::StoreSettings::new(db.superuser_url());
    let error = store::Store::connect(&settings).await.unwrap_err();
    assert!(error.to_string().contains("apply the migrations"), "{error}");
    store::migrate(&db.owner_url()).await.unwrap();
    // Again is fine: there is nothing left to do.
    store::migrate(&db.owner_url()).await.unwrap();
    store::Store::connect(&store::StoreSettings::new(db.server_url())).await.unwrap();
    db.owner().await.execute("DELETE FROM _sqlx_migrations WHERE version > 1").await.unwrap();
    assert!(store::Store::connect(&settings).await.is_err());
}
