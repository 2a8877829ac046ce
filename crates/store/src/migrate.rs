//! The schema: applying the migrations (as the owner), and checking at start that the schema is one we know.

use sqlx::migrate::Migrator;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};

use crate::{DatabaseUrl, StoreError};

static MIGRATOR: Migrator = sqlx::migrate!("../../migrations");

/// Applies what is missing, as the role `ngnpro_owner`; answers the version that the schema then has.
/// Several callers at once wait for each other.
pub async fn migrate(owner: &DatabaseUrl) -> Result<i64, StoreError> {
    migrate_as(&owner.options("ngnpro-migrate")?).await
}

/// As [`migrate`], with a login that may be another's who acts as the owner.
pub(crate) async fn migrate_as(options: &PgConnectOptions) -> Result<i64, StoreError> {
    let mut conn = PgConnection::connect_with(options).await?;
    MIGRATOR.run(&mut conn).await.map_err(|error| match error {
        sqlx::migrate::MigrateError::Execute(error) => StoreError::from(error),
        other => StoreError::settings(format!("the migrations cannot be applied: {other}")),
    })?;
    conn.close().await?;
    Ok(schema_version_wanted())
}

/// The newest version that this program was built with.
pub fn schema_version_wanted() -> i64 {
    MIGRATOR.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// A number that differs when any migration does: FNV-1a over their checksums.
pub fn schema_fingerprint() -> u64 {
    MIGRATOR
        .iter()
        .flat_map(|migration| migration.checksum.iter())
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The version of the schema in a database; `None` when there is no schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SchemaVersion(pub Option<i64>);

impl SchemaVersion {
    /// Whether this program can work with it. A newer schema still serves the release before it.
    pub fn check(self) -> Result<(), StoreError> {
        match self.0 {
            Some(found) if found >= schema_version_wanted() => Ok(()),
            Some(found) => Err(StoreError::settings(format!(
                "the database has schema version {found}, this program needs {}: apply the migrations",
                schema_version_wanted()
            ))),
            None => Err(StoreError::settings("the database has no schema yet: apply the migrations")),
        }
    }
}

/// Reads the version on a connection of any of the roles.
pub(crate) async fn schema_version(conn: &mut PgConnection) -> Result<SchemaVersion, StoreError> {
    let exists = sqlx::query_scalar!(r#"SELECT to_regclass('public._sqlx_migrations') IS NOT NULL AS "exists!""#)
        .fetch_one(&mut *conn)
        .await?;
    if !exists {
        return Ok(SchemaVersion(None));
    }
    let version =
        sqlx::query_scalar!("SELECT max(version) FROM _sqlx_migrations WHERE success").fetch_one(&mut *conn).await?;
    Ok(SchemaVersion(version))
}
