//! `Sip.addToGroup`: puts an account into a group. The group prepaid is the account's attribute.
//!
//! 1010, 1030 when it is a member already, 9001 when the caller lacks the right that guards the group, 9004.

use store::sip_groups;

use super::group;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::AddToGroupInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: AddToGroupInput) -> Result<(), Failure> {
    let id = member::sip_id(input.sip_id, "sipId")?;
    let group = group::read(input.group)?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    group::check_may_change(&mut tx, &id, &group).await?;
    sip_groups::add(&mut tx, &id, &group).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::testing::{Platform, code, id, words};

    fn input(account: &str, group: &str) -> AddToGroupInput {
        AddToGroupInput { sip_id: id(account), group: Some(group.to_owned()) }
    }

    #[tokio::test]
    async fn an_account_is_put_into_a_group_once() {
        let platform = Platform::new().await;
        for group in ["blocked", "prepaid"] {
            platform.call(&platform.admin, handle, input("alice@acme.example", group)).await.unwrap();
            let again = platform.call(&platform.admin, handle, input("alice@acme.example", group)).await;
            let text = format!("SIP account alice@acme.example is already in group {group}");
            assert_eq!(again, Err((1030, text)));
        }
        let stored = platform.get_account(&platform.acme, "alice@acme.example").await.unwrap();
        assert_eq!((stored.groups, stored.prepaid), (words(&["blocked", "prepaid"]), Some(true)));
    }

    #[tokio::test]
    async fn groups_that_are_rights_need_the_right() {
        let platform = Platform::new().await;
        let call = async |group: &str| platform.call(&platform.acme, handle, input("alice@acme.example", group)).await;
        for group in ["free-pstn", "prepaid", "intercept"] {
            assert_eq!(code(call(group).await), 9001, "{group}");
        }
        platform.grant(&platform.acme, &[("pstn_access", "1"), ("prepaid_changes", "1")]).await;
        assert_eq!(call("free-pstn").await, Ok(()));
        assert_eq!(call("prepaid").await, Ok(()));
        assert_eq!(code(call("intercept").await), 9001);
    }

    #[tokio::test]
    async fn accounts_out_of_reach_and_names_that_are_none_are_refused() {
        let platform = Platform::new().await;
        for account in ["carol@rival.example", "nobody@acme.example"] {
            for group in ["blocked", "free-pstn"] {
                assert_eq!(code(platform.call(&platform.acme, handle, input(account, group)).await), 1010);
            }
        }
        for group in ["", "a b"] {
            let refused = platform.call(&platform.acme, handle, input("alice@acme.example", group)).await;
            assert_eq!(code(refused), 9004);
        }
    }
}
