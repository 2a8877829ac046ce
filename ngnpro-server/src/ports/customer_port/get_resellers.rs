//! `Customer.getResellers`: a page of the resellers in reach. A customer that is asked for by its number is answered whether
//! it is a reseller or not: the web client finds whoever is signed in, and then its reseller, this way.

use super::customer;
use crate::context::Context;
use crate::error::Failure;
use crate::wire::customer::GetResellersInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: GetResellersInput) -> Result<types::CustomerAccounts, Failure> {
    let mut query = customer::query(input.query, context.settings.list_cap)?;
    query.filter.only_resellers |= query.filter.customer.is_none();
    customer::list(context, &query).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::testing::Platform;

    #[tokio::test]
    async fn resellers_are_listed_and_any_customer_is_found_by_its_number() {
        let platform = Platform::empty().await;
        let [acme, shop] = [&platform.acme, &platform.shop].map(|caller| Some(caller.customer.get()));
        for (by, customer, names) in [
            (&platform.admin, None, &["acme", "rival"][..]),
            (&platform.admin, Some(0), &["acme", "rival"]),
            (&platform.admin, shop, &["shop"]),
            (&platform.acme, None, &["acme"]),
            (&platform.acme, shop, &["shop"]),
            (&platform.shop, shop, &["shop"]),
            (&platform.shop, None, &[]),
            (&platform.rival, acme, &[]),
            (&platform.rival, shop, &[]),
        ] {
            let order = types::CustomerOrder { attribute: Some("customer".into()), direction: None };
            let filter = types::CustomerFilter { customer, ..Default::default() };
            let query = types::CustomerQuery { filter: Some(filter), order_by: Some(order), range: None };
            let answer = platform.call(by, handle, GetResellersInput { query: Some(query) }).await.unwrap();
            let found: Vec<String> = answer.accounts.unwrap().into_iter().filter_map(|row| row.username).collect();
            assert_eq!(found, names);
            assert_eq!(answer.total, i32::try_from(names.len()).ok());
        }
    }
}
