//! How to reach the database. A URL holds a password, so it is a type that does not print it.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;

use crate::StoreError;
use crate::nodes::Node;

/// Statements here take a millisecond; compiling one takes fifty, and the planner's guess for a policy invites it.
const JIT_OFF: (&str, &str) = ("jit", "off");

/// A PostgreSQL connection URL. Prints as host and database, never as the password.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// Takes a URL such as `postgresql://user:password@host/database`.
    pub fn new(url: impl Into<String>) -> Self {
        Self(url.into())
    }

    /// The URL with its password; named so that every use can be found.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The same server with another login and another database.
    pub(crate) fn of(&self, role: &str, password: Option<&str>, database: &str) -> Result<Self, StoreError> {
        let unreadable =
            || StoreError::settings("the database URL cannot be read: postgresql://user:password@host:5432/database");
        let (scheme, rest) = self.0.split_once("://").ok_or_else(unreadable)?;
        let (place, parameters) = rest.split_once('?').map_or((rest, ""), |(place, parameters)| (place, parameters));
        let place = place.rsplit_once('@').map_or(place, |(_, place)| place);
        let hosts = place.split('/').next().unwrap_or_default();
        let kept = parameters.split('&').filter(|pair| {
            !pair.is_empty() && !["user=", "password=", "dbname="].iter().any(|name| pair.starts_with(name))
        });
        let parameters = kept.collect::<Vec<_>>().join("&");
        let login = password.map_or_else(|| role.to_owned(), |password| format!("{role}:{password}"));
        let question = if parameters.is_empty() { "" } else { "?" };
        Ok(Self(format!("{scheme}://{login}@{hosts}/{database}{question}{parameters}")))
    }

    pub(crate) fn options(&self, application: &str) -> Result<PgConnectOptions, StoreError> {
        // The error of the parser may quote the URL: it is not passed on.
        PgConnectOptions::from_str(&self.0)
            .map(|options| options.application_name(application).options([JIT_OFF]))
            .map_err(|_| {
                StoreError::settings("the database URL cannot be read: postgresql://user:password@host/database")
            })
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match PgConnectOptions::from_str(&self.0) {
            Ok(options) => write!(
                f,
                "DatabaseUrl({} as {} at {}:{})",
                options.get_database().unwrap_or_default(),
                options.get_username(),
                options.get_socket().map_or_else(|| options.get_host().to_owned(), |path| path.display().to_string()),
                options.get_port(),
            ),
            Err(_) => f.write_str("DatabaseUrl(redacted)"),
        }
    }
}

/// How the provisioning server uses the database.
#[derive(Debug, Clone)]
pub struct StoreSettings {
    /// Where, and as whom: the role `ngnpro_server`.
    pub url: DatabaseUrl,
    /// Most connections at once.
    pub connections_max: u32,
    /// Threads that serve calls and say so ([`enter_lane`](crate::enter_lane)): each has connections of its own.
    pub threads: usize,
    /// How long a call waits for a connection and its first answer before the database counts as away.
    pub acquire_timeout: Duration,
    /// How long one statement may run.
    pub statement_timeout: Duration,
    /// How long entries of the change feed are kept. A reader that is away for longer reads everything again.
    pub change_log_keep: Duration,
    /// How long entries of the journal are kept.
    pub journal_keep: Duration,
    /// How many entries of the journal are kept at most; the oldest go first.
    pub journal_rows_max: u64,
    /// What this program says of itself to the platform's operators; nothing: it keeps silent.
    pub node: Option<Node>,
}

impl StoreSettings {
    /// The defaults, for a URL.
    pub fn new(url: DatabaseUrl) -> Self {
        Self {
            url,
            connections_max: 16,
            threads: 0,
            acquire_timeout: Duration::from_secs(1),
            statement_timeout: Duration::from_secs(5),
            change_log_keep: Duration::from_secs(600),
            journal_keep: Duration::from_secs(365 * 24 * 3600),
            journal_rows_max: 20_000_000,
            node: None,
        }
    }

    pub(crate) fn connect_options(&self, application: &str) -> Result<PgConnectOptions, StoreError> {
        let statement_timeout = self.statement_timeout.as_millis().to_string();
        Ok(self.url.options(application)?.options([
            ("statement_timeout", statement_timeout.as_str()),
            // A client that hangs with row locks held must not hold everybody.
            ("idle_in_transaction_session_timeout", "10000"),
            ("lock_timeout", "3000"),
            // Compiling a statement takes longer than any of ours runs.
            ("jit", "off"),
            // So does planning one under row-level security. None of them wants another plan for other values: a list that
            // is constrained otherwise is another statement.
            ("plan_cache_mode", "force_generic_plan"),
        ]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_login_of_the_same_server_takes_nothing_of_the_first() {
        let of =
            |url: &str| DatabaseUrl::new(url).of("sip_proxy", Some("pw"), "ngnpro").map(|url| url.expose().to_owned());
        assert_eq!(of("postgresql://root:a%40b@db:5433/postgres").unwrap(), "postgresql://sip_proxy:pw@db:5433/ngnpro");
        assert_eq!(
            of("postgres://root@localhost/postgres?user=x&host=/run/db&password=y").unwrap(),
            "postgres://sip_proxy:pw@localhost/ngnpro?host=/run/db"
        );
        assert!(of("db").is_err());
    }

    #[test]
    fn a_database_url_prints_where_but_not_the_password() {
        let printed =
            format!("{:?}", StoreSettings::new(DatabaseUrl::new("postgresql://me:s3cret@db.example.com/ngnpro")));
        assert!(printed.contains("db.example.com") && !printed.contains("s3cret"), "{printed}");
    }

    #[test]
    fn a_url_that_cannot_be_read_is_not_quoted() {
        let error = DatabaseUrl::new("s3cret").options("test").expect_err("not a URL");
        assert!(!format!("{error} {error:?}").contains("s3cret"));
    }
}
