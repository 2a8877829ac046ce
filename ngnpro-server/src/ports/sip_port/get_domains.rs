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
    let (terms, order) = (wire.filter.unwrap_or_default(), wire.order_by.unwrap_or_default());
    let filter = SipDomainFilter {
        domain: member::pattern(terms.domain, "query.filter.domain")?,
        customer: member::equal(terms.customer),
        reseller: member::equal(terms.reseller),
    };
    let sorted = match order.attribute.as_deref() {
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
