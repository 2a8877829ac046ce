//! Trusted peers, by their address.

use domain::{
    CustomerId, GatewayRuleSettings, LikePattern, NumberPrefix, PeerAddress, PeerAssignment, PeerNumbers, PeerProtocol,
    PeerSettings, PeerWays, Refusal, Secret, TrustedPeer,
};

use crate::error::RefusedBy;
use crate::list::{Page, Query, Search};
use crate::rows::bad_row;
use crate::sip_accounts::no_such_customer;
use crate::sip_domains::ownership;
use crate::{StoreError, Tx};

/// Search terms of a list of peers; an absent one does not constrain.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "a term is the column of that name")]
pub struct TrustedPeerFilter {
    pub ip: Option<LikePattern>,
    pub description: Option<LikePattern>,
    pub tenant: Option<LikePattern>,
    pub tags: Option<LikePattern>,
    pub billing_id: Option<LikePattern>,
    pub msteams: Option<bool>,
    pub blocked: Option<bool>,
}

/// What a list of peers is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the columns' names")]
pub enum TrustedPeerOrder {
    ChangeDate,
    Description,
    #[default]
    Ip,
}

fn no_such_peer(address: &PeerAddress) -> Refusal {
    Refusal::TrustedPeerNotFound(address.as_str().to_owned())
}

/// Makes a peer, and answers when.
pub async fn add(tx: &mut Tx, peer: &TrustedPeer) -> Result<String, StoreError> {
    sqlx::query_scalar!(
        r#"INSERT INTO trusted_peers (ip, protocol, tag, description, customer, reseller, owner, call_limit, msteams,
                tenant, carrier_name, originator, prefix, strip, blocked, enum_lookup, transit, prepaid, tags,
                billing_id, auth_token)
           VALUES ($1, $2, $3, $4, nullif($5::bigint, 0), nullif($6::bigint, 0), nullif($7::bigint, 0), $8, $9, $10, $11,
                $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
           RETURNING to_char(change_date, 'YYYY-MM-DD HH24:MI:SS') AS "change_date!""#,
        peer.address.as_str(),
        peer.assignment.protocol.as_str(),
        peer.assignment.tag,
        peer.settings.description,
        peer.ownership.customer.get(),
        peer.ownership.reseller.get(),
        peer.assignment.owner.get(),
        peer.settings.call_limit,
        peer.settings.msteams,
        peer.settings.tenant,
        peer.ways.carrier_name,
        peer.ways.originator,
        peer.numbers.prefix.as_str(),
        i32::from(peer.numbers.strip),
        peer.settings.blocked,
        peer.settings.enum_lookup,
        peer.ways.transit,
        peer.settings.prepaid,
        peer.settings.tags,
        peer.ways.billing_id,
        peer.numbers.auth_token.expose(),
    )
    .fetch_one(tx.conn())
    .await
    .refused_by("trusted_peers_ip_key", || Refusal::TrustedPeerExists(peer.address.as_str().to_owned()))
    .refused_by("trusted_peers_customer_of_the_reseller", || no_such_customer("peer.customer"))
    .refused_by("trusted_peers_owner_fkey", || no_such_customer("peer.owner"))
}

/// A peer in reach, kept from changing until the transaction ends.
pub async fn get_for_update(tx: &mut Tx, address: &PeerAddress) -> Result<TrustedPeer, StoreError> {
    let id = sqlx::query_scalar!("SELECT id FROM trusted_peers WHERE ip = $1 FOR NO KEY UPDATE", address.as_str())
        .fetch_optional(tx.conn())
        .await?
        .ok_or_else(|| no_such_peer(address))?;
    fetch(tx, &[id]).await?.pop().ok_or_else(|| no_such_peer(address).into())
}

/// Replaces a peer in reach.
pub async fn update(tx: &mut Tx, peer: &TrustedPeer) -> Result<(), StoreError> {
    let updated = sqlx::query!(
        "UPDATE trusted_peers SET protocol = $2, tag = $3, description = $4, customer = nullif($5::bigint, 0),
             reseller = nullif($6::bigint, 0), owner = nullif($7::bigint, 0), call_limit = $8, msteams = $9,
             tenant = $10, carrier_name = $11, originator = $12, prefix = $13, strip = $14, blocked = $15,
             enum_lookup = $16, transit = $17, prepaid = $18, tags = $19, billing_id = $20, auth_token = $21
         WHERE ip = $1",
        peer.address.as_str(),
        peer.assignment.protocol.as_str(),
        peer.assignment.tag,
        peer.settings.description,
        peer.ownership.customer.get(),
        peer.ownership.reseller.get(),
        peer.assignment.owner.get(),
        peer.settings.call_limit,
        peer.settings.msteams,
        peer.settings.tenant,
        peer.ways.carrier_name,
        peer.ways.originator,
        peer.numbers.prefix.as_str(),
        i32::from(peer.numbers.strip),
        peer.settings.blocked,
        peer.settings.enum_lookup,
        peer.ways.transit,
        peer.settings.prepaid,
        peer.settings.tags,
        peer.ways.billing_id,
        peer.numbers.auth_token.expose(),
    )
    .execute(tx.conn())
    .await
    .refused_by("trusted_peers_customer_of_the_reseller", || no_such_customer("peer.customer"))
    .refused_by("trusted_peers_owner_fkey", || no_such_customer("peer.owner"))?;
    if updated.rows_affected() == 0 { Err(no_such_peer(&peer.address).into()) } else { Ok(()) }
}

/// Deletes a peer in reach.
pub async fn delete(tx: &mut Tx, address: &PeerAddress) -> Result<(), StoreError> {
    let deleted = sqlx::query!("DELETE FROM trusted_peers WHERE ip = $1", address.as_str()).execute(tx.conn()).await?;
    if deleted.rows_affected() == 0 { Err(no_such_peer(address).into()) } else { Ok(()) }
}

/// Peers in reach.
pub async fn list(
    tx: &mut Tx,
    query: &Query<TrustedPeerFilter, TrustedPeerOrder>,
) -> Result<Page<TrustedPeer>, StoreError> {
    let sorted = match query.order {
        TrustedPeerOrder::ChangeDate => "change_date",
        TrustedPeerOrder::Description => "lower(description)",
        TrustedPeerOrder::Ip => "ip",
    };
    let filter = &query.filter;
    let mut search = Search::new("trusted_peers", "id", sorted);
    search.like("ip", filter.ip.as_ref());
    search.like("description", filter.description.as_ref());
    search.like("tenant", filter.tenant.as_ref());
    search.like("tags", filter.tags.as_ref());
    search.like("billing_id", filter.billing_id.as_ref());
    if let Some(msteams) = filter.msteams {
        search.is(if msteams { "msteams" } else { "NOT msteams" });
    }
    if let Some(blocked) = filter.blocked {
        search.is(if blocked { "blocked <> 0" } else { "blocked = 0" });
    }
    let keys = search.keys(tx, query.direction, query.range).await?;
    Ok(Page { rows: fetch(tx, &keys.ids).await?, total: keys.total })
}

async fn fetch(tx: &mut Tx, ids: &[i64]) -> Result<Vec<TrustedPeer>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT p.ip, p.protocol, p.tag, p.description, p.customer, p.reseller, p.owner, p.call_limit, p.msteams,
                  p.tenant, p.carrier_name, p.originator, p.prefix, p.strip, p.blocked, p.enum_lookup, p.transit,
                  p.prepaid, p.tags, p.billing_id, p.auth_token,
                  to_char(p.change_date, 'YYYY-MM-DD HH24:MI:SS') AS "change_date!"
           FROM unnest($1::bigint[]) WITH ORDINALITY AS page (id, n) JOIN trusted_peers AS p ON p.id = page.id
           ORDER BY page.n"#,
        ids
    )
    .fetch_all(tx.conn())
    .await?;
    let bad = |column: &'static str| move |why| bad_row(column, &why);
    rows.into_iter()
        .map(|row| {
            Ok(TrustedPeer {
                address: PeerAddress::parse(&row.ip).map_err(bad("trusted_peers.ip"))?,
                ownership: ownership(row.customer, row.reseller),
                numbers: PeerNumbers {
                    strip: GatewayRuleSettings::strip(Some(i64::from(row.strip)))
                        .map_err(bad("trusted_peers.strip"))?,
                    prefix: NumberPrefix::parse(&row.prefix).map_err(bad("trusted_peers.prefix"))?,
                    auth_token: Secret::new(row.auth_token),
                },
                ways: PeerWays {
                    transit: row.transit,
                    carrier_name: row.carrier_name,
                    originator: row.originator,
                    billing_id: row.billing_id,
                },
                settings: PeerSettings {
                    description: row.description,
                    call_limit: row.call_limit,
                    msteams: row.msteams,
                    tenant: row.tenant,
                    blocked: row.blocked,
                    enum_lookup: row.enum_lookup,
                    prepaid: row.prepaid,
                    tags: row.tags,
                },
                assignment: PeerAssignment {
                    protocol: PeerProtocol::parse(&row.protocol).map_err(bad("trusted_peers.protocol"))?,
                    owner: CustomerId::new(row.owner.unwrap_or(0)),
                    tag: row.tag,
                },
                change_date: row.change_date,
            })
        })
        .collect()
}
