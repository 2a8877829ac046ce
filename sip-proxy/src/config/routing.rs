//! The section `routing`: what the operator decides of how calls go.

use std::time::Duration;

use serde::Deserialize;
use sip_core::settings::SessionTimers;

use super::SettingsError;

/// How calls go.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RoutingSettings {
    pub(crate) preference_patience_s: u64,
    pub(crate) follow_redirects: bool,
    pub(crate) session_expires_s: u32,
    pub(crate) session_expires_min_s: u32,
}

impl Default for RoutingSettings {
    fn default() -> Self {
        RoutingSettings {
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
        core.preference_patience = Duration::from_secs(self.preference_patience_s);
        core.follow_redirects = self.follow_redirects;
        core.session_timers = SessionTimers { max_s: self.session_expires_s, min_s: self.session_expires_min_s };
    }
}
