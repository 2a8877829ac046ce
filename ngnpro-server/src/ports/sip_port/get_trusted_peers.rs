//! `Sip.getTrustedPeers`: a page of the peers in reach, and how many match in all. `msteams` is compared as it is sent, so
//! false lists ordinary peers only; `blocked` constrains when it is sent, 0 being not blocked.
//!
//! 9004.

use store::trusted_peers::{self, TrustedPeerFilter, TrustedPeerOrder};

use super::trusted_peer;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::GetTrustedPeersInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: GetTrustedPeersInput) -> Result<types::TrustedPeers, Failure> {
    let wire = input.query.unwrap_or_default();
    let terms = wire.filter.unwrap_or_default();
    let filter = TrustedPeerFilter {
        ip: member::pattern(terms.ip, "query.filter.ip")?,
        description: member::pattern(terms.description, "query.filter.description")?,
        tenant: member::pattern(terms.tenant, "query.filter.tenant")?,
        tags: member::pattern(terms.tags, "query.filter.tags")?,
        billing_id: member::pattern(terms.billing_id, "query.filter.billingId")?,
        msteams: terms.msteams,
        blocked: terms.blocked.map(|blocked| blocked != 0),
    };
    let by_key = wire.order_by.is_none();
    let order = wire.order_by.unwrap_or_default();
    let sorted = match order.attribute.as_deref() {
        _ if by_key => TrustedPeerOrder::Ip,
        Some("description") => TrustedPeerOrder::Description,
        Some("ip") => TrustedPeerOrder::Ip,
        _ => TrustedPeerOrder::ChangeDate,
    };
    let query = member::query(filter, sorted, order.direction, wire.range, context.settings.list_cap);
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    let page = trusted_peers::list(&mut tx, &query).await?;
    Ok(types::TrustedPeers {
        peers: Some(page.rows.into_iter().map(trusted_peer::write).collect()),
        total: member::total(page.total),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Caller;
    use crate::ports::sip_port::add_trusted_peer;
    use crate::ports::testing::Platform;
    use crate::wire::sip::AddTrustedPeerInput;

    async fn list(platform: &Platform, by: &Caller, query: types::TrustedPeerQuery) -> (Vec<String>, i32) {
        let answer = platform.call(by, handle, GetTrustedPeersInput { query: Some(query) }).await.unwrap();
        let names = answer.peers.unwrap().into_iter().filter_map(|row| row.description).collect();
        (names, answer.total.unwrap())
    }

    fn by_description(filter: types::TrustedPeerFilter) -> types::TrustedPeerQuery {
        let order = types::TrustedPeerOrder { attribute: Some("description".into()), direction: None };
        types::TrustedPeerQuery { filter: Some(filter), order_by: Some(order), range: None }
    }

    #[tokio::test]
    async fn peers_in_reach_are_filtered_sorted_and_paged() {
        let platform = Platform::empty().await;
        platform.add_peer(&platform.acme, "192.0.2.30", "alpha").await;
        platform.add_peer(&platform.rival, "192.0.2.10", "gamma").await;
        let tenant = types::TrustedPeer {
            ip: Some("sbc.example.com".into()),
            description: Some("beta".into()),
            msteams: Some(true),
            tenant: Some("acme.onmicrosoft.com".into()),
            blocked: Some(1),
            tags: Some("carrier vip".into()),
            billing_id: Some("B1".into()),
            reseller: Some(platform.acme.customer.get()),
            ..Default::default()
        };
        let input = AddTrustedPeerInput { peer: Some(tenant) };
        platform.call(&platform.admin, add_trusted_peer::handle, input).await.unwrap();
        let none = types::TrustedPeerFilter::default;
        let text = |text: &str| Some(text.to_owned());
        for (by, filter, names) in [
            (&platform.admin, none(), &["alpha", "beta", "gamma"][..]),
            (&platform.acme, none(), &["alpha", "beta"]),
            (&platform.rival, none(), &["gamma"]),
            (&platform.acme, types::TrustedPeerFilter { msteams: Some(false), tags: text("%%"), ..none() }, &["alpha"]),
            (&platform.acme, types::TrustedPeerFilter { msteams: Some(true), ..none() }, &["beta"]),
            (&platform.acme, types::TrustedPeerFilter { blocked: Some(0), ..none() }, &["alpha"]),
            (&platform.acme, types::TrustedPeerFilter { blocked: Some(1), ..none() }, &["beta"]),
            (&platform.acme, types::TrustedPeerFilter { ip: text("192.%"), ..none() }, &["alpha"]),
            (&platform.acme, types::TrustedPeerFilter { description: text("B%"), ..none() }, &["beta"]),
            (&platform.acme, types::TrustedPeerFilter { tenant: text("acme%"), ..none() }, &["beta"]),
            (&platform.acme, types::TrustedPeerFilter { tags: text("%vip%"), ..none() }, &["beta"]),
            (&platform.acme, types::TrustedPeerFilter { billing_id: text("b1"), ..none() }, &["beta"]),
        ] {
            let (found, total) = list(&platform, by, by_description(filter.clone())).await;
            assert_eq!(found, names, "{filter:?}");
            assert_eq!(total, i32::try_from(names.len()).unwrap());
        }
        let range = Some(types::Range { start: Some(1), count: Some(1) });
        let page = types::TrustedPeerQuery { range, ..Default::default() };
        assert_eq!(list(&platform, &platform.admin, page).await, (vec!["alpha".to_owned()], 3));
    }
}
