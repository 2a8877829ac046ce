//! `Sip.getAlias`: one alias.
//!
//! 1020, 9004.

use store::sip_aliases;

use super::alias;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::GetAliasInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: GetAliasInput) -> Result<types::SipAlias, Failure> {
    let id = member::sip_id(input.id, "id")?;
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    Ok(alias::write(sip_aliases::get(&mut tx, &id).await?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::testing::{Platform, code, id};

    #[tokio::test]
    async fn an_alias_is_answered_to_those_who_reach_its_domain() {
        let platform = Platform::new().await;
        let call = async |caller, alias| platform.call(caller, handle, GetAliasInput { id: id(alias) }).await;
        let found = call(&platform.acme, "HELP@acme.example").await.unwrap();
        assert_eq!((found.id, found.target), (id("help@acme.example"), id("alice@acme.example")));
        assert_eq!(found.reseller, Some(platform.acme.reseller.get()));
        assert_eq!(code(call(&platform.rival, "help@acme.example").await), 1020);
        assert_eq!(code(call(&platform.acme, "alice@acme.example").await), 1020);
    }

    #[tokio::test]
    async fn a_target_out_of_reach_is_not_shown() {
        let platform = Platform::new().await;
        platform.alias(&platform.acme, "desk@shop.example", "alice@acme.example").await.unwrap();
        let input = || GetAliasInput { id: id("desk@shop.example") };
        assert_eq!(platform.call(&platform.shop, handle, input()).await.unwrap().target, None);
        assert_eq!(platform.call(&platform.acme, handle, input()).await.unwrap().target, id("alice@acme.example"));
    }
}
