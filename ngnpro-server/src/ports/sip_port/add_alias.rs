//! `Sip.addAlias`: makes another address of an account.
//!
//! 1000 the alias's domain is not there, 1010 the target is not, 1011 and 1021 the address is taken by an account or an
//! alias, 9002 the reseller is not active, 9003 a credit is used up, 9004.

use store::{customers, sip_accounts, sip_aliases};

use super::alias;
use crate::context::Context;
use crate::error::Failure;
use crate::wire::sip::AddAliasInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: AddAliasInput) -> Result<types::SipAlias, Failure> {
    let new = alias::read(input.alias)?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    customers::check_may_create(&mut tx).await?;
    sip_accounts::check_owner(&mut tx, new.owner, "alias.owner").await?;
    let made = sip_aliases::add(&mut tx, &new).await?;
    tx.commit().await?;
    Ok(alias::write(made))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::testing::{Platform, code, id, sip_account};

    #[tokio::test]
    async fn the_answer_is_the_alias_with_its_owners() {
        let platform = Platform::new().await;
        let made = platform.alias(&platform.acme, "Info@Acme.example", "bob@shop.example").await.unwrap();
        assert_eq!((made.id, made.target), (id("info@acme.example"), id("bob@shop.example")));
        // Inherited from the alias's own domain.
        assert_eq!((made.customer, made.owner), (Some(platform.acme.customer.get()), Some(0)));
        assert!(made.change_date.is_some_and(|date| !date.is_empty()));
    }

    #[tokio::test]
    async fn every_reason_against_an_alias_has_its_code() {
        let platform = Platform::new().await;
        for (alias, target, refusal) in [
            ("x@nowhere.example", "alice@acme.example", 1000),
            ("x@rival.example", "alice@acme.example", 1000),
            ("x@acme.example", "nobody@acme.example", 1010),
            ("x@acme.example", "carol@rival.example", 1010),
            ("x@acme.example", "help@acme.example", 1010),
            ("alice@acme.example", "alice@acme.example", 1011),
            ("help@acme.example", "alice@acme.example", 1021),
            ("x y@acme.example", "alice@acme.example", 9004),
        ] {
            assert_eq!(code(platform.alias(&platform.acme, alias, target).await), refusal, "{alias} to {target}");
        }
        let foreign = types::SipAlias {
            id: id("x@acme.example"),
            target: id("alice@acme.example"),
            owner: Some(platform.rival.customer.get()),
            ..Default::default()
        };
        let input = AddAliasInput { alias: Some(foreign) };
        assert_eq!(code(platform.call(&platform.acme, handle, input).await), 9004);
        assert_eq!(code(platform.call(&platform.acme, handle, AddAliasInput::default()).await), 9004);
        platform.deactivate(&platform.acme).await;
        assert_eq!(code(platform.alias(&platform.acme, "x@acme.example", "alice@acme.example").await), 9002);
    }

    #[tokio::test]
    async fn aliases_have_a_credit_of_their_own() {
        let platform = Platform::new().await;
        platform.grant(&platform.acme, &[("sip_alias_credit", "2"), ("sip_credit", "0")]).await;
        assert!(platform.alias(&platform.acme, "x@acme.example", "alice@acme.example").await.is_ok());
        let full = platform.alias(&platform.acme, "y@acme.example", "alice@acme.example").await;
        assert_eq!(full, Err((9003, "Maximum number of SIP alias records reached".to_owned())));
        assert_eq!(code(platform.add_account(&platform.acme, sip_account("z@acme.example")).await), 9003);
    }
}
