//! The change feed: nothing is skipped, nothing comes twice, and a reader that cannot know says so.

#![expect(clippy::unwrap_used, reason = "the helpers of a test fail as the test does")]

use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

use domain::Scope;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use store::DatabaseUrl;
use store::changes::{Change, ChangeFeed, Changes, Op, ReloadReason};
use test_support::{ScratchDb, StoppableDb};
use tokio::time::{interval, timeout};

const SOON: Duration = Duration::from_millis(20);
/// An interval that no test lives to see: what comes before it was a wake-up's doing.
const NEVER: Duration = Duration::from_secs(600);

async fn in_time<T>(future: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(120), future).await.unwrap()
}

/// A feed that has been told to read everything.
async fn feed(url: &DatabaseUrl, poll_interval: Duration) -> ChangeFeed {
    let mut feed = ChangeFeed::connect(url, poll_interval).await.unwrap();
    assert_eq!(in_time(feed.next()).await, Changes::Reload(ReloadReason::First));
    feed
}

async fn entries(feed: &mut ChangeFeed) -> Vec<Change> {
    match in_time(feed.next()).await {
        Changes::Entries(entries) => entries,
        Changes::Reload(reason) => panic!("told to reload: {reason:?}"),
    }
}

async fn keys(feed: &mut ChangeFeed) -> Vec<String> {
    entries(feed).await.into_iter().map(|change| change.key).collect()
}

fn add_domain(name: &str) -> AssertSqlSafe<String> {
    AssertSqlSafe(format!("INSERT INTO sip_domains (domain) VALUES ('{name}')"))
}

#[tokio::test]
async fn a_slow_transaction_that_commits_late_is_not_skipped_and_comes_once() {
    let db = ScratchDb::new().await;
    let mut feed = feed(&db.proxy_url(), SOON).await;
    let (mut slow, mut fast) = (db.owner().await, db.owner().await);
    let mut late = slow.begin().await.unwrap();
    late.execute(add_domain("late")).await.unwrap();
    for name in ["early", "next"] {
        fast.execute(add_domain(name)).await.unwrap();
        assert_eq!(keys(&mut feed).await, [name]);
    }
    late.commit().await.unwrap();
    assert_eq!(keys(&mut feed).await, ["late"]);
    fast.execute(add_domain("last")).await.unwrap();
    assert_eq!(keys(&mut feed).await, ["last"]);
}

#[tokio::test]
async fn what_is_rolled_back_is_not_told() {
    let db = ScratchDb::new().await;
    let mut feed = feed(&db.proxy_url(), SOON).await;
    let mut conn = db.owner().await;
    let mut tx = conn.begin().await.unwrap();
    tx.execute(add_domain("never")).await.unwrap();
    tx.rollback().await.unwrap();
    conn.execute(add_domain("ever")).await.unwrap();
    assert_eq!(keys(&mut feed).await, ["ever"]);
}

#[tokio::test]
async fn every_change_names_the_record_that_a_reader_knows_it_by() {
    let db = ScratchDb::new().await;
    db.execute(&include_str!("fixtures/tenant.sql").replace("$N", "1")).await;
    let mut feed = feed(&db.proxy_url(), SOON).await;
    let mut conn = db.owner().await;
    let alice = "(SELECT a.id FROM sip_accounts AS a JOIN sip_domains AS d ON d.id = domain_id \
                  WHERE d.domain = 'tenant1.example.com')";
    let address = ["alice@tenant1.example.com"].as_slice();
    let cases: &[(String, &str, Op, &[&str])] = &[
        (format!("UPDATE sip_accounts SET ha1 = repeat('c', 32) WHERE id = {alice}"), "sip_accounts", Op::Update, address),
        (format!("INSERT INTO sip_account_groups VALUES ({alice}, 'blocked')"), "sip_account_groups", Op::Insert, address),
        (format!("DELETE FROM sip_account_acl WHERE account_id = {alice}"), "sip_account_acl", Op::Delete, address),
        (format!("UPDATE sip_call_diversions SET target = 'sip:x' WHERE account_id = {alice}"), "sip_call_diversions", Op::Update, address),
        (format!("DELETE FROM locations WHERE account_id = {alice}"), "locations", Op::Delete, address),
        (
            "UPDATE sip_aliases SET username = 'desk' WHERE domain_id = (SELECT max(domain_id) FROM sip_aliases)".to_owned(),
            "sip_aliases",
            Op::Update,
            &["desk@tenant1.example.com", "office@tenant1.example.com"],
        ),
        ("UPDATE enum_mappings SET priority = 7 WHERE number_id = (SELECT id FROM enum_numbers WHERE number = '31108005161')".to_owned(), "enum_mappings", Op::Update, &["31108005161@e164.arpa"]),
        ("DELETE FROM routes".to_owned(), "routes", Op::Delete, &["1"]),
        ("TRUNCATE emergency_mapping".to_owned(), "emergency_mapping", Op::Truncate, &[""]),
    ];
    for (sql, table, op, expected) in cases {
        conn.execute(AssertSqlSafe(sql.as_str())).await.unwrap();
        let mut found = entries(&mut feed).await;
        found.sort_by(|a, b| a.key.cmp(&b.key));
        let told: Vec<_> =
            expected.iter().map(|key| Change { table: (*table).to_owned(), key: (*key).to_owned(), op: *op }).collect();
        assert_eq!(found, told, "{sql}");
    }
}

#[tokio::test]
async fn an_account_that_is_deleted_is_told_of_itself_and_by_its_aliases() {
    let db = ScratchDb::new().await;
    db.execute(&include_str!("fixtures/tenant.sql").replace("$N", "1")).await;
    let mut feed = feed(&db.proxy_url(), SOON).await;
    db.execute("DELETE FROM sip_accounts").await;
    let found = entries(&mut feed).await;
    let told = |table: &str, key: &str| found.iter().any(|c| c.table == table && c.key == key && c.op == Op::Delete);
    assert!(told("sip_accounts", "alice@tenant1.example.com") && told("sip_aliases", "office@own1.example.com"));
}

#[tokio::test]
async fn what_a_node_writes_is_told_to_the_others_and_not_to_itself() {
    let db = ScratchDb::new().await;
    db.execute(&include_str!("fixtures/tenant.sql").replace("$N", "1")).await;
    let own = "the node\\1";
    let mut feeds = Vec::new();
    for node in [own, "other"] {
        let mut feed = ChangeFeed::new(&db.proxy_url(), NEVER).unwrap().of_node(node);
        assert_eq!(in_time(feed.next()).await, Changes::Reload(ReloadReason::First));
        feeds.push(feed);
    }
    let aor = domain::SipId::parse("alice@tenant1.example.com").unwrap();
    let taken_over = vec!["sip:a@10.0.0.1".to_owned()];
    let mut locations = store::locations::Locations::of_node(&db.proxy_url(), own).unwrap();
    locations.replace(&[store::locations::Held { aor, locations: Vec::new(), taken_over }]).await.unwrap();
    assert_eq!(keys(&mut feeds[1]).await, ["alice@tenant1.example.com"]);
    db.execute("INSERT INTO sip_domains (domain) VALUES ('after'); NOTIFY ngnpro_changes").await;
    assert_eq!(keys(&mut feeds[0]).await, ["after"]);
}

#[tokio::test]
async fn a_refresh_and_the_removal_of_what_has_ended_are_not_told() {
    let db = ScratchDb::new().await;
    db.execute(&include_str!("fixtures/tenant.sql").replace("$N", "1")).await;
    let mut feed = feed(&db.proxy_url(), SOON).await;
    let mut proxy = db.proxy().await;
    proxy.execute("UPDATE locations SET expires = now(), cseq = cseq + 1").await.unwrap();
    proxy.execute("DELETE FROM locations").await.unwrap();
    db.execute("INSERT INTO sip_domains (domain) VALUES ('after')").await;
    assert_eq!(keys(&mut feed).await, ["after"]);
}

#[tokio::test]
async fn a_contact_that_moves_is_told_once_an_account() {
    let db = ScratchDb::new().await;
    db.execute(&include_str!("fixtures/tenant.sql").replace("$N", "1")).await;
    let mut feed = feed(&db.proxy_url(), SOON).await;
    db.proxy().await.execute("UPDATE locations SET node = 'other', received_port = 6000").await.unwrap();
    let mut told = keys(&mut feed).await;
    told.sort();
    assert_eq!(told, ["alice@own1.example.com", "alice@tenant1.example.com"]);
}

#[tokio::test]
async fn the_servers_role_does_not_read_which_records_of_others_change() {
    let db = ScratchDb::new().await;
    let mut conn = db.server().await;
    for table in ["change_log", "change_log_horizon"] {
        let error = conn.execute(AssertSqlSafe(format!("SELECT * FROM {table}"))).await.unwrap_err();
        assert_eq!(error.as_database_error().and_then(|error| error.code()).unwrap_or_default(), "42501", "{table}");
    }
}

#[tokio::test]
async fn a_commit_of_the_store_wakes_a_reader_that_would_not_have_looked() {
    let db = ScratchDb::new().await;
    let mut feed = feed(&db.proxy_url(), NEVER).await;
    let store = db.store().await;
    let tx = store.begin(&Scope::administrator()).await.unwrap();
    db.execute("INSERT INTO sip_domains (domain) VALUES ('example.com')").await;
    tx.commit().await.unwrap();
    assert_eq!(keys(&mut feed).await, ["example.com"]);
}

#[tokio::test]
async fn two_hundred_writes_a_second_among_slow_ones_are_all_told_once() {
    let db = ScratchDb::new().await;
    let mut feed = feed(&db.proxy_url(), SOON).await;
    let url = db.owner_url();
    let writers = tokio::spawn(async move {
        let mut fast = PgConnection::connect(url.expose()).await.unwrap();
        let mut slow: Vec<PgConnection> = Vec::new();
        let mut tick = interval(Duration::from_millis(5));
        for n in 0..400 {
            tick.tick().await;
            // Every tenth transaction stays open while the next forty come and go.
            if n % 10 == 0 {
                let mut conn = PgConnection::connect(url.expose()).await.unwrap();
                conn.execute("BEGIN").await.unwrap();
                conn.execute(add_domain(&format!("slow{n}"))).await.unwrap();
                slow.push(conn);
                if slow.len() > 4 {
                    slow.remove(0).execute("COMMIT").await.unwrap();
                }
            } else {
                fast.execute(add_domain(&format!("fast{n}"))).await.unwrap();
            }
        }
        for mut conn in slow {
            conn.execute("COMMIT").await.unwrap();
        }
    });
    let mut told: BTreeMap<String, usize> = BTreeMap::new();
    while told.len() < 400 {
        for key in keys(&mut feed).await {
            *told.entry(key).or_default() += 1;
        }
    }
    writers.await.unwrap();
    let twice: Vec<_> = told.iter().filter(|(_, times)| **times != 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
}

/// Forgets all entries; other tests' transactions on the same cluster may hold that up for a moment.
async fn prune(conn: &mut PgConnection) {
    let all_gone = async {
        loop {
            conn.execute("SELECT ngnpro_prune_change_log('0 seconds')").await.unwrap();
            let left: i64 = sqlx::query_scalar("SELECT count(*) FROM change_log").fetch_one(&mut *conn).await.unwrap();
            if left == 0 {
                break;
            }
        }
    };
    in_time(all_gone).await;
}

#[tokio::test]
async fn a_reader_that_was_away_while_entries_were_forgotten_is_told_to_reload() {
    let db = ScratchDb::new().await;
    let mut feed = feed(&db.proxy_url(), SOON).await;
    let mut conn = db.owner().await;
    conn.execute(add_domain("missed")).await.unwrap();
    prune(&mut conn).await;
    assert_eq!(in_time(feed.next()).await, Changes::Reload(ReloadReason::AwayTooLong));
    conn.execute(add_domain("seen")).await.unwrap();
    assert_eq!(keys(&mut feed).await, ["seen"]);
}

#[tokio::test]
async fn a_reader_that_has_seen_everything_does_not_notice_that_it_is_forgotten() {
    // A cluster of its own: what runs in other databases is under way in a snapshot too.
    let db = StoppableDb::new().await;
    let mut feed = feed(&db.proxy_url(), SOON).await;
    let mut conn = PgConnection::connect(db.owner_url().expose()).await.unwrap();
    conn.execute(add_domain("first")).await.unwrap();
    assert_eq!(keys(&mut feed).await, ["first"]);
    prune(&mut conn).await;
    conn.execute(add_domain("second")).await.unwrap();
    assert_eq!(keys(&mut feed).await, ["second"]);
}

#[tokio::test]
async fn more_changes_than_reading_everything_costs_are_a_reload() {
    let db = ScratchDb::new().await;
    let mut feed = feed(&db.proxy_url(), SOON).await;
    db.execute("INSERT INTO sip_domains (domain) SELECT 'd' || n FROM generate_series(1, 20001) AS n").await;
    assert_eq!(in_time(feed.next()).await, Changes::Reload(ReloadReason::TooManyChanges));
}

#[tokio::test]
async fn a_reader_catches_up_with_what_it_missed_while_the_database_was_away() {
    let db = StoppableDb::new().await;
    let mut feed = feed(&db.proxy_url(), SOON).await;
    let mut conn = PgConnection::connect(db.owner_url().expose()).await.unwrap();
    conn.execute(add_domain("before")).await.unwrap();
    db.stop();
    // It waits for the database, and can be left waiting.
    assert!(timeout(5 * SOON, feed.next()).await.is_err());
    db.start();
    let mut conn = PgConnection::connect(db.owner_url().expose()).await.unwrap();
    conn.execute(add_domain("after")).await.unwrap();
    let mut told = keys(&mut feed).await;
    if told.len() < 2 {
        told.extend(keys(&mut feed).await);
    }
    assert_eq!(told, ["before", "after"]);
}

#[tokio::test]
async fn every_table_that_the_proxy_reads_is_on_the_feed() {
    let db = ScratchDb::new().await;
    let missing: Vec<String> = sqlx::query_scalar(
        "SELECT relname::text FROM pg_class AS c WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
           AND has_any_column_privilege('sip_proxy', c.oid, 'SELECT')
           AND (SELECT count(*) FROM pg_trigger WHERE tgrelid = c.oid AND tgname LIKE 'feed\\_%') <> 4 ORDER BY 1",
    )
    .fetch_all(&mut db.owner().await)
    .await
    .unwrap();
    // The feed's own tables, the schema's version, calls, which only proxies write and none keeps, and what all proxies share, which each
    // asks for every minute.
    assert_eq!(missing, ["_sqlx_migrations", "calls", "change_log", "change_log_horizon", "proxy_secret"]);
}
