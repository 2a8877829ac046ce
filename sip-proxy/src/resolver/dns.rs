//! Questions to the domain name system, and nothing about SIP: one trait, and the system's resolver behind it.
//!
//! Wire format, retransmission, search, the hosts file and the memory of answers by their own times (RFC 2308 for absent
//! ones) are the resolver library's. Which questions are asked is [`locate`](super::locate)'s.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, LookupIpStrategy, NameServerConfig, ResolverConfig, ResolverOpts};
use hickory_resolver::net::{DnsError, NetError, runtime::TokioRuntimeProvider};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{RData, RecordType};
use tokio::time::Instant;

/// Answers in the library's memory; it asks again when their time is over.
const KEPT: u64 = 4_096;
/// One server's time for one question, and how often it is asked.
const TIMEOUT: Duration = Duration::from_secs(2);
const ATTEMPTS: usize = 2;
/// What a record says of its own time is believed between these.
const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(3_600);
/// For an absent name whose zone says nothing.
const ABSENT: Duration = Duration::from_secs(30);

/// Records of one kind, none if there are none, and how long that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Records<T> {
    pub(super) list: Vec<T>,
    pub(super) holds: Duration,
}

/// Nobody could tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Away;

/// A NAPTR record (RFC 3403 §4.1), as far as SIP uses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Naptr {
    pub(super) order: u16,
    pub(super) preference: u16,
    pub(super) flags: String,
    pub(super) service: String,
    pub(super) replacement: String,
}

/// An SRV record (RFC 2782).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Srv {
    pub(super) priority: u16,
    pub(super) weight: u16,
    pub(super) port: u16,
    pub(super) target: String,
}

/// Whom to ask about names.
pub(super) trait Dns: Send + Sync + 'static {
    /// The NAPTR records of a domain.
    fn naptr(&self, domain: &str) -> impl Future<Output = Result<Records<Naptr>, Away>> + Send;
    /// The SRV records of a service's name.
    fn srv(&self, name: &str) -> impl Future<Output = Result<Records<Srv>, Away>> + Send;
    /// The A and AAAA records of a host.
    fn addresses(&self, host: &str) -> impl Future<Output = Result<Records<IpAddr>, Away>> + Send;
}

/// The system's resolver, or the name servers of the settings.
pub(crate) struct SystemDns(TokioResolver);

impl SystemDns {
    /// Asks these servers; none: those that the system asks, and the hosts file in any case.
    pub(super) fn new(servers: &[SocketAddr]) -> Result<SystemDns, String> {
        let mut builder = match servers {
            [] => TokioResolver::builder_tokio().unwrap_or_else(|error| {
                // A machine without DNS has names in its hosts file at most.
                tracing::warn!(%error, "the system names no DNS server: only names of the hosts file are found");
                TokioResolver::builder_with_config(ResolverConfig::default(), TokioRuntimeProvider::default())
            }),
            servers => {
                let servers = servers.iter().map(|server| name_server(*server)).collect();
                let config = ResolverConfig::from_name_servers(servers);
                TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
            }
        };
        set(builder.options_mut());
        builder.build().map(SystemDns).map_err(|error| error.to_string())
    }
}

fn name_server(server: SocketAddr) -> NameServerConfig {
    let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
        connection.port = server.port();
        connection
    });
    NameServerConfig::new(server.ip(), true, connections.into())
}

fn set(options: &mut ResolverOpts) {
    options.timeout = TIMEOUT;
    options.attempts = ATTEMPTS;
    options.cache_size = KEPT;
    options.edns0 = true;
    options.try_tcp_on_error = true;
    // RFC 3263 §4.2 has both kinds tried, and RFC 7984 §4.1 neither left out.
    options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
    options.positive_min_ttl = Some(SHORTEST);
    options.positive_max_ttl = Some(LONGEST);
    options.negative_min_ttl = Some(SHORTEST);
    options.negative_max_ttl = Some(ABSENT * 10);
}

impl Dns for SystemDns {
    async fn naptr(&self, domain: &str) -> Result<Records<Naptr>, Away> {
        self.records(domain, RecordType::NAPTR, |data| match data {
            RData::NAPTR(naptr) => Some(Naptr {
                order: naptr.order,
                preference: naptr.preference,
                flags: String::from_utf8_lossy(&naptr.flags).into_owned(),
                service: String::from_utf8_lossy(&naptr.services).into_owned(),
                replacement: naptr.replacement.to_ascii(),
            }),
            _ => None,
        })
        .await
    }

    async fn srv(&self, name: &str) -> Result<Records<Srv>, Away> {
        self.records(name, RecordType::SRV, |data| match data {
            RData::SRV(srv) => {
                Some(Srv { priority: srv.priority, weight: srv.weight, port: srv.port, target: srv.target.to_ascii() })
            }
            _ => None,
        })
        .await
    }

    async fn addresses(&self, host: &str) -> Result<Records<IpAddr>, Away> {
        match self.0.lookup_ip(absolute(host)).await {
            Ok(found) => Ok(Records { list: found.iter().collect(), holds: left(found.valid_until().into()) }),
            Err(error) => absent(&error),
        }
    }
}

impl SystemDns {
    async fn records<T>(
        &self,
        name: &str,
        kind: RecordType,
        read: impl Fn(&RData) -> Option<T> + Send,
    ) -> Result<Records<T>, Away> {
        match self.0.lookup(absolute(name), kind).await {
            Ok(found) => {
                let list = found.answers().iter().filter_map(|record| read(&record.data)).collect();
                Ok(Records { list, holds: left(found.valid_until().into()) })
            }
            Err(error) => absent(&error),
        }
    }
}

/// Names with a dot are whole; others are searched for as the system is told to, as everywhere else on the machine.
fn absolute(name: &str) -> String {
    if name.contains('.') && !name.ends_with('.') { format!("{name}.") } else { name.to_owned() }
}

fn left(until: Instant) -> Duration {
    until.saturating_duration_since(Instant::now()).clamp(SHORTEST, LONGEST)
}

/// That there is nothing is an answer, if a server said so; that nobody answered, or only that something is broken, is none.
fn absent<T>(error: &NetError) -> Result<Records<T>, Away> {
    match error {
        NetError::Dns(DnsError::NoRecordsFound(nothing))
            if matches!(nothing.response_code, ResponseCode::NXDomain | ResponseCode::NoError) =>
        {
            let seconds = nothing.negative_ttl.map_or(ABSENT, |ttl| Duration::from_secs(ttl.into()));
            Ok(Records { list: Vec::new(), holds: seconds.clamp(SHORTEST, ABSENT * 10) })
        }
        _ => Err(Away),
    }
}
