//! `Sip.addBalanceFromVoucher`: uses a voucher up and adds what it is worth to the balance of an account, in one step. The
//! voucher is of the account's own reseller.
//!
//! 1010, 1090 no voucher has that serial and number, 1091 it is used or blocked, 9004.

use domain::Voucher;
use store::prepaid;

use super::balance;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::AddBalanceFromVoucherInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: AddBalanceFromVoucherInput) -> Result<types::BalanceChange, Failure> {
    let id = member::sip_id(input.sip_id, "sipId")?;
    let card = member::required(input.card, "card")?;
    let serial = member::required(card.id, "card.id")?;
    let voucher = Voucher::new(i64::from(serial), &member::required(card.number, "card.number")?);
    let mut tx = context.store.begin(&context.caller.scope).await?;
    let change = prepaid::use_voucher(&mut tx, &id, &voucher).await?;
    tx.commit().await?;
    Ok(balance::write(change))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Caller;
    use crate::ports::testing::{Platform, Refused, code, id};

    const NUMBER: &str = "123456789012345";

    async fn with_voucher() -> Platform {
        let platform = Platform::new().await;
        let [acme, rival] = [&platform.acme, &platform.rival].map(|caller| caller.customer.get());
        platform
            .db
            .execute(&format!(
                "INSERT INTO prepaid_cards (id, number, reseller, value, blocked)
                 VALUES (1, '{NUMBER}', {acme}, 10, false), (2, '{NUMBER}', {rival}, 10, false),
                        (3, '111111111', {acme}, 10, true), (4, '{NUMBER}', NULL, 10, false)"
            ))
            .await;
        platform
    }

    async fn redeem(
        platform: &Platform,
        by: &Caller,
        account: &str,
        serial: i32,
        number: &str,
    ) -> Result<f64, Refused> {
        let card = types::PrepaidCard { id: Some(serial), number: Some(number.into()) };
        let input = AddBalanceFromVoucherInput { sip_id: id(account), card: Some(card) };
        platform.call(by, handle, input).await.map(|change| change.new_balance.unwrap())
    }

    #[tokio::test]
    async fn a_voucher_is_worth_its_value_once() {
        let platform = with_voucher().await;
        // A customer cannot read its reseller's vouchers, and uses them all the same.
        assert_eq!(redeem(&platform, &platform.shop, "bob@shop.example", 1, NUMBER).await, Ok(10.0));
        for (by, account) in [(&platform.shop, "bob@shop.example"), (&platform.acme, "alice@acme.example")] {
            let again = redeem(&platform, by, account, 1, NUMBER).await;
            assert_eq!(again, Err((1091, "Prepaid card has already been used".to_owned())));
        }
        assert_eq!(platform.history("bob@shop.example").await, ["Set balance Voucher 1 10 10"]);
    }

    #[tokio::test]
    async fn a_voucher_that_is_none_or_of_another_reseller_is_not_valid() {
        let platform = with_voucher().await;
        for (serial, number, refusal) in
            [(1, "999999999", 1090), (2, NUMBER, 1090), (4, NUMBER, 1090), (99, NUMBER, 1090), (3, "111111111", 1091)]
        {
            let refused = redeem(&platform, &platform.acme, "alice@acme.example", serial, number).await;
            assert_eq!(code(refused), refusal, "{serial} {number}");
        }
        for account in ["carol@rival.example", "nobody@acme.example"] {
            assert_eq!(code(redeem(&platform, &platform.acme, account, 1, NUMBER).await), 1010);
        }
        let nothing = AddBalanceFromVoucherInput { sip_id: id("alice@acme.example"), card: None };
        assert_eq!(code(platform.call(&platform.acme, handle, nothing).await), 9004);
        // Nobody used it up on the way.
        assert_eq!(redeem(&platform, &platform.acme, "alice@acme.example", 1, NUMBER).await, Ok(10.0));
    }

    #[tokio::test]
    async fn of_many_at_once_one_gets_it() {
        let platform = std::sync::Arc::new(with_voucher().await);
        let attempts: Vec<_> = (0..8)
            .map(|n| {
                let (platform, account) = (platform.clone(), ["alice@acme.example", "bob@shop.example"][n % 2]);
                tokio::spawn(async move { redeem(&platform, &platform.acme, account, 1, NUMBER).await })
            })
            .collect();
        let mut taken = 0;
        for attempt in attempts {
            match attempt.await.unwrap() {
                Ok(balance) => taken += i32::from(balance > 0.0),
                Err((code, _)) => assert_eq!(code, 1091),
            }
        }
        assert_eq!(taken, 1);
    }
}
