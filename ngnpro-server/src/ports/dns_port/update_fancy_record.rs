//! `Dns.updateFancyRecord`: replaces an alias of electronic mail or a redirection, found by its id.
//!
//! 7002 it is not there, not in reach or of another zone than was said, 7003 an equal record exists, 9003 a redirection becomes
//! an alias and the credit is used up, 9004.

use domain::Refusal;
use store::{dns_fancy_records, sip_accounts};

use super::{fancy_record, zone};
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::dns::UpdateFancyRecordInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: UpdateFancyRecordInput) -> Result<(), Failure> {
    let wire = member::required(input.record, "record")?;
    let id = member::required(wire.id, "record.id")?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    let zone = dns_fancy_records::zone_of(&mut tx, id).await?;
    if let Some(name) = wire.zone.as_deref().map(str::trim).filter(|name| !name.is_empty())
        && zone::read_name(Some(name), "record.zone")? != zone
    {
        return Err(Refusal::DnsRecordNotFound(id).into());
    }
    let new = fancy_record::read(wire, zone)?;
    let stored = dns_fancy_records::stored_for_update(&mut tx, id).await?;
    // Whoever writes back what it read need not reach the owner that somebody else assigned.
    if stored.owner != new.owner {
        sip_accounts::check_owner(&mut tx, new.owner, "record.owner").await?;
    }
    dns_fancy_records::update(&mut tx, &stored, &new).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Caller;
    use crate::ports::dns_port::testing::{fancy, mail, text};
    use crate::ports::testing::{Platform, Refused, code};
    use crate::wire::types;

    async fn update(platform: &Platform, by: &Caller, record: types::DnsFancyRecord) -> Result<(), Refused> {
        platform.call(by, handle, UpdateFancyRecordInput { record: Some(record) }).await
    }

    #[tokio::test]
    async fn a_record_is_replaced_by_its_id() {
        let platform = Platform::with_zones().await;
        let made = platform.add_fancy(&platform.acme, mail("acme.example", "info")).await.unwrap();
        let shop = Some(platform.shop.customer.get());
        let sent = types::DnsFancyRecord {
            id: made.id,
            owner: shop,
            zone: None,
            ..fancy("", "sales@acme.example", "MBOXFW", "sales@example.org")
        };
        update(&platform, &platform.acme, sent).await.unwrap();
        let stored = platform.get_fancy(&platform.acme, made.id).await.unwrap();
        assert_eq!((stored.name, stored.value), (text("sales@acme.example"), text("sales@example.org")));
        assert_eq!((stored.owner, stored.zone), (shop, text("acme.example")));
    }

    #[tokio::test]
    async fn a_redirection_does_not_become_an_alias_past_the_credit() {
        let platform = Platform::with_zones().await;
        platform.grant(&platform.acme, &[("email_credit", "0")]).await;
        let web = fancy("acme.example", "www", "URL", "http://example.org");
        let made = platform.add_fancy(&platform.acme, web).await.unwrap();
        let sent = types::DnsFancyRecord { id: made.id, ..mail("acme.example", "info") };
        assert_eq!(code(update(&platform, &platform.acme, sent.clone()).await), 9003);
        platform.grant(&platform.acme, &[("email_credit", "1")]).await;
        update(&platform, &platform.acme, sent.clone()).await.unwrap();
        // It has its credit now.
        update(&platform, &platform.acme, sent).await.unwrap();
    }

    #[tokio::test]
    async fn what_is_out_of_reach_equal_or_wrong_is_refused() {
        let platform = Platform::with_zones().await;
        let made = platform.add_fancy(&platform.acme, mail("acme.example", "info")).await.unwrap();
        let other = platform.add_fancy(&platform.acme, mail("acme.example", "sales")).await.unwrap();
        let with_id = |record: types::DnsFancyRecord| types::DnsFancyRecord { id: made.id, ..record };
        for (by, sent, refusal) in [
            (&platform.rival, with_id(mail("acme.example", "info")), 7002),
            (&platform.shop, with_id(mail("acme.example", "info")), 7002),
            (&platform.acme, with_id(mail("shop.example", "info")), 7002),
            (&platform.acme, types::DnsFancyRecord { id: Some(999_999), ..mail("acme.example", "info") }, 7002),
            (&platform.acme, types::DnsFancyRecord { id: other.id, ..mail("acme.example", "info") }, 7003),
            (&platform.acme, mail("acme.example", "info"), 9004),
            (&platform.acme, with_id(fancy("acme.example", "info", "MBOXFW", "x")), 9004),
            (
                &platform.acme,
                types::DnsFancyRecord { owner: Some(999_999), ..with_id(mail("acme.example", "info")) },
                9004,
            ),
        ] {
            assert_eq!(code(update(&platform, by, sent.clone()).await), refusal, "{sent:?}");
        }
        assert_eq!(platform.get_fancy(&platform.acme, made.id).await.unwrap(), made);
    }
}
