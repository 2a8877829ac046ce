//! `Sip.updateAlias`: gives an alias another target and owner.
//!
//! 1020 the alias is not there, 1010 the target is not, 9004.

use store::{sip_accounts, sip_aliases};

use super::alias;
use crate::context::Context;
use crate::error::Failure;
use crate::wire::sip::UpdateAliasInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: UpdateAliasInput) -> Result<(), Failure> {
    let change = alias::read(input.alias)?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    let owner = sip_aliases::owner_for_update(&mut tx, &change.id).await?;
    if change.owner != owner {
        sip_accounts::check_owner(&mut tx, change.owner, "alias.owner").await?;
    }
    sip_aliases::update(&mut tx, &change).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::sip_port::get_alias;
    use crate::ports::testing::{Platform, code, id};
    use crate::wire::sip::GetAliasInput;
    use crate::wire::types;

    fn input(alias: &str, target: &str, owner: i64) -> UpdateAliasInput {
        let alias = types::SipAlias { id: id(alias), target: id(target), owner: Some(owner), ..Default::default() };
        UpdateAliasInput { alias: Some(alias) }
    }

    #[tokio::test]
    async fn target_and_owner_change() {
        let platform = Platform::new().await;
        let shop = platform.shop.customer.get();
        platform.call(&platform.acme, handle, input("help@acme.example", "bob@shop.example", shop)).await.unwrap();
        let stored =
            platform.call(&platform.acme, get_alias::handle, GetAliasInput { id: id("help@acme.example") }).await;
        let stored = stored.unwrap();
        assert_eq!((stored.target, stored.owner), (id("bob@shop.example"), Some(shop)));
    }

    #[tokio::test]
    async fn what_is_not_there_or_not_in_reach_is_refused() {
        let platform = Platform::new().await;
        let rival = platform.rival.customer.get();
        for (caller, alias, target, owner, refusal) in [
            (&platform.acme, "nobody@acme.example", "alice@acme.example", 0, 1020),
            (&platform.rival, "help@acme.example", "carol@rival.example", 0, 1020),
            (&platform.acme, "alice@acme.example", "alice@acme.example", 0, 1020),
            (&platform.acme, "help@acme.example", "nobody@acme.example", 0, 1010),
            (&platform.acme, "help@acme.example", "carol@rival.example", 0, 1010),
            (&platform.acme, "help@acme.example", "alice@acme.example", rival, 9004),
        ] {
            let refused = platform.call(caller, handle, input(alias, target, owner)).await;
            assert_eq!(code(refused), refusal, "{alias} to {target}");
        }
    }
}
