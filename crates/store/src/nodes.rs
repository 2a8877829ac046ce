//! The programs that serve the platform, as each says of itself, and what they hold: for its operators.

use std::collections::BTreeMap;

use sqlx::PgConnection;

use crate::directory::{Link, ask};
use crate::{DatabaseUrl, StoreError, Tx};

/// One program on one machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its name, one of its own.
    pub id: String,
    /// The address that it serves at.
    pub ip: String,
    /// Its release.
    pub version: String,
    /// What it does, in the contract's words: `sip_proxy`, `provisioning_server` …
    pub roles: Vec<String>,
}

/// A program's connection for saying that it is there. To be said every half minute.
#[derive(Debug)]
pub struct Announcer {
    link: Link,
}

impl Announcer {
    /// Prepares a connection at this URL.
    pub fn new(url: &DatabaseUrl) -> Result<Self, StoreError> {
        Ok(Self { link: Link::new(url, "announcer")? })
    }

    /// Says it.
    pub async fn announce(&mut self, node: &Node) -> Result<(), StoreError> {
        ask!(self.link, |conn| announce(conn, node).await?)
    }
}

pub(crate) async fn announce(conn: &mut PgConnection, node: &Node) -> Result<(), StoreError> {
    sqlx::query!(
        r#"SELECT ngnpro_announce($1, $2, $3, $4) IS NULL AS said"#,
        node.id,
        node.ip,
        node.version,
        &node.roles
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// The programs that were heard of in the last minutes.
pub async fn list(tx: &mut Tx) -> Result<Vec<Node>, StoreError> {
    Ok(sqlx::query_as!(
        Node,
        "SELECT id, ip, version, roles FROM nodes WHERE seen > now() - interval '2 minutes' ORDER BY id"
    )
    .fetch_all(tx.conn())
    .await?)
}

/// How many accounts each domain has, and how many of them have a device, by the proxy that holds it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Domain to number.
    pub total: BTreeMap<String, i64>,
    /// Domain to number, over all proxies.
    pub online: BTreeMap<String, i64>,
    /// Proxy to domain to number.
    pub online_by_node: BTreeMap<String, BTreeMap<String, i64>>,
}

/// Counts.
pub async fn statistics(tx: &mut Tx) -> Result<Statistics, StoreError> {
    let mut found = Statistics::default();
    let totals = sqlx::query!(
        r#"SELECT d.domain, count(*) AS "count!" FROM sip_accounts AS a JOIN sip_domains AS d ON d.id = a.domain_id
           GROUP BY d.domain"#
    )
    .fetch_all(tx.conn())
    .await?;
    found.total.extend(totals.into_iter().map(|row| (row.domain, row.count)));
    // An account with devices at two proxies is one account.
    let online = sqlx::query!(
        r#"SELECT domain, node AS "node?", count(DISTINCT account_id) AS "count!"
           FROM (SELECT d.domain, coalesce(nullif(n.ip, ''), l.node) AS node, l.account_id
                 FROM locations AS l JOIN sip_accounts AS a ON a.id = l.account_id JOIN sip_domains AS d ON d.id = a.domain_id
                 LEFT JOIN nodes AS n ON n.id = l.node WHERE l.expires > now()) AS online
           GROUP BY GROUPING SETS ((domain, node), (domain))"#
    )
    .fetch_all(tx.conn())
    .await?;
    for row in online {
        match row.node {
            Some(node) => drop(found.online_by_node.entry(node).or_default().insert(row.domain, row.count)),
            None => drop(found.online.insert(row.domain, row.count)),
        }
    }
    Ok(found)
}
