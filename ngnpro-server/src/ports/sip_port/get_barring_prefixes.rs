//! `Sip.getBarringPrefixes`: the beginnings of numbers that an account may not call, in the order in which they were set.
//!
//! 1010, 9004.

use store::sip_call_settings;

use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::GetBarringPrefixesInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: GetBarringPrefixesInput) -> Result<Vec<String>, Failure> {
    let id = member::sip_id(input.sip_id, "sipId")?;
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    Ok(sip_call_settings::barring_prefixes(&mut tx, &id).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::testing::{Platform, code, id};

    #[tokio::test]
    async fn nothing_set_is_an_empty_list_and_an_account_out_of_reach_is_none() {
        let platform = Platform::new().await;
        let call = async |by, account| platform.call(by, handle, GetBarringPrefixesInput { sip_id: id(account) }).await;
        assert_eq!(call(&platform.acme, "alice@acme.example").await, Ok(vec![]));
        for (by, account) in [
            (&platform.rival, "alice@acme.example"),
            (&platform.shop, "alice@acme.example"),
            (&platform.acme, "nobody@acme.example"),
        ] {
            assert_eq!(code(call(by, account).await), 1010);
        }
        assert_eq!(code(platform.call(&platform.acme, handle, Default::default()).await), 9004);
    }
}
