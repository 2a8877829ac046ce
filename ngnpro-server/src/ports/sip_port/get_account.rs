//! `Sip.getAccount`: one account with every member, the password in clear text where it is stored and empty where not.
//!
//! 1010, 9004.

use store::sip_accounts;

use super::account;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::GetAccountInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: GetAccountInput) -> Result<types::SipAccount, Failure> {
    let id = member::sip_id(input.sip_id, "sipId")?;
    Ok(account::write(sip_accounts::get(context.store, &context.caller.scope, &id).await?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::testing::{Platform, code, id};

    #[tokio::test]
    async fn a_reseller_reads_its_customers_accounts_and_nobody_those_of_another() {
        let platform = Platform::new().await;
        for (caller, account, found) in [
            (&platform.admin, "carol@rival.example", true),
            (&platform.acme, "alice@acme.example", true),
            (&platform.acme, "BOB@shop.example", true),
            (&platform.shop, "bob@shop.example", true),
            (&platform.shop, "alice@acme.example", false),
            (&platform.rival, "alice@acme.example", false),
            (&platform.rival, "nobody@rival.example", false),
        ] {
            let result = platform.get_account(caller, account).await;
            assert_eq!(result.is_ok(), found, "{account}");
            assert!(found || code(result) == 1010);
        }
    }

    #[tokio::test]
    async fn an_id_that_is_none_is_named_by_its_part() {
        let platform = Platform::new().await;
        for (sip_id, member) in [(None, "sipId"), (id("a b@x"), "sipId.username"), (id("a@"), "sipId.domain")] {
            let (code, text) = platform.call(&platform.acme, handle, GetAccountInput { sip_id }).await.unwrap_err();
            assert_eq!(code, 9004);
            assert!(text.contains(&format!("{member}:")), "{text}");
        }
    }
}
