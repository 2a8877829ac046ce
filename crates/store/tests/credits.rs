//! Credits: what is allowed is taken in the creating transaction and under a lock, so that nobody gets one too many.

use sqlx::{Connection, Executor, PgConnection};
use test_support::ScratchDb;

/// Reseller 1000 with customers 1001 and 1002, a domain each.
async fn platform(properties: &str) -> ScratchDb {
    let db = ScratchDb::new().await;
    db.execute(
        "INSERT INTO customers (id, reseller) VALUES (1000, 1000), (1001, 1000), (1002, 1000);
         INSERT INTO sip_domains (domain, customer, reseller)
             VALUES ('0.example.com', 1000, 1000), ('1.example.com', 1001, 1000), ('2.example.com', 1002, 1000),
                    ('admin.example.com', NULL, NULL)",
    )
    .await;
    if !properties.is_empty() {
        db.execute(&format!("INSERT INTO customer_properties (customer, name, value) VALUES {properties}")).await;
    }
    db
}

/// Adds an account as the server does: takes the credit, inserts, commits.
async fn add_account(conn: &mut PgConnection, domain: &str, username: &str) -> Result<(), sqlx::Error> {
    let mut tx = conn.begin().await?;
    tx.execute("SELECT set_config('ngnpro.scope', 'admin', true)").await?;
    let (id, customer, reseller): (i64, Option<i64>, Option<i64>) =
        sqlx::query_as("SELECT id, customer, reseller FROM sip_domains WHERE domain = $1")
            .bind(domain)
            .fetch_one(&mut *tx)
            .await?;
    sqlx::query("SELECT ngnpro_take_credit('sip_credit', $1, $2, 1)")
        .bind(customer)
        .bind(reseller)
        .execute(&mut *tx)
        .await?;
    sqlx::query(
        "INSERT INTO sip_accounts (domain_id, username, ha1, ha1b) VALUES ($1, $2, repeat('a', 32), repeat('a', 32))",
    )
    .bind(id)
    .bind(username)
    .execute(&mut *tx)
    .await?;
    tx.commit().await
}

fn is_exceeded(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(|e| e.code().as_deref() == Some("N9003") && e.constraint() == Some("sip_credit"))
}

async fn allowed(db: &ScratchDb, domain: &str, attempts: usize) -> usize {
    let mut conn = db.server().await;
    let mut added = 0;
    for n in 0..attempts {
        match add_account(&mut conn, domain, &format!("u{n}")).await {
            Ok(()) => added += 1,
            Err(error) => assert!(is_exceeded(&error), "{error}"),
        }
    }
    added
}

#[tokio::test]
async fn a_property_that_is_absent_or_empty_is_no_limit() {
    let db = platform("(1001, 'sip_credit', ' ')").await;
    assert_eq!(allowed(&db, "1.example.com", 3).await, 3);
    assert_eq!(allowed(&db, "admin.example.com", 3).await, 3);
}

#[tokio::test]
async fn zero_and_what_is_no_number_allow_nothing() {
    let db = platform("(1001, 'sip_credit', '0'), (1002, 'sip_credit', 'many')").await;
    assert_eq!(allowed(&db, "1.example.com", 2).await, 0);
    assert_eq!(allowed(&db, "2.example.com", 2).await, 0);
}

#[tokio::test]
async fn a_customer_is_limited_by_its_own_credit_and_all_together_by_the_resellers() {
    let db = platform("(1000, 'sip_credit', '5'), (1001, 'sip_credit', '3')").await;
    assert_eq!(allowed(&db, "1.example.com", 4).await, 3);
    assert_eq!(allowed(&db, "2.example.com", 4).await, 2);
    assert_eq!(allowed(&db, "0.example.com", 1).await, 0);
}

#[tokio::test]
async fn a_domain_or_range_of_numbers_counts_in_its_own_kind_only() {
    let kinds = [
        "sip_credit",
        "sip_alias_credit",
        "enum_range_credit",
        "enum_number_credit",
        "dns_zone_credit",
        "email_credit",
    ];
    let db = platform(&kinds.map(|kind| format!("(1001, '{kind}', '1')")).join(", ")).await;
    let mut conn = db.server().await;
    for kind in kinds {
        let take = async |conn: &mut PgConnection, n: i32| {
            sqlx::query("SELECT ngnpro_take_credit($1, 1001, 1000, $2)").bind(kind).bind(n).execute(conn).await
        };
        take(&mut conn, 1).await.unwrap();
        assert!(take(&mut conn, 2).await.is_err(), "{kind}");
    }
    assert!(conn.execute("SELECT ngnpro_take_credit('beer', 1001, 1000, 1)").await.is_err());
}

#[tokio::test]
async fn twenty_transactions_at_once_get_exactly_what_is_allowed() {
    let db = platform("(1000, 'sip_credit', '9'), (1001, 'sip_credit', '7')").await;
    let mut attempts = tokio::task::JoinSet::new();
    for n in 0..20 {
        let url = db.server_url();
        attempts.spawn(async move {
            let mut conn = PgConnection::connect(url.expose()).await?;
            let domain = if n % 2 == 0 { "1.example.com" } else { "2.example.com" };
            add_account(&mut conn, domain, &format!("u{n}")).await
        });
    }
    let mut added = 0;
    while let Some(outcome) = attempts.join_next().await {
        match outcome.unwrap() {
            Ok(()) => added += 1,
            Err(error) => assert!(is_exceeded(&error), "{error}"),
        }
    }
    assert_eq!(added, 9);
    let of_one: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM sip_accounts JOIN sip_domains AS d ON d.id = domain_id WHERE d.customer = 1001",
    )
    .fetch_one(&mut db.owner().await)
    .await
    .unwrap();
    assert!(of_one <= 7);
}
