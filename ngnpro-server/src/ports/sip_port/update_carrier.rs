//! `Sip.updateCarrier`: replaces the carrier of that number. Only the administrator gives it to another reseller.
//!
//! 9001 without pstn_access, 1080, 1081 there is another one of that name, 9004.

use domain::{CarrierId, CustomerId};
use store::carriers;

use super::{carrier, pstn_network};
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::ports::ownership::{self, Wanted};
use crate::wire::sip::UpdateCarrierInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: UpdateCarrierInput) -> Result<(), Failure> {
    let wire = member::required(input.carrier, "carrier")?;
    let id = CarrierId::new(wire.id.unwrap_or(0));
    let (name, reseller) = (carrier::name(&wire)?, carrier::reseller(&wire)?);
    let mut tx = context.store.begin(&context.caller.scope).await?;
    pstn_network::check_access(&mut tx).await?;
    let mut owner = carriers::reseller_for_update(&mut tx, id).await?;
    // Who does not say whose it is does not change it.
    if tx.scope().is_administrator() && wire.reseller.is_some() && reseller != owner {
        let members = ["carrier.customer", "carrier.reseller"];
        let wanted = Wanted { customer: CustomerId::NOBODY, reseller, members };
        owner = ownership::of_new(&mut tx, wanted).await?.reseller;
    }
    carriers::update(&mut tx, id, &name, owner).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::testing::{Platform, code};
    use crate::wire::types;

    #[tokio::test]
    async fn a_carrier_gets_another_name_and_from_the_administrator_another_reseller() {
        let platform = Platform::with_pstn().await;
        let [acme, rival] = [&platform.acme, &platform.rival].map(|caller| caller.customer.get());
        let (own, other) = (platform.carrier(acme, "own").await, platform.carrier(acme, "other").await);
        let foreign = platform.carrier(rival, "foreign").await;
        let call = async |by, id, name: &str, reseller| {
            let carrier = types::Carrier { id: Some(id), name: Some(name.into()), reseller, ..Default::default() };
            platform.call(by, handle, UpdateCarrierInput { carrier: Some(carrier) }).await
        };
        assert_eq!(call(&platform.acme, own, "renamed", Some(rival)).await, Ok(()));
        assert_eq!(platform.carriers(&platform.acme).await, ["other", "renamed"]);
        for (by, id, name, refusal) in [
            (&platform.acme, own, "other", 1081),
            (&platform.acme, foreign, "x", 1080),
            (&platform.acme, 0, "x", 1080),
            (&platform.acme, own, "", 9004),
            (&platform.shop, own, "x", 9001),
        ] {
            assert_eq!(code(call(by, id, name, None).await), refusal, "{id} {name}");
        }
        assert_eq!(call(&platform.admin, other, "other", None).await, Ok(()));
        assert_eq!(platform.carriers(&platform.acme).await, ["other", "renamed"]);
        assert_eq!(call(&platform.admin, other, "other", Some(rival)).await, Ok(()));
        assert_eq!(platform.carriers(&platform.rival).await, ["foreign", "other"]);
        assert_eq!(call(&platform.admin, other, "other", Some(0)).await, Ok(()));
        assert_eq!(platform.carriers(&platform.rival).await, ["foreign"]);
        assert_eq!(code(call(&platform.admin, other, "other", Some(999_999)).await), 9004);
    }
}
