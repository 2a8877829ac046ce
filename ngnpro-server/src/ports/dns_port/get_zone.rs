//! `Dns.getZone`: one zone.
//!
//! 7000 it is not there or not in reach, 9004.

use store::dns_zones;

use super::zone;
use crate::context::Context;
use crate::error::Failure;
use crate::wire::dns::GetZoneInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: GetZoneInput) -> Result<types::DnsZone, Failure> {
    let name = zone::read_name(input.zone.as_deref(), "zone")?;
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    Ok(zone::write(dns_zones::get(&mut tx, &name).await?))
}

#[cfg(test)]
mod tests {
    use crate::ports::testing::{Platform, code};

    #[tokio::test]
    async fn a_zone_is_found_by_those_who_reach_it() {
        let platform = Platform::with_zones().await;
        for by in [&platform.shop, &platform.acme, &platform.admin] {
            let found = platform.get_zone(by, "SHOP.example.").await.unwrap();
            assert_eq!(found.name.as_deref(), Some("shop.example"));
        }
        let absent = platform.get_zone(&platform.rival, "shop.example").await;
        assert_eq!(absent, Err((7000, "DNS zone shop.example does not exist".to_owned())));
        assert_eq!(code(platform.get_zone(&platform.shop, "acme.example").await), 7000);
        assert_eq!(code(platform.get_zone(&platform.shop, "").await), 9004);
    }
}
