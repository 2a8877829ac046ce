//! The section `keep_alive`: what is done so that ways to peers stay open, by this proxy and by phones.

use std::time::Duration;

use serde::Deserialize;

use super::SettingsError;

/// Who sends what, how often.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct KeepAliveSettings {
    pub(crate) connections_s: u64,
    pub(crate) flow_timer_s: u32,
    pub(crate) udp: UdpKeepAlive,
    pub(crate) udp_s: u64,
}

/// What is sent to phones over UDP that are behind a router.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum UdpKeepAlive {
    /// Nothing.
    Off,
    /// Line ends, which nobody answers.
    Crlf,
    /// OPTIONS, which the phone answers.
    Options,
}

impl Default for KeepAliveSettings {
    fn default() -> Self {
        KeepAliveSettings { connections_s: 110, flow_timer_s: 0, udp: UdpKeepAlive::Crlf, udp_s: 30 }
    }
}

impl KeepAliveSettings {
    pub(super) fn mistakes(&self, idle_s: u64, found: &mut Vec<SettingsError>) {
        if self.connections_s > 3600 {
            let wrong = "more than 3600";
            found.push(SettingsError::invalid("keep_alive.connections_s", wrong, "use 110, or 0 to send nothing"));
        }
        if self.flow_timer_s != 0 && u64::from(self.flow_timer_s) >= idle_s {
            found.push(SettingsError::invalid(
                "keep_alive.flow_timer_s",
                "not smaller than limits.tcp_idle_s",
                "use 120, or 0 to leave it to the phones: a connection may be silent for as long as its phone is told",
            ));
        }
        if !(1..=3600).contains(&self.udp_s) {
            found.push(SettingsError::invalid("keep_alive.udp_s", "not in 1 to 3600", "use 30"));
        }
    }

    /// How long a connection that was opened here may be silent before its peer is asked; none: it is not.
    pub(crate) fn ping_after(&self) -> Option<Duration> {
        (self.connections_s > 0).then(|| Duration::from_secs(self.connections_s))
    }
}
