//! `Customer.addAccount`: makes a customer, or a reseller where the administrator names none.
//!
//! 5001 the login name (or the number that the administrator chose) is taken, 9002 the caller is no reseller or not an
//! active one, 9004. What only others may set (resellerActive, companyCode, balance, credit, properties) is left out and
//! not refused.

use domain::{CustomerId, NewCustomer, Refusal, ResellerId, Rights, Scope, properties_of_new};
use store::{Tx, customers};

use super::customer;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::customer::AddAccountInput;
use crate::wire::types;

/// Numbers that an import took ahead of the sequence are skipped, so many at most.
const TAKEN_MAX: usize = 10_000;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: AddAccountInput) -> Result<types::CustomerAccount, Failure> {
    let mut wire = member::required(input.account, "account")?;
    let scope = context.caller.scope;
    let is_administrator = scope.is_administrator();
    let who = if is_administrator { Rights::Administrator } else { Rights::ResellerOfCustomer };
    let sent = customer::properties(wire.properties.take(), "account.properties")?;
    let terms = customer::terms(&mut wire)?;
    let mut new = NewCustomer {
        id: member::customer(wire.id, "account.id")?,
        reseller: member::reseller(wire.reseller, "account.reseller")?,
        impersonate: member::customer(wire.impersonate, "account.impersonate")?,
        username: customer::login_name(&mut wire)?,
        password: None,
        terms: if is_administrator { terms } else { Default::default() },
        properties: properties_of_new(sent.into_iter().map(|property| property.over(&[])).collect(), who),
        profile: customer::profile(&mut wire)?,
    };
    customer::check_not_administrator(new.username.as_ref(), &context.settings.administrator)?;
    customer::check_values(&[], &new.properties, "account.properties")?;
    match scope {
        Scope::Administrator => {}
        Scope::Reseller(own) => (new.id, new.reseller) = (CustomerId::NOBODY, own),
        Scope::Customer(..) => return Err(Refusal::ResellerNotActive.into()),
    }
    if let Some(password) = customer::password(&mut wire)? {
        new.password = Some(customer::store_password(context.passwords, &password).await?);
    }

    let mut tx = context.store.begin(&scope).await?;
    customers::check_may_create(&mut tx).await?;
    let id = insert(&mut tx, new).await?;
    let made = customers::get(&mut tx, id).await?;
    tx.commit().await?;
    Ok(customer::write(made, context.passwords))
}

/// Makes the row under the number that was chosen, or under the next free one.
async fn insert(tx: &mut Tx, new: NewCustomer) -> Result<CustomerId, Failure> {
    if !new.id.is_nobody() {
        return match customers::add(tx, &numbered(&new, new.id)).await? {
            true => Ok(new.id),
            false => Err(Refusal::CustomerExists(new.id.to_string()).into()),
        };
    }
    for _ in 0..TAKEN_MAX {
        let id = customers::next_id(tx).await?;
        if customers::add(tx, &numbered(&new, id)).await? {
            return Ok(id);
        }
    }
    Err(Failure::Internal("no free number for a customer".to_owned()))
}

/// Without a reseller the customer is one itself.
fn numbered(new: &NewCustomer, id: CustomerId) -> NewCustomer {
    let reseller = if new.reseller.is_nobody() { ResellerId::new(id.get()) } else { new.reseller };
    NewCustomer { id, reseller, ..new.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::passwords::{PLACEHOLDER, Passwords};
    use crate::ports::testing::{Platform, acting_as, code, login, property};

    #[tokio::test]
    async fn without_a_reseller_the_administrator_makes_one() {
        let platform = Platform::empty().await;
        let input = AddAccountInput { account: Some(login("fresh")) };
        let made = platform.call(&platform.admin, handle, input).await.unwrap();
        assert!(made.id.is_some_and(|id| id > 0));
        assert_eq!(made.reseller, made.id);
        assert_eq!((made.reseller_active, made.impersonate), (Some(false), Some(0)));
        assert_eq!(made.properties, Some(vec![]));
        assert!(made.change_date.is_some_and(|date| date.len() == 19));
    }

    #[tokio::test]
    async fn a_customer_belongs_to_whom_the_caller_is_or_names() {
        let platform = Platform::empty().await;
        let [acme, rival] = [&platform.acme, &platform.rival].map(|caller| Some(caller.customer.get()));
        for (name, by, reseller) in [
            ("a", &platform.admin, acme),
            ("b", &platform.acme, None),
            ("c", &platform.acme, rival),
            ("d", &acting_as(&platform.acme), None),
            ("e", &acting_as(&platform.acme), acme),
        ] {
            let account = types::CustomerAccount { reseller, ..login(name) };
            let made = platform.add_customer(by, account).await.unwrap();
            assert_eq!(Some(made.reseller.get()), acme, "{name}");
            assert_ne!(made.customer.get(), made.reseller.get());
        }
    }

    #[tokio::test]
    async fn what_only_the_administrator_decides_is_left_out_for_others() {
        let platform = Platform::empty().await;
        let wish = || types::CustomerAccount {
            reseller: Some(platform.acme.customer.get()),
            reseller_active: Some(true),
            balance: Some(5.0),
            credit: Some(7.5),
            company_code: Some("C1".into()),
            properties: Some(vec![property("support_order", "1"), property("sip_credit", "5"), property("own", "x")]),
            ..Default::default()
        };
        let by = async |caller, name: &str| {
            let account = types::CustomerAccount { username: Some(name.into()), ..wish() };
            platform.call(caller, handle, AddAccountInput { account: Some(account) }).await.unwrap()
        };
        let made = by(&platform.acme, "x").await;
        assert_eq!((made.reseller_active, made.balance, made.credit), (Some(false), Some(0.0), Some(0.0)));
        assert_eq!(made.company_code.as_deref(), Some(""));
        let names = |made: types::CustomerAccount| -> Vec<String> {
            made.properties.unwrap().into_iter().filter_map(|p| p.name).collect()
        };
        assert_eq!(names(made), ["own", "sip_credit"]);
        let made = by(&platform.admin, "y").await;
        assert_eq!((made.reseller_active, made.balance, made.credit), (Some(true), Some(5.0), Some(7.5)));
        assert_eq!(names(made), ["own", "sip_credit", "support_order"]);
    }

    #[tokio::test]
    async fn a_login_name_is_taken_whatever_its_case_and_whosever_it_is() {
        let platform = Platform::empty().await;
        for by in [&platform.admin, &platform.acme, &platform.rival] {
            let refused = platform.add_customer(by, login("SHOP")).await;
            assert_eq!(refused.map(|_| ()), Err((5001, "Customer SHOP already exists".to_owned())));
        }
    }

    #[tokio::test]
    async fn the_administrators_login_name_is_taken() {
        let platform = Platform::empty().await;
        for by in [&platform.admin, &platform.acme] {
            for name in ["Root", "root", "ROOT"] {
                let refused = platform.add_customer(by, login(name)).await;
                assert_eq!(refused.map(|_| ()), Err((5001, format!("Customer {name} already exists"))));
            }
        }
        assert!(platform.add_customer(&platform.acme, login("root2")).await.is_ok());
    }

    #[tokio::test]
    async fn the_administrator_may_choose_a_number_and_the_sequence_goes_round_it() {
        let platform = Platform::empty().await;
        let next = platform.reseller("next").await.customer.get() + 1;
        let chosen = types::CustomerAccount { id: Some(next), ..login("chosen") };
        let made = platform.add_customer(&platform.admin, chosen.clone()).await.unwrap();
        assert_eq!((made.customer.get(), made.reseller.get()), (next, next));
        let again = types::CustomerAccount { username: Some("again".into()), ..chosen };
        assert_eq!(code(platform.add_customer(&platform.admin, again.clone()).await.map(|_| ())), 5001);
        assert_eq!(platform.reseller("after").await.customer.get(), next + 1);
        // Nobody else chooses.
        let made = platform.add_customer(&platform.acme, again).await.unwrap();
        assert_ne!(made.customer.get(), next);
    }

    #[tokio::test]
    async fn only_active_resellers_and_the_administrator_create() {
        let platform = Platform::empty().await;
        let refused = platform.add_customer(&platform.shop, login("x")).await.map(|_| ());
        assert_eq!(refused, Err((9002, "Reseller is not active".to_owned())));
        platform.deactivate(&platform.acme).await;
        for by in [&platform.acme, &acting_as(&platform.acme), &acting_as(&platform.shop)] {
            assert_eq!(code(platform.add_customer(by, login("x")).await.map(|_| ())), 9002);
        }
    }

    #[tokio::test]
    async fn a_value_that_is_wrong_is_named_by_its_path() {
        let platform = Platform::empty().await;
        let [shop, rival] = [&platform.shop, &platform.rival].map(|caller| caller.customer.get());
        for (by, account, member) in [
            (&platform.admin, types::CustomerAccount { reseller: Some(999_999), ..login("x") }, "account.reseller"),
            (&platform.admin, types::CustomerAccount { reseller: Some(shop), ..login("x") }, "account.reseller"),
            (&platform.acme, types::CustomerAccount { impersonate: Some(rival), ..login("x") }, "account.impersonate"),
            (&platform.acme, types::CustomerAccount { email: Some("e".repeat(256)), ..login("x") }, "account.email"),
            (&platform.acme, types::CustomerAccount { timezone: Some("/".into()), ..login("x") }, "account.timezone"),
            (&platform.admin, types::CustomerAccount { balance: Some(f64::NAN), ..login("x") }, "account.balance"),
            (&platform.acme, login("a b"), "account.username"),
            (
                &platform.acme,
                types::CustomerAccount { password: Some("x".repeat(129)), ..login("x") },
                "account.password",
            ),
            (
                &platform.acme,
                types::CustomerAccount { properties: Some(vec![property("", "1")]), ..login("x") },
                "account.properties[0].name",
            ),
        ] {
            let (code, text) = platform.add_customer(by, account).await.map(|_| ()).unwrap_err();
            assert_eq!(code, 9004);
            assert!(text.starts_with(&format!("Invalid value for {member}: ")), "{text}");
        }
    }

    #[tokio::test]
    async fn a_password_is_answered_only_where_it_is_recoverable() {
        let mut platform = Platform::empty().await;
        let with =
            |name: &str, password: &str| types::CustomerAccount { password: Some(password.into()), ..login(name) };
        let answered = async |platform: &Platform, account| {
            let input = AddAccountInput { account: Some(account) };
            platform.call(&platform.acme, handle, input).await.unwrap().password.unwrap()
        };
        assert_eq!(answered(&platform, with("a", "s3cret")).await, PLACEHOLDER);
        assert_eq!(answered(&platform, login("b")).await, "");
        // Whoever copies a customer sends what was answered: that is no password.
        assert_eq!(answered(&platform, with("c", PLACEHOLDER)).await, "");
        platform.passwords = Passwords::new(Some(&[7; 32])).unwrap();
        assert_eq!(answered(&platform, with("d", "s3cret")).await, "s3cret");
    }
}
