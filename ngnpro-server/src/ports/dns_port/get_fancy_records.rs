//! `Dns.getFancyRecords`: a page of the mail aliases and redirections in reach, and how many match in all.

use store::dns_fancy_records;

use super::{fancy_record, record};
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::dns::GetFancyRecordsInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: GetFancyRecordsInput) -> Result<types::DnsFancyRecords, Failure> {
    let wire = input.query.unwrap_or_default();
    let (terms, sorted) = (wire.filter.unwrap_or_default(), record::order(wire.order_by.as_ref()));
    let order = wire.order_by.unwrap_or_default();
    let filter = record::filter(types::DnsRecordFilter {
        id: terms.id,
        zone: terms.zone,
        name: terms.name,
        r#type: terms.r#type,
        value: terms.value,
        owner: terms.owner,
        customer: terms.customer,
        reseller: terms.reseller,
    })?;
    let query = member::query(filter, sorted, order.direction, wire.range, context.settings.list_cap);
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    let page = dns_fancy_records::list(&mut tx, &query).await?;
    Ok(types::DnsFancyRecords {
        records: Some(page.rows.into_iter().map(fancy_record::write).collect()),
        total: member::total(page.total),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::dns_port::testing::{fancy, mail, text};
    use crate::ports::testing::Platform;

    #[tokio::test]
    async fn records_in_reach_are_filtered_sorted_and_paged() {
        let platform = Platform::with_zones().await;
        let shop = Some(platform.shop.customer.get());
        platform.add_fancy(&platform.acme, mail("acme.example", "a")).await.unwrap();
        let web = types::DnsFancyRecord { owner: shop, ..fancy("acme.example", "www", "URL", "http://example.org/X") };
        let web = platform.add_fancy(&platform.acme, web).await.unwrap();
        platform.add_fancy(&platform.shop, mail("shop.example", "b")).await.unwrap();
        platform.add_fancy(&platform.rival, mail("rival.example", "c")).await.unwrap();
        let all = types::DnsFancyRecordFilter::default;
        for (by, filter, names) in [
            (&platform.admin, all(), &["a@acme.example", "b@shop.example", "c@rival.example", "www"][..]),
            (&platform.acme, all(), &["a@acme.example", "b@shop.example", "www"]),
            (&platform.shop, all(), &["b@shop.example"]),
            (&platform.rival, types::DnsFancyRecordFilter { id: web.id, ..all() }, &[]),
            (&platform.acme, types::DnsFancyRecordFilter { id: web.id, ..all() }, &["www"]),
            (
                &platform.acme,
                types::DnsFancyRecordFilter { zone: text("acme.example"), ..all() },
                &["a@acme.example", "www"],
            ),
            (
                &platform.acme,
                types::DnsFancyRecordFilter { name: text("%@%"), ..all() },
                &["a@acme.example", "b@shop.example"],
            ),
            (&platform.acme, types::DnsFancyRecordFilter { r#type: text("URL"), ..all() }, &["www"]),
            (&platform.acme, types::DnsFancyRecordFilter { value: text("http://%/x"), ..all() }, &["www"]),
            (&platform.acme, types::DnsFancyRecordFilter { owner: shop, ..all() }, &["www"]),
            (&platform.acme, types::DnsFancyRecordFilter { customer: shop, ..all() }, &["b@shop.example"]),
        ] {
            let order = types::DnsRecordOrder { attribute: text("name"), direction: text("ASC") };
            let query = types::DnsFancyRecordQuery { filter: Some(filter.clone()), order_by: Some(order), range: None };
            let answer = platform.call(by, handle, GetFancyRecordsInput { query: Some(query) }).await.unwrap();
            let found: Vec<_> = answer.records.unwrap().into_iter().filter_map(|record| record.name).collect();
            assert_eq!(found, names, "{filter:?}");
            assert_eq!(answer.total, i32::try_from(names.len()).ok());
        }
        let range = types::Range { start: Some(3), count: Some(5) };
        let query = types::DnsFancyRecordQuery { range: Some(range), ..Default::default() };
        let answer = platform.call(&platform.admin, handle, GetFancyRecordsInput { query: Some(query) }).await.unwrap();
        assert_eq!((answer.records.unwrap().len(), answer.total), (1, Some(4)));
        let answer = platform.call(&platform.rival, handle, GetFancyRecordsInput::default()).await.unwrap();
        assert_eq!(answer.total, Some(1));
    }
}
