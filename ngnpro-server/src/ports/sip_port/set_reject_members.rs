//! `Sip.setRejectMembers`: replaces the callers that an account always rejects. Empty entries are dropped, of two equal ones the first holds.
//!
//! 1010, 9004.

use domain::{Refusal, RejectMember};
use store::sip_call_settings;

use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::SetRejectMembersInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: SetRejectMembersInput) -> Result<(), Failure> {
    let id = member::sip_id(input.sip_id, "sipId")?;
    let members = read(input.members)?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    sip_call_settings::set_reject_members(&mut tx, &id, &members).await?;
    tx.commit().await?;
    Ok(())
}

fn read(sent: Option<Vec<String>>) -> Result<Vec<RejectMember>, Refusal> {
    let mut list = Vec::new();
    for entry in member::each_text(&member::entries(sent, "members")?, "members", RejectMember::parse)? {
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
    use crate::ports::sip_port::get_reject_members;
    use crate::ports::testing::{Platform, Refused, code, id, words};
    use crate::wire::sip::GetRejectMembersInput;

    const ALICE: &str = "alice@acme.example";

    async fn set(platform: &Platform, by: &Caller, account: &str, list: &[&str]) -> Result<(), Refused> {
        platform.call(by, handle, SetRejectMembersInput { sip_id: id(account), members: words(list) }).await
    }

    async fn stored(platform: &Platform) -> Vec<String> {
        let input = GetRejectMembersInput { sip_id: id(ALICE) };
        platform.call(&platform.admin, get_reject_members::handle, input).await.unwrap()
    }

    #[tokio::test]
    async fn the_list_is_replaced_and_keeps_its_order() {
        let platform = Platform::new().await;
        let [first, second, third] =
            ["sip:spam@example.net", "sip:0031208005161@example.net", "sip:anonymous@anonymous.invalid"];
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
        let [first, ..] = ["sip:spam@example.net", "sip:0031208005161@example.net", "sip:anonymous@anonymous.invalid"];
        set(&platform, &platform.acme, ALICE, &[first]).await.unwrap();
        for bad in ["sip:", "a b"] {
            let (code, text) = set(&platform, &platform.acme, ALICE, &[first, bad]).await.unwrap_err();
            assert_eq!(code, 9004);
            assert!(text.starts_with("Invalid value for members[1]: "), "{text}");
        }
        for (by, account) in
            [(&platform.rival, ALICE), (&platform.shop, ALICE), (&platform.acme, "nobody@acme.example")]
        {
            assert_eq!(code(set(&platform, by, account, &[]).await), 1010);
        }
        assert_eq!(stored(&platform).await, [first]);
    }
}
