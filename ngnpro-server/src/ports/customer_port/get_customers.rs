//! `Customer.getCustomers`: a page of the customers in reach, and how many match in all.

use super::customer;
use crate::context::Context;
use crate::error::Failure;
use crate::wire::customer::GetCustomersInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: GetCustomersInput) -> Result<types::CustomerAccounts, Failure> {
    let query = customer::query(input.query, context.settings.list_cap)?;
    customer::list(context, &query).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Caller;
    use crate::ports::testing::Platform;

    async fn list(platform: &Platform, by: &Caller, query: types::CustomerQuery) -> (Vec<String>, i32) {
        let answer = platform.call(by, handle, GetCustomersInput { query: Some(query) }).await.unwrap();
        let names = answer.accounts.unwrap().into_iter().filter_map(|row| row.username).collect();
        (names, answer.total.unwrap())
    }

    fn sorted(filter: types::CustomerFilter, attribute: &str) -> types::CustomerQuery {
        let order = types::CustomerOrder { attribute: Some(attribute.into()), direction: Some("ASC".into()) };
        types::CustomerQuery { filter: Some(filter), order_by: Some(order), range: None }
    }

    #[tokio::test]
    async fn each_caller_lists_what_is_in_its_reach_and_every_term_constrains() {
        let platform = Platform::empty().await;
        let shop = types::CustomerAccount {
            id: Some(platform.shop.customer.get()),
            first_name: Some("Ada".into()),
            last_name: Some("Byron".into()),
            organization: Some("Shop Ltd".into()),
            tel: Some("+31208005161".into()),
            email: Some("ada@shop.example".into()),
            web: Some("http://shop.example".into()),
            city: Some("Amsterdam".into()),
            country: Some("NL".into()),
            ..Default::default()
        };
        platform.update_customer(&platform.acme, shop).await.unwrap();
        let text = |text: &str| Some(text.to_owned());
        let none = types::CustomerFilter::default;
        let acme = Some(platform.acme.customer.get());
        for (by, filter, names) in [
            (&platform.admin, none(), &["acme", "rival", "shop"][..]),
            (&platform.acme, none(), &["acme", "shop"]),
            (&platform.shop, none(), &["shop"]),
            (&platform.rival, none(), &["rival"]),
            (&platform.admin, types::CustomerFilter { username: text("%A%"), ..none() }, &["acme", "rival"]),
            (&platform.admin, types::CustomerFilter { first_name: text("ada"), ..none() }, &["shop"]),
            (&platform.admin, types::CustomerFilter { last_name: text("by%"), ..none() }, &["shop"]),
            (&platform.admin, types::CustomerFilter { organization: text("%ltd"), ..none() }, &["shop"]),
            (&platform.admin, types::CustomerFilter { tel: text("+31%"), ..none() }, &["shop"]),
            (&platform.admin, types::CustomerFilter { email: text("%shop%"), ..none() }, &["shop"]),
            (&platform.admin, types::CustomerFilter { web: text("http%"), ..none() }, &["shop"]),
            (&platform.admin, types::CustomerFilter { city: text("ams%"), country: text("nl"), ..none() }, &["shop"]),
            (&platform.admin, types::CustomerFilter { only_resellers: text("1"), ..none() }, &["acme", "rival"]),
            (
                &platform.admin,
                types::CustomerFilter { only_resellers: text(""), reseller: acme, ..none() },
                &["acme", "shop"],
            ),
            (&platform.rival, types::CustomerFilter { customer: acme, ..none() }, &[]),
        ] {
            let found = list(&platform, by, sorted(filter.clone(), "username")).await;
            assert_eq!(found.0, names, "{filter:?}");
            assert_eq!(found.1, i32::try_from(names.len()).unwrap());
        }
    }

    #[tokio::test]
    async fn the_login_of_a_partner_is_found_by_its_number() {
        let platform = Platform::empty().await;
        let filter = types::CustomerFilter {
            customer: Some(platform.shop.customer.get()),
            reseller: Some(platform.acme.customer.get()),
            ..Default::default()
        };
        let query = types::CustomerQuery { filter: Some(filter), ..Default::default() };
        assert_eq!(list(&platform, &platform.admin, query).await, (vec!["shop".to_owned()], 1));
    }

    #[tokio::test]
    async fn every_order_sorts_and_pages() {
        let platform = Platform::empty().await;
        for attribute in ["changeDate", "username", "firstName", "lastName", "organization", "customer", "email"] {
            let mut names = Vec::new();
            for start in 0..3 {
                let range = Some(types::Range { start: Some(start), count: Some(1) });
                let page = types::CustomerQuery { range, ..sorted(Default::default(), attribute) };
                let (found, total) = list(&platform, &platform.admin, page).await;
                assert_eq!((found.len(), total), (1, 3));
                names.extend(found);
            }
            names.sort_unstable();
            assert_eq!(names, ["acme", "rival", "shop"], "{attribute}");
        }
    }
}
