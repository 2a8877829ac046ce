//! Settings: one TOML file, environment variables over it, a documented sample made of the same structures.
//!
//! Every section is a structure that knows its defaults and says what is wrong with its values: an error names the file, the
//! key and the remedy. `NGNPRO__HTTP__LISTEN` overrides `listen` in `[http]`.

mod check;

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use config::{Config, Environment, File, FileFormat};
use domain::{DomainName, Secret};
use ipnet::IpNet;
use serde::{Deserialize, Deserializer};

pub use self::check::SettingsError;
use self::check::{KEYS, Mistake};
use crate::context::DnsDefaults;
use crate::http::Certificates;

/// A setting that must not be printed.
#[derive(Clone, Default)]
pub struct Hidden(Secret);

impl Hidden {
    /// The text itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(redacted)")
    }
}

impl<'de> Deserialize<'de> for Hidden {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Secret::new(text)))
    }
}

/// How a value stands in the sample.
trait Sample {
    fn toml(&self) -> String;
}

impl Sample for String {
    fn toml(&self) -> String {
        format!("{self:?}")
    }
}

impl Sample for Hidden {
    fn toml(&self) -> String {
        "\"\"".to_owned()
    }
}

impl Sample for Vec<String> {
    fn toml(&self) -> String {
        format!("{self:?}")
    }
}

impl Sample for SocketAddr {
    fn toml(&self) -> String {
        format!("\"{self}\"")
    }
}

macro_rules! plain_samples {
    ($($ty:ty),+) => {$(
        impl Sample for $ty {
            fn toml(&self) -> String {
                self.to_string()
            }
        }
    )+};
}

plain_samples!(bool, i32, u32, u64, usize);

/// Declares a section: its members with their documentation and defaults; the sample is made of the same words.
macro_rules! section {
    ($(#[doc = $about:literal])+ $name:ident { $($(#[doc = $doc:literal])+ $field:ident: $ty:ty = $default:expr;)+ }) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name {
            $($(#[doc = $doc])+ pub $field: $ty,)+
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default,)+ }
            }
        }

        impl $name {
            fn sample(&self, table: &str, out: &mut String) {
                $(let _ = writeln!(out, "#{}", $about);)+
                let _ = writeln!(out, "[{table}]");
                $(
                    $(let _ = writeln!(out, "#{}", $doc);)+
                    let _ = writeln!(out, "{} = {}", stringify!($field), self.$field.toml());
                )+
                out.push('\n');
            }
        }
    };
}

/// The files of a certificate; both empty: no TLS.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tls {
    /// The certificate, then those above it.
    pub certificate: PathBuf,
    /// Its key.
    pub private_key: PathBuf,
}

impl Tls {
    /// The certificate; nothing when there is no TLS.
    ///
    /// # Errors
    /// The file and what is wrong with it.
    pub fn certificates(&self) -> Result<Option<Certificates>, String> {
        let is_set = |file: &Path| !file.as_os_str().is_empty();
        match (is_set(&self.certificate), is_set(&self.private_key)) {
            (false, false) => Ok(None),
            (true, true) => Certificates::read(&self.certificate, &self.private_key).map(Some),
            _ => Err("certificate and private_key are given both or neither".to_owned()),
        }
    }

    /// Whether there is TLS.
    #[must_use]
    pub fn is_on(&self) -> bool {
        !self.certificate.as_os_str().is_empty()
    }
}

impl Sample for Tls {
    fn toml(&self) -> String {
        "{ certificate = \"\", private_key = \"\" }".to_owned()
    }
}

section! {
    /// The HTTP listener.
    Http {
        /// Address and port to listen on.
        listen: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 9200));
        /// The URL that clients use, written into the WSDL; empty: made of `listen`.
        public_url: String = String::new();
        /// Connections open at once, in each worker.
        connections_max: usize = 2000;
        /// Threads that serve connections; 0: one for each processor.
        workers: usize = 0;
        /// Milliseconds in which a request's head must be complete.
        head_timeout_ms: u64 = 5000;
        /// Milliseconds in which a request's body must be complete.
        body_timeout_ms: u64 = 15000;
        /// Milliseconds that a kept connection may be idle, and that a reader may leave an answer unread.
        idle_timeout_ms: u64 = 30000;
        /// TLS in place of plain HTTP: files in PEM, the certificate with those above it, and its key. New files are taken within
        /// seconds, while connections go on.
        tls: Tls = Tls::default();
        /// Networks, separated by blanks, that may read /metrics. A proxy in front hides who asks: let it refuse that path.
        metrics_from: String = "127.0.0.0/8 ::1/128".to_owned();
    }
}

section! {
    /// The PostgreSQL database.
    Database {
        /// Connection URL of the server's role. Several hosts with `target_session_attrs` are fine.
        url: Hidden = Hidden::default();
        /// Connection URL of the owner's role, for `migrate` only; empty: the same as `url`.
        owner_url: Hidden = Hidden::default();
        /// Connections open at once.
        connections_max: u32 = 10;
        /// Milliseconds that a call waits for a connection before it is refused.
        acquire_timeout_ms: u64 = 1000;
    }
}

section! {
    /// The platform's administrator.
    Administrator {
        /// Login name; empty: nobody can sign in as administrator.
        username: String = String::new();
        /// What `ngnpro-server hash-password` prints for the password (an argon2id PHC string).
        password_hash: Hidden = Hidden::default();
    }
}

section! {
    /// How passwords are kept.
    Passwords {
        /// Login passwords of customers: "hashed", or "recoverable" to keep a sealed copy that old web clients are shown.
        customer_passwords: String = "hashed".to_owned();
        /// With "recoverable": the sealing key, 64 hexadecimal digits (`openssl rand -hex 32`).
        sealing_key: Hidden = Hidden::default();
        /// Whether SIP accounts keep the clear text beside the digests. With false their password is answered empty, only ha1
        /// is there to check a login with, and clients should send digests.
        store_clear_text_passwords: bool = true;
    }
}

/// Clients that export everything ask for pages of this size.
const LIST_ROWS_MIN: u32 = 1000;

section! {
    /// What one request may use.
    Limits {
        /// Bytes of a message, unpacked.
        body_bytes: usize = 1 << 20;
        /// How many times larger than on the wire a compressed message may be.
        unpack_ratio: usize = 200;
        /// Levels of elements.
        depth: usize = 32;
        /// Elements of a message.
        nodes: usize = 20_000;
        /// Attributes of an element.
        attributes: usize = 64;
        /// Bytes of a name.
        name_bytes: usize = 256;
        /// Milliseconds that a call may take.
        call_timeout_ms: u64 = 10_000;
        /// Most rows that a list answers; not below 1000.
        list_rows: u32 = LIST_ROWS_MIN;
        /// Wrong credentials a minute from one address; right ones are not counted.
        failures_per_address: u32 = 60;
        /// Wrong credentials a minute for one login name.
        failures_per_name: u32 = 20;
    }
}

section! {
    /// Imports and exports of many records.
    Bulk {
        /// Under way at once; further ones are asked to come later.
        at_once: usize = 4;
        /// Rows of an import.
        rows: u64 = 1_000_000;
        /// Bytes of a row.
        row_bytes: usize = 65_536;
        /// Rows of a transaction.
        batch_rows: usize = 500;
    }
}

section! {
    /// What a new DNS zone, and a new ENUM range, has where its maker says nothing.
    Dns {
        /// Names of the platform's name servers.
        nameservers: Vec<String> = Vec::new();
        /// Seconds after which a secondary name server looks whether the zone has changed.
        refresh: i32 = 14_400;
        /// Seconds after which it tries again.
        retry: i32 = 3600;
        /// Seconds after which it stops to answer.
        expire: i32 = 604_800;
        /// Seconds for which the absence of a name may be remembered.
        minimum: i32 = 3600;
    }
}

section! {
    /// The journal of changes, in the database.
    Journal {
        /// Days that an entry is kept.
        keep_days: u32 = 365;
        /// Most entries that are kept, a kilobyte or two each; the oldest go first.
        entries_max: u64 = 20_000_000;
    }
}

section! {
    /// The feed of changes at /api/v1/changes.
    Changes {
        /// Clients that may wait for changes at once, streams and long polls.
        readers_max: usize = 500;
        /// Clients of one tenant among them.
        readers_of_one_max: usize = 20;
        /// Most seconds that a long poll waits.
        wait_max_s: u64 = 60;
        /// Seconds after which a stream of events ends; its client comes back, and signs in again.
        stream_s: u64 = 900;
        /// Milliseconds between signs of life of a stream.
        heartbeat_ms: u64 = 15_000;
    }
}

section! {
    /// Webhooks: whom the server tells of changes, where it may go for that, and how long it tries.
    Webhooks {
        /// Whether this server delivers.
        enabled: bool = true;
        /// Whether URLs may begin with http://.
        allow_http: bool = false;
        /// Whether URLs may lead to addresses that are not public: loopback, private and link-local networks.
        allow_private: bool = false;
        /// Hosts, with all below them, that URLs may lead to; none named: any.
        allowed_hosts: Vec<String> = Vec::new();
        /// A file in PEM of authorities that receivers' certificates may come from, besides those that browsers trust; empty: none.
        ca_file: String = String::new();
        /// Most hooks of one owner.
        per_owner_max: u32 = 20;
        /// Milliseconds in which a receiver must have answered.
        timeout_ms: u64 = 5000;
        /// Milliseconds after which a delivery is sent again at first; each time it is twice as long.
        retry_first_ms: u64 = 2000;
        /// Milliseconds after which it is sent again at the latest.
        retry_max_ms: u64 = 3_600_000;
        /// Times that a delivery is sent before it becomes a dead letter.
        attempts_max: u32 = 15;
        /// Most dead letters of a hook; the oldest go first.
        dead_letters_max: u32 = 1000;
    }
}

section! {
    /// The log, on standard error.
    Log {
        /// Which messages: a level, or a filter such as "info,ngnpro_server=debug".
        filter: String = "info".to_owned();
        /// "text" or "json".
        format: String = "text".to_owned();
    }
}

/// All settings.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// `[http]`
    pub http: Http,
    /// `[database]`
    pub database: Database,
    /// `[administrator]`
    pub administrator: Administrator,
    /// `[passwords]`
    pub passwords: Passwords,
    /// `[limits]`
    pub limits: Limits,
    /// `[bulk]`
    pub bulk: Bulk,
    /// `[dns]`
    pub dns: Dns,
    /// `[journal]`
    pub journal: Journal,
    /// `[changes]`
    pub changes: Changes,
    /// `[webhooks]`
    pub webhooks: Webhooks,
    /// `[log]`
    pub log: Log,
}

impl Settings {
    /// Reads the file, if one is named, and the environment; checks all values.
    ///
    /// # Errors
    /// All that is wrong, each with its place and a remedy.
    pub fn load(file: Option<&Path>) -> Result<Self, SettingsError> {
        let place = file.map_or_else(|| "environment".to_owned(), |file| file.display().to_string());
        let alone = |what: String| SettingsError(vec![Mistake { place: place.clone(), what }]);
        let mut sources = Config::builder();
        if let Some(file) = file {
            let text = std::fs::read_to_string(file)
                .map_err(|e| alone(format!("{e}; `ngnpro-server sample-config` prints a file to begin with")))?;
            sources = sources.add_source(File::from_str(&text, FileFormat::Toml));
        }
        let environment = Environment::with_prefix("NGNPRO").prefix_separator("__").separator("__").try_parsing(true);
        let merged = sources.add_source(environment).build().map_err(|e| alone(format!("{e}; {KEYS}")))?;
        let (settings, mut wrong) = Self::read(merged.cache);
        wrong.extend(settings.check());
        let mistakes = wrong.into_iter().map(|(key, what)| Mistake { place: format!("{place}: {key}"), what });
        let mistakes: Vec<_> = mistakes.collect();
        if mistakes.is_empty() { Ok(settings) } else { Err(SettingsError(mistakes)) }
    }

    /// The key that seals recoverable passwords; none when they are hashed.
    #[must_use]
    pub fn sealing_key(&self) -> Option<[u8; 32]> {
        let digits = self.passwords.sealing_key.expose();
        if self.passwords.customer_passwords != "recoverable" || digits.len() != 64 || !digits.is_ascii() {
            return None;
        }
        let mut key = [0; 32];
        for (byte, digits) in key.iter_mut().zip(digits.as_bytes().chunks(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
        }
        Some(key)
    }

    /// Who may read the metrics.
    #[must_use]
    pub fn metrics_networks(&self) -> Vec<IpNet> {
        self.http.metrics_from.split_whitespace().filter_map(|text| text.parse().ok()).collect()
    }

    /// What a new zone has where nothing is said; the names were checked when they were read.
    #[must_use]
    pub fn dns_defaults(&self) -> DnsDefaults {
        DnsDefaults {
            nameservers: self.dns.nameservers.iter().filter_map(|name| DomainName::parse(name).ok()).collect(),
            refresh: self.dns.refresh,
            retry: self.dns.retry,
            expire: self.dns.expire,
            minimum: self.dns.minimum,
        }
    }

    /// The URL that the WSDL names.
    #[must_use]
    pub fn public_url(&self) -> String {
        match self.http.public_url.as_str() {
            "" if self.http.tls.is_on() => format!("https://{}/ngnpro/", self.http.listen),
            "" => format!("http://{}/ngnpro/", self.http.listen),
            url => url.to_owned(),
        }
    }

    /// A file with every key, its meaning and its default.
    #[must_use]
    pub fn sample() -> String {
        let defaults = Self::default();
        let mut out =
            String::from("# Settings of ngnpro-server. NGNPRO__SECTION__KEY in the environment overrides a key.\n\n");
        defaults.http.sample("http", &mut out);
        defaults.database.sample("database", &mut out);
        defaults.administrator.sample("administrator", &mut out);
        defaults.passwords.sample("passwords", &mut out);
        defaults.limits.sample("limits", &mut out);
        defaults.bulk.sample("bulk", &mut out);
        defaults.dns.sample("dns", &mut out);
        defaults.journal.sample("journal", &mut out);
        defaults.changes.sample("changes", &mut out);
        defaults.webhooks.sample("webhooks", &mut out);
        defaults.log.sample("log", &mut out);
        out.truncate(out.trim_end().len() + 1);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Result<Settings, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ngnpro-server.toml");
        std::fs::write(&file, text).unwrap();
        Settings::load(Some(&file)).map_err(|e| e.to_string().replace(folder.path().to_str().unwrap(), ""))
    }

    #[test]
    fn the_sample_names_every_key_and_needs_only_a_database_to_work() {
        let sample = Settings::sample();
        assert_eq!(
            load(&sample).unwrap_err(),
            "/ngnpro-server.toml: database.url: is missing: give the connection URL, or set NGNPRO__DATABASE__URL"
        );
        let settings = load(&sample.replacen(
            "url = \"\"\n# Connection URL of the owner",
            "url = \"postgres://x\"\n# Connection",
            1,
        ));
        assert_eq!(settings.unwrap().limits.nodes, 20_000);
    }

    #[test]
    fn what_new_zones_have_is_checked() {
        let with = |line: &str| load(&format!("[database]\nurl = \"postgres://x\"\n[dns]\n{line}\n"));
        let names = with("nameservers = [\"ns1.example.net\"]").unwrap().dns_defaults().nameservers;
        assert_eq!(names, [DomainName::parse("ns1.example.net").unwrap()]);
        assert!(with("nameservers = [\"not a name\"]").unwrap_err().contains("dns.nameservers"));
        assert!(with("retry = -1").unwrap_err().contains("dns"));
    }

    #[test]
    fn a_list_answers_as_many_rows_as_exports_ask_for() {
        let with = |rows: u32| load(&format!("[database]\nurl = \"postgres://x\"\n[limits]\nlist_rows = {rows}\n"));
        assert_eq!(with(5000).unwrap().limits.list_rows, 5000);
        for rows in [0, 999] {
            assert!(with(rows).unwrap_err().contains("limits.list_rows: must be at least 1000"));
        }
    }

    #[test]
    fn an_unknown_key_is_an_error_that_names_it() {
        let error = load("[http]\nlissten = \"127.0.0.1:1\"\n").unwrap_err();
        assert!(error.contains("lissten") && error.contains("sample-config"), "{error}");
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let text = "[http]\nlissten = \"127.0.0.1:1\"\nworkers = \"many\"\nmetrics_from = \"here there\"\n[htp]\nlisten = 1\n\
                    [limits]\nlist_rows = 5\n[log]\nformat = \"xml\"\n";
        let error = load(text).unwrap_err();
        let keys: Vec<&str> = error.lines().filter_map(|line| line.split(": ").nth(1)).collect();
        let expected = [
            "htp",
            "http.lissten",
            "http.workers",
            "http.metrics_from",
            "http.metrics_from",
            "database.url",
            "limits.list_rows",
            "log.format",
        ];
        assert_eq!(keys, expected, "{error}");
        assert!(error.lines().all(|line| line.starts_with("/ngnpro-server.toml: ")), "{error}");
        // What is a table where none is expected, or none where one is.
        assert!(load("http = 3\n").unwrap_err().contains("ngnpro-server.toml: http: "));
        assert!(load("[database]\nurl = \"x\"\n[nothing]\n").unwrap_err().contains("nothing"));
    }

    #[test]
    fn a_network_that_cannot_be_read_is_an_error_that_names_it() {
        let error = load("[http]\nmetrics_from = \"10.0.0.0/8 office\"\n[database]\nurl = \"x\"\n").unwrap_err();
        assert!(error.contains("http.metrics_from: office is not a network"), "{error}");
    }

    #[test]
    fn a_clear_text_administrator_password_is_refused() {
        let error =
            load("[database]\nurl = \"x\"\n[administrator]\nusername = \"admin\"\npassword_hash = \"secret\"\n");
        assert!(error.unwrap_err().contains("hash-password"));
    }

    #[test]
    fn recoverable_passwords_need_a_key() {
        let text = "[database]\nurl = \"x\"\n[passwords]\ncustomer_passwords = \"recoverable\"\n";
        assert!(load(text).unwrap_err().contains("openssl rand"));
        let settings = load(&format!("{text}sealing_key = \"{}\"\n", "0a".repeat(32))).unwrap();
        assert_eq!(settings.sealing_key(), Some([10; 32]));
    }

    #[test]
    fn settings_do_not_print_their_secrets() {
        let mut settings = Settings::default();
        settings.database.url = Hidden(Secret::new("postgres://user:s3cret@db"));
        assert!(!format!("{settings:?}").contains("s3cret"));
    }
}
