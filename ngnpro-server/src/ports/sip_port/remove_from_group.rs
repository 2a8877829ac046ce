//! `Sip.removeFromGroup`: takes an account out of a group. The group prepaid is the account's attribute.
//!
//! 1010, 1031 when it is no member, 9001 when the caller lacks the right that guards the group, 9004.

use store::sip_groups;

use super::group;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::RemoveFromGroupInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: RemoveFromGroupInput) -> Result<(), Failure> {
    let id = member::sip_id(input.sip_id, "sipId")?;
    let group = group::read(input.group)?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    group::check_may_change(&mut tx, &id, &group).await?;
    sip_groups::remove(&mut tx, &id, &group).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::testing::{Platform, code, id, sip_account, words};
    use crate::wire::types;

    fn input(account: &str, group: &str) -> RemoveFromGroupInput {
        RemoveFromGroupInput { sip_id: id(account), group: Some(group.to_owned()) }
    }

    #[tokio::test]
    async fn an_account_is_taken_out_of_a_group_once() {
        let platform = Platform::new().await;
        let grouped =
            types::SipAccount { groups: words(&["blocked", "prepaid", "vip"]), ..sip_account("alice@acme.example") };
        platform.update_account(&platform.admin, grouped).await.unwrap();
        for group in ["blocked", "prepaid"] {
            platform.call(&platform.admin, handle, input("alice@acme.example", group)).await.unwrap();
            let again = platform.call(&platform.admin, handle, input("alice@acme.example", group)).await;
            assert_eq!(again, Err((1031, format!("SIP account alice@acme.example is not in group {group}"))));
        }
        let stored = platform.get_account(&platform.acme, "alice@acme.example").await.unwrap();
        assert_eq!((stored.groups, stored.prepaid), (words(&["vip"]), Some(false)));
    }

    #[tokio::test]
    async fn what_needs_a_right_or_is_out_of_reach_is_refused() {
        let platform = Platform::new().await;
        for (account, group, refusal) in [
            ("alice@acme.example", "prepaid", 9001),
            ("alice@acme.example", "intercept", 9001),
            ("alice@acme.example", "", 9004),
            ("carol@rival.example", "vip", 1010),
            ("carol@rival.example", "prepaid", 1010),
        ] {
            assert_eq!(code(platform.call(&platform.acme, handle, input(account, group)).await), refusal, "{account}");
        }
    }
}
