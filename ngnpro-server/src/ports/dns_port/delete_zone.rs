//! `Dns.deleteZone`: deletes a zone with all its records of both kinds. A SIP domain of that name stays.
//!
//! 7000 it is not there or not in reach, 9004.

use store::dns_zones;

use super::zone;
use crate::context::Context;
use crate::error::Failure;
use crate::wire::dns::DeleteZoneInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: DeleteZoneInput) -> Result<(), Failure> {
    let name = zone::read_name(input.zone.as_deref(), "zone")?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    dns_zones::delete(&mut tx, &name).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::dns_port::testing::{mail, text, www};
    use crate::ports::testing::{Platform, code};

    #[tokio::test]
    async fn a_zone_goes_with_its_records_and_only_for_those_who_reach_it() {
        let platform = Platform::with_zones().await;
        platform.domain(&platform.acme, "acme.example").await;
        let record = platform.add_record(&platform.acme, www("acme.example")).await.unwrap();
        let fancy = platform.add_fancy(&platform.acme, mail("acme.example", "info")).await.unwrap();
        let call = async |by, name| platform.call(by, handle, DeleteZoneInput { zone: text(name) }).await;
        assert_eq!(code(call(&platform.rival, "acme.example").await), 7000);
        assert_eq!(code(call(&platform.shop, "acme.example").await), 7000);
        assert_eq!(call(&platform.acme, "Acme.example").await, Ok(()));
        assert_eq!(code(call(&platform.acme, "acme.example").await), 7000);
        assert_eq!(code(platform.get_record(&platform.admin, record.id).await), 7002);
        assert_eq!(code(platform.get_fancy(&platform.admin, fancy.id).await), 7002);
        assert_eq!(code(call(&platform.acme, "a b").await), 9004);
        // The SIP domain is another thing.
        platform.account(&platform.acme, "alice@acme.example").await;
    }
}
