//! `Sip.addDomain`: makes a SIP domain; accounts and aliases in it take its customer and reseller.
//!
//! 1001 it exists, whoever's it is; 9001 a reseller names a customer that is not its own; 9002 the reseller is not active;
//! 9004.

use store::{customers, sip_domains};

use super::domain_record;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::ownership;
use crate::wire::sip::AddDomainInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: AddDomainInput) -> Result<types::SipDomain, Failure> {
    let (name, wanted, tls) = domain_record::read(input.domain)?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    customers::check_may_create(&mut tx).await?;
    let owner = ownership::of_new(&mut tx, wanted).await?;
    let made = sip_domains::add(&mut tx, &name, owner, &tls).await?;
    tx.commit().await?;
    Ok(domain_record::write(made))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Caller;
    use crate::ports::testing::{Platform, Refused, acting_as, code};

    async fn add(
        platform: &Platform,
        by: &Caller,
        name: &str,
        (customer, reseller): (i64, i64),
    ) -> Result<types::SipDomain, Refused> {
        let domain = types::SipDomain {
            domain: Some(name.to_owned()),
            customer: Some(customer),
            reseller: Some(reseller),
            ..Default::default()
        };
        platform.call(by, handle, AddDomainInput { domain: Some(domain) }).await
    }

    #[tokio::test]
    async fn a_domain_belongs_to_whom_the_rules_give_it() {
        let platform = Platform::empty().await;
        let [acme, shop] = [&platform.acme, &platform.shop].map(|caller| caller.customer.get());
        for (n, (by, named, owner)) in [
            (&platform.admin, (0, 0), (0, 0)),
            (&platform.admin, (0, acme), (acme, acme)),
            (&platform.admin, (acme, acme), (acme, acme)),
            (&platform.admin, (shop, 0), (shop, acme)),
            (&platform.admin, (shop, acme), (shop, acme)),
            (&acting_as(&platform.acme), (0, 0), (acme, acme)),
            (&acting_as(&platform.shop), (0, 0), (shop, acme)),
            (&platform.acme, (0, 0), (acme, acme)),
            (&platform.acme, (shop, 0), (shop, acme)),
            (&platform.acme, (acme, 4711), (acme, acme)),
            (&platform.shop, (0, 0), (shop, acme)),
            (&platform.shop, (acme, acme), (shop, acme)),
        ]
        .into_iter()
        .enumerate()
        {
            let made = add(&platform, by, &format!("d{n}.example"), named).await.unwrap();
            assert_eq!((made.customer.unwrap(), made.reseller.unwrap()), owner, "case {n}: {named:?}");
        }
    }

    #[tokio::test]
    async fn whoever_names_what_is_out_of_reach_is_refused() {
        let platform = Platform::empty().await;
        let [shop, rival] = [&platform.shop, &platform.rival].map(|caller| caller.customer.get());
        for (by, named, refusal) in [
            (&platform.acme, (rival, 0), 9001),
            (&platform.acme, (999_999, 0), 9001),
            (&platform.admin, (999_999, 0), 9004),
            (&platform.admin, (0, 999_999), 9004),
            (&platform.admin, (shop, rival), 9004),
            (&platform.admin, (0, shop), 9004),
            (&platform.admin, (-1, 0), 9004),
        ] {
            assert_eq!(code(add(&platform, by, "d.example", named).await), refusal, "{named:?}");
        }
    }

    #[tokio::test]
    async fn the_name_is_kept_in_lower_case_and_once_on_the_platform() {
        let platform = Platform::empty().await;
        let made = add(&platform, &platform.acme, "Acme.Example", (0, 0)).await.unwrap();
        assert_eq!(made.domain.as_deref(), Some("acme.example"));
        for by in [&platform.acme, &platform.rival, &platform.admin] {
            let taken = add(&platform, by, "acme.example", (0, 0)).await;
            assert_eq!(taken, Err((1001, "SIP domain acme.example already exists".to_owned())));
        }
        for bad in ["", "a b", "-a.example"] {
            assert_eq!(code(add(&platform, &platform.acme, bad, (0, 0)).await), 9004, "{bad}");
        }
        assert_eq!(code(platform.call(&platform.acme, handle, AddDomainInput::default()).await), 9004);
    }

    #[tokio::test]
    async fn nobody_under_an_inactive_reseller_makes_a_domain() {
        let platform = Platform::empty().await;
        platform.deactivate(&platform.acme).await;
        for by in [&platform.acme, &platform.shop, &acting_as(&platform.acme)] {
            let refused = add(&platform, by, "d.example", (0, 0)).await;
            assert_eq!(refused, Err((9002, "Reseller is not active".to_owned())));
        }
    }
}
