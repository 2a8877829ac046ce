//! The settings as the core is told them.

use sip_core::digest::Algorithm;
use sip_core::registrar::RegistrarLimits;
use sip_core::{Relay, Transport};

use crate::config::{ChallengeFirst, RelayTransport, Settings};
use crate::transport::Opened;
use crate::transport::advertised::Advertised;

/// What the core is told.
pub(super) fn settings(settings: &Settings, opened: &Opened) -> sip_core::Settings {
    let mut core = sip_core::Settings::new(opened.listeners.clone());
    core.own_names = Advertised::parse(&settings.sip.advertised).unwrap_or_default().hosts();
    core.transactions_max = (settings.limits.transactions / settings.shard_count()).max(1);
    core.registrar = RegistrarLimits {
        expires_s_min: settings.registrar.expires_min_s,
        expires_s_max: settings.registrar.expires_max_s,
        expires_s_default: settings.registrar.expires_default_s,
        contacts_max: settings.registrar.contacts_max,
        path_unsupported: settings.registrar.path_unsupported,
    };
    settings.routing.apply(&mut core);
    core.service_route = settings.registrar.service_route.join(", ");
    core.challenge_first = match settings.registrar.challenge_first {
        ChallengeFirst::Md5 => Algorithm::Md5,
        ChallengeFirst::Sha256 => Algorithm::Sha256,
    };
    core.subscriptions_max = settings.registrar.watchers.div_ceil(settings.shard_count());
    core.flow_timer_s = settings.keep_alive.flow_timer_s;
    core
}

/// How other proxies reach this one.
pub(super) fn relay(settings: &Settings, opened: &Opened) -> Option<Relay> {
    let wanted = match settings.sip.relay_transport {
        RelayTransport::Udp => Transport::Udp,
        RelayTransport::Tcp => Transport::Tcp,
        RelayTransport::Tls => Transport::Tls,
    };
    let listener = opened.listeners.iter().find(|listener| listener.transport == wanted)?;
    let address = match settings.sip.relay.as_str() {
        "" => listener.sent_by.clone(),
        address => address.to_owned(),
    };
    Some(Relay { address, transport: listener.transport, udp: settings.sip.relay_udp })
}
