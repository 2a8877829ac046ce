//! The line below every scope: what the server's role sees, changes and adds when a query names no tenant at all. The
//! tables come from the catalogue, so a new one is tested, or fails, without a change here.

#![expect(clippy::unwrap_used, reason = "the helpers of a test fail as the test does")]

use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row};
use test_support::ScratchDb;

/// Tables of the platform itself: they hold no tenant's data, only that some key changed.
const OF_THE_PLATFORM: [&str; 4] = ["_sqlx_migrations", "change_log", "change_log_horizon", "journal_horizon"];
/// Tables that hold what is nobody's beside what is a tenant's.
const PARTLY_OF_THE_OPERATOR: [&str; 1] = ["journal"];
/// Tables of which a tenant sees nothing: the operator fills them.
const OF_THE_OPERATOR: [&str; 7] =
    ["emergency_mapping", "nodes", "sip_bans", "sip_trace_messages", "media_relays", "media_sessions", "media_streams"];
/// Tables of which a customer sees nothing, though its reseller does.
const OF_RESELLERS: [&str; 5] = ["prepaid_cards", "carriers", "gateways", "gateway_rules", "routes"];

async fn two_tenants() -> ScratchDb {
    let db = ScratchDb::new().await;
    for tenant in ["1", "2"] {
        db.execute(&include_str!("fixtures/tenant.sql").replace("$N", tenant)).await;
    }
    db
}

async fn strings(conn: &mut PgConnection, sql: &str) -> Vec<String> {
    conn.fetch_all(AssertSqlSafe(sql)).await.unwrap().iter().map(|row| row.get(0)).collect()
}

/// The tables that the server's role has this right on.
async fn tables(conn: &mut PgConnection, right: &str) -> Vec<String> {
    let sql = format!(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' \
         AND has_table_privilege('ngnpro_server', oid, '{right}') ORDER BY relname"
    );
    let all = strings(conn, &sql).await;
    all.into_iter().filter(|table| !OF_THE_PLATFORM.contains(&table.as_str())).collect()
}

async fn set_scope(conn: &mut PgConnection, scope: &str) {
    conn.execute(AssertSqlSafe(format!("SELECT set_config('ngnpro.scope', '{scope}', false)"))).await.unwrap();
}

/// The rows of a table that a scope sees, by their place in it.
async fn seen(conn: &mut PgConnection, table: &str, scope: &str) -> BTreeSet<String> {
    set_scope(conn, scope).await;
    strings(conn, &format!("SELECT ctid::text FROM {table}")).await.into_iter().collect()
}

#[tokio::test]
async fn every_table_has_row_level_security_and_a_policy_for_whom_it_is_granted_to() {
    let db = ScratchDb::new().await;
    let bare = strings(
        &mut db.owner().await,
        "SELECT relname FROM pg_class AS c
         WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND (NOT relrowsecurity OR EXISTS (
             SELECT FROM unnest(ARRAY['ngnpro_server', 'sip_proxy']) AS role
             WHERE has_any_column_privilege(role, c.oid, 'SELECT, INSERT, UPDATE')
               AND NOT EXISTS (SELECT FROM pg_policy AS p WHERE p.polrelid = c.oid AND p.polroles = ARRAY[role::regrole::oid])))
         ORDER BY relname",
    )
    .await;
    assert_eq!(bare, OF_THE_PLATFORM);
}

#[tokio::test]
async fn every_view_shows_what_its_reader_may_see_and_not_what_its_owner_may() {
    let db = ScratchDb::new().await;
    let owners = strings(
        &mut db.owner().await,
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')
           AND NOT coalesce('security_invoker=true' = ANY (reloptions), false)",
    )
    .await;
    assert!(owners.is_empty(), "{owners:?}");
}

#[tokio::test]
async fn every_function_that_runs_as_the_owner_has_its_search_path_pinned_and_is_not_for_everybody() {
    let db = ScratchDb::new().await;
    let loose = strings(
        &mut db.owner().await,
        "SELECT p.oid::regprocedure::text FROM pg_proc AS p WHERE pronamespace = 'public'::regnamespace AND prosecdef
           AND (proconfig IS NULL OR NOT 'search_path=pg_catalog, public, pg_temp' = ANY (proconfig)
                OR EXISTS (SELECT FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) WHERE grantee = 0))",
    )
    .await;
    assert!(loose.is_empty(), "{loose:?}");
}

#[tokio::test]
async fn a_query_without_a_condition_shows_a_tenant_its_own_rows_only() {
    let db = two_tenants().await;
    let mut conn = db.server().await;
    for table in tables(&mut conn, "SELECT").await {
        let all = seen(&mut conn, &table, "admin").await;
        assert!(!all.is_empty(), "{table}: fixtures/tenant.sql has no row for it");
        assert!(seen(&mut conn, &table, "").await.is_empty(), "{table}: seen without a scope");
        let (one, two) =
            (seen(&mut conn, &table, "reseller:1000").await, seen(&mut conn, &table, "reseller:2000").await);
        assert!(one.is_disjoint(&two), "{table}: two resellers see one row");
        if OF_THE_OPERATOR.contains(&table.as_str()) {
            assert!(one.is_empty() && two.is_empty(), "{table}");
            continue;
        }
        assert!(!one.is_empty() && !two.is_empty(), "{table}: a reseller does not see its own rows");
        if !PARTLY_OF_THE_OPERATOR.contains(&table.as_str()) {
            assert_eq!(&one | &two, all, "{table}: rows of nobody");
        }
        let customer = seen(&mut conn, &table, "customer:1042:1000").await;
        if OF_RESELLERS.contains(&table.as_str()) {
            assert!(customer.is_empty(), "{table}: a customer sees its reseller's rows");
        } else {
            assert!(!customer.is_empty(), "{table}: a customer does not see its own rows");
            assert!(
                customer.is_subset(&one) && customer.len() < one.len(),
                "{table}: a customer sees what is its reseller's"
            );
        }
    }
}

#[tokio::test]
async fn a_change_without_a_condition_reaches_a_tenants_own_rows_only() {
    let db = two_tenants().await;
    let mut conn = db.server().await;
    for table in tables(&mut conn, "UPDATE").await {
        let column = strings(
            &mut conn,
            &format!(
                "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attnum > 0 \
                 AND attidentity = '' AND NOT attisdropped ORDER BY attnum LIMIT 1"
            ),
        )
        .await
        .remove(0);
        for scope in ["", "reseller:1000", "customer:1042:1000"] {
            let own = seen(&mut conn, &table, scope).await.len() as u64;
            // Rolled back: a changed row is another row.
            let mut tx = conn.begin().await.unwrap();
            let update = tx.execute(AssertSqlSafe(format!("UPDATE {table} SET {column} = {column}"))).await.unwrap();
            assert_eq!(update.rows_affected(), own, "UPDATE {table} as {scope:?}");
            tx.rollback().await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_deletion_without_a_condition_reaches_a_tenants_own_rows_only() {
    let db = two_tenants().await;
    let mut conn = db.server().await;
    for table in tables(&mut conn, "DELETE").await {
        let others = seen(&mut conn, &table, "reseller:2000").await;
        set_scope(&mut conn, "reseller:1000").await;
        // Rows that others hang on are kept by their keys: that is no answer about the scope, and fails here too.
        let _kept_by_a_key = conn.execute(AssertSqlSafe(format!("DELETE FROM {table}"))).await;
        assert_eq!(seen(&mut conn, &table, "reseller:2000").await, others, "DELETE FROM {table}");
    }
}

#[tokio::test]
async fn nothing_can_be_added_to_or_given_to_another_tenant() {
    let db = two_tenants().await;
    let mut conn = db.server().await;
    let (domain, account): (i64, i64) = sqlx::query_as(
        "SELECT a.domain_id, a.id FROM sip_accounts AS a JOIN sip_domains AS d ON d.id = a.domain_id
         WHERE d.domain = 'tenant2.example.com'",
    )
    .fetch_one(&mut db.owner().await)
    .await
    .unwrap();
    let statements = [
        "INSERT INTO sip_domains (domain, customer, reseller) VALUES ('x.example.com', 2042, 2000)".to_owned(),
        "INSERT INTO sip_domains (domain) VALUES ('x.example.com')".to_owned(),
        "UPDATE sip_domains SET customer = 2042, reseller = 2000".to_owned(),
        "UPDATE sip_domains SET customer = NULL, reseller = NULL".to_owned(),
        "INSERT INTO customers (reseller, username) VALUES (2000, 'x')".to_owned(),
        "UPDATE customers SET reseller = 2000 WHERE id = 1042".to_owned(),
        "INSERT INTO customer_properties (customer, name, value) VALUES (2000, 'sip_credit', '1')".to_owned(),
        format!(
            "INSERT INTO sip_accounts (domain_id, username, ha1, ha1b) VALUES ({domain}, 'x', repeat('a', 32), repeat('b', 32))"
        ),
        format!("INSERT INTO sip_aliases (domain_id, username, target_id) VALUES ({domain}, 'x', {account})"),
        format!("UPDATE sip_aliases SET domain_id = {domain}, username = 'x'"),
        format!("INSERT INTO sip_account_groups (account_id, name) VALUES ({account}, 'x')"),
    ];
    for scope in ["", "reseller:1000", "customer:1042:1000"] {
        set_scope(&mut conn, scope).await;
        for statement in &statements {
            let mut tx = conn.begin().await.unwrap();
            match tx.execute(AssertSqlSafe(statement.as_str())).await {
                Ok(done) => assert_eq!(done.rows_affected(), 0, "{scope:?}: {statement}"),
                Err(error) => {
                    let code = error.as_database_error().and_then(|error| error.code()).unwrap_or_default();
                    // 42501: the policy; 23503: a customer and a reseller that do not belong together.
                    assert!(matches!(code.as_ref(), "42501" | "23503"), "{scope:?}: {statement}: {error}");
                }
            }
            tx.rollback().await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_scope_ends_with_its_transaction() {
    let db = two_tenants().await;
    let store = db.store().await;
    let tx = store.begin(&domain::Scope::administrator()).await.unwrap();
    tx.commit().await.unwrap();
    // The same connection, as the pool has no other yet.
    let mut conn = db.server().await;
    conn.execute("BEGIN; SELECT set_config('ngnpro.scope', 'admin', true); COMMIT").await.unwrap();
    assert!(strings(&mut conn, "SELECT ctid::text FROM customers").await.is_empty());
}
