//! `Dns.getRecords`: a page of the records in reach, and how many match in all. SOA data stand in the zone.

use store::dns_records;

use super::record;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::dns::GetRecordsInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: GetRecordsInput) -> Result<types::DnsRecords, Failure> {
    let wire = input.query.unwrap_or_default();
    let filter = record::filter(wire.filter.unwrap_or_default())?;
    let (sorted, order) = (record::order(wire.order_by.as_ref()), wire.order_by.unwrap_or_default());
    let query = member::query(filter, sorted, order.direction, wire.range, context.settings.list_cap);
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    let page = dns_records::list(&mut tx, &query).await?;
    Ok(types::DnsRecords {
        records: Some(page.rows.into_iter().map(record::write).collect()),
        total: member::total(page.total),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::dns_port::testing::{record, text, www};
    use crate::ports::dns_port::update_record;
    use crate::ports::testing::Platform;
    use crate::wire::dns::UpdateRecordInput;

    #[tokio::test]
    async fn records_in_reach_are_filtered_sorted_and_paged() {
        let platform = Platform::with_zones().await;
        let shop = Some(platform.shop.customer.get());
        let of_shop = types::DnsRecord { owner: shop, ..record("acme.example", "_sip._udp", "SRV", "10 5060 sip") };
        let srv = platform.add_record(&platform.acme, of_shop).await.unwrap();
        platform.add_record(&platform.acme, www("acme.example")).await.unwrap();
        platform.add_record(&platform.shop, record("shop.example", "web", "CNAME", "www.acme.example")).await.unwrap();
        platform.add_record(&platform.rival, record("rival.example", "zz", "TXT", "Hello")).await.unwrap();
        let all = types::DnsRecordFilter::default;
        for (by, filter, names) in [
            (&platform.admin, all(), &["_sip._udp", "web", "www", "zz"][..]),
            (&platform.acme, all(), &["_sip._udp", "web", "www"]),
            (&platform.shop, all(), &["web"]),
            (&platform.rival, types::DnsRecordFilter { id: srv.id, ..all() }, &[]),
            (&platform.acme, types::DnsRecordFilter { id: srv.id, ..all() }, &["_sip._udp"]),
            (&platform.acme, types::DnsRecordFilter { zone: text("ACME.%"), ..all() }, &["_sip._udp", "www"]),
            (&platform.acme, types::DnsRecordFilter { name: text("W%"), ..all() }, &["web", "www"]),
            (&platform.acme, types::DnsRecordFilter { r#type: text("cname"), ..all() }, &["web"]),
            (&platform.rival, types::DnsRecordFilter { value: text("hello"), ..all() }, &["zz"]),
            (&platform.acme, types::DnsRecordFilter { owner: shop, ..all() }, &["_sip._udp"]),
            (&platform.acme, types::DnsRecordFilter { customer: shop, ..all() }, &["web"]),
            (&platform.acme, types::DnsRecordFilter { reseller: shop, ..all() }, &[]),
        ] {
            let order = types::DnsRecordOrder { attribute: text("name"), direction: None };
            let query = types::DnsRecordQuery { filter: Some(filter.clone()), order_by: Some(order), range: None };
            let answer = platform.call(by, handle, GetRecordsInput { query: Some(query) }).await.unwrap();
            let found: Vec<_> = answer.records.unwrap().into_iter().filter_map(|record| record.name).collect();
            assert_eq!(found, names, "{filter:?}");
            assert_eq!(answer.total, i32::try_from(names.len()).ok());
        }
        for attribute in ["type", "changeDate", "value"] {
            let order = types::DnsRecordOrder { attribute: text(attribute), direction: text("DESC") };
            let range = types::Range { start: Some(1), count: Some(2) };
            let query = types::DnsRecordQuery { filter: None, order_by: Some(order), range: Some(range) };
            let answer = platform.call(&platform.admin, handle, GetRecordsInput { query: Some(query) }).await.unwrap();
            assert_eq!((answer.records.unwrap().len(), answer.total), (2, Some(4)), "{attribute}");
        }
        // Who says no order gets that of the key, whatever was changed last.
        let input = UpdateRecordInput { record: Some(srv) };
        platform.call(&platform.acme, update_record::handle, input).await.unwrap();
        let answer = platform.call(&platform.acme, handle, GetRecordsInput::default()).await.unwrap();
        let found: Vec<_> = answer.records.unwrap().into_iter().filter_map(|record| record.name).collect();
        assert_eq!(found, ["_sip._udp", "www", "web"]);
        let answer = platform.call(&platform.rival, handle, GetRecordsInput::default()).await.unwrap();
        assert_eq!(answer.total, Some(1));
    }
}
