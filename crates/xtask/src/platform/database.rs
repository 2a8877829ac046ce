//! The platform's database: a private cluster in the state directory, or the one that `DATABASE_URL` names.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use cluster::Cluster;

use super::settings::{Settings, random_text, write_secret};
use crate::Outcome;

/// URLs for each of the three roles.
pub(super) struct Database {
    pub(super) owner_url: String,
    pub(super) server_url: String,
    pub(super) proxy_url: String,
    pub(super) postgres_pid: Option<u32>,
    /// Passwords to give to the two roles once the migrations have made them; a private cluster needs none.
    roles: Vec<(&'static str, String)>,
}

impl Database {
    /// Starts the private cluster, or works out how the two programs sign in to the caller's database.
    pub(super) fn prepare(settings: &Settings) -> Result<Self, String> {
        match &settings.database_url {
            Some(url) => Self::of_caller(url, &settings.state_dir),
            None => Self::private(&settings.state_dir),
        }
    }

    fn private(state_dir: &Path) -> Result<Self, String> {
        let settings = cluster::Settings { directory: directory(state_dir), durable: true };
        let cluster = Cluster::create_or_start(&settings).map_err(|error| error.to_string())?;
        Ok(Self {
            owner_url: cluster.url(cluster::OWNER, cluster::DATABASE),
            server_url: cluster.url(cluster::SERVER, cluster::DATABASE),
            proxy_url: cluster.url(cluster::PROXY, cluster::DATABASE),
            postgres_pid: cluster.pid(),
            roles: Vec::new(),
        })
    }

    fn of_caller(url: &str, state_dir: &Path) -> Result<Self, String> {
        let mut roles = Vec::new();
        let mut urls = Vec::new();
        for role in [cluster::SERVER, cluster::PROXY] {
            let kept = state_dir.join(format!("{role}.password"));
            let password = match fs::read_to_string(&kept) {
                Ok(password) => password.trim_end().to_owned(),
                Err(_) => {
                    let password = random_text(18)?;
                    write_secret(&kept, &password)?;
                    password
                }
            };
            urls.push(with_login(url, role, &password).ok_or(
                "DATABASE_URL cannot be read: write postgresql://owner:password@host:5432/database, owner may create roles",
            )?);
            roles.push((role, password));
        }
        let [server_url, proxy_url] = <[String; 2]>::try_from(urls).map_err(|_| "two roles have two URLs")?;
        Ok(Self { owner_url: url.to_owned(), server_url, proxy_url, postgres_pid: None, roles })
    }

    /// Brings the schema up to date by the server's own command, and lets the two roles sign in.
    pub(super) fn migrate(&self, programs: &Path, server_settings: &Path) -> Outcome {
        let server = programs.join("ngnpro-server");
        // The settings' file names the owner's URL; make exports DATABASE_URL even when nobody set it.
        crate::tools::succeed(
            Command::new(server).env_remove("DATABASE_URL").arg("migrate").arg("--config").arg(server_settings),
        )?;
        if self.roles.is_empty() {
            return Ok(());
        }
        let statements: String =
            self.roles.iter().map(|(role, password)| format!("ALTER ROLE {role} PASSWORD '{password}';\n")).collect();
        psql(&self.owner_url, &statements)
    }
}

/// Whether the private cluster of a state directory runs.
pub(super) fn runs(state_dir: &Path) -> bool {
    cluster::runs(&directory(state_dir))
}

/// Stops the private cluster of a state directory, if it has one.
pub(super) fn stop(state_dir: &Path) -> Outcome {
    cluster::stop(&directory(state_dir)).map_err(|error| error.to_string())
}

fn directory(state_dir: &Path) -> PathBuf {
    state_dir.join("postgres")
}

/// Runs statements through psql's standard input: passwords are not for the process list.
fn psql(url: &str, statements: &str) -> Outcome {
    let program = cluster::find_programs().map_or_else(|| PathBuf::from("psql"), |folder| folder.join("psql"));
    let failed = |error: std::io::Error| format!("{}: {error}", program.display());
    let mut child = Command::new(&program)
        .args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=-", url])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    if let Some(mut input) = child.stdin.take() {
        input.write_all(statements.as_bytes()).map_err(failed)?;
    }
    let output = child.wait_with_output().map_err(failed)?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!(
        "the roles {} and {} cannot be given passwords (the owner in DATABASE_URL needs CREATEROLE): {}",
        cluster::SERVER,
        cluster::PROXY,
        String::from_utf8_lossy(&output.stderr).trim()
    ))
}

/// The same URL with another login.
fn with_login(url: &str, role: &str, password: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let place = rest.split_once('@').map_or(rest, |(_, place)| place);
    let is_postgres = matches!(scheme, "postgresql" | "postgres");
    // A login among the parameters would win over the one written in front.
    let has_other_login = place.contains("user=") || place.contains("password=");
    (is_postgres && !has_other_login && !place.is_empty()).then(|| format!("{scheme}://{role}:{password}@{place}"))
}

#[cfg(test)]
mod tests {
    use super::with_login;

    #[test]
    fn only_the_login_of_a_url_is_exchanged() {
        let url = "postgresql://me:secret@a.example,b.example/ngnpro?target_session_attrs=read-write";
        let expected = "postgresql://sip_proxy:pw@a.example,b.example/ngnpro?target_session_attrs=read-write";
        assert_eq!(with_login(url, "sip_proxy", "pw").as_deref(), Some(expected));
        assert_eq!(with_login("postgres://h/d", "sip_proxy", "pw").as_deref(), Some("postgres://sip_proxy:pw@h/d"));
    }

    #[test]
    fn a_url_that_hides_its_login_or_is_not_postgresql_is_refused() {
        assert_eq!(with_login("postgresql:///d?user=me", "sip_proxy", "pw"), None);
        assert_eq!(with_login("mysql://h/d", "sip_proxy", "pw"), None);
        assert_eq!(with_login("h/d", "sip_proxy", "pw"), None);
    }
}
