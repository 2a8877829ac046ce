//! Where devices are: written by the proxy in batches, read back by it when it starts, shown by the server.
//!
//! Each proxy (node) keeps the set of contacts of an account that it holds, and replaces it as a whole; so several may serve phones of one
//! account. A contact that comes to another proxy is taken over by it. Which contacts are the same one is the registrar's rule.

use std::borrow::Cow;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::time::SystemTime;

use domain::SipId;
use ipnet::IpNet;
use time::OffsetDateTime;

use crate::directory::{Link, ask, columns, sip_id};
use crate::{DatabaseUrl, StoreError, Tx};

/// One registered contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The Contact's URI.
    pub contact: String,
    /// The Contact's parameters other than q and expires, with their leading semicolon.
    pub params: String,
    /// Preference in thousandths, where one was given.
    pub q_per_mille: Option<u16>,
    /// The Path, as a Route header's value; empty: none.
    pub path: String,
    /// The Call-ID of the REGISTER.
    pub call_id: String,
    /// Its CSeq number.
    pub cseq: u32,
    /// The User-Agent; empty: none.
    pub user_agent: String,
    /// The host of the contact's URI.
    pub address: String,
    /// The port of the contact's URI, or its transport's default.
    pub port: u16,
    /// udp, tcp, tls, ws or wss.
    pub transport: String,
    /// Where the REGISTER came from.
    pub received: SocketAddr,
    /// Which of our sockets it came to.
    pub local: String,
    /// Which proxy holds the flow.
    pub node: String,
    /// The device and the number of its flow, where the contact is one (RFC 5626 §6); empty: the URI tells it from others.
    pub flow_key: String,
    /// The Route by which other proxies reach it through the one that holds it; empty: they need none.
    pub relay: String,
    /// When it ends.
    pub expires: SystemTime,
}

impl Location {
    /// What tells it from the account's other contacts.
    fn key(&self) -> &String {
        if self.flow_key.is_empty() { &self.contact } else { &self.flow_key }
    }
}

/// What a node holds of an account from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The account.
    pub aor: SipId,
    /// Its contacts here, in the registrar's order; whatever their `node` says, they are of the node that writes.
    pub locations: Vec<Location>,
    /// Contacts that other nodes held, and that have come here or gone by a request that came here: their flow keys, or else their URIs.
    pub taken_over: Vec<String>,
}

/// All contacts of an account; none: it is offline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocationSet {
    /// The account.
    pub aor: SipId,
    /// Its contacts, in the registrar's order.
    pub locations: Vec<Location>,
}

/// The proxy's connection for writing and reading back.
#[derive(Debug)]
pub struct Locations {
    link: Link,
    node: String,
}

impl Locations {
    /// Prepares a connection at this URL, as the role `sip_proxy`, to look at what there is.
    pub fn new(url: &DatabaseUrl) -> Result<Self, StoreError> {
        Ok(Self { link: Link::new(url, "sip-proxy-locations")?.planned_each_time(), node: String::new() })
    }

    /// The connection of one proxy: the others are told what it writes, and woken for it.
    pub fn of_node(url: &DatabaseUrl, node: &str) -> Result<Self, StoreError> {
        let link = Link::new(url, "sip-proxy-locations")?.planned_each_time().of_node(node);
        Ok(Self { link, node: stored(node).into_owned() })
    }

    /// All that have not ended, of all nodes. For tables of a moderate size.
    pub async fn load(&mut self) -> Result<Vec<LocationSet>, StoreError> {
        let mut all = Vec::new();
        let mut page = self.page(None).await?;
        loop {
            all.append(&mut page.sets);
            let Some(next) = page.next else { return Ok(all) };
            page = self.page(Some(next)).await?;
        }
    }

    /// A part of all that have not ended, of all nodes: from the beginning, or from where another page ended. Accounts come whole.
    pub async fn page(&mut self, from: Option<Place>) -> Result<Page, StoreError> {
        let from = from.map_or(i64::MIN, |Place(account_id)| account_id);
        let rows = ask!(self.link, |conn| sqlx::query_as!(
            LocationRow,
            r#"SELECT l.account_id, a.username, d.domain, l.contact, l.params, l.q_per_mille, l.path, l.call_id,
                              l.cseq, l.user_agent, l.address, l.port, l.transport, l.received AS "received: IpNet",
                              l.received_port, l.local, l.node, l.flow_key, l.relay, l.expires
                       FROM locations AS l
                       JOIN sip_accounts AS a ON a.id = l.account_id JOIN sip_domains AS d ON d.id = a.domain_id
                       WHERE l.account_id >= $1 AND l.expires > now()
                       ORDER BY l.account_id, l.node, l.position LIMIT $2"#,
            from,
            PAGE_ROWS,
        )
        .fetch_all(conn)
        .await?)?;
        Ok(whole_accounts(rows))
    }

    /// What has not ended of these accounts, of all nodes. Accounts without anything are missing from the answer.
    pub async fn of(&mut self, aors: &[SipId]) -> Result<Vec<LocationSet>, StoreError> {
        let (usernames, domains) = columns(aors);
        let rows = ask!(self.link, |conn| sqlx::query_as!(
            LocationRow,
            r#"SELECT l.account_id, a.username, d.domain, l.contact, l.params, l.q_per_mille, l.path, l.call_id,
                              l.cseq, l.user_agent, l.address, l.port, l.transport, l.received AS "received: IpNet",
                              l.received_port, l.local, l.node, l.flow_key, l.relay, l.expires
                       FROM unnest($1::text[], $2::text[]) AS asked (username, domain)
                       JOIN sip_domains AS d ON d.domain = asked.domain
                       JOIN sip_accounts AS a ON a.domain_id = d.id AND a.username = asked.username
                       JOIN locations AS l ON l.account_id = a.id
                       WHERE l.expires > now() ORDER BY l.account_id, l.node, l.position"#,
            &usernames[..] as _,
            &domains[..] as _,
        )
        .fetch_all(conn)
        .await?)?;
        Ok(sets(rows))
    }

    /// Replaces what this node holds of these accounts, in one statement. Of two entries for one account the later one
    /// counts; an account that does not exist any more is passed over.
    pub async fn replace(&mut self, held: &[Held]) -> Result<(), StoreError> {
        let latest: HashMap<&SipId, &Held> = held.iter().map(|held| (&held.aor, held)).collect();
        let batch = Batch::new(latest.values().copied());
        match self.write(&batch).await {
            // An account was deleted between the statement's look at it and its end: now it is seen to be gone.
            Err(error) if error.constraint() == Some("locations_account_id_fkey") => self.write(&batch).await?,
            done => done?,
        }
        if self.node.is_empty() {
            return Ok(());
        }
        // A statement of its own, after the commit, once a batch.
        ask!(self.link, |conn| {
            sqlx::query!("SELECT pg_notify('ngnpro_changes', '')").execute(conn).await?;
        })
    }

    /// Forgets what has ended, at most so many rows; answers how many. Any proxy may.
    pub async fn delete_ended(&mut self, most: i64) -> Result<u64, StoreError> {
        let done = ask!(self.link, |conn| sqlx::query!(
            "DELETE FROM locations WHERE ctid IN (SELECT ctid FROM locations WHERE expires <= now() LIMIT $1)",
            most
        )
        .execute(conn)
        .await?)?;
        Ok(done.rows_affected())
    }

    async fn write(&mut self, batch: &Batch<'_>) -> Result<(), StoreError> {
        ask!(self.link, |conn| batch.write(conn, &self.node).await?)
    }
}

/// The devices of those of these accounts that the scope reaches, offline ones with an empty set. An account that does
/// not exist or is out of reach is missing from the answer.
pub async fn of_accounts(tx: &mut Tx, ids: &[SipId]) -> Result<Vec<LocationSet>, StoreError> {
    let (usernames, domains) = columns(ids);
    let found = sqlx::query!(
        r#"SELECT a.id, a.username, d.domain
           FROM (SELECT DISTINCT * FROM unnest($1::text[], $2::text[])) AS asked (username, domain)
           JOIN sip_domains AS d ON d.domain = asked.domain
           JOIN sip_accounts AS a ON a.domain_id = d.id AND a.username = asked.username"#,
        &usernames[..] as _,
        &domains[..] as _,
    )
    .fetch_all(tx.conn())
    .await?;
    let rows = sqlx::query_as!(
        LocationRow,
        r#"SELECT l.account_id, a.username, d.domain, l.contact, l.params, l.q_per_mille, l.path, l.call_id, l.cseq,
                  l.user_agent, l.address, l.port, l.transport, l.received AS "received: IpNet", l.received_port,
                  l.local, l.node, l.flow_key, l.relay, l.expires
           FROM locations AS l
           JOIN sip_accounts AS a ON a.id = l.account_id JOIN sip_domains AS d ON d.id = a.domain_id
           WHERE l.account_id = ANY ($1) AND l.expires > now() ORDER BY l.account_id, l.node, l.position"#,
        &found.iter().map(|row| row.id).collect::<Vec<_>>()[..],
    )
    .fetch_all(tx.conn())
    .await?;
    let mut online: HashMap<SipId, LocationSet> = sets(rows).into_iter().map(|set| (set.aor.clone(), set)).collect();
    Ok(found
        .into_iter()
        .filter_map(|row| sip_id(&row.username, &row.domain, row.id))
        .map(|aor| online.remove(&aor).unwrap_or_else(|| LocationSet { aor, locations: Vec::new() }))
        .collect())
}

struct LocationRow {
    account_id: i64,
    username: String,
    domain: String,
    contact: String,
    params: String,
    q_per_mille: Option<i32>,
    path: String,
    call_id: String,
    cseq: i64,
    user_agent: String,
    address: String,
    port: i32,
    transport: String,
    received: IpNet,
    received_port: i32,
    local: String,
    node: String,
    flow_key: String,
    relay: String,
    expires: OffsetDateTime,
}

/// Where a page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place(i64);

/// A part of the table.
#[derive(Debug, PartialEq, Eq)]
pub struct Page {
    /// Its accounts.
    pub sets: Vec<LocationSet>,
    /// Where the next one begins; none after the last.
    pub next: Option<Place>,
}

/// Cuts off the last account of a full page: the rest of it would be on the next one.
fn whole_accounts(mut rows: Vec<LocationRow>) -> Page {
    let full = i64::try_from(rows.len()).is_ok_and(|count| count >= PAGE_ROWS);
    let (first, last) = match (rows.first(), rows.last()) {
        (Some(first), Some(last)) if full => (first.account_id, last.account_id),
        _ => return Page { sets: sets(rows), next: None },
    };
    // An account with more rows than a page has is not made by any proxy; of one made by hand the rest is left out.
    let next = if first == last { last.saturating_add(1) } else { last };
    rows.retain(|row| row.account_id < next);
    Page { sets: sets(rows), next: Some(Place(next)) }
}

/// Groups rows that come in the order of their accounts.
fn sets(rows: Vec<LocationRow>) -> Vec<LocationSet> {
    let mut sets: Vec<LocationSet> = Vec::new();
    let mut account = None;
    for row in rows {
        if account != Some(row.account_id) {
            let Some(aor) = sip_id(&row.username, &row.domain, row.account_id) else { continue };
            account = Some(row.account_id);
            sets.push(LocationSet { aor, locations: Vec::new() });
        }
        if let Some(set) = sets.last_mut() {
            set.locations.push(row.into());
        }
    }
    sets
}

/// The schema's checks keep the numbers in their types.
fn port(number: i32) -> u16 {
    u16::try_from(number).unwrap_or_default()
}

impl From<LocationRow> for Location {
    fn from(row: LocationRow) -> Self {
        Self {
            contact: row.contact,
            params: row.params,
            q_per_mille: row.q_per_mille.and_then(|q| u16::try_from(q).ok()),
            path: row.path,
            call_id: row.call_id,
            cseq: u32::try_from(row.cseq).unwrap_or(u32::MAX),
            user_agent: row.user_agent,
            address: row.address,
            port: port(row.port),
            transport: row.transport,
            received: SocketAddr::new(row.received.addr(), port(row.received_port)),
            local: row.local,
            node: row.node,
            flow_key: row.flow_key,
            relay: row.relay,
            expires: row.expires.into(),
        }
    }
}

/// Rows of one page.
const PAGE_ROWS: i64 = 5_000;

/// A batch as the columns that the statement unnests. It borrows its texts: there are a dozen for each contact, and very many contacts.
#[derive(Default)]
struct Batch<'a> {
    /// Every account, and how many contacts it keeps.
    kept: (Vec<&'a str>, Vec<&'a str>, Vec<i32>),
    /// Contacts that no other node holds any more, by their keys, with their accounts.
    taken: (Vec<&'a str>, Vec<&'a str>, Vec<Cow<'a, str>>),
    username: Vec<&'a str>,
    domain: Vec<&'a str>,
    position: Vec<i32>,
    contact: Vec<Cow<'a, str>>,
    params: Vec<Cow<'a, str>>,
    q_per_mille: Vec<Option<i32>>,
    path: Vec<Cow<'a, str>>,
    call_id: Vec<Cow<'a, str>>,
    cseq: Vec<i64>,
    user_agent: Vec<Cow<'a, str>>,
    address: Vec<Cow<'a, str>>,
    port: Vec<i32>,
    transport: Vec<Cow<'a, str>>,
    received: Vec<IpNet>,
    received_port: Vec<i32>,
    local: Vec<Cow<'a, str>>,
    expires: Vec<OffsetDateTime>,
    flow_key: Vec<Cow<'a, str>>,
    relay: Vec<Cow<'a, str>>,
}

/// PostgreSQL's text holds every character but NUL; one of them would refuse the whole batch.
fn stored(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { text.replace('\0', "").into() } else { text.into() }
}

impl<'a> Batch<'a> {
    fn new(held: impl Iterator<Item = &'a Held>) -> Self {
        let mut batch = Self::default();
        for set in held {
            let (username, domain) = (set.aor.username.as_str(), set.aor.domain.as_str());
            batch.kept.0.push(username);
            batch.kept.1.push(domain);
            batch.kept.2.push(i32::try_from(set.locations.len()).unwrap_or(i32::MAX));
            let here = set.locations.iter().map(Location::key);
            for contact in here.chain(&set.taken_over) {
                batch.taken.0.push(username);
                batch.taken.1.push(domain);
                batch.taken.2.push(stored(contact));
            }
            for (position, location) in (0..).zip(&set.locations) {
                batch.push(username, domain, position, location);
            }
        }
        batch
    }

    fn push(&mut self, username: &'a str, domain: &'a str, position: i32, location: &'a Location) {
        self.username.push(username);
        self.domain.push(domain);
        self.position.push(position);
        self.contact.push(stored(&location.contact));
        self.params.push(stored(&location.params));
        self.q_per_mille.push(location.q_per_mille.map(i32::from));
        self.path.push(stored(&location.path));
        self.call_id.push(stored(&location.call_id));
        self.cseq.push(location.cseq.into());
        self.user_agent.push(stored(&location.user_agent));
        self.address.push(stored(&location.address));
        self.port.push(location.port.into());
        self.transport.push(stored(&location.transport));
        self.received.push(match location.received.ip().to_canonical() {
            IpAddr::V4(ip) => ipnet::Ipv4Net::from(ip).into(),
            IpAddr::V6(ip) => ipnet::Ipv6Net::from(ip).into(),
        });
        self.received_port.push(location.received.port().into());
        self.local.push(stored(&location.local));
        self.expires.push(location.expires.into());
        self.flow_key.push(stored(&location.flow_key));
        self.relay.push(stored(&location.relay));
    }

    async fn write(&self, conn: &mut sqlx::PgConnection, node: &str) -> Result<(), StoreError> {
        sqlx::query!(
            "WITH kept AS (
                 SELECT a.id, k.count FROM unnest($1::text[], $2::text[], $3::int[]) AS k (username, domain, count)
                 JOIN sip_domains AS d ON d.domain = k.domain
                 JOIN sip_accounts AS a ON a.domain_id = d.id AND a.username = k.username
             ), gone AS (
                 DELETE FROM locations USING kept
                 WHERE account_id = kept.id AND node = $24 AND position >= kept.count
             ), taken AS (
                 DELETE FROM locations USING unnest($21::text[], $22::text[], $23::text[]) AS t (username, domain, contact)
                 JOIN sip_domains AS d ON d.domain = t.domain
                 JOIN sip_accounts AS a ON a.domain_id = d.id AND a.username = t.username
                 WHERE account_id = a.id AND node <> $24
                   AND CASE WHEN flow_key <> '' THEN flow_key ELSE locations.contact END = t.contact
             )
             INSERT INTO locations (account_id, position, contact, params, q_per_mille, path, call_id, cseq, user_agent,
                                    address, port, transport, received, received_port, local, node, expires, flow_key,
                                    relay)
             SELECT a.id, n.position, n.contact, n.params, n.q_per_mille, n.path, n.call_id, n.cseq, n.user_agent,
                    n.address, n.port, n.transport, n.received, n.received_port, n.local, $24, n.expires,
                    n.flow_key, n.relay
             FROM unnest($4::text[], $5::text[], $6::int[], $7::text[], $8::text[], $9::int[], $10::text[], $11::text[],
                         $12::bigint[], $13::text[], $14::text[], $15::int[], $16::text[], $17::inet[], $18::int[],
                         $19::text[], $20::timestamptz[], $25::text[], $26::text[])
                  AS n (username, domain, position, contact, params, q_per_mille, path, call_id, cseq, user_agent,
                        address, port, transport, received, received_port, local, expires, flow_key, relay)
             JOIN sip_domains AS d ON d.domain = n.domain
             JOIN sip_accounts AS a ON a.domain_id = d.id AND a.username = n.username
             ORDER BY a.id, n.position
             ON CONFLICT (account_id, node, position) DO UPDATE SET
                 contact = excluded.contact, params = excluded.params, q_per_mille = excluded.q_per_mille,
                 path = excluded.path, call_id = excluded.call_id, cseq = excluded.cseq,
                 user_agent = excluded.user_agent, address = excluded.address, port = excluded.port,
                 transport = excluded.transport, received = excluded.received, received_port = excluded.received_port,
                 local = excluded.local, expires = excluded.expires, flow_key = excluded.flow_key, relay = excluded.relay",
            &self.kept.0 as _,
            &self.kept.1 as _,
            &self.kept.2,
            &self.username as _,
            &self.domain as _,
            &self.position,
            &self.contact as _,
            &self.params as _,
            &self.q_per_mille as _,
            &self.path as _,
            &self.call_id as _,
            &self.cseq,
            &self.user_agent as _,
            &self.address as _,
            &self.port,
            &self.transport as _,
            &self.received as _,
            &self.received_port,
            &self.local as _,
            &self.expires,
            &self.taken.0 as _,
            &self.taken.1 as _,
            &self.taken.2 as _,
            node,
            &self.flow_key as _,
            &self.relay as _,
        )
        .execute(conn)
        .await?;
        Ok(())
    }
}
