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
    let terms = wire.filter.unwrap_or_default();
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
    let by_key = wire.order_by.is_none();
    let order = wire.order_by.unwrap_or_default();
    let sorted = match order.attribute.as_deref() {
        _ if by_key => SipAccountOrder::Key,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Caller;
    use crate::ports::testing::{Platform, counted, name, sip_account, words};

    /// Names of the page, and the total.
    async fn list(platform: &Platform, caller: &Caller, query: types::SipQuery) -> (Vec<String>, i32) {
        let input = GetAccountsInput { query: Some(query) };
        let answer = platform.call(caller, handle, input).await.unwrap();
        (answer.accounts.unwrap().iter().map(|a| name(a.id.as_ref())).collect(), answer.total.unwrap())
    }

    fn by(filter: types::SipFilter) -> types::SipQuery {
        let order = types::SipOrder { attribute: Some("username".into()), direction: Some("ASC".into()) };
        types::SipQuery { filter: Some(filter), order_by: Some(order), range: None }
    }

    #[tokio::test]
    async fn each_caller_sees_what_is_in_its_reach() {
        let platform = Platform::new().await;
        for (caller, names) in [
            (&platform.admin, &["alice@acme.example", "bob@shop.example", "carol@rival.example"][..]),
            (&platform.acme, &["alice@acme.example", "bob@shop.example"]),
            (&platform.shop, &["bob@shop.example"]),
            (&platform.rival, &["carol@rival.example"]),
        ] {
            let (found, total) = list(&platform, caller, by(Default::default())).await;
            assert_eq!(found, names);
            assert_eq!(total, i32::try_from(names.len()).unwrap());
        }
        let answer = platform.call(&platform.shop, handle, GetAccountsInput::default()).await.unwrap();
        assert_eq!(answer.total, Some(1));
    }

    #[tokio::test]
    async fn every_term_constrains_and_all_must_hold() {
        let platform = Platform::new().await;
        let shop = platform.shop.customer.get();
        for (user, first, email, groups) in [
            ("max_m", "Max", "max@post.example", &["vip", "quota"][..]),
            ("maxim", "MAXIM", "", &["vip"]),
            ("zoe", "Zoë", "zoe@post.example", &["prepaid"]),
        ] {
            let account = types::SipAccount {
                first_name: Some(first.into()),
                email: Some(email.into()),
                groups: words(groups),
                owner: Some(if user == "zoe" { shop } else { 0 }),
                ..sip_account(&format!("{user}@acme.example"))
            };
            platform.add_account(&platform.admin, account).await.unwrap();
        }
        let text = |text: &str| Some(text.to_owned());
        let terms = || types::SipFilter { domain: text("ACME.example"), ..Default::default() };
        for (filter, users) in [
            (types::SipFilter { username: text("max%"), ..terms() }, &["max_m", "maxim"][..]),
            (types::SipFilter { username: text("max_m"), ..terms() }, &["max_m", "maxim"]),
            (types::SipFilter { username: text("MAX\\_m"), ..terms() }, &["max_m"]),
            (types::SipFilter { username: text("%%"), ..terms() }, &["alice", "max_m", "maxim", "zoe"]),
            (types::SipFilter { first_name: text("max%"), ..terms() }, &["max_m", "maxim"]),
            (types::SipFilter { first_name: text("zo_"), ..terms() }, &["zoe"]),
            (types::SipFilter { email: text("%post.example"), ..terms() }, &["max_m", "zoe"]),
            (types::SipFilter { groups: words(&["vip", ""]), ..terms() }, &["max_m", "maxim"]),
            (types::SipFilter { groups: words(&["vip", "quota"]), ..terms() }, &["max_m"]),
            (types::SipFilter { groups: words(&["prepaid"]), ..terms() }, &["zoe"]),
            (types::SipFilter { groups: words(&[""]), ..terms() }, &["alice", "max_m", "maxim", "zoe"]),
            (types::SipFilter { owner: Some(shop), ..terms() }, &["zoe"]),
            (types::SipFilter { customer: Some(shop), ..terms() }, &[]),
            (types::SipFilter { customer: Some(shop), ..Default::default() }, &["bob"]),
            (types::SipFilter { reseller: Some(platform.rival.customer.get()), ..Default::default() }, &[]),
            (types::SipFilter { username: text("max%"), email: text("%post%"), ..terms() }, &["max_m"]),
        ] {
            let (found, total) = list(&platform, &platform.acme, by(filter.clone())).await;
            let found: Vec<&str> = found.iter().map(|name| name.split_once('@').unwrap().0).collect();
            assert_eq!(found, users, "{filter:?}");
            assert_eq!(total, i32::try_from(users.len()).unwrap());
        }
    }

    #[tokio::test]
    async fn pages_are_cut_from_the_sorted_list_and_the_total_counts_all() {
        let platform = Platform::new().await;
        for user in ["b1", "b2", "b3"] {
            platform.account(&platform.acme, &format!("{user}@acme.example")).await;
        }
        let query = |attribute: &str, direction: &str, start, count| types::SipQuery {
            filter: Some(types::SipFilter { domain: Some("acme.example".into()), ..Default::default() }),
            order_by: Some(types::SipOrder { attribute: Some(attribute.into()), direction: Some(direction.into()) }),
            range: Some(types::Range { start, count }),
        };
        let cases = [
            (query("username", "DESC", None, Some(2)), &["b3", "b2"][..]),
            (query("username", "ASC", Some(2), Some(2)), &["b2", "b3"]),
            (query("username", "ASC", Some(9), Some(2)), &[]),
            (query("username", "ASC", Some(-3), Some(0)), &["alice", "b1", "b2", "b3"]),
            // Not in the list of attributes: the first one, changeDate.
            (query("email", "ASC", Some(0), Some(1)), &["alice"]),
            (query("changeDate", "DESC", Some(0), Some(1)), &["b3"]),
        ];
        for (query, users) in cases {
            let (found, total) = list(&platform, &platform.acme, query.clone()).await;
            let found: Vec<&str> = found.iter().map(|name| name.split_once('@').unwrap().0).collect();
            assert_eq!((found.as_slice(), total), (users, 4), "{query:?}");
        }
    }

    #[tokio::test]
    async fn without_an_order_accounts_are_answered_by_name() {
        let platform = Platform::new().await;
        platform.account(&platform.acme, "aaron@acme.example").await;
        platform.account(&platform.shop, "aaron@shop.example").await;
        let (found, _) = list(&platform, &platform.acme, types::SipQuery::default()).await;
        let names = ["aaron@acme.example", "alice@acme.example", "aaron@shop.example", "bob@shop.example"];
        assert_eq!(found, names);
    }

    #[tokio::test]
    async fn no_answer_is_longer_than_the_cap() {
        let mut platform = Platform::new().await;
        platform.settings.list_cap = 2;
        let (found, total) = list(&platform, &platform.admin, by(Default::default())).await;
        assert_eq!((found.len(), total), (2, 3));
    }

    #[tokio::test]
    async fn a_list_is_two_statements_whatever_its_length() {
        let platform = Platform::new().await;
        let list = async || platform.call(&platform.acme, handle, GetAccountsInput::default()).await.unwrap();
        list().await;
        let (short, statements) = counted(list()).await;
        for n in 0..20 {
            let account = types::SipAccount { groups: words(&["vip"]), ..sip_account(&format!("u{n}@acme.example")) };
            platform.add_account(&platform.acme, account).await.unwrap();
        }
        let (long, again) = counted(list()).await;
        assert_eq!((short.total, long.total), (Some(2), Some(22)));
        // The two, and what begins the transaction.
        assert!((2..=4).contains(&statements), "{statements}");
        assert_eq!(again, statements);
    }
}
