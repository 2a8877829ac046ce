//! `Sip.addBalance`: adds an amount, which may be negative, to the prepaid balance of an account, and writes it into its
//! history. The amount is rounded to four decimals.
//!
//! 9001 a reseller without prepaid_changes, 1010, 9004 no amount, or one beyond what a balance holds.

use domain::Amount;
use store::{customers, prepaid};

use super::balance;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::AddBalanceInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: AddBalanceInput) -> Result<types::BalanceChange, Failure> {
    let id = member::sip_id(input.sip_id, "sipId")?;
    let value = Amount::parse(member::required(input.value, "value")?).map_err(|why| why.at("value"))?;
    let description = member::line(input.description, "description")?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    if !customers::pstn_rights(&mut tx).await?.prepaid_changes {
        return Err(balance::NO_PREPAID_CHANGES.into());
    }
    let change = prepaid::add_balance(&mut tx, &id, value, &description).await?;
    tx.commit().await?;
    Ok(balance::write(change))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Caller;
    use crate::ports::testing::{Platform, Refused, code, id};

    const ALICE: &str = "alice@acme.example";

    async fn add(platform: &Platform, by: &Caller, account: &str, value: f64) -> Result<(f64, f64), Refused> {
        let input =
            AddBalanceInput { sip_id: id(account), value: Some(value), description: Some("First deposit".into()) };
        let change = platform.call(by, handle, input).await?;
        Ok((change.old_balance.unwrap(), change.new_balance.unwrap()))
    }

    #[tokio::test]
    async fn a_balance_moves_both_ways_and_every_movement_is_in_its_history() {
        let platform = Platform::new().await;
        platform.grant(&platform.acme, &[("prepaid_changes", "1")]).await;
        assert_eq!(add(&platform, &platform.admin, ALICE, 12.5).await, Ok((0.0, 12.5)));
        assert_eq!(add(&platform, &platform.acme, ALICE, -2.000_04).await, Ok((12.5, 10.5)));
        let history = platform.history(ALICE).await;
        assert_eq!(history, ["Set balance First deposit -2 10.5", "Set balance First deposit 12.5 12.5"]);
        let old = AddBalanceInput { sip_id: id(ALICE), value: Some(1.0), description: None };
        assert!(platform.call(&platform.acme, handle, old).await.is_ok());
        assert!(platform.history("bob@shop.example").await.is_empty());
    }

    #[tokio::test]
    async fn a_reseller_needs_the_right_and_the_account_in_its_reach() {
        let platform = Platform::new().await;
        assert_eq!(
            add(&platform, &platform.acme, ALICE, 1.0).await,
            Err((9001, "Not allowed: the property prepaid_changes is missing".to_owned()))
        );
        platform.grant(&platform.acme, &[("prepaid_changes", "1")]).await;
        for account in ["carol@rival.example", "nobody@acme.example"] {
            assert_eq!(code(add(&platform, &platform.acme, account, 1.0).await), 1010);
        }
        for value in [f64::NAN, f64::INFINITY, 1e12] {
            assert_eq!(code(add(&platform, &platform.acme, ALICE, value).await), 9004);
        }
        let nothing = AddBalanceInput { sip_id: id(ALICE), value: None, description: None };
        assert_eq!(code(platform.call(&platform.acme, handle, nothing).await), 9004);
    }

    #[tokio::test]
    async fn a_balance_that_would_not_fit_stays_as_it_was() {
        let platform = Platform::new().await;
        for n in 1..=9 {
            assert!(add(&platform, &platform.admin, ALICE, 1e9).await.is_ok(), "{n}");
        }
        let last = add(&platform, &platform.admin, ALICE, 999_999_999.0).await.unwrap();
        let refused = add(&platform, &platform.admin, ALICE, 1e9).await;
        assert_eq!(code(refused), 9004);
        assert_eq!(add(&platform, &platform.admin, ALICE, 0.0).await, Ok((last.1, last.1)));
    }

    #[tokio::test]
    async fn deposits_at_once_all_arrive() {
        let platform = std::sync::Arc::new(Platform::new().await);
        let deposits: Vec<_> = (0..10)
            .map(|_| {
                let platform = platform.clone();
                tokio::spawn(async move { add(&platform, &platform.admin, ALICE, 1.25).await.unwrap() })
            })
            .collect();
        for deposit in deposits {
            deposit.await.unwrap();
        }
        assert_eq!(add(&platform, &platform.admin, ALICE, 0.0).await, Ok((12.5, 12.5)));
        assert_eq!(platform.history(ALICE).await.len(), 11);
    }
}
