//! `Sip.getDomains`: a page of the domains in reach, and how many match in all.

use store::sip_domains::{self, SipDomainFilter, SipDomainOrder};

use super::domain_record;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::GetDomainsInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: GetDomainsInput) -> Result<types::SipDomains, Failure> {
    let wire = input.query.unwrap_or_default();
    let terms = wire.filter.unwrap_or_default();
    let filter = SipDomainFilter {
        domain: member::pattern(terms.domain, "query.filter.domain")?,
        customer: member::equal(terms.customer),
        reseller: member::equal(terms.reseller),
    };
    let by_key = wire.order_by.is_none();
    let order = wire.order_by.unwrap_or_default();
    let sorted = match order.attribute.as_deref() {
        _ if by_key => SipDomainOrder::Domain,
        Some("domain") => SipDomainOrder::Domain,
        _ => SipDomainOrder::ChangeDate,
    };
    let query = member::query(filter, sorted, order.direction, wire.range, context.settings.list_cap);
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    let page = sip_domains::list(&mut tx, &query).await?;
    Ok(types::SipDomains {
        domains: Some(page.rows.into_iter().map(domain_record::write).collect()),
        total: member::total(page.total),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::testing::Platform;

    #[tokio::test]
    async fn domains_in_reach_are_filtered_sorted_and_paged() {
        let platform = Platform::new().await;
        let [acme, shop, rival] = [&platform.acme, &platform.shop, &platform.rival].map(|c| Some(c.customer.get()));
        let text = |text: &str| Some(text.to_owned());
        let order = |direction| Some(types::SipDomainOrder { attribute: text("domain"), direction: text(direction) });
        let filter = |domain, customer, reseller| types::SipDomainFilter { domain, customer, reseller };
        let page = |start, count| Some(types::Range { start: Some(start), count: Some(count) });
        for (by, filter, order_by, range, names, total) in [
            (&platform.admin, filter(None, None, None), order("ASC"), None, &["acme", "rival", "shop"][..], 3),
            (&platform.admin, filter(None, None, None), order("DESC"), page(0, 2), &["shop", "rival"], 3),
            (&platform.acme, filter(text("%"), Some(0), Some(0)), order("ASC"), None, &["acme", "shop"], 2),
            (&platform.acme, filter(None, None, None), order("ASC"), page(1, 5), &["shop"], 2),
            (&platform.shop, filter(None, None, None), None, None, &["shop"], 1),
            (&platform.acme, filter(text("ACME%"), None, None), None, None, &["acme"], 1),
            (&platform.acme, filter(None, shop, None), None, None, &["shop"], 1),
            (&platform.admin, filter(None, None, acme), order("ASC"), None, &["acme", "shop"], 2),
            (&platform.acme, filter(None, None, rival), None, None, &[], 0),
            // By name when no order is asked for, by the last change when nothing is said about it.
            (&platform.admin, filter(None, None, None), None, None, &["acme", "rival", "shop"], 3),
            (&platform.admin, filter(None, None, None), Some(Default::default()), None, &["acme", "shop", "rival"], 3),
        ] {
            let query = types::SipDomainQuery { filter: Some(filter), order_by, range };
            let answer = platform.call(by, handle, GetDomainsInput { query: Some(query) }).await.unwrap();
            let found: Vec<String> = answer.domains.unwrap().into_iter().filter_map(|d| d.domain).collect();
            let wanted: Vec<String> = names.iter().map(|name| format!("{name}.example")).collect();
            assert_eq!((found, answer.total), (wanted, Some(total)));
        }
        let answer = platform.call(&platform.rival, handle, GetDomainsInput::default()).await.unwrap();
        assert_eq!(answer.total, Some(1));
    }
}
