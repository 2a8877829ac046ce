//! Statements as a mistake would leave them, without the condition that names the tenant or the record; only in builds for tests.
//! They run as the product's own do, in a transaction of a scope, and row-level security stops them all the same.

use domain::{CustomerId, ResellerId, Scope};
use sqlx::{AssertSqlSafe, Executor, Row};
use test_support::ScratchDb;

use crate::{DatabaseUrl, Store, StoreError, StoreSettings, Tx};

/// All account names, whoever asks.
async fn accounts(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    let rows = tx
        .conn()
        .fetch_all(
            "SELECT username || '@' || domain FROM sip_accounts JOIN sip_domains AS d ON d.id = domain_id ORDER BY 1",
        )
        .await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// The row of a key that came from elsewhere, whoever's it is.
async fn account_of_key(tx: &mut Tx, key: i64) -> Result<Option<String>, StoreError> {
    let row = tx.conn().fetch_optional(AssertSqlSafe(format!("SELECT ha1 FROM sip_accounts WHERE id = {key}"))).await?;
    Ok(row.map(|row| row.get(0)))
}

/// How many rows a statement changed.
async fn changed(tx: &mut Tx, statement: &str) -> Result<u64, StoreError> {
    Ok(tx.conn().execute(AssertSqlSafe(statement)).await?.rows_affected())
}

/// Two resellers with a customer each, and what they have.
async fn two_tenants() -> (ScratchDb, Store) {
    let db = ScratchDb::new().await;
    for tenant in ["1", "2"] {
        db.execute(&include_str!("../tests/fixtures/tenant.sql").replace("$N", tenant)).await;
    }
    let url = DatabaseUrl::new(db.server_url().expose());
    let store = Store::connect(&StoreSettings::new(url)).await.unwrap();
    (db, store)
}

/// A reseller, its customer; and what each has of accounts.
fn tenants() -> [(Scope, &'static [&'static str]); 2] {
    let reseller = ResellerId::new(1000);
    [
        (Scope::reseller(reseller), &["alice@own1.example.com", "alice@tenant1.example.com"]),
        (Scope::customer(CustomerId::new(1042), reseller), &["alice@tenant1.example.com"]),
    ]
}

const FOREIGN: &str =
    "SELECT a.id::text FROM sip_accounts AS a JOIN sip_domains AS d ON d.id = domain_id WHERE reseller = 2000";

#[tokio::test]
async fn a_read_that_forgets_its_condition_shows_nothing_of_others() {
    let (db, store) = two_tenants().await;
    for (scope, own) in tenants() {
        let mut tx = store.begin_read(&scope).await.unwrap();
        assert_eq!(accounts(&mut tx).await.unwrap(), own);
        for key in db.texts(FOREIGN).await {
            assert_eq!(account_of_key(&mut tx, key.parse().unwrap()).await.unwrap(), None);
        }
    }
    let mut tx = store.begin_read(&Scope::administrator()).await.unwrap();
    assert_eq!(accounts(&mut tx).await.unwrap().len(), 4);
}

#[tokio::test]
async fn a_write_that_forgets_its_condition_touches_nothing_of_others() {
    let (db, store) = two_tenants().await;
    let of_others = "SELECT a.id || first_name || ha1 FROM sip_accounts AS a JOIN sip_domains AS d ON d.id = domain_id
                     WHERE reseller = 2000 ORDER BY 1";
    let before = db.texts(of_others).await;
    assert_eq!(before.len(), 2);
    for (scope, own) in tenants() {
        let own = own.len() as u64;
        let mut tx = store.begin(&scope).await.unwrap();
        assert_eq!(changed(&mut tx, "UPDATE sip_accounts SET first_name = 'mallory'").await.unwrap(), own);
        assert_eq!(changed(&mut tx, "DELETE FROM sip_accounts").await.unwrap(), own);
        tx.commit().await.unwrap();
        assert_eq!(db.texts(of_others).await, before);
        // The customer's are gone with the reseller's.
        db.execute(
            "INSERT INTO sip_accounts (domain_id, username, ha1, ha1b)
             SELECT id, 'alice', repeat('a', 32), repeat('b', 32) FROM sip_domains WHERE reseller = 1000
             ON CONFLICT DO NOTHING",
        )
        .await;
    }
}

#[tokio::test]
async fn nothing_can_be_put_among_anothers_records_nor_given_to_another() {
    let (db, store) = two_tenants().await;
    let foreign = db.texts("SELECT id::text FROM sip_domains WHERE reseller = 2000 ORDER BY 1").await.remove(0);
    let insert = format!(
        "INSERT INTO sip_accounts (domain_id, username, ha1, ha1b) VALUES ({foreign}, 'm', repeat('a', 32), repeat('b', 32))"
    );
    let of_others =
        "SELECT count(*)::text FROM sip_accounts JOIN sip_domains AS d ON d.id = domain_id WHERE reseller = 2000";
    for (scope, _) in tenants() {
        for statement in [
            insert.as_str(),
            "UPDATE sip_domains SET customer = 2042, reseller = 2000",
            "UPDATE dns_zones SET customer = NULL, reseller = NULL",
        ] {
            let mut tx = store.begin(&scope).await.unwrap();
            assert!(changed(&mut tx, statement).await.is_err(), "{scope:?}: {statement}");
        }
        assert_eq!(db.texts(of_others).await, ["2"]);
    }
}
