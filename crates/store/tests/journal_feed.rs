//! The journal as a feed: nothing is left out, nothing comes twice, however late a slow transaction commits. Each test has a
//! cluster of its own, so that what is said of other databases' transactions is said of those that the test makes.

#![expect(clippy::unwrap_used, reason = "the helpers of a test fail as the test does")]

use domain::{ResellerId, Scope};
use sqlx::{AssertSqlSafe, Connection, Executor};
use store::Store;
use store::journal::{self, Look, Lost, Place};
use test_support::StoppableDb;

async fn after(store: &Store, scope: &Scope, place: Place, limit: u32) -> Result<Look, Lost> {
    let mut tx = store.begin_look(scope).await.unwrap();
    journal::after(&mut tx, place, limit).await.unwrap()
}

fn keys(look: &Look) -> Vec<&str> {
    look.entries.iter().map(|entry| entry.key.as_str()).collect()
}

fn add_domain(name: &str) -> AssertSqlSafe<String> {
    AssertSqlSafe(format!("INSERT INTO sip_domains (domain) VALUES ('{name}')"))
}

#[tokio::test]
async fn a_slow_transaction_that_commits_late_is_told_before_what_began_after_it() {
    let db = StoppableDb::new().await;
    let (store, all) = (db.store().await, Scope::administrator());
    let (mut slow, mut fast) = (db.owner().await, db.owner().await);
    fast.execute(add_domain("first")).await.unwrap();
    let mut late = slow.begin().await.unwrap();
    late.execute(add_domain("late")).await.unwrap();
    fast.execute(add_domain("early")).await.unwrap();
    let look = after(&store, &all, Place::BEGINNING, 10).await.unwrap();
    assert_eq!((keys(&look), look.is_waiting), (vec!["first"], true));
    late.commit().await.unwrap();
    let look = after(&store, &all, look.next, 10).await.unwrap();
    assert_eq!((keys(&look), look.is_waiting), (vec!["late", "early"], false));
    assert!(keys(&after(&store, &all, look.next, 10).await.unwrap()).is_empty());
}

#[tokio::test]
async fn a_transaction_of_another_database_holds_nothing_back() {
    let db = StoppableDb::new().await;
    let (store, all) = (db.store().await, Scope::administrator());
    let url = db.owner_url();
    let (address, options) = url.expose().split_once('?').unwrap_or((url.expose(), ""));
    let (address, _) = address.rsplit_once('/').unwrap();
    let mut other = sqlx::PgConnection::connect(&format!("{address}/postgres?{options}")).await.unwrap();
    let mut long = other.begin().await.unwrap();
    long.execute("SELECT pg_current_xact_id()").await.unwrap();
    db.execute("INSERT INTO sip_domains (domain) VALUES ('one')").await;
    let look = after(&store, &all, Place::BEGINNING, 10).await.unwrap();
    assert_eq!((keys(&look), look.is_waiting), (vec!["one"], false));
    // One of its own database does, whatever else runs.
    let mut own = db.owner().await;
    let mut open = own.begin().await.unwrap();
    open.execute(add_domain("two")).await.unwrap();
    db.execute("INSERT INTO sip_domains (domain) VALUES ('three')").await;
    let look = after(&store, &all, look.next, 10).await.unwrap();
    assert_eq!((keys(&look), look.is_waiting), (vec![], true));
    open.commit().await.unwrap();
    assert_eq!(keys(&after(&store, &all, look.next, 10).await.unwrap()), ["two", "three"]);
    long.rollback().await.unwrap();
}

#[tokio::test]
async fn many_writers_at_once_are_all_told_once_and_each_in_its_order() {
    const WRITERS: usize = 8;
    const EACH: usize = 40;
    let db = StoppableDb::new().await;
    let (store, all) = (db.store().await, Scope::administrator());
    let (looked, looks) = tokio::sync::watch::channel(0_u32);
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (url, mut looks) = (db.owner_url(), looks.clone());
            tokio::spawn(async move {
                let mut conn = sqlx::PgConnection::connect(url.expose()).await.unwrap();
                for n in 0..EACH {
                    // Some are open while the reader looks, from the beginning of a look to its end; some are given up. So they
                    // overlap and end in another order than they began.
                    let mut tx = conn.begin().await.unwrap();
                    tx.execute(add_domain(&format!("w{writer}-{n}a"))).await.unwrap();
                    if n % 3 == 0 {
                        let seen = *looks.borrow();
                        looks.wait_for(|looks| *looks > seen + 1).await.unwrap();
                    }
                    tx.execute(add_domain(&format!("w{writer}-{n}b"))).await.unwrap();
                    match n % 5 {
                        4 => tx.rollback().await.unwrap(),
                        _ => tx.commit().await.unwrap(),
                    }
                }
            })
        })
        .collect();
    let mut told: Vec<String> = Vec::new();
    let mut place = Place::BEGINNING;
    loop {
        let is_over = writers.iter().all(tokio::task::JoinHandle::is_finished);
        let look = after(&store, &all, place, 7).await.unwrap();
        looked.send_modify(|looks| *looks += 1);
        assert!(look.next >= place);
        place = look.next;
        told.extend(look.entries.iter().map(|entry| entry.key.clone()));
        if is_over && look.entries.is_empty() && !look.is_waiting {
            break;
        }
    }
    for writer in writers {
        writer.await.unwrap();
    }
    for writer in 0..WRITERS {
        let prefix = format!("w{writer}-");
        let own: Vec<&str> = told.iter().filter_map(|key| key.strip_prefix(&prefix)).collect();
        let expected: Vec<String> =
            (0..EACH).filter(|n| n % 5 != 4).flat_map(|n| [format!("{n}a"), format!("{n}b")]).collect();
        assert_eq!(own, expected, "writer {writer}");
    }
}

#[tokio::test]
async fn a_tenant_is_told_its_own_changes_and_goes_on_from_there_however_long_nothing_is_its() {
    let db = StoppableDb::new().await;
    for tenant in ["1", "2"] {
        db.execute(&include_str!("fixtures/tenant.sql").replace("$N", tenant)).await;
    }
    let store = db.store().await;
    let one = Scope::reseller(ResellerId::new(1000));
    let mut tx = store.begin_look(&one).await.unwrap();
    let mut place = journal::now(&mut tx).await.unwrap();
    drop(tx);
    db.execute("UPDATE sip_domains SET verify_cert = true WHERE reseller = 2000").await;
    let look = after(&store, &one, place, 10).await.unwrap();
    assert!(look.entries.is_empty() && look.next > place);
    place = look.next;
    // What it has not to be told of is forgotten, and it has missed nothing.
    db.execute("SELECT ngnpro_prune_journal('0', 0)").await;
    assert!(after(&store, &one, place, 10).await.unwrap().entries.is_empty());
    db.execute("UPDATE sip_domains SET verify_cert = true").await;
    let look = after(&store, &one, place, 10).await.unwrap();
    assert_eq!(look.entries.len(), 2);
    assert!(look.entries.iter().all(|entry| entry.reseller == Some(1000)));
}

#[tokio::test]
async fn a_reader_that_has_missed_something_is_told_so() {
    let db = StoppableDb::new().await;
    let (store, all) = (db.store().await, Scope::administrator());
    db.execute("INSERT INTO sip_domains (domain) VALUES ('one')").await;
    let look = after(&store, &all, Place::BEGINNING, 1).await.unwrap();
    let old = look.entries[0].place;
    db.execute("INSERT INTO sip_domains (domain) VALUES ('two')").await;
    db.execute("SELECT ngnpro_prune_journal('0', 0)").await;
    assert_eq!(after(&store, &all, old, 10).await, Err(Lost::Forgotten));
    assert_eq!(after(&store, &all, "9000000000000-1".parse().unwrap(), 10).await, Err(Lost::Elsewhere));
    assert!(after(&store, &all, Place::BEGINNING, 10).await.is_ok());
}
