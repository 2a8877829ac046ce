//! `Dns.getFancyRecord`: one alias of electronic mail or redirection.
//!
//! 7002 it is not there or not in reach, 9004.

use store::dns_fancy_records;

use super::fancy_record;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::dns::GetFancyRecordInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: GetFancyRecordInput) -> Result<types::DnsFancyRecord, Failure> {
    let id = member::required(input.record_id, "recordId")?;
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    Ok(fancy_record::write(dns_fancy_records::get(&mut tx, id).await?))
}

#[cfg(test)]
mod tests {
    use crate::ports::dns_port::testing::mail;
    use crate::ports::testing::{Platform, code};

    #[tokio::test]
    async fn a_record_is_found_by_those_who_reach_its_zone() {
        let platform = Platform::with_zones().await;
        let made = platform.add_fancy(&platform.shop, mail("shop.example", "info")).await.unwrap();
        for by in [&platform.shop, &platform.acme, &platform.admin] {
            assert_eq!(platform.get_fancy(by, made.id).await.as_ref(), Ok(&made));
        }
        assert_eq!(code(platform.get_fancy(&platform.rival, made.id).await), 7002);
        assert_eq!(code(platform.get_fancy(&platform.acme, Some(0)).await), 7002);
        assert_eq!(code(platform.get_fancy(&platform.acme, None).await), 9004);
    }
}
