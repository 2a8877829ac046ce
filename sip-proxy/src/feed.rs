//! Follows the change feed: what has changed in the database is forgotten in memory, and read anew when it is asked for.
//!
//! The domains and the trusted peers, which are held whole, are read again at once. A feed that was away too long to know what changed has
//! everything forgotten; the log says which it was. No command to reload exists, because none is needed.

use std::sync::Arc;
use std::time::Duration;

use domain::{DomainName, PeerProtocol, SipId};
use sip_core::directory::Domain;
use sip_core::peers::{PeerCalls, TrustedPeer};
use sip_core::{Shared, Transport};
use store::changes::{Change, ChangeFeed, Changes, Op, ReloadReason};
use store::directory::{DirectoryDomain, DirectoryPeer};
use store::{DatabaseUrl, StoreError};
use tokio::time::{sleep, timeout};
use tracing::{debug, info, warn};

mod network;

use crate::bans::BanKeeper;
use crate::counters::Counters;
use crate::directory::{Directory, Key};
use crate::locations::LocationWriter;
use crate::transport::tls::{DomainTls, Tls};

/// How often the connection's state is looked at while nothing changes.
const LOOK: Duration = Duration::from_secs(1);
const RETRY: Duration = Duration::from_millis(100);

/// What follows the feed.
pub(crate) struct Follower {
    pub(crate) directory: Arc<Directory>,
    pub(crate) locations: Arc<LocationWriter>,
    pub(crate) bans: Arc<BanKeeper>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) tls: Arc<Tls>,
    pub(crate) shared: Arc<Shared>,
}

/// What a batch of changes asks for beside forgetting single records.
#[derive(Debug, Default, PartialEq, Eq)]
struct Wanted {
    domains: bool,
    peers: bool,
    network: bool,
    everything: bool,
}

impl Follower {
    /// Follows for as long as the runtime lives.
    pub(crate) async fn run(self, url: DatabaseUrl, poll_interval: Duration) -> Result<(), StoreError> {
        let mut feed = ChangeFeed::new(&url, poll_interval)?.of_node(self.locations.node());
        let mut reader = store::directory::Directory::new(&url)?;
        let mut connected = false;
        loop {
            let changes = timeout(LOOK, feed.next()).await;
            if feed.is_connected() != connected {
                connected = feed.is_connected();
                self.directory.feed_connected(connected);
                if connected {
                    info!("the change feed is connected");
                } else {
                    warn!("the change feed has lost the database, changes are not seen until it is back");
                }
            }
            match changes {
                Ok(Changes::Entries(entries)) => {
                    self.counters.feed_changes.add(entries.len() as u64);
                    debug!(changes = entries.len(), "{} changes came over the feed", entries.len());
                    let wanted = self.apply(&entries);
                    if wanted.everything {
                        self.directory.forget_all();
                    }
                    self.read_again(&mut reader, &wanted).await;
                }
                Ok(Changes::Reload(reason)) => {
                    self.counters.feed_reloads.one();
                    info!(?reason, "everything held of the database is read anew: {reason:?}");
                    self.directory.forget_all();
                    if reason == ReloadReason::AnotherDatabase {
                        self.locations.write_everything();
                    }
                    self.locations.look_at_everything();
                    self.bans.look_at_everything();
                    self.read_again(&mut reader, &Wanted { everything: true, ..Wanted::default() }).await;
                }
                Err(_nothing_changed) => {}
            }
        }
    }

    /// Reads what is held whole, the domains last: while they are not known nothing is served.
    async fn read_again(&self, reader: &mut store::directory::Directory, wanted: &Wanted) {
        if wanted.everything || wanted.peers {
            self.read_peers(reader).await;
        }
        if wanted.everything || wanted.network {
            self.read_network(reader).await;
        }
        if wanted.everything || wanted.domains {
            self.read_domains(reader).await;
        }
    }

    fn apply(&self, entries: &[Change]) -> Wanted {
        let mut wanted = Wanted::default();
        for change in entries {
            self.apply_one(change, &mut wanted);
        }
        wanted
    }

    fn apply_one(&self, change: &Change, wanted: &mut Wanted) {
        if change.op == Op::Truncate || change.key.is_empty() {
            match change.table.as_str() {
                "locations" => self.locations.look_at_everything(),
                "sip_bans" => self.bans.look_at_everything(),
                _ => wanted.everything = true,
            }
            return;
        }
        match change.table.as_str() {
            "sip_domains" => {
                wanted.domains = true;
                match DomainName::parse(&change.key) {
                    Ok(name) if change.op != Op::Insert => self.directory.forget_domain(&name),
                    Ok(_) => {}
                    Err(_) => wanted.everything = true,
                }
            }
            "sip_accounts" | "sip_account_groups" | "sip_account_acl" => match SipId::parse(&change.key) {
                Ok(name) => {
                    if change.op == Op::Delete && change.table == "sip_accounts" {
                        // An account of the same name may be made later; it has no phones yet.
                        self.locations.forget(&name);
                    }
                    self.directory.forget(&Key::Account(name));
                }
                Err(_) => wanted.everything = true,
            },
            "sip_aliases" => match SipId::parse(&change.key) {
                Ok(name) => self.directory.forget(&Key::Alias(name)),
                Err(_) => wanted.everything = true,
            },
            "sip_call_diversions"
            | "sip_accept_rules"
            | "sip_temporary_accept_rules"
            | "sip_reject_members"
            | "sip_barring_prefixes"
            | "sip_phonebook_entries"
            | "voicemail_accounts"
            | "prepaid_balances" => match SipId::parse(&change.key) {
                Ok(name) => self.directory.forget(&Key::Account(name)),
                Err(_) => wanted.everything = true,
            },
            "enum_numbers" | "enum_mappings" => match SipId::parse(&change.key) {
                Ok(name) => self.directory.forget(&Key::Number(name)),
                Err(_) => wanted.everything = true,
            },
            "enum_ranges" => {
                // A range that changes its root takes its numbers along.
                self.directory.forget_numbers();
                wanted.network = true;
            }
            "carriers" | "gateways" | "gateway_rules" | "routes" | "emergency_mapping" | "customer_properties" => {
                wanted.network = true;
            }
            "trusted_peers" => wanted.peers = true,
            "locations" => match SipId::parse(&change.key) {
                Ok(name) => self.locations.look_at(name),
                Err(_) => self.locations.look_at_everything(),
            },
            "sip_bans" => self.bans.look_at(&change.key),
            // Tables that nothing here is made of yet.
            _ => {}
        }
    }

    /// Reads the domains until it succeeds; the old ones are served meanwhile.
    async fn read_domains(&self, reader: &mut store::directory::Directory) {
        let mut said = false;
        loop {
            let domains = async { Ok((reader.domains().await?, reader.domain_certificates().await?)) };
            match domains.await {
                Ok((domains, certificates)) => {
                    self.tls.set_domains(certificates.into_iter().map(domain_tls).collect());
                    let first = !self.directory.is_ready();
                    let count = domains.len();
                    self.directory.set_domains(domains.into_iter().map(domain));
                    if first {
                        info!(domains = count, "{count} domains are served");
                    }
                    return;
                }
                Err(error) => {
                    let error: StoreError = error;
                    if !said {
                        warn!(%error, "the domains cannot be read: {error}");
                    }
                    said = true;
                    sleep(RETRY).await;
                }
            }
        }
    }

    /// Reads the telephone network until it succeeds; calls go by the old one meanwhile.
    async fn read_network(&self, reader: &mut store::directory::Directory) {
        let mut said = false;
        loop {
            match reader.network().await {
                Ok(rows) => return self.shared.set_network(Arc::new(network::of(rows))),
                Err(error) if !said => warn!(%error, "the routes to the telephone network cannot be read: {error}"),
                Err(_) => {}
            }
            said = true;
            sleep(RETRY).await;
        }
    }

    /// Reads the trusted peers until it succeeds; the old ones are trusted meanwhile.
    async fn read_peers(&self, reader: &mut store::directory::Directory) {
        let mut said = false;
        loop {
            match reader.trusted_peers().await {
                Ok(peers) => return self.shared.peers.set(peers.into_iter().map(trusted)),
                Err(error) if !said => warn!(%error, "the trusted peers cannot be read: {error}"),
                Err(_) => {}
            }
            said = true;
            sleep(RETRY).await;
        }
    }
}

fn domain(row: DirectoryDomain) -> Domain {
    Domain { name: row.name, customer: row.customer, reseller: row.reseller }
}

fn trusted(peer: DirectoryPeer) -> TrustedPeer {
    let transport = match peer.protocol {
        PeerProtocol::Any => None,
        PeerProtocol::Udp => Some(Transport::Udp),
        PeerProtocol::Tcp => Some(Transport::Tcp),
        PeerProtocol::Tls => Some(Transport::Tls),
    };
    let calls = PeerCalls {
        id: peer.id,
        blocked: peer.blocked,
        strip: peer.strip,
        prefix: peer.prefix.into(),
        transit: peer.transit,
        enum_lookup: peer.enum_lookup,
        carrier: peer.carrier_name.into(),
        originator: peer.originator.into(),
        reseller: peer.reseller,
        call_limit: peer.call_limit,
    };
    TrustedPeer { address: peer.address, transport, calls }
}

fn domain_tls(said: store::directory::DomainCertificate) -> DomainTls {
    DomainTls {
        domain: said.domain,
        certificate: said.certificate,
        private_key: said.private_key,
        match_ip_address: said.match_ip_address,
        match_sip_domain: said.match_sip_domain,
        verify_cert: said.verify_cert,
        require_cert: said.require_cert,
    }
}
