//! A first start on a PostgreSQL server that knows nothing of us, and a second one.

use sqlx::{Connection, PgConnection};
use store::{Store, StoreSettings, initialise};
use test_support::StoppableDb;

#[tokio::test]
async fn a_first_start_makes_roles_database_and_schema_and_a_second_changes_nothing() {
    let cluster = StoppableDb::new().await;
    let administrator = cluster.superuser_url();
    let mut conn = PgConnection::connect(administrator.expose()).await.unwrap();
    // The scratch cluster has the roles already, with what they own: it gives their names back.
    for role in ["ngnpro_owner", "ngnpro_server", "sip_proxy"] {
        let rename = format!("ALTER ROLE {role} RENAME TO {role}_before");
        sqlx::raw_sql(sqlx::AssertSqlSafe(rename)).execute(&mut conn).await.unwrap();
    }

    let first = initialise(&administrator, "first", ["one1", "two2", "three3"]).await.unwrap();
    assert_eq!(first.version, store::schema_version_wanted());
    assert_eq!(first.kept, [""; 0]);
    let [owner, server, proxy] = first.urls.each_ref().map(|url| url.expose());
    assert!(owner.contains("//ngnpro_owner:one1@") && proxy.contains("//sip_proxy:three3@"), "{owner} {proxy}");
    assert!(server.contains("/first?host="), "{server}");
    let [_, server, _] = first.urls;
    Store::connect(&StoreSettings::new(server)).await.unwrap().ping().await.unwrap();

    let second = initialise(&administrator, "first", ["x", "y", "z"]).await.unwrap();
    assert_eq!(second.kept, ["ngnpro_owner", "ngnpro_server", "sip_proxy"]);
    assert!(second.urls[1].expose().contains("//ngnpro_server@"));

    for name in ["", "Big", "a-b", "a\"b", "1a"] {
        assert!(initialise(&administrator, name, ["x", "y", "z"]).await.is_err(), "{name}");
    }
}
