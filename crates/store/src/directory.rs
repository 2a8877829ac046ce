//! What the proxy routes by, read as the role `sip_proxy`: many records in one statement, on connections that each have
//! one owner. There is no pool here: whoever owns a [`Directory`] collects what is asked for while the last answer is
//! under way. Keeping answers, absent ones too, and forgetting them by the change feed is the owner's business.

use std::net::IpAddr;
use std::time::Duration;

use domain::{AclNetwork, DomainName, Group, PeerProtocol, Secret, SipId};
use ipnet::IpNet;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use tokio::time::timeout;

use crate::directory_calls::{self, DirectoryCalls};
use crate::migrate::{SchemaVersion, schema_version};
use crate::{DatabaseUrl, StoreError};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// How long one batch may take before the database counts as away.
pub(crate) const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);

/// One connection of the proxy.
#[derive(Debug)]
pub struct Directory {
    pub(crate) link: Link,
}

/// A SIP domain that is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryDomain {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: DomainName,
    /// The customer it belongs to; 0: nobody.
    pub customer: i64,
    /// The reseller it belongs to; 0: nobody.
    pub reseller: i64,
}

/// What a SIP domain says of its own about TLS.
#[derive(Debug, Clone)]
pub struct DomainCertificate {
    /// Its name.
    pub domain: String,
    /// PEM text; empty: that of the platform.
    pub certificate: String,
    /// PEM text.
    pub private_key: Secret,
    /// The platform's addresses that it counts for; empty: all.
    pub match_ip_address: String,
    /// Further domains that it counts for.
    pub match_sip_domain: String,
    /// Whether a peer's certificate must be good.
    pub verify_cert: bool,
    /// Whether a peer must show one.
    pub require_cert: bool,
}

/// A SIP account, with all that registration and routing need of it.
#[derive(Debug, Clone)]
pub struct DirectoryAccount {
    /// Its id.
    pub row_id: i64,
    /// Its address.
    pub id: SipId,
    /// MD5(username:domain:password), hexadecimal.
    pub ha1: Secret,
    /// MD5(username@domain:domain:password), hexadecimal.
    pub ha1b: Secret,
    /// SHA-256(username:domain:password), hexadecimal; none when only MD5 digests are known.
    pub ha1_sha256: Option<Secret>,
    /// The groups it is in; `prepaid` is among them when the account is.
    pub groups: Vec<Group>,
    /// The networks it may be used from; none: everywhere.
    pub acl: Vec<AclNetwork>,
    /// Olson name of its time zone; empty: the platform's.
    pub timezone: String,
    /// Caller id towards the telephone network; empty: none.
    pub rpid: String,
    /// Monthly limit; 0: none.
    pub quota: i32,
    /// Digits in front of short numbers; empty: none.
    pub quickdial_prefix: String,
    /// Most concurrent calls to the telephone network; 0: no limit.
    pub call_limit: i32,
    /// Whether calls are limited by a balance.
    pub prepaid: bool,
    /// Where it is, for emergency calls; empty: not said.
    pub region: String,
    /// Seconds of ringing.
    pub timeout_s: i32,
    /// What else was decided about its calls.
    pub calls: DirectoryCalls,
}

/// A further address of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryAlias {
    /// The alias.
    pub id: SipId,
    /// The account it leads to.
    pub target: SipId,
}

/// A peer that is trusted by its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryPeer {
    /// Its id.
    pub id: i64,
    /// Its address.
    pub address: IpAddr,
    /// The transport over which it is.
    pub protocol: PeerProtocol,
    /// Nothing that it sends is served.
    pub blocked: bool,
    /// Digits removed from the numbers that it calls.
    pub strip: u8,
    /// Put in front of them then.
    pub prefix: String,
    /// Whether it may reach gateways and other peers.
    pub transit: bool,
    /// Whether its numbers are looked up in ENUM.
    pub enum_lookup: bool,
    /// The only carrier for its calls; empty: any.
    pub carrier_name: String,
    /// As whose its calls ask for routes.
    pub originator: String,
    /// The reseller it belongs to; 0: nobody.
    pub reseller: i64,
    /// Most calls at the same time; 0: no limit.
    pub call_limit: u32,
}

impl Directory {
    /// A directory at this URL. Nothing is connected before the first question.
    pub fn new(url: &DatabaseUrl) -> Result<Self, StoreError> {
        Ok(Self { link: Link::new(url, "sip-proxy")? })
    }

    /// The version of the schema that the database has.
    pub async fn schema_version(&mut self) -> Result<SchemaVersion, StoreError> {
        ask!(self.link, |conn| schema_version(conn).await?)
    }

    /// All domains.
    pub async fn domains(&mut self) -> Result<Vec<DirectoryDomain>, StoreError> {
        let rows = ask!(self.link, |conn| sqlx::query!(
            r#"SELECT id, domain, coalesce(customer, 0) AS "customer!", coalesce(reseller, 0) AS "reseller!"
                       FROM sip_domains"#
        )
        .fetch_all(conn)
        .await?)?;
        Ok(rows
            .into_iter()
            .filter_map(|row| {
                let name = readable(DomainName::parse(&row.domain), "SIP domain", row.id)?;
                Some(DirectoryDomain { id: row.id, name, customer: row.customer, reseller: row.reseller })
            })
            .collect())
    }

    /// The domains that say something of their own about TLS, in the order of their names.
    pub async fn domain_certificates(&mut self) -> Result<Vec<DomainCertificate>, StoreError> {
        let rows = ask!(self.link, |conn| {
            sqlx::query!(
            r#"SELECT domain, certificate, private_key, match_ip_address, match_sip_domain, verify_cert, require_cert
                       FROM sip_domains
                       WHERE certificate <> '' OR verify_cert OR require_cert
                       ORDER BY domain"#
        )
        .fetch_all(conn)
        .await?
        })?;
        Ok(rows
            .into_iter()
            .map(|row| DomainCertificate {
                domain: row.domain,
                certificate: row.certificate,
                private_key: Secret::new(row.private_key),
                match_ip_address: row.match_ip_address,
                match_sip_domain: row.match_sip_domain,
                verify_cert: row.verify_cert,
                require_cert: row.require_cert,
            })
            .collect())
    }

    /// All peers that are known by an address, blocked ones too.
    pub async fn trusted_peers(&mut self) -> Result<Vec<DirectoryPeer>, StoreError> {
        let rows = ask!(self.link, |conn| {
            sqlx::query!(
                r#"SELECT id, ip, protocol, blocked, strip, prefix, transit, enum_lookup, carrier_name, originator, call_limit,
                          coalesce(reseller, 0) AS "reseller!"
                       FROM trusted_peers WHERE NOT msteams ORDER BY id"#
            )
            .fetch_all(conn)
            .await?
        })?;
        Ok(rows
            .into_iter()
            .filter_map(|row| {
                let protocol = readable(PeerProtocol::parse(&row.protocol), "peer's protocol", row.id)?;
                Some(DirectoryPeer {
                    id: row.id,
                    address: row.ip.parse().ok()?,
                    protocol,
                    blocked: row.blocked != 0,
                    strip: u8::try_from(row.strip).unwrap_or_default(),
                    prefix: row.prefix,
                    transit: row.transit,
                    enum_lookup: row.enum_lookup,
                    carrier_name: row.carrier_name,
                    originator: row.originator,
                    reseller: row.reseller,
                    call_limit: u32::try_from(row.call_limit).unwrap_or_default(),
                })
            })
            .collect())
    }

    /// Those of these accounts that exist, in any order.
    pub async fn accounts(&mut self, ids: &[SipId]) -> Result<Vec<DirectoryAccount>, StoreError> {
        let (usernames, domains) = columns(ids);
        let rows = ask!(self.link, |conn| {
            sqlx::query!(
                    r#"SELECT a.id, a.username, d.domain, a.ha1, a.ha1b, a.ha1_sha256, a.timezone, a.rpid, a.quota,
                              a.quickdial_prefix, a.call_limit, a.prepaid, a.region, a.timeout,
                              ARRAY(SELECT name FROM sip_account_groups_all AS g WHERE g.account_id = a.id) AS "groups!: Vec<String>",
                              ARRAY(SELECT network FROM sip_account_acl AS l WHERE l.account_id = a.id ORDER BY position) AS "acl!: Vec<IpNet>",
                              ARRAY(SELECT condition || ' ' || target FROM sip_call_diversions AS v WHERE v.account_id = a.id) AS "diversions!: Vec<String>",
                              ARRAY(SELECT concat_ws(chr(31), days, extract(epoch FROM start)::integer / 60,
                                                     extract(epoch FROM stop)::integer / 60, array_to_string(groups, chr(31)))
                                    FROM sip_accept_rules AS r WHERE r.account_id = a.id ORDER BY position)
                                  AS "accept_rules!: Vec<String>",
                              (SELECT concat_ws(chr(31), extract(epoch FROM expires)::bigint, array_to_string(groups, chr(31)))
                               FROM sip_temporary_accept_rules AS r WHERE r.account_id = a.id AND expires > now())
                                  AS temporary,
                              ARRAY(SELECT member FROM sip_reject_members AS m WHERE m.account_id = a.id ORDER BY position) AS "reject_members!: Vec<String>",
                              ARRAY(SELECT prefix FROM sip_barring_prefixes AS b WHERE b.account_id = a.id ORDER BY position) AS "barring_prefixes!: Vec<String>",
                              ARRAY(SELECT group_name || chr(31) || uri FROM sip_phonebook_entries AS p
                                    WHERE p.account_id = a.id AND group_name <> '' AND (
                                        EXISTS (SELECT FROM sip_accept_rules AS r
                                                WHERE r.account_id = a.id AND p.group_name = ANY (r.groups))
                                        OR EXISTS (SELECT FROM sip_temporary_accept_rules AS r
                                                   WHERE r.account_id = a.id AND p.group_name = ANY (r.groups)))
                                    LIMIT 1000)
                                  AS "phonebook!: Vec<String>",
                              (SELECT mailbox FROM voicemail_accounts AS v WHERE v.account_id = a.id) AS mailbox,
                              (a.prepaid AND coalesce((SELECT balance FROM prepaid_balances AS b WHERE b.account_id = a.id), 0) <= 0)
                                  AS "used_up!"
                       FROM unnest($1::text[], $2::text[]) AS asked (username, domain)
                       JOIN sip_domains AS d ON d.domain = asked.domain
                       JOIN sip_accounts AS a ON a.domain_id = d.id AND a.username = asked.username"#,
                    &usernames[..] as _,
                    &domains[..] as _,
                ).fetch_all(conn).await?
        })?;
        Ok(rows
            .into_iter()
            .filter_map(|row| {
                Some(DirectoryAccount {
                    row_id: row.id,
                    id: sip_id(&row.username, &row.domain, row.id)?,
                    ha1: Secret::new(row.ha1),
                    ha1b: Secret::new(row.ha1b),
                    ha1_sha256: row.ha1_sha256.map(Secret::new),
                    groups: row.groups.iter().filter_map(|g| readable(Group::parse(g), "group", row.id)).collect(),
                    acl: row.acl.into_iter().filter_map(acl_network).collect(),
                    timezone: row.timezone,
                    rpid: row.rpid,
                    quota: row.quota,
                    quickdial_prefix: row.quickdial_prefix,
                    call_limit: row.call_limit,
                    prepaid: row.prepaid,
                    region: row.region,
                    timeout_s: row.timeout,
                    calls: DirectoryCalls {
                        diversions: directory_calls::diversions(&row.diversions),
                        accept_rules: directory_calls::accept_rules(&row.accept_rules),
                        temporary: row.temporary.as_deref().and_then(directory_calls::temporary),
                        reject_members: row.reject_members,
                        barring_prefixes: row.barring_prefixes,
                        phonebook: directory_calls::phonebook(&row.phonebook),
                        mailbox: row.mailbox.unwrap_or_default(),
                        used_up: row.used_up,
                    },
                })
            })
            .collect())
    }

    /// Those of these aliases that exist, in any order.
    pub async fn aliases(&mut self, ids: &[SipId]) -> Result<Vec<DirectoryAlias>, StoreError> {
        let (usernames, domains) = columns(ids);
        let rows = ask!(self.link, |conn| sqlx::query!(
            r#"SELECT l.id, l.username, d.domain, a.username AS target_username, t.domain AS target_domain
                       FROM unnest($1::text[], $2::text[]) AS asked (username, domain)
                       JOIN sip_domains AS d ON d.domain = asked.domain
                       JOIN sip_aliases AS l ON l.domain_id = d.id AND l.username = asked.username
                       JOIN sip_accounts AS a ON a.id = l.target_id
                       JOIN sip_domains AS t ON t.id = a.domain_id"#,
            &usernames[..] as _,
            &domains[..] as _,
        )
        .fetch_all(conn)
        .await?)?;
        Ok(rows
            .into_iter()
            .filter_map(|row| {
                let id = sip_id(&row.username, &row.domain, row.id)?;
                Some(DirectoryAlias { id, target: sip_id(&row.target_username, &row.target_domain, row.id)? })
            })
            .collect())
    }
}

pub(crate) fn columns(ids: &[SipId]) -> (Vec<&str>, Vec<&str>) {
    ids.iter().map(|id| (id.username.as_str(), id.domain.as_str())).unzip()
}

pub(crate) fn sip_id(username: &str, domain: &str, row_id: i64) -> Option<SipId> {
    let username = readable(domain::Username::parse(username), "SIP user name", row_id)?;
    Some(SipId::new(username, readable(DomainName::parse(domain), "SIP domain", row_id)?))
}

/// The rules of values are stricter than the schema's: what plain SQL put in and no rule admits is left out, and said.
pub(crate) fn readable<T>(value: Result<T, domain::Invalid>, what: &str, row_id: i64) -> Option<T> {
    value.inspect_err(|error| tracing::warn!(%error, row_id, "a {what} that is stored cannot be used")).ok()
}

/// The contract knows IPv4 networks only. A list of others would read as no list at all, which means everywhere: such an
/// entry becomes one that admits nobody.
fn acl_network(network: IpNet) -> Option<AclNetwork> {
    match network {
        IpNet::V4(network) => Some(AclNetwork::new(network)),
        IpNet::V6(_) => AclNetwork::parse("255.255.255.255", None).ok(),
    }
}

/// A connection with one owner, made when needed and made anew when lost.
#[derive(Debug)]
pub(crate) struct Link {
    options: PgConnectOptions,
    conn: Option<PgConnection>,
}

/// A connection that is in use, and whether it was there before.
pub(crate) struct Lease {
    pub(crate) conn: PgConnection,
    old: bool,
}

impl Link {
    pub(crate) fn new(url: &DatabaseUrl, application: &str) -> Result<Self, StoreError> {
        Ok(Self { options: url.options(application)?.options([("statement_timeout", "10000")]), conn: None })
    }

    /// The same, for statements over tables that grow from nothing to very much while the connection lives: a plan that was made for the
    /// one and is used for the other takes seconds, making one takes a millisecond.
    pub(crate) fn planned_each_time(mut self) -> Self {
        self.options = self.options.options([("plan_cache_mode", "force_custom_plan")]);
        self
    }

    /// The same, whose writes the feed tells to all nodes but this one.
    pub(crate) fn of_node(mut self, node: &str) -> Self {
        self.options = self.options.options([("ngnpro.node", node)]);
        self
    }

    /// Takes the connection out: an answer that nobody waits for any more must not be read as the next question's.
    pub(crate) async fn lease(&mut self) -> Result<Lease, StoreError> {
        if let Some(conn) = self.conn.take() {
            return Ok(Lease { conn, old: true });
        }
        match timeout(CONNECT_TIMEOUT, PgConnection::connect_with(&self.options)).await {
            Ok(conn) => Ok(Lease { conn: conn?, old: false }),
            Err(_elapsed) => Err(StoreError::unavailable("no connection in time")),
        }
    }

    /// Keeps the connection if it is good for the next question. `None`: ask again, on another. A connection that died
    /// while it was not used says so only now, so that one loss on an old connection is not yet an outage.
    pub(crate) fn settle<T>(&mut self, lease: Lease, answer: Result<T, StoreError>) -> Option<Result<T, StoreError>> {
        match &answer {
            Err(error) if error.is_unavailable() => (!lease.old).then_some(answer),
            _ => {
                self.conn = Some(lease.conn);
                Some(answer)
            }
        }
    }
}

/// Runs statements that may be repeated on a link's connection. Not a function: what a closure borrows could not be
/// awaited on another thread.
macro_rules! ask {
    ($link:expr, |$conn:ident| $statements:expr) => {
        loop {
            let mut lease = $link.lease().await?;
            let $conn = &mut lease.conn;
            let statements = async { Ok::<_, $crate::StoreError>($statements) };
            let answer = match tokio::time::timeout($crate::directory::ANSWER_TIMEOUT, statements).await {
                Ok(answer) => answer,
                // What is still to come on this connection is not for us: it ends with the lease.
                Err(_elapsed) => return Err($crate::StoreError::unavailable("no answer in time")),
            };
            if let Some(answer) = $link.settle(lease, answer) {
                break answer;
            }
        }
    };
}
pub(crate) use ask;
