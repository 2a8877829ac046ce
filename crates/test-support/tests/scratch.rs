//! The surroundings of tests, tested.

use test_support::{ScratchDb, StoppableDb};

#[tokio::test]
async fn two_scratch_databases_share_nothing_and_are_gone_afterwards() {
    let (one, other) = (ScratchDb::new().await, ScratchDb::new().await);
    one.execute("INSERT INTO sip_domains (domain) VALUES ('example.com')").await;
    let count: i64 =
        sqlx::query_scalar("SELECT count(*) FROM sip_domains").fetch_one(&mut other.owner().await).await.unwrap();
    assert_eq!(count, 0);
    let name = one.name().to_owned();
    drop(one);
    let gone: bool = sqlx::query_scalar("SELECT NOT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
        .bind(name)
        .fetch_one(&mut other.owner().await)
        .await
        .unwrap();
    assert!(gone);
}

#[tokio::test]
async fn a_stopped_database_comes_back_with_what_it_had_and_the_store_with_it() {
    let db = StoppableDb::new().await;
    let store = db.store().await;
    db.stop();
    for _ in 0..3 {
        assert!(store.ping().await.unwrap_err().is_unavailable());
    }
    db.start();
    store.ping().await.unwrap();
}
