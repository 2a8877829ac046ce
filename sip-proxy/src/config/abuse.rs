//! The settings of overload and abuse: what one source may send, who is banned and for how long. What they mean is `sip_core::abuse`'s.

use std::time::Duration;

use serde::Deserialize;
use sip_core::abuse::{GuardSettings, Network};

use super::SettingsError;

/// What one source may do.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct AbuseSettings {
    pub(crate) source_messages_per_s: u32,
    pub(crate) source_burst: u32,
    pub(crate) unlimited: Vec<String>,
    pub(crate) never_banned: Vec<String>,
    pub(crate) wrong_passwords: u32,
    pub(crate) wrong_passwords_within_s: u64,
    pub(crate) ban_s: u64,
    pub(crate) bans: usize,
    pub(crate) exempt_after_authentication_s: u64,
    pub(crate) sources: usize,
    pub(crate) scanners: Vec<String>,
}

/// Tools that look for accounts and passwords; no phone calls itself so.
const SCANNERS: [&str; 9] = [
    "friendly-scanner",
    "friendly-request",
    "sipvicious",
    "sipcli",
    "sip-scan",
    "sipsak-scan",
    "sundayddr",
    "vaxasip",
    "iwar",
];

impl Default for AbuseSettings {
    fn default() -> Self {
        AbuseSettings {
            source_messages_per_s: 200,
            source_burst: 1_000,
            unlimited: vec!["127.0.0.0/8".to_owned(), "::1".to_owned()],
            never_banned: Vec::new(),
            wrong_passwords: 20,
            wrong_passwords_within_s: 600,
            ban_s: 3_600,
            bans: 50_000,
            exempt_after_authentication_s: 3_600,
            sources: 65_536,
            scanners: SCANNERS.map(str::to_owned).to_vec(),
        }
    }
}

impl AbuseSettings {
    /// Everything that is wrong with them.
    pub(super) fn mistakes(&self) -> Vec<SettingsError> {
        let mut found = Vec::new();
        for (key, networks) in [("abuse.unlimited", &self.unlimited), ("abuse.never_banned", &self.never_banned)] {
            for (place, network) in networks.iter().enumerate() {
                if let Err(error) = network.parse::<Network>() {
                    let wrong = format!("\"{network}\" is {}", error.to_string().split(':').next().unwrap_or_default());
                    found.push(SettingsError::invalid(
                        &format!("{key}[{place}]"),
                        &wrong,
                        "write 192.0.2.1, 192.0.2.0/24, 2001:db8::1 or 2001:db8::/64",
                    ));
                }
            }
        }
        let positive = [
            ("abuse.source_burst", u64::from(self.source_burst)),
            ("abuse.wrong_passwords_within_s", self.wrong_passwords_within_s),
            ("abuse.ban_s", self.ban_s),
            ("abuse.bans", self.bans as u64),
            ("abuse.sources", self.sources as u64),
        ];
        for (key, value) in positive {
            if value == 0 {
                found.push(SettingsError::invalid(key, "0", "leave it out to get the default"));
            }
        }
        if self.scanners.iter().any(|name| name.trim().is_empty()) {
            let wrong = "an empty name, with which every User-Agent begins";
            found.push(SettingsError::invalid("abuse.scanners", wrong, "take it out"));
        }
        found
    }

    /// The same for the core, with the numbers that are dialled for help. What cannot be read was refused before.
    pub(crate) fn guard(&self, emergency_numbers: &[String]) -> GuardSettings {
        let networks = |texts: &[String]| texts.iter().filter_map(|text| text.parse().ok()).collect();
        GuardSettings {
            source_messages_per_s: self.source_messages_per_s,
            source_burst: self.source_burst,
            unlimited: networks(&self.unlimited),
            never_banned: networks(&self.never_banned),
            wrong_max: self.wrong_passwords,
            wrong_window: Duration::from_secs(self.wrong_passwords_within_s),
            ban_for: Duration::from_secs(self.ban_s),
            bans_max: self.bans,
            proved_for: Duration::from_secs(self.exempt_after_authentication_s),
            sources_max: self.sources,
            scanners: self.scanners.iter().map(|name| name.to_ascii_lowercase()).collect(),
            emergency_numbers: emergency_numbers.iter().map(|number| number.as_str().into()).collect(),
        }
    }
}
