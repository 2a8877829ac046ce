//! The tables of the telephone network that the proxy holds whole: carriers, gateways, their rules, routes, ENUM ranges, numbers for help,
//! and what customers say of their voicemail. Numbers of ENUM ranges are asked for one by one: there are very many.

use std::collections::HashMap;

use domain::{DomainName, SipId};

use crate::StoreError;
use crate::directory::{Directory, ask, columns, readable, sip_id};

/// All of these tables.
#[derive(Debug, Clone, Default)]
pub struct DirectoryNetwork {
    /// Carriers, in the order of their ids.
    pub carriers: Vec<DirectoryCarrier>,
    /// Gateways, in the order of their ids.
    pub gateways: Vec<DirectoryGateway>,
    /// Rules, in the order of their ids.
    pub rules: Vec<DirectoryRule>,
    /// Routes, in the order of their ids.
    pub routes: Vec<DirectoryRoute>,
    /// ENUM ranges.
    pub ranges: Vec<DirectoryRange>,
    /// Where numbers for help lead.
    pub emergency: Vec<DirectoryEmergency>,
    /// By customer: the voicemail server and the number that is dialled to hear messages; empty: not said.
    pub voicemail: HashMap<i64, (String, String)>,
}

/// A carrier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryCarrier {
    /// Its id.
    pub id: i32,
    /// Its name.
    pub name: String,
    /// The reseller it belongs to; 0: nobody.
    pub reseller: i64,
}

/// A gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryGateway {
    /// Its id.
    pub id: i32,
    /// Its carrier.
    pub carrier_id: i32,
    /// Its name.
    pub name: String,
    /// `udp`, `tcp` or `tls`.
    pub transport: String,
    /// An address or a host name.
    pub ip: String,
    /// The port.
    pub port: u16,
}

/// How numbers are written for a gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryRule {
    /// Its id.
    pub id: i32,
    /// Its gateway.
    pub gateway_id: i32,
    /// The beginning of the numbers that it is for.
    pub prefix: String,
    /// Digits removed.
    pub strip: i32,
    /// Put in front.
    pub prepend: String,
    /// The shortest number; 0: no limit.
    pub min_length: i32,
    /// The longest number; 0: no limit.
    pub max_length: i32,
}

/// Which carrier numbers go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryRoute {
    /// Its id.
    pub id: i32,
    /// Its carrier.
    pub carrier_id: i32,
    /// The beginning of the numbers.
    pub prefix: String,
    /// Whose calls; empty: everybody's.
    pub originator: String,
    /// Smaller ones first.
    pub priority: i32,
}

/// An ENUM range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryRange {
    /// Its id.
    pub id: i64,
    /// The beginning of its numbers.
    pub prefix: String,
    /// The root under which they are.
    pub tld: DomainName,
    /// Digits of the shortest number.
    pub min_digits: i32,
    /// Digits of the longest number.
    pub max_digits: i32,
}

/// Where a number for help leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryEmergency {
    /// Its id.
    pub id: i64,
    /// The number.
    pub number: String,
    /// For accounts of this domain; empty: all.
    pub domain: String,
    /// In this region; empty: all.
    pub region: String,
    /// A SIP URI.
    pub target: String,
}

impl Directory {
    /// All tables of the telephone network.
    pub async fn network(&mut self) -> Result<DirectoryNetwork, StoreError> {
        let mut network = DirectoryNetwork::default();
        self.read_ways(&mut network).await?;
        self.read_places(&mut network).await?;
        Ok(network)
    }

    async fn read_ways(&mut self, network: &mut DirectoryNetwork) -> Result<(), StoreError> {
        network.carriers = ask!(self.link, |conn| sqlx::query_as!(
            DirectoryCarrier,
            r#"SELECT id, name, coalesce(reseller, 0) AS "reseller!" FROM carriers ORDER BY id"#
        )
        .fetch_all(conn)
        .await?)?;
        let gateways = ask!(self.link, |conn| sqlx::query!(
            "SELECT id, carrier_id, name, transport, ip, port FROM gateways ORDER BY id"
        )
        .fetch_all(conn)
        .await?)?;
        network.gateways = gateways
            .into_iter()
            .map(|row| DirectoryGateway {
                id: row.id,
                carrier_id: row.carrier_id,
                name: row.name,
                transport: row.transport,
                ip: row.ip,
                port: u16::try_from(row.port).unwrap_or_default(),
            })
            .collect();
        network.rules = ask!(self.link, |conn| sqlx::query_as!(
            DirectoryRule,
            "SELECT id, gateway_id, prefix, strip, prepend, min_length, max_length FROM gateway_rules ORDER BY id"
        )
        .fetch_all(conn)
        .await?)?;
        network.routes = ask!(self.link, |conn| sqlx::query_as!(
            DirectoryRoute,
            "SELECT id, carrier_id, prefix, originator, priority FROM routes ORDER BY id"
        )
        .fetch_all(conn)
        .await?)?;
        Ok(())
    }

    async fn read_places(&mut self, network: &mut DirectoryNetwork) -> Result<(), StoreError> {
        let ranges = ask!(self.link, |conn| sqlx::query!(
            "SELECT id, prefix, tld, min_digits, max_digits FROM enum_ranges ORDER BY id"
        )
        .fetch_all(conn)
        .await?)?;
        let range = |row: (i64, String, String, i32, i32)| {
            let (id, prefix, tld, min_digits, max_digits) = row;
            let tld = readable(DomainName::parse(&tld), "ENUM root", id)?;
            Some(DirectoryRange { id, prefix, tld, min_digits, max_digits })
        };
        network.ranges = ranges
            .into_iter()
            .filter_map(|row| range((row.id, row.prefix, row.tld, row.min_digits, row.max_digits)))
            .collect();
        network.emergency = ask!(self.link, |conn| sqlx::query_as!(
            DirectoryEmergency,
            "SELECT id, username AS number, domain, region, target FROM emergency_mapping ORDER BY id"
        )
        .fetch_all(conn)
        .await?)?;
        let said = ask!(self.link, |conn| sqlx::query!("SELECT customer, name, value FROM customer_properties")
            .fetch_all(conn)
            .await?)?;
        for row in said {
            let held = network.voicemail.entry(row.customer).or_default();
            match row.name.as_str() {
                "voicemail_server" => held.0 = row.value,
                _ => held.1 = row.value,
            }
        }
        Ok(())
    }

    /// Where those of these numbers lead that have a SIP mapping, in any order: the one that goes before the others. A number is written as the
    /// user and its root as the domain.
    pub async fn enum_numbers(&mut self, ids: &[SipId]) -> Result<Vec<(SipId, String)>, StoreError> {
        let (numbers, roots) = columns(ids);
        let rows = ask!(self.link, |conn| sqlx::query!(
            r#"SELECT DISTINCT ON (n.id) n.id, n.number, n.tld, m.mapto
                       FROM unnest($1::text[], $2::text[]) AS asked (number, tld)
                       JOIN enum_numbers AS n ON n.number = asked.number AND n.tld = asked.tld
                       JOIN enum_mappings AS m ON m.number_id = n.id
                       WHERE m.type = 'sip'
                       ORDER BY n.id, m.priority, m.position"#,
            &numbers[..] as _,
            &roots[..] as _,
        )
        .fetch_all(conn)
        .await?)?;
        Ok(rows.into_iter().filter_map(|row| Some((sip_id(&row.number, &row.tld, row.id)?, row.mapto))).collect())
    }
}
