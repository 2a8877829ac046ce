//! The bans that the proxies share: each writes what it finds, and reads what the feed says has changed. What a ban means, and when one
//! is due, is the proxy's affair.

use std::time::{Duration, SystemTime};

use time::OffsetDateTime;

use crate::directory::{Link, ask};
use crate::{DatabaseUrl, StoreError};

/// A ban as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredBan {
    /// The network, as PostgreSQL writes it: `192.0.2.1/32`.
    pub source: String,
    /// Why, for operators.
    pub reason: String,
    /// From when.
    pub since: SystemTime,
    /// Until when; none: until it is lifted.
    pub ends: Option<SystemTime>,
    /// The node that found out.
    pub node: String,
}

/// A ban to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBan {
    /// An address or a network.
    pub source: String,
    /// Why, for operators.
    pub reason: String,
    /// For how long from now, by the database's clock; none: until it is lifted.
    pub lasts: Option<Duration>,
}

/// A proxy's connection for them.
#[derive(Debug)]
pub struct Bans {
    link: Link,
    node: String,
}

impl Bans {
    /// Prepares a connection at this URL for what this node finds.
    pub fn new(url: &DatabaseUrl, node: &str) -> Result<Bans, StoreError> {
        Ok(Bans { link: Link::new(url, "bans")?, node: node.to_owned() })
    }

    /// All that are in force, at most so many, the youngest first.
    pub async fn all(&mut self, most: usize) -> Result<Vec<StoredBan>, StoreError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let rows = ask!(self.link, |conn| sqlx::query!(
            r#"SELECT source::text AS "source!", reason, since, ends, node FROM sip_bans
               WHERE ends IS NULL OR ends > now() ORDER BY since DESC LIMIT $1"#,
            most
        )
        .fetch_all(conn)
        .await?)?;
        Ok(rows.into_iter().map(|row| stored(row.source, row.reason, row.since, row.ends, row.node)).collect())
    }

    /// Those of these networks that are in force; what is not among the answer was lifted or has ended.
    pub async fn of(&mut self, sources: &[String]) -> Result<Vec<StoredBan>, StoreError> {
        let rows = ask!(self.link, |conn| sqlx::query!(
            r#"SELECT source::text AS "source!", reason, since, ends, node FROM sip_bans
               WHERE source = ANY($1::text[]::cidr[]) AND (ends IS NULL OR ends > now())"#,
            sources
        )
        .fetch_all(conn)
        .await?)?;
        Ok(rows.into_iter().map(|row| stored(row.source, row.reason, row.since, row.ends, row.node)).collect())
    }

    /// Stores bans; one of the same network is replaced. All nodes learn of them.
    pub async fn add(&mut self, bans: &[NewBan]) -> Result<(), StoreError> {
        let sources: Vec<String> = bans.iter().map(|ban| ban.source.clone()).collect();
        let reasons: Vec<String> = bans.iter().map(|ban| ban.reason.clone()).collect();
        let seconds: Vec<Option<f64>> = bans.iter().map(|ban| ban.lasts.map(|lasts| lasts.as_secs_f64())).collect();
        let node = &self.node;
        ask!(self.link, |conn| {
            sqlx::query!(
                "INSERT INTO sip_bans (source, reason, ends, node)
                 SELECT DISTINCT ON (source::cidr) source::cidr, reason, now() + make_interval(secs => seconds), $4
                 FROM unnest($1::text[], $2::text[], $3::float8[]) AS new (source, reason, seconds)
                 ON CONFLICT (source) DO UPDATE
                     SET reason = excluded.reason, since = now(), ends = excluded.ends, node = excluded.node",
                &sources,
                &reasons,
                &seconds as _,
                node,
            )
            .execute(&mut *conn)
            .await?;
            sqlx::query!("SELECT pg_notify('ngnpro_changes', '')").execute(conn).await?;
        })
    }

    /// Lifts the ban of a network; whether there was one.
    pub async fn lift(&mut self, source: &str) -> Result<bool, StoreError> {
        let gone = ask!(self.link, |conn| {
            let gone =
                sqlx::query!("DELETE FROM sip_bans WHERE source = $1::text::cidr", source).execute(&mut *conn).await?;
            sqlx::query!("SELECT pg_notify('ngnpro_changes', '')").execute(conn).await?;
            gone.rows_affected()
        })?;
        Ok(gone > 0)
    }

    /// Forgets what has ended, and the oldest where there are more than so many.
    pub async fn prune(&mut self, most: usize) -> Result<u64, StoreError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let gone = ask!(self.link, |conn| sqlx::query!(
            "DELETE FROM sip_bans WHERE ends <= now()
                 OR source IN (SELECT source FROM sip_bans ORDER BY since DESC, source OFFSET $1)",
            most
        )
        .execute(conn)
        .await?)?;
        Ok(gone.rows_affected())
    }
}

fn stored(
    source: String,
    reason: String,
    since: OffsetDateTime,
    ends: Option<OffsetDateTime>,
    node: String,
) -> StoredBan {
    StoredBan { source, reason, since: since.into(), ends: ends.map(Into::into), node }
}
