//! What the two programs' roles cannot do, whatever statement they are brought to run: an injection, a program that
//! was taken over, an operator with the wrong password at hand.

#![expect(clippy::unwrap_used, reason = "the helpers of a test fail as the test does")]

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use test_support::ScratchDb;

/// 42501: no right. 42704: nothing of that name in reach.
async fn refused(conn: &mut PgConnection, role: &str, statements: &[&str]) {
    for statement in statements {
        let mut tx = conn.begin().await.unwrap();
        let done = tx.execute(AssertSqlSafe(*statement)).await;
        let code = match &done {
            Ok(_) => "nothing".to_owned(),
            Err(error) => error.as_database_error().and_then(|error| error.code()).unwrap_or_default().into_owned(),
        };
        assert_eq!(code, "42501", "{role}: {statement}: {done:?}");
        tx.rollback().await.unwrap();
    }
}

const OF_BOTH: [&str; 29] = [
    // Out of the role, or out of row-level security.
    "SET ROLE ngnpro_owner",
    "SET SESSION AUTHORIZATION ngnpro_owner",
    "SET row_security = off; SELECT * FROM sip_accounts",
    "ALTER TABLE sip_accounts DISABLE ROW LEVEL SECURITY",
    "ALTER ROLE ngnpro_server BYPASSRLS",
    "CREATE POLICY mine ON sip_accounts USING (true)",
    "DROP POLICY scope ON sip_accounts",
    "GRANT ngnpro_owner TO ngnpro_server",
    // A schema of its own, in which to put functions and tables of known names.
    "CREATE SCHEMA mine",
    "CREATE TABLE mine (id int)",
    "CREATE TEMP TABLE customers (id int)",
    "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql RETURN 1",
    "ALTER FUNCTION ngnpro_login(text) RESET search_path",
    // Whole tables, past policies and triggers.
    "TRUNCATE sip_accounts",
    "TRUNCATE locations",
    "ALTER TABLE sip_accounts DISABLE TRIGGER USER",
    "SET session_replication_role = replica",
    // The machine.
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "COPY (SELECT 1) TO '/tmp/x'",
    "SELECT pg_read_file('/etc/passwd')",
    // What the platform writes about itself.
    "INSERT INTO change_log (table_name, key, op) VALUES ('sip_accounts', '', 'TRUNCATE')",
    "UPDATE change_log_horizon SET pruned_xid = '0'",
    "INSERT INTO journal (who, role, change_set, table_name, key, op) VALUES ('x', 'x', 'x', 'x', 'x', 'DELETE')",
    "UPDATE journal SET who = 'somebody else'",
    "DELETE FROM journal",
    "TRUNCATE journal",
    "UPDATE journal_horizon SET pruned_seq = 0",
    "UPDATE _sqlx_migrations SET success = false",
    "INSERT INTO sip_addresses (domain_id, username) VALUES (1, 'x')",
];

#[tokio::test]
async fn neither_role_leaves_its_rights_or_reaches_the_machine() {
    let db = ScratchDb::new().await;
    refused(&mut db.server().await, "ngnpro_server", &OF_BOTH).await;
    refused(&mut db.proxy().await, "sip_proxy", &OF_BOTH).await;
}

#[tokio::test]
async fn the_server_does_not_write_what_the_proxy_knows() {
    let db = ScratchDb::new().await;
    let statements = [
        "UPDATE locations SET node = ''",
        "DELETE FROM locations",
        "DELETE FROM calls",
        "INSERT INTO calls (session_id) VALUES ('x')",
        "UPDATE prepaid_history SET value = 0",
        "DELETE FROM prepaid_history",
        "UPDATE emergency_mapping SET target = 'sip:x'",
        "SELECT setval('customers_id_seq', 1)",
        "SELECT nextval('voicemail_mailbox_seq')",
    ];
    refused(&mut db.server().await, "ngnpro_server", &statements).await;
}

#[tokio::test]
async fn the_proxy_reads_what_it_routes_by_and_nothing_that_names_a_person_or_opens_a_door() {
    let db = ScratchDb::new().await;
    let statements = [
        "SELECT * FROM customers",
        "SELECT * FROM customer_properties",
        "SELECT password FROM sip_accounts",
        "SELECT first_name FROM sip_accounts",
        "SELECT email FROM sip_accounts",
        "SELECT * FROM sip_account_properties",
        "SELECT name FROM sip_phonebook_entries",
        "SELECT password FROM voicemail_accounts",
        "SELECT * FROM voicemail_announcements",
        "SELECT * FROM prepaid_cards",
        "SELECT * FROM prepaid_history",
        "SELECT * FROM dns_zones",
        "SELECT * FROM rating_entity_profiles",
        "SELECT * FROM ngnpro_login('x')",
        "SELECT ngnpro_has_right('pstn_access', 1, 1)",
        "SELECT ngnpro_take_credit('sip_credit', 1, 1)",
        "SELECT ngnpro_prune_change_log('0')",
        "SELECT ngnpro_prune_journal('0', 0)",
        "SELECT * FROM journal",
        "UPDATE sip_accounts SET ha1 = ha1",
        "DELETE FROM sip_accounts",
        "INSERT INTO sip_account_groups (account_id, name) VALUES (1, 'free-pstn')",
        "UPDATE prepaid_balances SET balance = 1000",
        "UPDATE sip_domains SET customer = 1",
        "INSERT INTO trusted_peers (ip) VALUES ('192.0.2.1')",
    ];
    refused(&mut db.proxy().await, "sip_proxy", &statements).await;
}

#[tokio::test]
async fn a_scope_that_makes_no_sense_reaches_nothing() {
    let db = ScratchDb::new().await;
    db.execute(&include_str!("fixtures/tenant.sql").replace("$N", "1")).await;
    let mut conn = db.server().await;
    for scope in [
        "",
        "Admin",
        "admin ",
        "administrator",
        "reseller",
        "reseller:",
        "reseller:0",
        "reseller:-1000",
        "customer:1042",
        "customer:1042:",
        "customer:1042:2000",
        "reseller:1000:1042x",
        "1000",
        "reseller:%",
        "reseller:1042",
    ] {
        let mut tx = conn.begin().await.unwrap();
        sqlx::query("SELECT set_config('ngnpro.scope', $1, true)").bind(scope).execute(&mut *tx).await.unwrap();
        let seen = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM customers").fetch_one(&mut *tx).await;
        // Not a number: the statement fails, which reaches nothing either.
        assert!(
            matches!(seen, Ok(0) | Err(sqlx::Error::Database(_))) || scope == "reseller:1000:1042x",
            "{scope:?}: {seen:?}"
        );
        tx.rollback().await.unwrap();
    }
}
