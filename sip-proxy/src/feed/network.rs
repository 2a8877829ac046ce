//! The tables of the telephone network as the core holds them: gateways in their carriers, rules in their gateways. A row that names
//! another that is not there was read between two changes; what changed last has it read again.

use std::collections::HashMap;

use sip_core::Transport;
use sip_core::network::{Carrier, Emergency, Gateway, GatewayRule, Network, Range, Route, Voicemail};
use store::directory_network::{DirectoryGateway, DirectoryNetwork, DirectoryRule};

/// The tables, put together.
pub(super) fn of(rows: DirectoryNetwork) -> Network {
    let mut rules: HashMap<i32, Vec<GatewayRule>> = HashMap::new();
    for rule in rows.rules {
        rules.entry(rule.gateway_id).or_default().push(gateway_rule(rule));
    }
    let mut gateways: HashMap<i32, Vec<Gateway>> = HashMap::new();
    for row in rows.gateways {
        let rules = rules.remove(&row.id).unwrap_or_default();
        gateways.entry(row.carrier_id).or_default().push(gateway(row, rules));
    }
    let carriers = rows.carriers.into_iter().map(|row| Carrier {
        id: row.id,
        name: row.name.into(),
        reseller: row.reseller,
        gateways: gateways.remove(&row.id).unwrap_or_default(),
    });
    let routes = rows.routes.into_iter().map(|row| {
        let priority = u32::try_from(row.priority).unwrap_or_default();
        (row.prefix.into(), Route { id: row.id, carrier: row.carrier_id, originator: row.originator.into(), priority })
    });
    let ranges = rows.ranges.into_iter().map(|row| {
        let range =
            Range { id: row.id, tld: row.tld, min_digits: small(row.min_digits), max_digits: small(row.max_digits) };
        (row.prefix.into(), range)
    });
    let emergency = rows.emergency.into_iter().map(|row| {
        let to =
            Emergency { id: row.id, domain: row.domain.into(), region: row.region.into(), target: row.target.into() };
        (row.number.into(), to)
    });
    let voicemail = rows.voicemail.into_iter().filter_map(|(customer, (server, access_number))| {
        // It becomes part of a URI.
        let server = if is_host_port(&server) { server } else { String::new() };
        let said = Voicemail { server: server.into(), access_number: access_number.trim().into() };
        (said != Voicemail::default()).then_some((customer, said))
    });
    Network::new(carriers.collect(), routes.collect(), ranges.collect())
        .with_emergency(emergency.collect())
        .with_voicemail(voicemail)
}

fn gateway(row: DirectoryGateway, rules: Vec<GatewayRule>) -> Gateway {
    Gateway {
        id: row.id,
        name: row.name.into(),
        // The table admits no other words.
        transport: Transport::from_name(row.transport.as_bytes()).unwrap_or(Transport::Udp),
        host: row.ip.into(),
        port: row.port,
        rules,
    }
}

fn gateway_rule(row: DirectoryRule) -> GatewayRule {
    GatewayRule {
        id: row.id,
        prefix: row.prefix.into(),
        strip: u8::try_from(row.strip).unwrap_or_default(),
        prepend: row.prepend.into(),
        min_length: small(row.min_length),
        max_length: small(row.max_length),
    }
}

fn small(number: i32) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}

fn is_host_port(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:[]".contains(&b))
}
