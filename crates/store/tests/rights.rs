//! What each role may do, as a printed table: a right that comes or goes is a line in a diff. `BLESS=1` rewrites it.

use sqlx::{Executor, Row};
use test_support::ScratchDb;

const RIGHTS: &str = "
    WITH role (name) AS (VALUES ('ngnpro_server'), ('sip_proxy')),
    privilege (name, n) AS (VALUES ('SELECT', 1), ('INSERT', 2), ('UPDATE', 3), ('DELETE', 4), ('TRUNCATE', 5),
                                   ('REFERENCES', 6), ('TRIGGER', 7)),
    relation AS (SELECT oid, relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v')),
    whole AS (
        SELECT role.name AS role, relname, string_agg(privilege.name, ' ' ORDER BY n) AS rights
        FROM role, privilege, relation WHERE has_table_privilege(role.name, oid, privilege.name) GROUP BY 1, 2
    ), part AS (
        SELECT role.name AS role, relname,
               privilege.name || ' (' || string_agg(attname, ', ' ORDER BY attnum) || ')' AS rights
        FROM role, privilege, relation JOIN pg_attribute ON attrelid = relation.oid AND attnum > 0 AND NOT attisdropped
        WHERE n IN (1, 2, 3, 6) AND has_column_privilege(role.name, relation.oid, attnum, privilege.name)
          AND NOT has_table_privilege(role.name, relation.oid, privilege.name)
        GROUP BY 1, 2, privilege.name
    ), sequence AS (
        SELECT role.name AS role, relname, 'sequence USAGE' AS rights
        FROM role, pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'
          AND has_sequence_privilege(role.name, oid, 'USAGE, SELECT, UPDATE')
    ), function AS (
        SELECT role.name AS role, oid::regprocedure::text, 'EXECUTE' FROM role, pg_proc
        WHERE pronamespace = 'public'::regnamespace AND has_function_privilege(role.name, oid, 'EXECUTE')
    ), mighty AS (
        SELECT rolname::text AS role, 'the cluster', 'superuser, createrole, createdb, replication or bypassrls' FROM pg_roles
        WHERE rolname IN (SELECT name FROM role)
          AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)
    ), schema AS (
        SELECT role.name AS role, 'the schema', 'CREATE' FROM role WHERE has_schema_privilege(role.name, 'public', 'CREATE')
    )
    SELECT role || ': ' || relname || ': ' || rights FROM (
        TABLE whole UNION ALL TABLE part UNION ALL TABLE sequence UNION ALL TABLE function UNION ALL TABLE mighty
        UNION ALL TABLE schema
    ) AS all_rights ORDER BY role COLLATE \"C\", relname COLLATE \"C\", rights COLLATE \"C\"";

#[tokio::test]
async fn each_role_has_the_rights_that_are_written_down_and_no_others() {
    let db = ScratchDb::new().await;
    let rows = db.owner().await.fetch_all(RIGHTS).await.unwrap();
    let found: String = rows.iter().map(|row| row.get::<String, _>(0) + "\n").collect();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/rights.txt");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, &found).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap();
    let difference: Vec<String> = kept
        .lines()
        .filter(|line| !found.lines().any(|other| other == *line))
        .map(|line| format!("- {line}"))
        .chain(found.lines().filter(|line| !kept.lines().any(|other| other == *line)).map(|line| format!("+ {line}")))
        .collect();
    assert!(difference.is_empty(), "{}", difference.join("\n"));
}

#[tokio::test]
async fn the_proxy_reads_no_password_in_clear_text_and_writes_nothing_that_is_provisioned() {
    let db = ScratchDb::new().await;
    let mut proxy = db.proxy().await;
    for statement in [
        "SELECT password FROM sip_accounts",
        "SELECT * FROM customers",
        "UPDATE sip_accounts SET timeout = 1",
        "DELETE FROM sip_aliases",
        "INSERT INTO change_log (table_name, key, op) VALUES ('sip_accounts', 'x', 'UPDATE')",
        "SELECT ngnpro_login('x')",
    ] {
        let refused = proxy.execute(statement).await.unwrap_err();
        assert_eq!(refused.as_database_error().unwrap().code().unwrap(), "42501", "{statement}: {refused}");
    }
}

#[tokio::test]
async fn a_statement_that_fails_on_a_row_does_not_print_the_row() {
    let db = ScratchDb::new().await;
    db.execute("INSERT INTO sip_domains (domain) VALUES ('example.com')").await;
    let secret = "INSERT INTO sip_accounts (domain_id, username, password, ha1, ha1b, timeout)
                  SELECT id, 'a', 's3cret', repeat('a', 32), repeat('a', 32), 0 FROM sip_domains";
    let error = store::StoreError::from(db.owner().await.execute(secret).await.unwrap_err());
    assert_eq!(error.constraint(), Some("sip_accounts_timeout_check"));
    assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
}
