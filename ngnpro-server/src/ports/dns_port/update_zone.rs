//! `Dns.updateZone`: replaces a zone. Name servers that are not sent stay, the serial number goes up whatever was sent; with
//! another customer the records move along.
//!
//! 7000 it is not there or not in reach, 9001 a reseller names a customer that is not its own, 9004.

use store::dns_zones;

use super::zone;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::ownership;
use crate::wire::dns::UpdateZoneInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: UpdateZoneInput) -> Result<(), Failure> {
    // Who does not say whose the zone is does not change it.
    let keeps_owner = input.zone.as_ref().is_some_and(|zone| zone.customer.is_none() && zone.reseller.is_none());
    let (name, wanted, settings) = zone::read(input.zone, &context.settings.dns)?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    let stored = dns_zones::ownership_for_update(&mut tx, &name).await?;
    let owner = if keeps_owner { stored } else { ownership::of_change(&mut tx, stored, wanted).await? };
    dns_zones::update(&mut tx, &name, owner, &settings).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Caller;
    use crate::ports::dns_port::testing::{text, www, zone};
    use crate::ports::testing::{Platform, Refused, code};
    use crate::wire::types;

    async fn update(platform: &Platform, by: &Caller, zone: types::DnsZone) -> Result<(), Refused> {
        platform.call(by, handle, UpdateZoneInput { zone: Some(zone) }).await
    }

    #[tokio::test]
    async fn everything_is_replaced_but_name_servers_that_are_not_sent_and_the_serial_goes_up() {
        let platform = Platform::with_zones().await;
        let made = platform.get_zone(&platform.acme, "acme.example").await.unwrap();
        let sent =
            types::DnsZone { ttl: Some(0), retry: Some(9), info: text("new"), serial: Some(0), ..zone("acme.example") };
        update(&platform, &platform.acme, sent).await.unwrap();
        let stored = platform.get_zone(&platform.acme, "acme.example").await.unwrap();
        assert_eq!((stored.ttl, stored.retry, stored.info.clone()), (Some(0), Some(9), text("new")));
        assert_eq!((stored.nameservers, stored.customer), (made.nameservers, made.customer));
        assert_eq!(stored.serial, made.serial.map(|serial| serial + 1));
        let cleared = types::DnsZone { nameservers: Some(vec![" NS9.example ".into()]), ..zone("acme.example") };
        update(&platform, &platform.acme, cleared).await.unwrap();
        let stored = platform.get_zone(&platform.acme, "acme.example").await.unwrap();
        assert_eq!(
            (stored.nameservers, stored.info, stored.retry),
            (Some(vec!["ns9.example".into()]), text(""), Some(3600))
        );
    }

    #[tokio::test]
    async fn with_another_customer_the_records_move() {
        let platform = Platform::with_zones().await;
        let made = platform.add_record(&platform.acme, www("acme.example")).await.unwrap();
        assert_eq!(code(platform.get_record(&platform.shop, made.id).await), 7002);
        let sent = types::DnsZone { customer: Some(platform.shop.customer.get()), ..zone("acme.example") };
        update(&platform, &platform.acme, sent).await.unwrap();
        let moved = platform.get_record(&platform.shop, made.id).await.unwrap();
        assert_eq!(moved.customer, Some(platform.shop.customer.get()));
    }

    #[tokio::test]
    async fn what_is_out_of_reach_is_refused() {
        let platform = Platform::with_zones().await;
        for (by, sent, refusal) in [
            (&platform.rival, zone("acme.example"), 7000),
            (&platform.shop, zone("acme.example"), 7000),
            (&platform.acme, zone("nowhere.example"), 7000),
            (
                &platform.acme,
                types::DnsZone { customer: Some(platform.rival.customer.get()), ..zone("acme.example") },
                9001,
            ),
            (&platform.acme, types::DnsZone { expire: Some(-1), ..zone("acme.example") }, 9004),
        ] {
            assert_eq!(code(update(&platform, by, sent.clone()).await), refusal, "{sent:?}");
        }
    }
}
