//! Rules that the schema holds by itself, against plain SQL too: each refused statement beside the constraint that
//! refuses it, and what goes with what when it is deleted.

#![expect(clippy::unwrap_used, reason = "the helpers of a test fail as the test does")]

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use test_support::ScratchDb;

async fn two_tenants() -> ScratchDb {
    let db = ScratchDb::new().await;
    for tenant in ["1", "2"] {
        db.execute(&include_str!("fixtures/tenant.sql").replace("$N", tenant)).await;
    }
    db
}

/// The constraint that refuses a statement, also one that is only looked at when the transaction ends.
async fn refused_by(conn: &mut PgConnection, sql: &str) -> Option<String> {
    let mut tx = conn.begin().await.unwrap();
    let error = match tx.execute(AssertSqlSafe(sql)).await {
        Ok(_) => tx.execute("SET CONSTRAINTS ALL IMMEDIATE").await.err(),
        Err(error) => Some(error),
    };
    tx.rollback().await.unwrap();
    let error = error?;
    Some(
        error.as_database_error().and_then(|error| error.constraint()).map_or_else(|| error.to_string(), str::to_owned),
    )
}

async fn count(conn: &mut PgConnection, sql: &str) -> i64 {
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(conn).await.unwrap()
}

/// Statements and the constraints that refuse them, on the rows of `fixtures/tenant.sql`.
const REFUSED: &[(&str, &str)] = &[
    // Customers: a reseller is a row whose id is its reseller; a login acts as a customer of its own reseller.
    ("INSERT INTO customers (id, reseller, username) VALUES (1099, 1042, 'x')", "customers_reseller_is_a_reseller"),
    ("INSERT INTO customers (id, reseller, username) VALUES (1099, 77, 'x')", "customers_reseller_is_a_reseller"),
    ("UPDATE customers SET reseller = 2000 WHERE id = 1000", "customers_reseller_is_a_reseller"),
    ("UPDATE customers SET impersonate = 2042 WHERE id = 1042", "customers_impersonate_of_the_same_reseller"),
    ("INSERT INTO customers (id, reseller, username) VALUES (1099, 1000, 'CUSTOMER2')", "customers_username_key"),
    ("UPDATE customers SET password_hash = 'secret'", "customers_password_hash_check"),
    ("INSERT INTO customer_properties VALUES (1000, 'x', '', '', 'root')", "customer_properties_permission_check"),
    // Domains.
    ("INSERT INTO sip_domains (domain) VALUES ('Example.com')", "sip_domains_domain_check"),
    ("INSERT INTO sip_domains (domain) VALUES ('tenant1.example.com')", "sip_domains_domain_key"),
    (
        "UPDATE sip_domains SET customer = 2042 WHERE domain = 'tenant1.example.com'",
        "sip_domains_customer_of_the_reseller",
    ),
    (
        "UPDATE sip_domains SET reseller = NULL WHERE domain = 'tenant1.example.com'",
        "sip_domains_customer_has_a_reseller",
    ),
    ("INSERT INTO sip_domains (domain, reseller) VALUES ('x', 1042)", "sip_domains_reseller_is_a_reseller"),
    ("DELETE FROM sip_domains WHERE domain = 'tenant1.example.com'", "sip_addresses_domain_id_fkey"),
    ("DELETE FROM customers WHERE id = 1042", "sip_domains_customer_of_the_reseller"),
    // Accounts and aliases: an address is one or the other.
    ("UPDATE sip_accounts SET username = 'Alice'", "sip_accounts_username_check"),
    ("UPDATE sip_accounts SET ha1 = 'secret'", "sip_accounts_ha1_check"),
    ("UPDATE sip_accounts SET ha1_sha256 = repeat('a', 32)", "sip_accounts_ha1_sha256_check"),
    ("UPDATE sip_accounts SET timeout = 901", "sip_accounts_timeout_check"),
    ("UPDATE sip_accounts SET timeout = 0", "sip_accounts_timeout_check"),
    ("UPDATE sip_accounts SET quota = -1", "sip_accounts_quota_check"),
    ("UPDATE sip_accounts SET call_limit = -1", "sip_accounts_call_limit_check"),
    ("UPDATE sip_accounts SET owner = 77", "sip_accounts_owner_fkey"),
    ("UPDATE sip_accounts SET username = 'office'", "sip_addresses_pkey"),
    ("UPDATE sip_aliases SET username = 'alice'", "sip_addresses_pkey"),
    (
        "INSERT INTO sip_aliases (domain_id, username, target_id) SELECT domain_id, 'alice', id FROM sip_accounts",
        "sip_addresses_pkey",
    ),
    (
        "INSERT INTO sip_aliases (domain_id, username, target_id) SELECT domain_id, 'office', id FROM sip_accounts",
        "sip_aliases_domain_id_username_key",
    ),
    (
        "INSERT INTO sip_accounts (domain_id, username, ha1, ha1b) SELECT domain_id, 'alice', ha1, ha1b FROM sip_accounts",
        "sip_accounts_domain_id_username_key",
    ),
    ("UPDATE sip_aliases SET target_id = 0", "sip_aliases_target_id_fkey"),
    ("INSERT INTO sip_account_groups SELECT id, 'prepaid' FROM sip_accounts", "sip_account_groups_name_check"),
    ("INSERT INTO sip_account_groups SELECT id, 'free-pstn' FROM sip_accounts", "sip_account_groups_pkey"),
    ("UPDATE locations SET transport = 'sctp'", "locations_transport_check"),
    ("UPDATE locations SET q_per_mille = 1001", "locations_q_per_mille_check"),
    // Settings of an account.
    ("UPDATE sip_call_diversions SET condition = 'FXXX'", "sip_call_diversions_condition_check"),
    ("UPDATE sip_call_diversions SET target = 'bob'", "sip_call_diversions_target_check"),
    ("UPDATE sip_accept_rules SET days = 128", "sip_accept_rules_days_check"),
    ("UPDATE sip_temporary_accept_rules SET groups = '{}'", "sip_temporary_accept_rules_groups_check"),
    ("UPDATE sip_barring_prefixes SET prefix = '+031'", "sip_barring_prefixes_prefix_check"),
    ("UPDATE voicemail_accounts SET mailbox = 'x'", "voicemail_accounts_mailbox_check"),
    ("UPDATE voicemail_accounts SET mailbox = '7'", "voicemail_accounts_mailbox_key"),
    // Money.
    ("UPDATE prepaid_history SET action = 'Debit balance'", "prepaid_history_a_debit_takes"),
    ("UPDATE prepaid_cards SET used_by = (SELECT min(id) FROM sip_accounts)", "prepaid_cards_a_used_one_is_blocked"),
    ("UPDATE prepaid_cards SET value = 0", "prepaid_cards_value_check"),
    // DNS.
    ("INSERT INTO dns_zones (name) VALUES ('example.com.')", "dns_zones_name_check"),
    ("INSERT INTO dns_records (zone_id, type, value) SELECT id, 'A', '192.0.2.1' FROM dns_zones", "dns_records_key"),
    ("UPDATE dns_records SET type = 'SOA'", "dns_records_type_check"),
    ("UPDATE dns_records SET ttl = 2147483648", "dns_records_ttl_check"),
    ("UPDATE dns_records SET priority = 65536", "dns_records_priority_check"),
    ("UPDATE dns_fancy_records SET type = 'A'", "dns_fancy_records_type_check"),
    // ENUM: a number lies in its range and has at most five mappings, each to what its service allows.
    ("UPDATE enum_numbers SET number = '4' || number", "enum_numbers_in_their_range"),
    (
        "INSERT INTO enum_numbers (range_id, range_prefix, tld, number) SELECT id, '3', tld, '3' || id FROM enum_ranges",
        "enum_numbers_range_fkey",
    ),
    ("DELETE FROM enum_ranges", "enum_numbers_range_fkey"),
    ("UPDATE enum_ranges SET min_digits = 12", "enum_ranges_digits"),
    ("UPDATE enum_mappings SET position = 6", "enum_mappings_at_most_five"),
    (
        "INSERT INTO enum_mappings (number_id, position, type, mapto) SELECT id, 1, 'sip', 'sip:x' FROM enum_numbers",
        "enum_mappings_number_id_position_key",
    ),
    ("UPDATE enum_mappings SET mapto = 'tel:+31'", "enum_mappings_target_of_the_service"),
    ("UPDATE enum_mappings SET type = 'fax'", "enum_mappings_target_of_the_service"),
    // Ways to the telephone network.
    ("INSERT INTO carriers (name, reseller) VALUES ('carrier', 1000)", "carriers_name_key"),
    ("DELETE FROM carriers", "gateways_carrier_id_fkey"),
    ("UPDATE gateways SET transport = 'UDP'", "gateways_transport_check"),
    ("UPDATE gateways SET port = 0", "gateways_port_check"),
    ("UPDATE gateway_rules SET min_length = 5, max_length = 4", "gateway_rules_lengths"),
    ("INSERT INTO routes (carrier_id, priority) SELECT id, 7 FROM carriers", "routes_key"),
    ("UPDATE trusted_peers SET ip = 'peer.example.com'", "trusted_peers_ip_is_an_address"),
    ("UPDATE trusted_peers SET ip = '192.000.002.001'", "trusted_peers_ip_is_an_address"),
    ("UPDATE emergency_mapping SET target = '112'", "emergency_mapping_target_check"),
    ("INSERT INTO rating_entity_profiles (entity) VALUES ('alice')", "rating_entity_profiles_entity_check"),
    ("UPDATE calls SET stop_time = start_time - interval '1 second'", "calls_do_not_end_before_they_start"),
];

#[tokio::test]
async fn each_rule_is_refused_by_its_constraint() {
    let db = two_tenants().await;
    let mut conn = db.owner().await;
    let mut wrong = Vec::new();
    for (sql, constraint) in REFUSED {
        let found = refused_by(&mut conn, sql).await;
        if found.as_deref() != Some(*constraint) {
            wrong.push(format!("{sql}\n  refused by {found:?}, not by {constraint}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn deleting_an_account_takes_along_all_that_hangs_on_it_and_frees_its_address() {
    let db = two_tenants().await;
    let mut conn = db.owner().await;
    conn.execute("DELETE FROM sip_accounts").await.unwrap();
    for table in [
        "sip_aliases",
        "sip_addresses",
        "sip_account_groups",
        "sip_account_acl",
        "sip_account_properties",
        "locations",
        "sip_call_diversions",
        "sip_accept_rules",
        "sip_temporary_accept_rules",
        "sip_reject_members",
        "sip_barring_prefixes",
        "sip_phonebook_entries",
        "voicemail_accounts",
        "voicemail_announcements",
        "prepaid_balances",
        "prepaid_history",
        "rating_entity_profiles",
    ] {
        assert_eq!(count(&mut conn, &format!("SELECT count(*) FROM {table}")).await, 0, "{table}");
    }
    // What was called stays, and is then the administrator's to see.
    assert_eq!(count(&mut conn, "SELECT count(*) FROM calls WHERE caller_id IS NULL").await, 4);
    assert_eq!(count(&mut conn, "SELECT count(*) FROM sip_domains").await, 4);
}

#[tokio::test]
async fn a_customer_that_is_only_an_owner_goes_and_leaves_the_records_to_nobody() {
    let db = two_tenants().await;
    let mut conn = db.owner().await;
    conn.execute("INSERT INTO customers (id, reseller) VALUES (1077, 1000); UPDATE sip_accounts SET owner = 1077")
        .await
        .unwrap();
    conn.execute("DELETE FROM customers WHERE id = 1077").await.unwrap();
    assert_eq!(count(&mut conn, "SELECT count(*) FROM sip_accounts WHERE owner IS NULL").await, 4);
}

#[tokio::test]
async fn a_customer_that_moves_to_another_reseller_takes_its_domains_along() {
    let db = two_tenants().await;
    let mut conn = db.owner().await;
    conn.execute("UPDATE customers SET reseller = 2000 WHERE id = 1042").await.unwrap();
    let moved = "SELECT count(*) FROM sip_domains WHERE domain = 'tenant1.example.com' AND reseller = 2000";
    assert_eq!(count(&mut conn, moved).await, 1);
}

#[tokio::test]
async fn a_mapping_list_is_put_into_another_order_row_by_row() {
    let db = two_tenants().await;
    let mut conn = db.owner().await;
    let added = "INSERT INTO enum_mappings (number_id, position, type, mapto)
                 SELECT id, 2, 'mailto', 'mailto:a@example.com' FROM enum_numbers";
    conn.execute(added).await.unwrap();
    let mut tx = conn.begin().await.unwrap();
    for (from, to) in [(1, 3), (2, 1), (3, 2)] {
        tx.execute(AssertSqlSafe(format!("UPDATE enum_mappings SET position = {to} WHERE position = {from}")))
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(count(&mut conn, "SELECT count(*) FROM enum_mappings WHERE position = 1 AND type = 'mailto'").await, 4);
}

#[tokio::test]
async fn generated_mailboxes_begin_at_a_million_and_pass_over_those_chosen_by_hand() {
    let db = ScratchDb::new().await;
    db.execute(
        "INSERT INTO sip_domains (domain) VALUES ('example.com');
         INSERT INTO sip_accounts (domain_id, username, ha1, ha1b)
             SELECT id, n, repeat('a', 32), repeat('a', 32) FROM sip_domains, unnest('{a,b,c}'::text[]) AS n;
         INSERT INTO voicemail_accounts (account_id, mailbox) SELECT id, '1000000' FROM sip_accounts WHERE username = 'a';
         INSERT INTO voicemail_accounts (account_id) SELECT id FROM sip_accounts WHERE username <> 'a'",
    )
    .await;
    let boxes: Vec<String> = sqlx::query_scalar("SELECT mailbox FROM voicemail_accounts ORDER BY mailbox")
        .fetch_all(&mut db.owner().await)
        .await
        .unwrap();
    assert_eq!(boxes, ["1000000", "1000001", "1000002"]);
}

#[tokio::test]
async fn the_owner_of_a_price_list_is_looked_up_and_not_believed() {
    let db = two_tenants().await;
    let mut conn = db.owner().await;
    conn.execute(
        "INSERT INTO rating_entity_profiles (entity, account_id)
         VALUES ('subscriber://nobody@tenant1.example.com', (SELECT min(id) FROM sip_accounts))",
    )
    .await
    .unwrap();
    let unclaimed = "SELECT count(*) FROM rating_entity_profiles WHERE account_id IS NULL AND domain_id IS NULL";
    assert_eq!(count(&mut conn, unclaimed).await, 1);
    conn.execute("INSERT INTO rating_entity_profiles (entity) VALUES ('domain://tenant1.example.com')").await.unwrap();
    assert_eq!(count(&mut conn, "SELECT count(*) FROM rating_entity_profiles WHERE domain_id IS NOT NULL").await, 1);
}

#[tokio::test]
async fn a_change_date_is_the_servers_whatever_the_writer_says() {
    let db = two_tenants().await;
    let mut conn = db.owner().await;
    conn.execute("UPDATE sip_accounts SET change_date = '2001-01-01'").await.unwrap();
    assert_eq!(
        count(&mut conn, "SELECT count(*) FROM sip_accounts WHERE change_date < now() - interval '1 day'").await,
        0
    );
}

#[tokio::test]
async fn a_right_needs_both_the_customers_property_and_its_resellers() {
    let db = two_tenants().await;
    let mut conn = db.owner().await;
    let mut has = async |customer: i64| -> bool {
        sqlx::query_scalar("SELECT ngnpro_has_right('prepaid_changes', $1, 1000)")
            .bind(customer)
            .fetch_one(&mut conn)
            .await
            .unwrap()
    };
    assert!(!has(1042).await);
    db.execute("INSERT INTO customer_properties (customer, name, value) VALUES (1042, 'prepaid_changes', '1')").await;
    assert!(!has(1042).await && !has(1000).await);
    db.execute("INSERT INTO customer_properties (customer, name, value) VALUES (1000, 'prepaid_access', '1')").await;
    assert!(has(1042).await && has(1000).await);
    // 0 = nobody, as the wire has it: the reseller's own right decides.
    assert!(has(0).await);
}
