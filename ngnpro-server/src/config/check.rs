//! What is wrong with settings: all of it at once, so that nobody mends a file a mistake at a time.

use std::collections::BTreeMap;
use std::fmt;

use config::{Map, Value};
use domain::DomainName;
use ipnet::IpNet;
use serde::Deserialize;

use super::{LIST_ROWS_MIN, Settings};
use crate::passwords::is_phc;

/// Settings that cannot be used: all that is wrong with them, a line each.
#[derive(Debug)]
pub struct SettingsError(pub(super) Vec<Mistake>);

impl std::error::Error for SettingsError {}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

/// Something that is wrong with the settings.
#[derive(Debug, thiserror::Error)]
#[error("{place}: {what}")]
pub(super) struct Mistake {
    /// File, section and key as far as known.
    pub(super) place: String,
    /// What is wrong and what to do.
    pub(super) what: String,
}

/// Where every key is explained.
pub(super) const KEYS: &str = "`ngnpro-server sample-config` prints every key with its meaning";

/// A key, and what is wrong with it.
pub(super) type Wrong = (String, String);

/// The members of a table by their names; none of what is no table.
fn sorted(table: Value) -> BTreeMap<String, Value> {
    table.into_table().unwrap_or_default().into_iter().collect()
}

/// What is wrong with settings that are this alone.
fn misread(key: &str, alone: Value) -> Option<Wrong> {
    let error = Settings::deserialize(alone).err()?;
    Some((key.to_owned(), format!("{error}; {KEYS}")))
}

impl Settings {
    /// Reads each key by itself, since serde stops at the first that it cannot read: the settings without those, and what is wrong
    /// with them.
    pub(super) fn read(root: Value) -> (Self, Vec<Wrong>) {
        let mut wrong = Vec::new();
        let mut good = Map::new();
        let in_section = |section: &str, key: String, value: Value| {
            Value::from(Map::from([(section.to_owned(), Value::from(Map::from([(key, value)])))]))
        };
        for (section, value) in sorted(root) {
            // A section that nobody knows, or something else where one is expected.
            let as_it_is = value.clone().into_table();
            let empty = as_it_is.as_ref().map_or(value, |_| Value::from(Map::<String, Value>::new()));
            if let Some(mistake) = misread(&section, Value::from(Map::from([(section.clone(), empty)]))) {
                wrong.push(mistake);
                continue;
            }
            let keys = as_it_is.unwrap_or_default();
            let mut kept = Map::new();
            for (key, value) in sorted(Value::from(keys)) {
                match misread(&format!("{section}.{key}"), in_section(&section, key.clone(), value.clone())) {
                    Some(mistake) => wrong.push(mistake),
                    None => drop(kept.insert(key, value)),
                }
            }
            good.insert(section, Value::from(kept));
        }
        match Self::deserialize(Value::from(good)) {
            Ok(settings) => (settings, wrong),
            // Each of them alone was fine.
            Err(error) => {
                wrong.push(("settings".to_owned(), format!("{error}; {KEYS}")));
                (Self::default(), wrong)
            }
        }
    }

    /// What the types alone do not say.
    pub(super) fn check(&self) -> Vec<Wrong> {
        let mut wrong = Vec::new();
        let mut mistake = |key: &str, what: String| wrong.push((key.to_owned(), what));
        for text in self.http.metrics_from.split_whitespace().filter(|text| text.parse::<IpNet>().is_err()) {
            mistake("http.metrics_from", format!("{text} is not a network such as 192.0.2.0/24"));
        }
        if self.database.url.expose().is_empty() {
            mistake("database.url", "is missing: give the connection URL, or set NGNPRO__DATABASE__URL".to_owned());
        }
        let administrator = &self.administrator;
        if !administrator.username.is_empty() && !is_phc(administrator.password_hash.expose()) {
            let what = "is not an argon2id PHC string: `ngnpro-server hash-password` makes one";
            mistake("administrator.password_hash", what.to_owned());
        }
        match self.passwords.customer_passwords.as_str() {
            "recoverable" if self.sealing_key().is_none() => {
                let what = "must be 64 hexadecimal digits: `openssl rand -hex 32` makes one";
                mistake("passwords.sealing_key", what.to_owned());
            }
            "hashed" | "recoverable" => {}
            _ => mistake("passwords.customer_passwords", "must be \"hashed\" or \"recoverable\"".to_owned()),
        }
        if let Err(why) = self.http.tls.certificates() {
            mistake("http.tls", why);
        }
        let bulk = &self.bulk;
        if bulk.row_bytes == 0 || bulk.batch_rows == 0 || bulk.at_once > tokio::sync::Semaphore::MAX_PERMITS {
            mistake("bulk", "row_bytes and batch_rows are at least 1".to_owned());
        }
        if self.dns.nameservers.iter().any(|name| DomainName::parse(name).is_err()) {
            mistake("dns.nameservers", "must be names of hosts, such as [\"ns1.example.net\"]".to_owned());
        }
        if [self.dns.refresh, self.dns.retry, self.dns.expire, self.dns.minimum].iter().any(|seconds| *seconds < 0) {
            mistake("dns", "refresh, retry, expire and minimum are seconds, not below 0".to_owned());
        }
        if self.limits.list_rows < LIST_ROWS_MIN {
            mistake("limits.list_rows", format!("must be at least {LIST_ROWS_MIN}: exports ask for as many"));
        }
        if let Err(why) = crate::webhooks::roots(&self.webhooks) {
            mistake("webhooks.ca_file", why);
        }
        if !["text", "json"].contains(&self.log.format.as_str()) {
            mistake("log.format", "must be \"text\" or \"json\"".to_owned());
        }
        wrong
    }
}
