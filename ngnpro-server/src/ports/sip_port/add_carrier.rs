//! `Sip.addCarrier`: makes a carrier: the administrator says whose it is, a reseller's is its own.
//!
//! 9001 without pstn_access, 9002 the reseller is not active, 1081 it has a carrier of that name, 9004.

use domain::CustomerId;
use store::carriers;

use super::{carrier, pstn_network};
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::ports::ownership::{self, Wanted};
use crate::wire::sip::AddCarrierInput;
use crate::wire::types;
/// Answers the call.
pub async fn handle(context: &Context<'_>, input: AddCarrierInput) -> Result<types::Carrier, Failure> {
    let wire = member::required(input.carrier, "carrier")?;
    let (name, reseller) = (carrier::name(&wire)?, carrier::reseller(&wire)?);
    let mut tx = context.store.begin(&context.caller.scope).await?;
    pstn_network::check_may_create(&mut tx).await?;
    let members = ["carrier.customer", "carrier.reseller"];
    let wanted = Wanted { customer: CustomerId::NOBODY, reseller, members };
    let owner = ownership::of_new(&mut tx, wanted).await?;
    let made = carriers::add(&mut tx, &name, owner.reseller).await?;
    tx.commit().await?;
    Ok(carrier::write(made))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Caller;
    use crate::ports::testing::{Platform, Refused, acting_as};

    async fn add(platform: &Platform, by: &Caller, name: &str, reseller: Option<i64>) -> Result<Option<i64>, Refused> {
        let carrier = types::Carrier { name: Some(name.into()), reseller, ..Default::default() };
        platform.call(by, handle, AddCarrierInput { carrier: Some(carrier) }).await.map(|made| made.reseller)
    }

    #[tokio::test]
    async fn a_carrier_belongs_to_whom_the_caller_is_or_names() {
        let platform = Platform::empty().await;
        platform.grant(&platform.acme, &[("pstn_access", "1")]).await;
        let [acme, rival, shop] = [&platform.acme, &platform.rival, &platform.shop].map(|c| Some(c.customer.get()));
        for (name, by, named, owner) in [
            ("a", &platform.admin, None, Ok(Some(0))),
            ("b", &platform.admin, acme, Ok(acme)),
            ("c", &platform.acme, rival, Ok(acme)),
            ("d", &acting_as(&platform.acme), None, Ok(acme)),
            ("e", &platform.admin, shop, Err(9004)),
            ("e", &platform.admin, Some(999_999), Err(9004)),
            ("", &platform.admin, acme, Err(9004)),
        ] {
            assert_eq!(add(&platform, by, name, named).await.map_err(|refused| refused.0), owner, "{name}");
        }
    }

    #[tokio::test]
    async fn a_name_is_once_for_each_reseller() {
        let platform = Platform::empty().await;
        let [acme, rival] = [&platform.acme, &platform.rival].map(|caller| Some(caller.customer.get()));
        for owner in [acme, rival, None] {
            add(&platform, &platform.admin, "one", owner).await.unwrap();
            let again = add(&platform, &platform.admin, "one", owner).await;
            assert_eq!(again, Err((1081, "Carrier one already exists".to_owned())));
        }
    }

    #[tokio::test]
    async fn a_reseller_needs_the_right_and_has_to_be_active() {
        let platform = Platform::empty().await;
        for by in [&platform.acme, &acting_as(&platform.acme)] {
            assert_eq!(
                add(&platform, by, "x", None).await,
                Err((9001, "Not allowed: the property pstn_access is missing".to_owned()))
            );
        }
        platform.grant(&platform.acme, &[("pstn_access", "1")]).await;
        platform.deactivate(&platform.acme).await;
        let refused = add(&platform, &platform.acme, "x", None).await;
        assert_eq!(refused, Err((9002, "Reseller is not active".to_owned())));
    }
}
