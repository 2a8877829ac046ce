//! `Sip.getAccounts`: a page of the accounts in reach, with every member, and how many match in all.

use store::sip_accounts::{self, SipAccountFilter, SipAccountOrder};

use super::account;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::GetAccountsInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: GetAccountsInput) -> Result<types::SipAccounts, Failure> {
    let wire = input.query.unwrap_or_default();
    let (terms, order) = (wire.filter.unwrap_or_default(), wire.order_by.unwrap_or_default());
    let filter = SipAccountFilter {
        username: member::pattern(terms.username, "query.filter.username")?,
        domain: member::pattern(terms.domain, "query.filter.domain")?,
        first_name: member::pattern(terms.first_name, "query.filter.firstName")?,
        last_name: member::pattern(terms.last_name, "query.filter.lastName")?,
        email: member::pattern(terms.email, "query.filter.email")?,
        owner: member::equal(terms.owner),
        customer: member::equal(terms.customer),
        reseller: member::equal(terms.reseller),
        groups: account::groups(terms.groups, "query.filter.groups")?.into_iter().collect(),
    };
    let sorted = match order.attribute.as_deref() {
        Some("username") => SipAccountOrder::Username,
        Some("domain") => SipAccountOrder::Domain,
        _ => SipAccountOrder::ChangeDate,
    };
    let query = member::query(filter, sorted, order.direction, wire.range, context.settings.list_cap);
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    let page = sip_accounts::list(&mut tx, &query).await?;
    Ok(types::SipAccounts {
        accounts: Some(page.rows.into_iter().map(account::write).collect()),
        total: member::total(page.total),
    })
}
