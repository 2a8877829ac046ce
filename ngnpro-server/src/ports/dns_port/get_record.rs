//! `Dns.getRecord`: one record.
//!
//! 7002 it is not there or not in reach, 9004.

use store::dns_records;

use super::record;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::dns::GetRecordInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: GetRecordInput) -> Result<types::DnsRecord, Failure> {
    let id = member::required(input.record_id, "recordId")?;
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    Ok(record::write(dns_records::get(&mut tx, id).await?))
}

#[cfg(test)]
mod tests {
    use crate::ports::dns_port::testing::www;
    use crate::ports::testing::{Platform, code};

    #[tokio::test]
    async fn a_record_is_found_by_those_who_reach_its_zone() {
        let platform = Platform::with_zones().await;
        let made = platform.add_record(&platform.shop, www("shop.example")).await.unwrap();
        for by in [&platform.shop, &platform.acme, &platform.admin] {
            assert_eq!(platform.get_record(by, made.id).await.as_ref(), Ok(&made));
        }
        assert_eq!(code(platform.get_record(&platform.rival, made.id).await), 7002);
        assert_eq!(code(platform.get_record(&platform.acme, Some(0)).await), 7002);
        assert_eq!(code(platform.get_record(&platform.acme, None).await), 9004);
    }
}
