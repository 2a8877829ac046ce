//! The journal: every change of every provisioned row, with who made it, without its secrets, for its owner alone.

#![expect(clippy::unwrap_used, reason = "the helpers of a test fail as the test does")]

use domain::{CustomerId, Ownership, ResellerId, Scope, TlsProfile};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use store::Store;
use store::journal::Actor;
use test_support::{ScratchDb, StoppableDb};

/// Tables that the server writes and that say nothing about what is provisioned.
const NOT_PROVISIONED: [&str; 3] = ["kept_answers", "webhook_dead_letters", "webhook_positions"];
/// Tables that only the operator's SQL changes.
const BY_HAND: &str = "emergency_mapping";
/// Words in the names of columns that hold secrets.
const SECRET: &str = "(pass|ha1|secret|token|private|sealed|hash)";

async fn two_tenants() -> ScratchDb {
    let db = ScratchDb::new().await;
    for tenant in ["1", "2"] {
        db.execute(&include_str!("fixtures/tenant.sql").replace("$N", tenant)).await;
    }
    db
}

async fn texts(conn: &mut PgConnection, sql: &str) -> Vec<String> {
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(conn).await.unwrap()
}

fn journalled() -> String {
    "SELECT relname FROM pg_class AS c WHERE EXISTS (
         SELECT FROM pg_trigger AS t WHERE t.tgrelid = c.oid AND t.tgfoid = to_regproc('ngnpro_journal_' || relname))"
        .to_owned()
}

#[tokio::test]
async fn every_table_that_is_provisioned_is_under_the_journal() {
    let db = ScratchDb::new().await;
    let written = db
        .texts(&format!(
            "SELECT relname FROM pg_class AS c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
               AND (has_table_privilege('ngnpro_server', oid, 'DELETE') OR relname = '{BY_HAND}'
                    OR has_any_column_privilege('ngnpro_server', oid, 'INSERT, UPDATE'))
             ORDER BY relname"
        ))
        .await;
    assert!(written.len() > 30);
    let events = "SELECT string_agg(tgname || ' ' || tgtype, ', ' ORDER BY tgname) FROM pg_trigger
                  WHERE tgrelid = $1::regclass AND tgfoid::regproc::text LIKE 'ngnpro_journal%'";
    let mut conn = db.owner().await;
    for table in written.iter().filter(|table| !NOT_PROVISIONED.contains(&table.as_str())) {
        let found: Option<String> = sqlx::query_scalar(events).bind(table).fetch_one(&mut conn).await.unwrap();
        // tgtype: 1 row, 4 insert, 8 delete, 16 update, 32 truncate.
        let all = "AA_journal_delete 9, journal_insert 4, journal_truncate 32, journal_update 17";
        assert_eq!(found.as_deref(), Some(all), "{table}: its migration lacks CALL ngnpro_journal({table}, …)");
    }
}

#[tokio::test]
async fn a_removal_is_written_before_those_that_it_cascades_to() {
    let db = ScratchDb::new().await;
    let late = db
        .texts(
            "SELECT j.tgrelid::regclass::text FROM pg_trigger AS j JOIN pg_trigger AS r ON r.tgrelid = j.tgrelid
             WHERE j.tgname = 'AA_journal_delete' AND r.tgname LIKE 'RI%' AND r.tgname COLLATE \"C\" < j.tgname COLLATE \"C\"",
        )
        .await;
    assert!(late.is_empty(), "{late:?}");
}

#[tokio::test]
async fn no_column_that_holds_a_secret_is_written_down() {
    let db = two_tenants().await;
    db.execute("UPDATE sip_accounts SET password = 'a'; DELETE FROM voicemail_accounts; DELETE FROM trusted_peers")
        .await;
    let leaks = db
        .texts(&format!(
            "SELECT DISTINCT table_name || '.' || name FROM journal, jsonb_object_keys(coalesce(before, after)) AS name
             WHERE name ~ '{SECRET}' OR (table_name, name) IN (
                 SELECT attrelid::regclass::text, attname FROM pg_attribute WHERE atttypid = 'bytea'::regtype
                 UNION SELECT 'prepaid_cards', 'number')"
        ))
        .await;
    assert!(leaks.is_empty(), "{leaks:?}: name them in the secrets of ngnpro_journal");
    // The same question of the catalogue: each such column is one that its table's function conceals.
    let open = db
        .texts(&format!(
            "SELECT relname || '.' || attname FROM ({}) AS t JOIN pg_attribute ON attrelid = relname::regclass
             WHERE attnum > 0 AND (attname ~ '{SECRET}' OR atttypid = 'bytea'::regtype)
               AND (SELECT prosrc FROM pg_proc WHERE proname = 'ngnpro_journal_' || relname)
                   NOT LIKE '%' || quote_literal(attname) || '%'",
            journalled()
        ))
        .await;
    assert!(open.is_empty(), "{open:?}");
    let known =
        db.texts("SELECT DISTINCT table_name || '.' || unnest(concealed) AS name FROM journal ORDER BY name").await;
    let expected = [
        "api_tokens.digest",
        "prepaid_cards.number",
        "sip_accounts.ha1",
        "sip_accounts.ha1b",
        "sip_accounts.password",
        "voicemail_announcements.message",
        "webhooks.secret",
    ];
    assert_eq!(known, expected);
}

#[tokio::test]
async fn a_pair_whose_name_says_secret_keeps_its_value_out() {
    let db = two_tenants().await;
    let written = "SELECT coalesce(after->>'value', 'concealed ' || array_to_string(concealed, ',')) FROM journal
                   WHERE table_name = 'customer_properties' AND after->>'name' = ";
    db.execute(
        "INSERT INTO customer_properties (customer, name, value) VALUES (1042, 'web_password', 's3cret'), (1042, 'colour', 'red')",
    )
    .await;
    assert_eq!(db.texts(&format!("{written}'web_password'")).await, ["concealed value"]);
    assert_eq!(db.texts(&format!("{written}'colour'")).await, ["red"]);
}

#[tokio::test]
async fn every_entry_is_its_owners_and_nobody_elses() {
    let db = two_tenants().await;
    let mut conn = db.server().await;
    let tables = texts(&mut db.owner().await, &journalled()).await;
    for table in tables.iter().filter(|table| table.as_str() != BY_HAND) {
        for scope in ["reseller:1000", "reseller:2000", "customer:1042:1000", ""] {
            conn.execute(AssertSqlSafe(format!("SELECT set_config('ngnpro.scope', '{scope}', false)"))).await.unwrap();
            let rows = texts(&mut conn, &format!("SELECT count(*)::text FROM {table}")).await;
            let entries = texts(
                &mut conn,
                &format!("SELECT count(*)::text FROM journal WHERE table_name = '{table}' AND op = 'INSERT'"),
            )
            .await;
            assert_eq!(rows, entries, "{table} of {scope:?}: as many additions are seen as there are rows");
        }
    }
    // Whatever goes along with an account belongs to whom the account belonged to, under the account's name.
    db.execute("DELETE FROM prepaid_cards; DELETE FROM sip_accounts; DELETE FROM dns_zones; DELETE FROM gateways")
        .await;
    let lost = db
        .texts(
            "SELECT DISTINCT table_name FROM journal
             WHERE op = 'DELETE' AND (reseller IS NULL OR key = '' OR (customer IS NULL) <> (table_name IN
                 ('prepaid_cards', 'gateways', 'gateway_rules')))",
        )
        .await;
    assert!(lost.is_empty(), "{lost:?}");
    let of_account =
        "SELECT DISTINCT key FROM journal WHERE op = 'DELETE' AND table_name = 'voicemail_announcements' ORDER BY 1";
    let keys =
        ["alice@own1.example.com", "alice@own2.example.com", "alice@tenant1.example.com", "alice@tenant2.example.com"];
    assert_eq!(db.texts(of_account).await, keys);
}

fn actor() -> Actor {
    Actor {
        who: "O'Brien \"x\\\u{1}€".to_owned(),
        role: "reseller",
        acting_as: CustomerId::new(1042),
        peer: Some("::ffff:192.0.2.9".parse().unwrap()),
        wire: "json",
        request: "1-2".to_owned(),
        operation: "Sip.updateDomain".to_owned(),
        change_set: "release 7".to_owned(),
    }
}

async fn set_domain(store: &Store, scope: &Scope, customer: i64) {
    let mut tx = store.begin(scope).await.unwrap();
    let name = domain::DomainName::parse("tenant1.example.com").unwrap();
    let owner = Ownership { customer: CustomerId::new(customer), reseller: ResellerId::new(1000) };
    store::sip_domains::update(&mut tx, &name, owner, &TlsProfile::default()).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn an_entry_says_who_changed_what_from_where_and_for_whom() {
    let db = two_tenants().await;
    let store = db.store().await.acting(actor());
    db.execute("DELETE FROM journal").await;
    set_domain(&store, &Scope::reseller(ResellerId::new(1000)), 1042).await;
    let said = db
        .texts(
            "SELECT concat_ws('|', who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op,
                 customer, reseller, before->>'domain', after->>'domain', concealed::text) FROM journal",
        )
        .await;
    assert_eq!(
        said,
        ["O'Brien \"x\\\u{1}€|reseller|1042|192.0.2.9|json|1-2|Sip.updateDomain|release 7|sip_domains|\
          tenant1.example.com|UPDATE|1042|1000|tenant1.example.com|tenant1.example.com|{}"]
    );
}

#[tokio::test]
async fn what_changes_hands_is_told_to_each_owner_without_the_others_side() {
    let db = two_tenants().await;
    db.execute("INSERT INTO customers (id, reseller, username) VALUES (1043, 1000, 'other'); DELETE FROM journal")
        .await;
    set_domain(&db.store().await, &Scope::administrator(), 1043).await;
    let said = db
        .texts("SELECT concat_ws('|', customer, op, before->>'customer', after->>'customer') FROM journal ORDER BY seq")
        .await;
    assert_eq!(said, ["1042|UPDATE|1042", "1043|UPDATE|1043"]);
}

#[tokio::test]
async fn plain_sql_is_written_down_too_and_what_is_rolled_back_is_not() {
    let db = ScratchDb::new().await;
    let mut conn = db.owner().await;
    let mut tx = conn.begin().await.unwrap();
    tx.execute("INSERT INTO sip_domains (domain) VALUES ('never')").await.unwrap();
    tx.rollback().await.unwrap();
    conn.execute("INSERT INTO sip_domains (domain) VALUES ('one'), ('two')").await.unwrap();
    conn.execute("TRUNCATE emergency_mapping").await.unwrap();
    let said = db.texts("SELECT concat_ws('|', who, role, wire, op, table_name, key) FROM journal ORDER BY seq").await;
    let who = "ngnpro_owner|database|sql";
    let expected = ["INSERT|sip_domains|one", "INSERT|sip_domains|two", "TRUNCATE|emergency_mapping|"];
    assert_eq!(said, expected.map(|what| format!("{who}|{what}")));
    assert_eq!(db.texts("SELECT count(DISTINCT change_set)::text FROM journal").await, ["2"]);
}

#[tokio::test]
async fn old_entries_are_forgotten_by_age_and_by_number_and_no_others() {
    // A cluster of its own: what a transaction of another database may still hold back is not forgotten.
    let db = StoppableDb::new().await;
    let mut owner = db.owner().await;
    for n in 0..10 {
        db.execute(&format!("INSERT INTO sip_domains (domain) VALUES ('d{n}')")).await;
    }
    let keys = "SELECT key FROM journal ORDER BY seq";
    let mut server = PgConnection::connect(db.server_url().expose()).await.unwrap();
    let mut prune = async |keep: &str, rows: i64, most: i32| {
        let sql = format!("SELECT ngnpro_prune_journal('{keep}', {rows}, {most})::text");
        texts(&mut server, &sql).await.remove(0)
    };
    assert_eq!(prune("1 day", 100, 1000).await, "0");
    assert_eq!(prune("1 day", 8, 1000).await, "2");
    assert_eq!(texts(&mut owner, keys).await[0], "d2");
    assert_eq!(prune("0 s", 100, 3).await, "3");
    assert_eq!(texts(&mut owner, keys).await, ["d5", "d6", "d7", "d8", "d9"]);
    let horizon = "SELECT (pruned_seq = (SELECT min(seq) - 1 FROM journal))::text FROM journal_horizon";
    assert_eq!(texts(&mut owner, horizon).await, ["true"]);
}
