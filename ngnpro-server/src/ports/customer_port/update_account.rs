//! `Customer.updateAccount`: replaces a customer, with its properties as a whole list. An absent or empty password, and the
//! one that was answered in place of it, keep the stored one; so does an absent login name.
//!
//! 5000, 5001 the login name is taken, 5003 a property was changed without the right to, 9004. What only the administrator
//! changes stays as it is stored when anybody else writes, since forms echo or omit it.

use domain::{CustomerId, Refusal, Rights, Scope, Secret, StoredPassword, properties_replaced};
use store::customers::{self, CustomerChange};

use super::customer;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::customer::UpdateAccountInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: UpdateAccountInput) -> Result<(), Failure> {
    let mut wire = member::required(input.account, "account")?;
    let id = member::customer(wire.id, "account.id")?;
    if id.is_nobody() {
        return Err(Refusal::invalid("account.id", "is missing").into());
    }
    let scope = context.caller.scope;
    let password = match customer::password(&mut wire)? {
        Some(password) => changed_password(context, id, &password).await?,
        None => None,
    };
    let sent = customer::properties(wire.properties.take(), "account.properties")?;
    let terms = customer::terms(&mut wire)?;
    let reseller = member::reseller(wire.reseller, "account.reseller")?;
    let impersonate = member::customer(wire.impersonate, "account.impersonate")?;
    let mut change = CustomerChange {
        id,
        reseller: Some(reseller).filter(|reseller| scope.is_administrator() && !reseller.is_nobody()),
        // A customer cannot let itself act as somebody else.
        impersonate: Some(impersonate).filter(|_| !matches!(scope, Scope::Customer(..))),
        username: customer::login_name(&mut wire)?,
        password,
        profile: customer::profile(&mut wire)?,
        terms: Some(terms).filter(|_| scope.is_administrator()),
        properties: Vec::new(),
    };

    let mut tx = context.store.begin(&scope).await?;
    let stored = customers::get_for_update(&mut tx, id).await?;
    // A customer of old that has it is still edited.
    if change.username.as_ref().is_some_and(|name| name.as_str() != stored.username) {
        customer::check_not_administrator(change.username.as_ref(), &context.settings.administrator)?;
    }
    let who = Rights::of(&scope, stored.id, stored.reseller);
    let sent = sent.into_iter().map(|property| property.over(&stored.properties)).collect();
    change.properties = properties_replaced(&stored.properties, sent, who)?;
    customer::check_values(&stored.properties, &change.properties, "account.properties")?;
    customers::update(&mut tx, &change).await?;
    tx.commit().await?;
    Ok(())
}

/// The stored forms of another password; none when it is the one that was answered. Hashed while no row is locked.
async fn changed_password(
    context: &Context<'_>,
    id: CustomerId,
    password: &Secret,
) -> Result<Option<StoredPassword>, Failure> {
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    let stored = customers::get(&mut tx, id).await?;
    drop(tx);
    if customer::is_echo(context.passwords, stored.password.as_ref(), password) {
        return Ok(None);
    }
    customer::store_password(context.passwords, password).await.map(Some)
}

#[cfg(test)]
mod tests {
    use crate::passwords::{PLACEHOLDER, Passwords};
    use crate::ports::testing::{Platform, code, login, property};
    use crate::wire::types;

    fn edit(id: i64) -> types::CustomerAccount {
        types::CustomerAccount { id: Some(id), ..Default::default() }
    }

    #[tokio::test]
    async fn nobody_takes_the_administrators_login_name() {
        let platform = Platform::empty().await;
        let shop = platform.shop.customer.get();
        for by in [&platform.admin, &platform.acme, &platform.shop] {
            let named = types::CustomerAccount { username: Some("rOOt".into()), ..edit(shop) };
            let refused = platform.update_customer(by, named).await;
            assert_eq!(refused, Err((5001, "Customer rOOt already exists".to_owned())));
        }
        let stored = platform.get_customer(&platform.acme, shop).await.unwrap();
        assert_eq!(stored.username.as_deref(), Some("shop"));
    }

    #[tokio::test]
    async fn a_credit_that_is_no_number_is_refused_and_one_of_old_is_written_back() {
        let platform = Platform::empty().await;
        let shop = platform.shop.customer.get();
        let with = |value: &str| types::CustomerAccount {
            properties: Some(vec![property("dns_zone_credit", value)]),
            ..edit(shop)
        };
        assert_eq!(code(platform.update_customer(&platform.acme, with("many")).await), 9004);
        platform.update_customer(&platform.acme, with("5")).await.unwrap();
        let words = "UPDATE customer_properties SET value = 'many'";
        platform.db.execute(words).await;
        platform.update_customer(&platform.acme, with("many")).await.unwrap();
    }

    #[tokio::test]
    async fn what_is_missing_is_cleared_but_login_and_password() {
        let platform = Platform::empty().await;
        let shop = platform.shop.customer.get();
        let full = types::CustomerAccount {
            first_name: Some("Ada".into()),
            organization: Some("Org & Söns <x>".into()),
            r#enum: Some("+31208005161".into()),
            billing_address: Some("Dam 1\nAmsterdam".into()),
            properties: Some(vec![property("own", "x")]),
            ..edit(shop)
        };
        platform.update_customer(&platform.acme, full.clone()).await.unwrap();
        let stored = platform.get_customer(&platform.shop, shop).await.unwrap();
        assert_eq!((stored.first_name, stored.organization), (full.first_name, full.organization));
        assert_eq!((stored.r#enum, stored.billing_address), (full.r#enum, full.billing_address));
        assert_eq!(stored.properties.map(|list| list.len()), Some(1));
        platform.update_customer(&platform.acme, edit(shop)).await.unwrap();
        let stored = platform.get_customer(&platform.shop, shop).await.unwrap();
        assert_eq!((stored.first_name.as_deref(), stored.username.as_deref()), (Some(""), Some("shop")));
        assert_eq!(stored.properties, Some(vec![]));
    }

    #[tokio::test]
    async fn what_the_administrator_decides_stays_when_others_write() {
        let platform = Platform::empty().await;
        let acme = platform.acme.customer.get();
        let terms = types::CustomerAccount {
            reseller_active: Some(true),
            balance: Some(10.0),
            credit: Some(5.0),
            company_code: Some("C1".into()),
            ..edit(acme)
        };
        platform.update_customer(&platform.admin, terms).await.unwrap();
        let other = types::CustomerAccount {
            reseller: Some(platform.rival.customer.get()),
            reseller_active: Some(false),
            balance: Some(1e9),
            company_code: Some("C2".into()),
            ..edit(acme)
        };
        platform.update_customer(&platform.acme, other).await.unwrap();
        let stored = platform.get_customer(&platform.acme, acme).await.unwrap();
        assert_eq!((stored.reseller, stored.reseller_active), (Some(acme), Some(true)));
        assert_eq!((stored.balance, stored.credit), (Some(10.0), Some(5.0)));
        assert_eq!(stored.company_code.as_deref(), Some("C1"));
    }

    #[tokio::test]
    async fn only_those_above_let_a_login_act_as_another() {
        let platform = Platform::empty().await;
        let (shop, acme) = (platform.shop.customer.get(), platform.acme.customer.get());
        let acts = |whom| types::CustomerAccount { impersonate: Some(whom), ..edit(shop) };
        let stored = async || platform.get_customer(&platform.admin, shop).await.unwrap().impersonate;
        platform.update_customer(&platform.shop, acts(acme)).await.unwrap();
        assert_eq!(stored().await, Some(0));
        platform.update_customer(&platform.acme, acts(acme)).await.unwrap();
        assert_eq!(stored().await, Some(acme));
        platform.update_customer(&platform.shop, acts(0)).await.unwrap();
        assert_eq!(stored().await, Some(acme));
        let foreign = platform.update_customer(&platform.acme, acts(platform.rival.customer.get())).await;
        assert_eq!(code(foreign), 9004);
    }

    #[tokio::test]
    async fn the_password_that_was_answered_keeps_the_stored_one() {
        for (passwords, shown) in [(None, PLACEHOLDER), (Some(&[7; 32]), "first")] {
            let mut platform = Platform::empty().await;
            platform.passwords = Passwords::new(passwords).unwrap();
            let shop = platform.shop.customer.get();
            let set = |password: &str| types::CustomerAccount { password: Some(password.into()), ..edit(shop) };
            let hash = async || platform.hash_of(shop).await;
            platform.update_customer(&platform.acme, set("first")).await.unwrap();
            let first = hash().await;
            let stored = platform.get_customer(&platform.shop, shop).await.unwrap();
            assert_eq!(stored.password.as_deref(), Some(shown));
            for keeps in [shown, "", PLACEHOLDER] {
                platform.update_customer(&platform.shop, set(keeps)).await.unwrap();
                assert_eq!(hash().await, first, "{keeps}");
            }
            platform.update_customer(&platform.shop, set("second")).await.unwrap();
            assert_ne!(hash().await, first);
        }
    }

    #[tokio::test]
    async fn properties_are_replaced_as_far_as_the_caller_may() {
        let platform = Platform::empty().await;
        let shop = platform.shop.customer.get();
        platform.grant(&platform.shop, &[("sip_credit", "20"), ("support_order", "1"), ("own", "x")]).await;
        let with = |list: &[(&str, &str)]| types::CustomerAccount {
            properties: Some(list.iter().map(|(name, value)| property(name, value)).collect()),
            ..edit(shop)
        };
        let stored = async || {
            let list = platform.get_customer(&platform.admin, shop).await.unwrap().properties.unwrap();
            list.into_iter().map(|p| format!("{}={}", p.name.unwrap(), p.value.unwrap())).collect::<Vec<_>>()
        };
        platform.update_customer(&platform.shop, with(&[("sip_credit", "20"), ("mine", "1")])).await.unwrap();
        assert_eq!(stored().await, ["mine=1", "sip_credit=20", "support_order=1"]);
        let raised = platform.update_customer(&platform.shop, with(&[("sip_credit", "30")])).await;
        assert_eq!(raised, Err((5003, "Property sip_credit may only be changed by admin".to_owned())));
        assert_eq!(stored().await, ["mine=1", "sip_credit=20", "support_order=1"]);
        platform.update_customer(&platform.acme, with(&[("sip_credit", "30")])).await.unwrap();
        assert_eq!(stored().await, ["sip_credit=30", "support_order=1"]);
        assert_eq!(code(platform.update_customer(&platform.acme, with(&[("support_order", "0")])).await), 5003);
        platform.update_customer(&platform.admin, with(&[])).await.unwrap();
        assert_eq!(stored().await, Vec::<String>::new());
    }

    #[tokio::test]
    async fn a_customer_moves_to_another_reseller_with_its_records() {
        let platform = Platform::new().await;
        let (shop, rival) = (platform.shop.customer.get(), platform.rival.customer.get());
        let moved = types::CustomerAccount { reseller: Some(rival), ..edit(shop) };
        platform.update_customer(&platform.admin, moved).await.unwrap();
        let account = platform.get_account(&platform.rival, "bob@shop.example").await.unwrap();
        assert_eq!((account.customer, account.reseller), (Some(shop), Some(rival)));
        let acme = platform.acme.customer.get();
        // Nobody's, and a reseller that still has a customer.
        for (id, reseller) in [(shop, 999_999), (rival, acme)] {
            let refused = types::CustomerAccount { reseller: Some(reseller), ..edit(id) };
            assert_eq!(code(platform.update_customer(&platform.admin, refused).await), 9004, "{id} to {reseller}");
        }
    }

    #[tokio::test]
    async fn what_is_out_of_reach_or_taken_is_refused() {
        let platform = Platform::empty().await;
        let [acme, shop] = [&platform.acme, &platform.shop].map(|caller| caller.customer.get());
        let named = |id, name: &str| types::CustomerAccount { id: Some(id), ..login(name) };
        for (by, account, refusal) in [
            (&platform.rival, edit(shop), 5000),
            (&platform.rival, edit(acme), 5000),
            (&platform.shop, edit(acme), 5000),
            (&platform.admin, edit(999_999), 5000),
            (&platform.acme, edit(0), 9004),
            (&platform.acme, named(shop, "Rival"), 5001),
        ] {
            assert_eq!(code(platform.update_customer(by, account).await), refusal);
        }
    }
}
