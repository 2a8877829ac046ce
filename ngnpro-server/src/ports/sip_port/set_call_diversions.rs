//! `Sip.setCallDiversions`: replaces all diversions of an account. Nothing to divert by (a struct without a usable member,
//! an empty array, an empty element) clears them all.
//!
//! 1010, 9004 a target that is neither a sip: address nor `<voice-mailbox>`.

use domain::{CallDiversions, DiversionCondition, DiversionTarget, Refusal};
use store::sip_call_settings;

use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::SetCallDiversionsInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: SetCallDiversionsInput) -> Result<(), Failure> {
    let id = member::sip_id(input.sip_id, "sipId")?;
    let diversions = read(input.diversions.unwrap_or_default())?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    sip_call_settings::set_diversions(&mut tx, &id, &diversions).await?;
    tx.commit().await?;
    Ok(())
}

fn read(wire: types::CallDiversions) -> Result<CallDiversions, Refusal> {
    let mut diversions = CallDiversions::new();
    for (condition, target) in [
        (DiversionCondition::Func, wire.func),
        (DiversionCondition::Fnol, wire.fnol),
        (DiversionCondition::Funv, wire.funv),
        (DiversionCondition::Fnoa, wire.fnoa),
        (DiversionCondition::Fbus, wire.fbus),
        (DiversionCondition::Runc, wire.runc),
        (DiversionCondition::Rnol, wire.rnol),
        (DiversionCondition::Runv, wire.runv),
        (DiversionCondition::Rnoa, wire.rnoa),
        (DiversionCondition::Rbus, wire.rbus),
    ] {
        let target = DiversionTarget::parse(&target.unwrap_or_default());
        if let Some(target) = target.map_err(|why| why.at(format!("diversions.{}", condition.as_str())))? {
            diversions.insert(condition, target);
        }
    }
    Ok(diversions)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Caller;
    use crate::ports::sip_port::get_call_diversions;
    use crate::ports::testing::{Platform, Refused, id};
    use crate::wire::sip::GetCallDiversionsInput;

    const ALICE: &str = "alice@acme.example";

    async fn set(
        platform: &Platform,
        by: &Caller,
        account: &str,
        diversions: Option<types::CallDiversions>,
    ) -> Result<(), Refused> {
        platform.call(by, handle, SetCallDiversionsInput { sip_id: id(account), diversions }).await
    }

    async fn stored(platform: &Platform) -> CallDiversions {
        let input = GetCallDiversionsInput { sip_id: id(ALICE) };
        let answer = platform.call(&platform.acme, get_call_diversions::handle, input).await.unwrap();
        read(answer).unwrap()
    }

    #[tokio::test]
    async fn all_diversions_are_replaced_and_cleared_by_nothing() {
        let platform = Platform::new().await;
        let text = |text: &str| Some(text.to_owned());
        let both = types::CallDiversions {
            func: text("sip:0031612345678@acme.example"),
            fbus: text("<voice-mailbox>"),
            rnoa: text(""),
            ..Default::default()
        };
        set(&platform, &platform.acme, ALICE, Some(both)).await.unwrap();
        assert_eq!(stored(&platform).await.len(), 2);
        let other = types::CallDiversions { fbus: text("sip:bob@shop.example"), ..Default::default() };
        set(&platform, &platform.acme, ALICE, Some(other.clone())).await.unwrap();
        assert_eq!(stored(&platform).await, read(other.clone()).unwrap());
        for nothing in [None, Some(types::CallDiversions::default())] {
            set(&platform, &platform.acme, ALICE, Some(other.clone())).await.unwrap();
            set(&platform, &platform.acme, ALICE, nothing).await.unwrap();
            assert!(stored(&platform).await.is_empty());
        }
    }

    #[tokio::test]
    async fn a_target_that_is_none_is_named_and_changes_nothing() {
        let platform = Platform::new().await;
        let wrong = types::CallDiversions { fnoa: Some("bob".into()), ..Default::default() };
        let text = "Invalid value for diversions.FNOA: neither a sip: address nor <voice-mailbox>".to_owned();
        assert_eq!(set(&platform, &platform.acme, ALICE, Some(wrong)).await, Err((9004, text)));
    }

    #[tokio::test]
    async fn nobody_diverts_calls_of_an_account_out_of_reach() {
        let platform = Platform::new().await;
        for (by, account) in
            [(&platform.rival, ALICE), (&platform.shop, ALICE), (&platform.acme, "nobody@acme.example")]
        {
            let refused = set(&platform, by, account, None).await;
            assert_eq!(refused, Err((1010, format!("SIP account {account} does not exist"))));
        }
    }
}
