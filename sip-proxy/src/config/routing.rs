//! The section `routing`: what the operator decides of how calls go.

use std::time::Duration;

use serde::Deserialize;
use sip_core::settings::SessionTimers;

use super::SettingsError;

/// How calls go.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RoutingSettings {
    pub(crate) emergency_numbers: Vec<String>,
    pub(crate) voicemail_server: String,
    pub(crate) voicemail_access_number: String,
    pub(crate) gateway_patience_s: u64,
    pub(crate) preference_patience_s: u64,
    pub(crate) follow_redirects: bool,
    pub(crate) session_expires_s: u32,
    pub(crate) session_expires_min_s: u32,
}

impl Default for RoutingSettings {
    fn default() -> Self {
        RoutingSettings {
            emergency_numbers: ["112", "911"].map(str::to_owned).to_vec(),
            voicemail_server: String::new(),
            voicemail_access_number: String::new(),
            gateway_patience_s: 5,
            preference_patience_s: 20,
            follow_redirects: false,
            session_expires_s: 0,
            session_expires_min_s: 90,
        }
    }
}

impl RoutingSettings {
    pub(super) fn mistakes(&self, found: &mut Vec<SettingsError>) {
        if !(1..=180).contains(&self.preference_patience_s) {
            found.push(SettingsError::invalid("routing.preference_patience_s", "not in 1 to 180", "use 20"));
        }
        if !(1..=32).contains(&self.gateway_patience_s) {
            found.push(SettingsError::invalid("routing.gateway_patience_s", "not in 1 to 32", "use 5"));
        }
        let is_number = |number: &str| (1..=15).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
        if self.emergency_numbers.len() > 20 || !self.emergency_numbers.iter().all(|number| is_number(number)) {
            let what = "not a list of at most 20 numbers of digits";
            found.push(SettingsError::invalid("routing.emergency_numbers", what, "use [\"112\", \"911\"]"));
        }
        if !self.voicemail_server.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:[]".contains(&b)) {
            let what = "not a host, nor host:port";
            found.push(SettingsError::invalid("routing.voicemail_server", what, "use \"voicemail.example.com\""));
        }
        // RFC 4028 §4: 90 s is the least that anybody may ask for.
        if self.session_expires_min_s < 90 {
            found.push(SettingsError::invalid("routing.session_expires_min_s", "below 90", "use 90"));
        }
        if self.session_expires_s != 0 && self.session_expires_s < self.session_expires_min_s {
            found.push(SettingsError::invalid(
                "routing.session_expires_s",
                "smaller than routing.session_expires_min_s",
                "use 1800, or 0 to leave session timers to the phones",
            ));
        }
    }

    /// What the core is told.
    pub(crate) fn apply(&self, core: &mut sip_core::Settings) {
        core.emergency_numbers.clone_from(&self.emergency_numbers);
        core.voicemail_server.clone_from(&self.voicemail_server);
        core.voicemail_access_number.clone_from(&self.voicemail_access_number);
        core.gateway_patience = Duration::from_secs(self.gateway_patience_s);
        core.preference_patience = Duration::from_secs(self.preference_patience_s);
        core.follow_redirects = self.follow_redirects;
        core.session_timers = SessionTimers { max_s: self.session_expires_s, min_s: self.session_expires_min_s };
    }
}
