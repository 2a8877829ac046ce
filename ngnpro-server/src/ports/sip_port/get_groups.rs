//! `Sip.getGroups`: the groups of an account, by name.
//!
//! 1010, 9004.

use store::sip_groups;

use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::GetGroupsInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: GetGroupsInput) -> Result<Vec<String>, Failure> {
    let id = member::sip_id(input.sip_id, "sipId")?;
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    Ok(sip_groups::of_account(&mut tx, &id).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::testing::{Platform, code, id, sip_account, words};
    use crate::wire::types;

    #[tokio::test]
    async fn groups_are_answered_by_name_with_prepaid_among_them() {
        let platform = Platform::new().await;
        let call = async |caller, account| platform.call(caller, handle, GetGroupsInput { sip_id: id(account) }).await;
        assert_eq!(call(&platform.acme, "alice@acme.example").await, Ok(vec![]));
        let grouped =
            types::SipAccount { groups: words(&["vip", "prepaid", "anonymous"]), ..sip_account("alice@acme.example") };
        platform.update_account(&platform.admin, grouped).await.unwrap();
        assert_eq!(
            Some(call(&platform.acme, "alice@acme.example").await.unwrap()),
            words(&["anonymous", "prepaid", "vip"])
        );
        assert_eq!(code(call(&platform.rival, "alice@acme.example").await), 1010);
    }
}
