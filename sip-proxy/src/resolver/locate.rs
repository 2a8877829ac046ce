//! From the host of a SIP URI to the servers behind it: which transport, which addresses, in which order.
//!
//! RFC 3263 §4.1 (transport) and §4.2 (port and address), with the services' order of RFC 2782 and NAPTR's of RFC 3403.
//! Trying the next server when one fails (§4.3) is the core's, which is given all of them.

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use sip_core::Transport;

use super::dns::{Away, Dns, Naptr, Records, Srv};

/// Records of a name beyond which nothing is read: each is a question, and who asks waits for all of them.
const RECORDS_MAX: usize = 8;
/// Addresses of one server.
const ADDRESSES_MAX: usize = 8;

/// What we speak, in the order of our own preference, with the service of NAPTR and the label of SRV.
const SPOKEN: [(Transport, &str, &str); 3] = [
    (Transport::Udp, "SIP+D2U", "_sip._udp"),
    (Transport::Tcp, "SIP+D2T", "_sip._tcp"),
    (Transport::Tls, "SIPS+D2T", "_sips._tcp"),
];

/// The servers behind a name, and how long that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Located {
    pub(super) servers: Vec<Server>,
    pub(super) holds: Duration,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Server {
    /// Servers of a lower rank are tried first.
    pub(super) rank: u32,
    /// Its share among those of its rank.
    pub(super) weight: u16,
    pub(super) transport: Transport,
    pub(super) addresses: Vec<SocketAddr>,
}

/// What was found under the name of a service.
enum Service {
    Servers(Located),
    /// Not offered, and said so (RFC 2782: the target is the root).
    Refused(Duration),
    Unknown(Duration),
}

/// The servers behind a host that is no address.
pub(super) async fn locate<D: Dns>(
    dns: &D,
    host: &str,
    port: Option<u16>,
    transport: Option<Transport>,
) -> Result<Located, Away> {
    match (transport, port) {
        // §4.2: with a port, only addresses are asked for; §4.1: over UDP, if nothing else is said.
        (transport, Some(port)) => hosts(dns, host, port, transport.unwrap_or(Transport::Udp), Duration::MAX).await,
        (Some(transport), None) => by_transport(dns, host, transport).await,
        (None, None) => by_services(dns, host).await,
    }
}

/// §4.2: the transport is known, its service tells port and hosts; without one the host itself is the server.
async fn by_transport<D: Dns>(dns: &D, host: &str, transport: Transport) -> Result<Located, Away> {
    if transport == Transport::Tls {
        // §4.1: what its domain says of secure services comes first; who cannot answer for it says nothing.
        let naptr = dns.naptr(host).await.map(|naptr| naptr.list).unwrap_or_default();
        for (n, (_, replacement)) in (0..).zip(spoken_of(naptr).filter(|(spoken, _)| *spoken == transport)) {
            if let Ok(Service::Servers(found)) = service(dns, &replacement, transport, n << 16).await
                && !found.servers.is_empty()
            {
                return Ok(found);
            }
        }
    }
    let label = SPOKEN.iter().find(|(spoken, ..)| *spoken == transport).map_or("", |(.., label)| label);
    match service(dns, &format!("{label}.{host}"), transport, 0).await? {
        Service::Servers(found) => Ok(found),
        Service::Refused(holds) => Ok(Located { servers: Vec::new(), holds }),
        Service::Unknown(holds) => hosts(dns, host, transport.default_port(), transport, holds).await,
    }
}

/// §4.1: nothing is known but the host. What its domain says in NAPTR, else which services it has, else the host itself over
/// UDP. The questions are asked together: most hosts have none of them, and who calls waits.
async fn by_services<D: Dns>(dns: &D, host: &str) -> Result<Located, Away> {
    // §4.1: TLS is for who says so, in NAPTR or in the URI.
    let [udp, tcp, _] = SPOKEN.map(|(transport, _, label)| (transport, format!("{label}.{host}")));
    let (naptr, by_udp, by_tcp) =
        tokio::join!(dns.naptr(host), service(dns, &udp.1, udp.0, 0), service(dns, &tcp.1, tcp.0, 1 << 16));
    // A server that cannot answer for a kind of record that it does not know must not make its hosts unreachable.
    let naptr = naptr.unwrap_or(Records { list: Vec::new(), holds: Duration::MAX });
    let mut all = Located { servers: Vec::new(), holds: naptr.holds };
    for (n, (transport, replacement)) in (0..).zip(spoken_of(naptr.list)) {
        if let Ok(Service::Servers(found)) = service(dns, &replacement, transport, n << 16).await {
            all.holds = all.holds.min(found.holds);
            all.servers.extend(found.servers);
        }
    }
    if !all.servers.is_empty() {
        return Ok(all);
    }
    let (mut refused, mut away) = (0, 0);
    for asked in [by_udp, by_tcp] {
        match asked {
            Ok(Service::Servers(found)) => {
                all.holds = all.holds.min(found.holds);
                all.servers.extend(found.servers);
            }
            Ok(Service::Refused(holds)) => (refused, all.holds) = (refused + 1, all.holds.min(holds)),
            Ok(Service::Unknown(holds)) => all.holds = all.holds.min(holds),
            Err(Away) => away += 1,
        }
    }
    match all.servers.is_empty() && refused == 0 {
        true => {
            let found = hosts(dns, host, Transport::Udp.default_port(), Transport::Udp, all.holds).await?;
            // Nothing there, as far as those who answered know: the others may know of a service.
            if found.servers.is_empty() && away > 0 { Err(Away) } else { Ok(found) }
        }
        false => Ok(all),
    }
}

/// §4.1: of the records for services that we speak, the transports and where their services stand, the best first.
fn spoken_of(mut records: Vec<Naptr>) -> impl Iterator<Item = (Transport, String)> {
    records.sort_by_key(|record| (record.order, record.preference));
    let spoken = records.into_iter().filter_map(|record| {
        let (transport, ..) = *SPOKEN.iter().find(|(_, service, _)| record.service.eq_ignore_ascii_case(service))?;
        // "s": the replacement is the name of SRV records; nothing else is used for SIP.
        record.flags.eq_ignore_ascii_case("s").then_some((transport, record.replacement))
    });
    spoken.take(RECORDS_MAX)
}

/// The servers of a service, those of its priorities behind `rank`.
async fn service<D: Dns>(dns: &D, name: &str, transport: Transport, rank: u32) -> Result<Service, Away> {
    let Records { mut list, mut holds } = dns.srv(name).await?;
    match list.as_slice() {
        [] => return Ok(Service::Unknown(holds)),
        [Srv { target, .. }] if target == "." => return Ok(Service::Refused(holds)),
        _ => {}
    }
    list.sort_by_key(|record| record.priority);
    let mut servers = Vec::new();
    for record in list.into_iter().filter(|record| record.target != ".").take(RECORDS_MAX) {
        // One host of several that nobody knows of leaves the others.
        let Ok(found) = dns.addresses(&record.target).await else { continue };
        holds = holds.min(found.holds);
        let addresses = sockets(&found.list, record.port);
        if !addresses.is_empty() {
            let rank = rank + u32::from(record.priority);
            servers.push(Server { rank, weight: record.weight, transport, addresses });
        }
    }
    Ok(Service::Servers(Located { servers, holds }))
}

/// The host itself as the one server.
async fn hosts<D: Dns>(
    dns: &D,
    host: &str,
    port: u16,
    transport: Transport,
    at_most: Duration,
) -> Result<Located, Away> {
    let found = dns.addresses(host).await?;
    let addresses = sockets(&found.list, port);
    let servers = match addresses.is_empty() {
        true => Vec::new(),
        false => vec![Server { rank: 0, weight: 0, transport, addresses }],
    };
    Ok(Located { servers, holds: found.holds.min(at_most) })
}

fn sockets(addresses: &[IpAddr], port: u16) -> Vec<SocketAddr> {
    let mut seen = HashSet::new();
    let fresh = addresses.iter().filter(|address| seen.insert(**address));
    fresh.map(|address| SocketAddr::new(*address, port)).take(ADDRESSES_MAX).collect()
}

impl Located {
    /// All ways, in the order in which they are tried: by rank, and within a rank by lot, each server as often first as its weight
    /// says (RFC 2782, "Weight"). `lot` answers a number from 0 up to and with its argument.
    pub(super) fn in_order(&self, mut lot: impl FnMut(u32) -> u32) -> Vec<(Transport, SocketAddr)> {
        let mut left: Vec<&Server> = self.servers.iter().collect();
        // Those without a share first, so that they are not chosen but by the smallest number.
        left.sort_by_key(|server| (server.rank, server.weight));
        let mut ways: Vec<(Transport, SocketAddr)> = Vec::new();
        while let Some(first) = left.first() {
            let rank = left.partition_point(|server| server.rank == first.rank);
            let total = left[..rank].iter().map(|server| u32::from(server.weight)).sum();
            let drawn = lot(total);
            let mut sum = 0;
            let chosen = left[..rank].iter().position(|server| {
                sum += u32::from(server.weight);
                sum >= drawn
            });
            let server = left.remove(chosen.unwrap_or(0));
            for address in &server.addresses {
                let way = (server.transport, *address);
                if !ways.contains(&way) {
                    ways.push(way);
                }
            }
        }
        ways
    }
}
