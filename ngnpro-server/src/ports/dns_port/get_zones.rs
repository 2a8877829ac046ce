//! `Dns.getZones`: a page of the zones in reach, and how many match in all.

use store::dns_zones::{self, DnsZoneFilter, DnsZoneOrder};

use super::zone;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::dns::GetZonesInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: GetZonesInput) -> Result<types::DnsZones, Failure> {
    let wire = input.query.unwrap_or_default();
    let by_key = wire.order_by.is_none();
    let (terms, order) = (wire.filter.unwrap_or_default(), wire.order_by.unwrap_or_default());
    let filter = DnsZoneFilter {
        name: member::pattern(terms.name, "query.filter.name")?,
        info: member::pattern(terms.info, "query.filter.info")?,
        customer: member::equal(terms.customer),
        reseller: member::equal(terms.reseller),
    };
    let sorted = match order.attribute.as_deref() {
        _ if by_key => DnsZoneOrder::Name,
        Some("name") => DnsZoneOrder::Name,
        _ => DnsZoneOrder::ChangeDate,
    };
    let query = member::query(filter, sorted, order.direction, wire.range, context.settings.list_cap);
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    let page = dns_zones::list(&mut tx, &query).await?;
    Ok(types::DnsZones {
        zones: Some(page.rows.into_iter().map(zone::write).collect()),
        total: member::total(page.total),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::dns_port::testing::{text, zone};
    use crate::ports::testing::Platform;

    #[tokio::test]
    async fn zones_in_reach_are_filtered_sorted_and_paged() {
        let platform = Platform::with_zones().await;
        let [acme, shop] = [&platform.acme, &platform.shop].map(|caller| Some(caller.customer.get()));
        let noted = types::DnsZone { info: text("Moved here"), ..zone("zoo.example") };
        platform.add_zone(&platform.acme, noted).await.unwrap();
        let all = types::DnsZoneFilter::default;
        for (by, filter, names) in [
            (&platform.admin, all(), &["zoo", "shop", "rival", "acme"][..]),
            (&platform.acme, all(), &["zoo", "shop", "acme"]),
            (&platform.shop, all(), &["shop"]),
            (&platform.acme, types::DnsZoneFilter { name: text("%O%.example"), ..all() }, &["zoo", "shop"]),
            (&platform.acme, types::DnsZoneFilter { info: text("moved%"), ..all() }, &["zoo"]),
            (&platform.admin, types::DnsZoneFilter { customer: shop, ..all() }, &["shop"]),
            (&platform.rival, types::DnsZoneFilter { reseller: acme, ..all() }, &[]),
        ] {
            let order = types::DnsZoneOrder { attribute: text("name"), direction: text("DESC") };
            let query = types::DnsZoneQuery { filter: Some(filter), order_by: Some(order), range: None };
            let answer = platform.call(by, handle, GetZonesInput { query: Some(query) }).await.unwrap();
            let found: Vec<_> = answer.zones.unwrap().into_iter().filter_map(|zone| zone.name).collect();
            let wanted: Vec<_> = names.iter().map(|name| format!("{name}.example")).collect();
            assert_eq!((found, answer.total), (wanted, i32::try_from(names.len()).ok()));
        }
        // Who says no order gets that of the key.
        let answer = platform.call(&platform.admin, handle, GetZonesInput::default()).await.unwrap();
        let found: Vec<_> = answer.zones.unwrap().into_iter().filter_map(|zone| zone.name).collect();
        assert_eq!(found, ["acme.example", "rival.example", "shop.example", "zoo.example"]);
        let page =
            types::DnsZoneQuery { range: Some(types::Range { start: Some(1), count: Some(1) }), ..Default::default() };
        let answer = platform.call(&platform.admin, handle, GetZonesInput { query: Some(page) }).await.unwrap();
        assert_eq!((answer.zones.unwrap().len(), answer.total), (1, Some(4)));
        let answer = platform.call(&platform.rival, handle, GetZonesInput::default()).await.unwrap();
        assert_eq!(answer.total, Some(1));
    }
}
