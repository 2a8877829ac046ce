//! `Sip.getAliasesForAccount`, for old clients: the addresses of the aliases that lead to an account.
//!
//! 1010, 9004.

use store::sip_aliases;

use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::GetAliasesForAccountInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: GetAliasesForAccountInput) -> Result<Vec<types::SipId>, Failure> {
    let target = member::sip_id(input.target, "target")?;
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    let aliases = sip_aliases::of_account(&mut tx, &target).await?;
    Ok(aliases.iter().map(member::wire_id).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::testing::{Platform, code, id};

    #[tokio::test]
    async fn the_addresses_that_lead_to_an_account_are_answered() {
        let platform = Platform::new().await;
        let call = async |caller, account| {
            platform.call(caller, handle, GetAliasesForAccountInput { target: id(account) }).await
        };
        assert_eq!(call(&platform.acme, "alice@acme.example").await, Ok(vec![id("help@acme.example").unwrap()]));
        assert_eq!(call(&platform.acme, "bob@shop.example").await, Ok(vec![]));
        assert_eq!(code(call(&platform.rival, "alice@acme.example").await), 1010);
    }
}
