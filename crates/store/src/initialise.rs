//! A first start on a PostgreSQL server: the three roles, the database, the schema. Done by a superuser, once; doing it again
//! changes nothing that is there.

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::migrate::migrate_as;
use crate::{DatabaseUrl, StoreError};

/// Owner, provisioning server, proxy.
const ROLES: [&str; 3] = ["ngnpro_owner", "ngnpro_server", "sip_proxy"];

/// What a first start leaves behind.
#[derive(Debug)]
pub struct Initialised {
    /// The schema's version.
    pub version: i64,
    /// A URL for each of owner, provisioning server and proxy; without password where the role existed before.
    pub urls: [DatabaseUrl; 3],
    /// Roles that existed before and keep their passwords.
    pub kept: Vec<&'static str>,
}

/// Makes what is missing. `administrator` is a superuser's URL of any database of that server; `passwords` are for the three
/// roles, letters and digits only.
pub async fn initialise(
    administrator: &DatabaseUrl,
    database: &str,
    passwords: [&str; 3],
) -> Result<Initialised, StoreError> {
    // Both become part of statements that take no parameters.
    let is_word = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !is_word(database) || !database.starts_with(|c: char| c.is_ascii_lowercase()) || database.len() > 63 {
        return Err(StoreError::settings("a database's name begins with a letter and has a-z, 0-9 and _ only"));
    }
    if !passwords.iter().all(|password| is_word(password)) {
        return Err(StoreError::settings("passwords of roles have letters and digits only"));
    }
    let mut conn = PgConnection::connect_with(&administrator.options("ngnpro-init-db")?).await?;
    let mut kept = Vec::new();
    for (role, password) in ROLES.into_iter().zip(passwords) {
        if exists(&mut conn, "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", role).await? {
            kept.push(role);
        } else {
            run(&mut conn, format!("CREATE ROLE {role} LOGIN PASSWORD '{password}'")).await?;
        }
    }
    let [owner, ..] = ROLES;
    if !exists(&mut conn, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", database).await? {
        run(&mut conn, format!("CREATE DATABASE \"{database}\" OWNER {owner} ENCODING 'UTF8' TEMPLATE template0"))
            .await?;
    }
    conn.close().await?;
    let login = |(role, password)| {
        let password = (!kept.contains(&role)).then_some(password);
        administrator.of(role, password, database)
    };
    let [one, two, three] = [0, 1, 2].map(|at| login((ROLES[at], passwords[at])));
    let urls = [one?, two?, three?];
    // As the owner, whose password need not be known for it.
    let options = administrator.options("ngnpro-init-db")?.database(database).options([("role", owner)]);
    Ok(Initialised { version: migrate_as(&options).await?, urls, kept })
}

async fn exists(conn: &mut PgConnection, question: &'static str, name: &str) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar(question).bind(name).fetch_one(conn).await?)
}

async fn run(conn: &mut PgConnection, statement: String) -> Result<(), StoreError> {
    // Of fixed text and of words that were looked at above. Not logged: it may hold a password.
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(conn).await?;
    Ok(())
}
