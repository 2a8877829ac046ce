//! `Sip.getAliases`: a page of the aliases in reach, and how many match in all.

use store::sip_aliases::{self, SipAliasFilter, SipAliasOrder};

use super::alias;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::GetAliasesInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: GetAliasesInput) -> Result<types::SipAliases, Failure> {
    let wire = input.query.unwrap_or_default();
    let (terms, order) = (wire.filter.unwrap_or_default(), wire.order_by.unwrap_or_default());
    let filter = SipAliasFilter {
        alias_username: member::pattern(terms.alias_username, "query.filter.aliasUsername")?,
        alias_domain: member::pattern(terms.alias_domain, "query.filter.aliasDomain")?,
        target_username: member::pattern(terms.target_username, "query.filter.targetUsername")?,
        target_domain: member::pattern(terms.target_domain, "query.filter.targetDomain")?,
        owner: member::equal(terms.owner),
        customer: member::equal(terms.customer),
        reseller: member::equal(terms.reseller),
    };
    let sorted = match order.attribute.as_deref() {
        Some("aliasUsername") => SipAliasOrder::AliasUsername,
        // The web client says domain where it means the alias's.
        Some("aliasDomain" | "domain") => SipAliasOrder::AliasDomain,
        Some("targetUsername") => SipAliasOrder::TargetUsername,
        Some("targetDomain") => SipAliasOrder::TargetDomain,
        _ => SipAliasOrder::ChangeDate,
    };
    let query = member::query(filter, sorted, order.direction, wire.range, context.settings.list_cap);
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    let page = sip_aliases::list(&mut tx, &query).await?;
    Ok(types::SipAliases {
        aliases: Some(page.rows.into_iter().map(alias::write).collect()),
        total: member::total(page.total),
    })
}
