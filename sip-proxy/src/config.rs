//! Settings: a TOML file, then environment variables `SIP_PROXY__SECTION__KEY` over it, then validation.
//!
//! Each section is a struct that knows its defaults and validates itself; an error names where it was written (file or
//! environment), the key, and what to do. Secrets are `SecretString`, so that no `Debug` of the settings can show them.
//! What the settings mean for SIP is in `sip-core`; this file only reads them.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sip_message::header::Route;
use store::DatabaseUrl;

use crate::transport::advertised::Advertised;
use crate::transport::tls::TlsRules;

mod abuse;
mod error;
mod keep_alive;
mod lenient;
mod routing;
mod sample;

pub(crate) use abuse::AbuseSettings;
pub(crate) use error::SettingsError;
pub(crate) use keep_alive::{KeepAliveSettings, UdpKeepAlive};
pub(crate) use routing::RoutingSettings;
pub(crate) use sample::SAMPLE;

/// The prefix of the environment variables that override the file.
pub(crate) const ENVIRONMENT_PREFIX: &str = "SIP_PROXY";

/// All settings of the process.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    pub(crate) sip: SipSettings,
    pub(crate) tls: TlsSettings,
    pub(crate) websocket: WebSocketSettings,
    pub(crate) registrar: RegistrarSettings,
    pub(crate) keep_alive: KeepAliveSettings,
    pub(crate) routing: RoutingSettings,
    pub(crate) limits: LimitSettings,
    pub(crate) abuse: AbuseSettings,
    pub(crate) database: DatabaseSettings,
    pub(crate) feed: FeedSettings,
    pub(crate) dns: DnsSettings,
    pub(crate) http: HttpSettings,
    pub(crate) log: LogSettings,
}

/// Where SIP is spoken and as whom.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SipSettings {
    pub(crate) listen: Vec<SocketAddr>,
    pub(crate) listen_tls: Vec<SocketAddr>,
    pub(crate) listen_ws: Vec<SocketAddr>,
    pub(crate) listen_wss: Vec<SocketAddr>,
    pub(crate) advertised: Vec<String>,
    pub(crate) node: String,
    pub(crate) relay: String,
    pub(crate) relay_transport: RelayTransport,
    pub(crate) relay_udp: bool,
    pub(crate) shards: usize,
    pub(crate) state_dir: PathBuf,
    pub(crate) drain_s: u64,
}

impl Default for SipSettings {
    fn default() -> Self {
        SipSettings {
            listen: vec![SocketAddr::from(([127, 0, 0, 1], 5060))],
            listen_tls: Vec::new(),
            listen_ws: Vec::new(),
            listen_wss: Vec::new(),
            advertised: Vec::new(),
            node: String::new(),
            relay: String::new(),
            relay_transport: RelayTransport::Tcp,
            relay_udp: true,
            shards: 0,
            state_dir: PathBuf::from("var/sip-proxy"),
            drain_s: 30,
        }
    }
}

/// Certificates, and what is demanded of those of others.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct TlsSettings {
    pub(crate) certificate: PathBuf,
    pub(crate) private_key: PathBuf,
    pub(crate) authorities: PathBuf,
    pub(crate) verify_cert: bool,
    pub(crate) require_cert: bool,
    pub(crate) verify_server: bool,
}

impl Default for TlsSettings {
    fn default() -> Self {
        TlsSettings {
            certificate: PathBuf::new(),
            private_key: PathBuf::new(),
            authorities: PathBuf::new(),
            verify_cert: false,
            require_cert: false,
            verify_server: true,
        }
    }
}

/// Who may open a WebSocket.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct WebSocketSettings {
    pub(crate) origins: Vec<String>,
}

/// Registrations and digest.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RegistrarSettings {
    pub(crate) expires_default_s: u32,
    pub(crate) expires_min_s: u32,
    pub(crate) expires_max_s: u32,
    pub(crate) contacts_max: usize,
    pub(crate) path_unsupported: bool,
    pub(crate) service_route: Vec<String>,
    pub(crate) challenge_first: ChallengeFirst,
    pub(crate) watchers: usize,
}

/// How requests for phones whose connection this proxy holds come from the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RelayTransport {
    /// Datagrams.
    Udp,
    /// A connection, by whose end a node that is away is noticed at once.
    Tcp,
    /// The same, which nobody reads on the way.
    Tls,
}

/// Which algorithm a challenge offers before the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) enum ChallengeFirst {
    /// What all phones know.
    #[serde(rename = "MD5")]
    Md5,
    /// What is safer.
    #[serde(rename = "SHA-256")]
    Sha256,
}

impl Default for RegistrarSettings {
    fn default() -> Self {
        RegistrarSettings {
            expires_default_s: 3600,
            expires_min_s: 60,
            expires_max_s: 7200,
            contacts_max: 10,
            path_unsupported: false,
            service_route: Vec::new(),
            challenge_first: ChallengeFirst::Md5,
            watchers: 10_000,
        }
    }
}

/// Everything that could grow, bounded.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LimitSettings {
    pub(crate) tcp_connections: usize,
    pub(crate) tcp_connections_per_source: usize,
    pub(crate) tcp_idle_s: u64,
    pub(crate) tcp_partial_message_s: u64,
    pub(crate) tcp_connect_timeout_ms: u64,
    pub(crate) tcp_write_queue_bytes: usize,
    pub(crate) inbox_messages: usize,
    pub(crate) overload_ms: u64,
    pub(crate) transactions: usize,
    pub(crate) cached_accounts: usize,
    pub(crate) journal_bytes: u64,
}

impl Default for LimitSettings {
    fn default() -> Self {
        LimitSettings {
            tcp_connections: 16_384,
            tcp_connections_per_source: 500,
            tcp_idle_s: 3_900,
            tcp_partial_message_s: 20,
            tcp_connect_timeout_ms: 4_000,
            tcp_write_queue_bytes: 262_144,
            inbox_messages: 4_096,
            overload_ms: 50,
            transactions: 200_000,
            cached_accounts: 1_000_000,
            journal_bytes: 268_435_456,
        }
    }
}

/// The database that the proxy shares with the provisioning server.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct DatabaseSettings {
    #[serde(deserialize_with = "secret")]
    pub(crate) url: SecretString,
    pub(crate) loader_connections: usize,
    pub(crate) location_flush_ms: u64,
}

impl Default for DatabaseSettings {
    fn default() -> Self {
        DatabaseSettings { url: SecretString::from(String::new()), loader_connections: 2, location_flush_ms: 200 }
    }
}

/// The change feed: how often the proxy looks when nothing wakes it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct FeedSettings {
    pub(crate) poll_interval_ms: u64,
}

impl Default for FeedSettings {
    fn default() -> Self {
        FeedSettings { poll_interval_ms: 500 }
    }
}

/// Who is asked about host names.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct DnsSettings {
    pub(crate) servers: Vec<SocketAddr>,
}

/// Health, readiness and metrics over HTTP.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct HttpSettings {
    pub(crate) listen: Option<SocketAddr>,
}

impl Default for HttpSettings {
    fn default() -> Self {
        HttpSettings { listen: Some(SocketAddr::from(([127, 0, 0, 1], 5080))) }
    }
}

/// The log.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LogSettings {
    pub(crate) format: LogFormat,
    pub(crate) filter: String,
    pub(crate) ladders: Vec<String>,
}

impl Default for LogSettings {
    fn default() -> Self {
        LogSettings { format: LogFormat::Text, filter: "info,actix_server=warn".to_owned(), ladders: Vec::new() }
    }
}

/// How a log line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Settings {
    /// Reads the file (if one is named), the environment over it, and validates the whole.
    pub(crate) fn load(file: Option<&Path>) -> Result<Settings, SettingsError> {
        Settings::load_from(file, std::env::vars().collect())
    }

    /// As [`Settings::load`], with the environment as an argument.
    pub(crate) fn load_from(
        file: Option<&Path>,
        environment: HashMap<String, String>,
    ) -> Result<Settings, SettingsError> {
        let mut builder = config::Config::builder();
        if let Some(file) = file {
            let text = std::fs::read_to_string(file).map_err(|error| SettingsError::no_file(file, &error))?;
            builder = builder.add_source(config::File::from_str(&text, config::FileFormat::Toml));
        }
        let environment = config::Environment::with_prefix(ENVIRONMENT_PREFIX)
            .prefix_separator("__")
            .separator("__")
            .list_separator(",")
            .with_list_parse_key("sip.listen")
            .with_list_parse_key("sip.listen_tls")
            .with_list_parse_key("sip.listen_ws")
            .with_list_parse_key("sip.listen_wss")
            .with_list_parse_key("sip.advertised")
            .with_list_parse_key("websocket.origins")
            .with_list_parse_key("registrar.service_route")
            .with_list_parse_key("log.ladders")
            .with_list_parse_key("abuse.unlimited")
            .with_list_parse_key("routing.emergency_numbers")
            .with_list_parse_key("abuse.never_banned")
            .with_list_parse_key("abuse.scanners")
            .try_parsing(true)
            .ignore_empty(true)
            .source(Some(environment));
        let read = builder.add_source(environment).build().map_err(|error| SettingsError::read(file, error))?;
        let (settings, mut mistakes) = lenient::read(file, &read)?;
        // What could not be read is not found missing as well.
        let unread: Vec<String> = mistakes.iter().filter_map(SettingsError::key).collect();
        let invalid = settings.mistakes().into_iter().map(|invalid| invalid.in_file(file));
        mistakes.extend(invalid.filter(|invalid| !invalid.key().is_some_and(|key| unread.contains(&key))));
        SettingsError::all(mistakes).map_or(Ok(settings), Err)
    }

    /// Everything that is wrong with them, in the order of the sections.
    fn mistakes(&self) -> Vec<SettingsError> {
        let mut found = Vec::new();
        self.sip.mistakes(&mut found);
        self.tls.mistakes(&mut found);
        self.registrar.mistakes(&mut found);
        self.keep_alive.mistakes(self.limits.tcp_idle_s, &mut found);
        self.routing.mistakes(&mut found);
        self.limits.mistakes(&mut found);
        self.database.mistakes(&mut found);
        self.feed.mistakes(&mut found);
        self.log.mistakes(&mut found);
        found.extend(self.abuse.mistakes());
        found
    }

    /// How many shards run: as configured, or one a processor that this process may use.
    pub(crate) fn shard_count(&self) -> usize {
        match self.sip.shards {
            0 => std::thread::available_parallelism().map_or(1, usize::from).min(16),
            count => count,
        }
    }

    /// The name under which this process's registrations are stored.
    pub(crate) fn node(&self) -> String {
        if !self.sip.node.is_empty() {
            return self.sip.node.clone();
        }
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let host = host.trim();
        let host = if host.is_empty() { "localhost" } else { host };
        // Cloned machines and containers have one host name; what they are reached by tells them apart.
        let reached_by = self.sip.advertised.first().map(|name| name.split('=').next_back().unwrap_or(name).to_owned());
        match (self.sip.listen.first(), reached_by) {
            (Some(address), Some(name)) => format!("{host}/{name}:{}", address.port()),
            (Some(address), None) => format!("{host}/{address}"),
            (None, _) => host.to_owned(),
        }
    }
}

impl SipSettings {
    fn mistakes(&self, found: &mut Vec<SettingsError>) {
        if self.listen.is_empty() {
            found.push(SettingsError::invalid(
                "sip.listen",
                "no address",
                "name at least one, for example [\"192.0.2.1:5060\"]",
            ));
        }
        if self.shards > 64 {
            found.push(SettingsError::invalid(
                "sip.shards",
                "more than 64",
                "0 takes one a processor, which is what most want",
            ));
        }
        let is_host = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || ".-:[]_".contains(c));
        if !is_host(&self.relay) {
            found.push(SettingsError::invalid(
                "sip.relay",
                "not a host name or address",
                "write host:port, by which the other proxies reach this one",
            ));
        }
        let advertised = Advertised::parse(&self.advertised);
        if advertised.is_none() {
            found.push(SettingsError::invalid(
                "sip.advertised",
                "not a host name or address",
                "write host, host:port, 192.0.2.1 or [2001:db8::1]:5060, with LISTENING_ADDRESS= before it for one listener",
            ));
        }
        // One wildcard address cannot be written into a Via: the peer would answer nobody.
        if advertised.is_some_and(|names| self.listening().any(|address| !names.names(address))) {
            found.push(SettingsError::invalid(
                "sip.advertised",
                "empty, while sip.listen has a wildcard address",
                "name the host or address by which phones reach this proxy, or listen on that address",
            ));
        }
        if self.relay_transport == RelayTransport::Tls && self.listen_tls.is_empty() {
            let wrong = "tls, while sip.listen_tls is empty";
            found.push(SettingsError::invalid("sip.relay_transport", wrong, "use tcp, or listen for TLS"));
        }
        if self.node.len() > 120 {
            found.push(SettingsError::invalid("sip.node", "longer than 120 characters", "shorten it"));
        }
    }
}

impl SipSettings {
    /// All addresses that are listened on.
    fn listening(&self) -> impl Iterator<Item = SocketAddr> {
        let all = [&self.listen, &self.listen_tls, &self.listen_ws, &self.listen_wss];
        all.into_iter().flatten().copied()
    }
}

impl TlsSettings {
    fn mistakes(&self, found: &mut Vec<SettingsError>) {
        let given = |path: &Path| !path.as_os_str().is_empty();
        if given(&self.certificate) != given(&self.private_key) {
            found.push(SettingsError::invalid(
                "tls.certificate",
                "given without tls.private_key, or the other way round",
                "name both files, or neither: then a self-signed certificate is made",
            ));
        }
    }

    /// The same as the transport reads it.
    pub(crate) fn rules(&self) -> TlsRules {
        let given = |path: &Path| (!path.as_os_str().is_empty()).then(|| path.to_owned());
        TlsRules {
            files: given(&self.certificate).zip(given(&self.private_key)),
            authorities: given(&self.authorities),
            verify_cert: self.verify_cert,
            require_cert: self.require_cert,
            verify_server: self.verify_server,
        }
    }
}

impl RegistrarSettings {
    fn mistakes(&self, found: &mut Vec<SettingsError>) {
        if self.expires_min_s == 0 {
            found.push(SettingsError::invalid("registrar.expires_min_s", "0", "use 60 unless you know a reason"));
        }
        // RFC 3261 §10.3: a registrar refuses as too brief only what is shorter than an hour.
        if self.expires_min_s >= 3600 {
            found.push(SettingsError::invalid(
                "registrar.expires_min_s",
                "an hour or more, which no registrar may ask for",
                "use less than 3600",
            ));
        }
        if self.expires_max_s < self.expires_min_s {
            found.push(SettingsError::invalid(
                "registrar.expires_max_s",
                "smaller than registrar.expires_min_s",
                "raise it",
            ));
        }
        if !(self.expires_min_s..=self.expires_max_s).contains(&self.expires_default_s) {
            found.push(SettingsError::invalid(
                "registrar.expires_default_s",
                "outside registrar.expires_min_s and registrar.expires_max_s",
                "choose a value between the two",
            ));
        }
        if self.contacts_max == 0 || self.contacts_max > 100 {
            found.push(SettingsError::invalid("registrar.contacts_max", "not in 1 to 100", "use 10"));
        }
        // RFC 3608 §6.3: what phones put into their Route.
        let is_route = |text: &String| Route::parse(text.as_bytes()).is_ok_and(|route| route.is_loose());
        if !self.service_route.iter().all(is_route) {
            found.push(SettingsError::invalid(
                "registrar.service_route",
                "not a list of loose routes",
                "write each as \"<sip:proxy.example.com;lr>\"",
            ));
        }
    }
}

impl LimitSettings {
    fn mistakes(&self, found: &mut Vec<SettingsError>) {
        let positive = [
            ("limits.tcp_connections", self.tcp_connections as u64),
            ("limits.tcp_connections_per_source", self.tcp_connections_per_source as u64),
            ("limits.tcp_idle_s", self.tcp_idle_s),
            ("limits.tcp_partial_message_s", self.tcp_partial_message_s),
            ("limits.tcp_connect_timeout_ms", self.tcp_connect_timeout_ms),
            ("limits.overload_ms", self.overload_ms),
            ("limits.transactions", self.transactions as u64),
            ("limits.cached_accounts", self.cached_accounts as u64),
        ];
        for (key, value) in positive {
            if value == 0 {
                found.push(SettingsError::invalid(key, "0", "leave it out to get the default"));
            }
        }
        if self.inbox_messages < 64 {
            found.push(SettingsError::invalid("limits.inbox_messages", "less than 64", "use 4096"));
        }
        if self.tcp_write_queue_bytes < 65_536 {
            found.push(SettingsError::invalid(
                "limits.tcp_write_queue_bytes",
                "less than one message may have (65536)",
                "use 262144",
            ));
        }
        if self.journal_bytes < 1_048_576 {
            found.push(SettingsError::invalid("limits.journal_bytes", "less than 1 MiB", "use 268435456"));
        }
    }
}

impl DatabaseSettings {
    fn mistakes(&self, found: &mut Vec<SettingsError>) {
        let url = self.url.expose_secret();
        if url.is_empty() {
            found.push(SettingsError::invalid(
                "database.url",
                "missing",
                "write postgres://user:password@host/name here, or set SIP_PROXY__DATABASE__URL",
            ));
        } else if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            found.push(SettingsError::invalid(
                "database.url",
                "not a PostgreSQL URL",
                "begin it with postgres:// (its value is not shown here, it may hold a password)",
            ));
        } else if let Err(error) = store::directory::Directory::new(&DatabaseUrl::new(url)) {
            found.push(SettingsError::invalid(
                "database.url",
                &error.to_string(),
                "write postgres://user:password@host:5432/name (its value is not shown here, it may hold a password)",
            ));
        }
        if !(1..=16).contains(&self.loader_connections) {
            found.push(SettingsError::invalid("database.loader_connections", "not in 1 to 16", "use 2"));
        }
        if !(10..=1000).contains(&self.location_flush_ms) {
            found.push(SettingsError::invalid("database.location_flush_ms", "not in 10 to 1000", "use 200"));
        }
    }
}

impl FeedSettings {
    fn mistakes(&self, found: &mut Vec<SettingsError>) {
        if !(10..=60_000).contains(&self.poll_interval_ms) {
            found.push(SettingsError::invalid("feed.poll_interval_ms", "not in 10 to 60000", "use 500"));
        }
    }

    /// The polling interval as a duration.
    pub(crate) fn poll_interval(&self) -> Duration {
        Duration::from_millis(self.poll_interval_ms)
    }
}

impl LogSettings {
    fn mistakes(&self, found: &mut Vec<SettingsError>) {
        if tracing_subscriber::EnvFilter::try_new(&self.filter).is_err() {
            found.push(SettingsError::invalid(
                "log.filter",
                "not a filter",
                "write a level (error, warn, info, debug, trace) or target=level pairs with commas",
            ));
        }
    }
}

fn secret<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    String::deserialize(deserializer).map(SecretString::from)
}

#[cfg(test)]
mod tests;
