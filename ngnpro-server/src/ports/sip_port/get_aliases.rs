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
    let terms = wire.filter.unwrap_or_default();
    let filter = SipAliasFilter {
        alias_username: member::pattern(terms.alias_username, "query.filter.aliasUsername")?,
        alias_domain: member::pattern(terms.alias_domain, "query.filter.aliasDomain")?,
        target_username: member::pattern(terms.target_username, "query.filter.targetUsername")?,
        target_domain: member::pattern(terms.target_domain, "query.filter.targetDomain")?,
        owner: member::equal(terms.owner),
        customer: member::equal(terms.customer),
        reseller: member::equal(terms.reseller),
    };
    let by_key = wire.order_by.is_none();
    let order = wire.order_by.unwrap_or_default();
    let sorted = match order.attribute.as_deref() {
        _ if by_key => SipAliasOrder::Key,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Caller;
    use crate::ports::testing::{Platform, name};

    async fn list(
        platform: &Platform,
        caller: &Caller,
        filter: types::AliasFilter,
        attribute: &str,
        range: types::Range,
    ) -> (Vec<String>, i32) {
        let order = types::AliasOrder { attribute: Some(attribute.into()), direction: Some("ASC".into()) };
        let query = types::AliasQuery { filter: Some(filter), order_by: Some(order), range: Some(range) };
        let answer = platform.call(caller, handle, GetAliasesInput { query: Some(query) }).await.unwrap();
        (answer.aliases.unwrap().iter().map(|alias| name(alias.id.as_ref())).collect(), answer.total.unwrap())
    }

    #[tokio::test]
    async fn aliases_are_found_by_name_and_by_target_within_reach() {
        let platform = Platform::new().await;
        platform.alias(&platform.acme, "desk@shop.example", "bob@shop.example").await.unwrap();
        platform.alias(&platform.rival, "call@rival.example", "carol@rival.example").await.unwrap();
        let text = |text: &str| Some(text.to_owned());
        for (caller, filter, names) in [
            (
                &platform.admin,
                types::AliasFilter::default(),
                &["call@rival.example", "desk@shop.example", "help@acme.example"][..],
            ),
            (&platform.acme, types::AliasFilter::default(), &["desk@shop.example", "help@acme.example"]),
            (&platform.shop, types::AliasFilter::default(), &["desk@shop.example"]),
            (
                &platform.acme,
                types::AliasFilter { alias_username: text("h%"), ..Default::default() },
                &["help@acme.example"],
            ),
            (
                &platform.acme,
                types::AliasFilter { alias_domain: text("shop.example"), ..Default::default() },
                &["desk@shop.example"],
            ),
            (
                &platform.acme,
                types::AliasFilter {
                    target_username: text("alice"),
                    target_domain: text("acme.example"),
                    ..Default::default()
                },
                &["help@acme.example"],
            ),
            (
                &platform.acme,
                types::AliasFilter { customer: Some(platform.shop.customer.get()), ..Default::default() },
                &["desk@shop.example"],
            ),
            (
                &platform.acme,
                types::AliasFilter { reseller: Some(platform.rival.customer.get()), ..Default::default() },
                &[],
            ),
        ] {
            let found = list(&platform, caller, filter.clone(), "aliasUsername", Default::default()).await;
            assert_eq!(found.0, names, "{filter:?}");
            assert_eq!(found.1, i32::try_from(names.len()).unwrap());
        }
        for attribute in ["targetUsername", "targetDomain", "aliasDomain", "domain", "changeDate", "owner"] {
            let page = types::Range { start: Some(1), count: Some(1) };
            let (found, total) = list(&platform, &platform.acme, Default::default(), attribute, page).await;
            assert_eq!((found.len(), total), (1, 2), "{attribute}");
        }
    }
}
