//! `Sip.setBarringPrefixes`: replaces the beginnings of numbers that an account may not call. Empty entries are dropped, of two equal ones the first holds.
//!
//! 1010, 9004.

use domain::{BarringPrefix, Refusal};
use store::sip_call_settings;

use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::SetBarringPrefixesInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: SetBarringPrefixesInput) -> Result<(), Failure> {
    let id = member::sip_id(input.sip_id, "sipId")?;
    let prefixes = read(input.prefixes)?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    sip_call_settings::set_barring_prefixes(&mut tx, &id, &prefixes).await?;
    tx.commit().await?;
    Ok(())
}

fn read(sent: Option<Vec<String>>) -> Result<Vec<BarringPrefix>, Refusal> {
    let mut list = Vec::new();
    for entry in member::each_text(&member::entries(sent, "prefixes")?, "prefixes", BarringPrefix::parse)? {
        if !list.contains(&entry) {
            list.push(entry);
        }
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Caller;
    use crate::ports::sip_port::get_barring_prefixes;
    use crate::ports::testing::{Platform, Refused, code, id, words};
    use crate::wire::sip::GetBarringPrefixesInput;

    const ALICE: &str = "alice@acme.example";

    async fn set(platform: &Platform, by: &Caller, account: &str, list: &[&str]) -> Result<(), Refused> {
        platform.call(by, handle, SetBarringPrefixesInput { sip_id: id(account), prefixes: words(list) }).await
    }

    async fn stored(platform: &Platform) -> Vec<String> {
        let input = GetBarringPrefixesInput { sip_id: id(ALICE) };
        platform.call(&platform.admin, get_barring_prefixes::handle, input).await.unwrap()
    }

    #[tokio::test]
    async fn the_list_is_replaced_and_keeps_its_order() {
        let platform = Platform::new().await;
        let [first, second, third] = ["+31900", "+44", "1"];
        set(&platform, &platform.acme, ALICE, &[second, "", first, second, third]).await.unwrap();
        assert_eq!(stored(&platform).await, [second, first, third]);
        set(&platform, &platform.acme, ALICE, &[third, second]).await.unwrap();
        assert_eq!(stored(&platform).await, [third, second]);
        set(&platform, &platform.acme, ALICE, &[]).await.unwrap();
        assert!(stored(&platform).await.is_empty());
    }

    #[tokio::test]
    async fn what_is_wrong_or_out_of_reach_changes_nothing() {
        let platform = Platform::new().await;
        let [first, ..] = ["+31900", "+44", "1"];
        set(&platform, &platform.acme, ALICE, &[first]).await.unwrap();
        for bad in ["0031", "+", "+31a"] {
            let (code, text) = set(&platform, &platform.acme, ALICE, &[first, bad]).await.unwrap_err();
            assert_eq!(code, 9004);
            assert!(text.starts_with("Invalid value for prefixes[1]: "), "{text}");
        }
        for (by, account) in
            [(&platform.rival, ALICE), (&platform.shop, ALICE), (&platform.acme, "nobody@acme.example")]
        {
            assert_eq!(code(set(&platform, by, account, &[]).await), 1010);
        }
        assert_eq!(stored(&platform).await, [first]);
    }
}
