//! `Sip.deleteCarrier`: deletes a carrier that nothing uses.
//!
//! 9001 without pstn_access, 1080, 1088 gateways or routes use it, 9004.

use domain::CarrierId;
use store::carriers;

use super::pstn_network;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::DeleteCarrierInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: DeleteCarrierInput) -> Result<(), Failure> {
    let id = CarrierId::new(member::required(input.id, "id")?);
    let mut tx = context.store.begin(&context.caller.scope).await?;
    pstn_network::check_access(&mut tx).await?;
    carriers::delete(&mut tx, id).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::testing::{Platform, code};

    #[tokio::test]
    async fn a_carrier_goes_when_nothing_uses_it() {
        let platform = Platform::with_pstn().await;
        let [acme, rival] = [&platform.acme, &platform.rival].map(|caller| caller.customer.get());
        let (routed, with_gateway) = (platform.carrier(acme, "a").await, platform.carrier(acme, "b").await);
        let (free, foreign) = (platform.carrier(acme, "c").await, platform.carrier(rival, "d").await);
        platform.route(routed, "0031").await;
        platform.gateway(with_gateway, "gw").await;
        let call = async |by, id| platform.call(by, handle, DeleteCarrierInput { id: Some(id) }).await;
        for (by, id, refusal) in [
            (&platform.acme, routed, 1088),
            (&platform.acme, with_gateway, 1088),
            (&platform.acme, foreign, 1080),
            (&platform.rival, free, 1080),
            (&platform.shop, free, 9001),
        ] {
            assert_eq!(code(call(by, id).await), refusal);
        }
        assert_eq!(call(&platform.acme, free).await, Ok(()));
        assert_eq!(call(&platform.acme, free).await, Err((1080, format!("Carrier {free} does not exist"))));
        assert_eq!(platform.carriers(&platform.acme).await, ["a", "b"]);
        assert_eq!(code(platform.call(&platform.acme, handle, Default::default()).await), 9004);
    }
}
