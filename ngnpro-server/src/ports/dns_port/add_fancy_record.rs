//! `Dns.addFancyRecord`: makes an alias of electronic mail or a redirection of web pages in a zone.
//!
//! 7000 the zone is not there or not in reach, 7003 an equal record exists, 9002 the reseller is not active, 9003 the credit of
//! mail aliases is used up, 9004.

use store::{customers, dns_fancy_records, sip_accounts};

use super::{fancy_record, zone};
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::dns::AddFancyRecordInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: AddFancyRecordInput) -> Result<types::DnsFancyRecord, Failure> {
    let wire = member::required(input.record, "record")?;
    let zone = zone::read_name(wire.zone.as_deref(), "record.zone")?;
    let new = fancy_record::read(wire, zone)?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    customers::check_may_create(&mut tx).await?;
    sip_accounts::check_owner(&mut tx, new.owner, "record.owner").await?;
    let made = dns_fancy_records::add(&mut tx, &new).await?;
    tx.commit().await?;
    Ok(fancy_record::write(made))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::dns_port::testing::{fancy, mail};
    use crate::ports::testing::{Platform, code};

    #[tokio::test]
    async fn the_answer_has_an_id_and_the_zones_owner() {
        let platform = Platform::with_zones().await;
        let shop = Some(platform.shop.customer.get());
        let sent = types::DnsFancyRecord {
            ttl: Some(60),
            priority: Some(5),
            owner: shop,
            ..mail("shop.example", "Info@Shop.example")
        };
        let made = platform.add_fancy(&platform.acme, sent.clone()).await.unwrap();
        assert_eq!(
            types::DnsFancyRecord { id: None, change_date: None, ..made.clone() },
            types::DnsFancyRecord {
                customer: shop,
                reseller: Some(platform.acme.customer.get()),
                name: Some("info@shop.example".to_owned()),
                ..sent
            }
        );
        assert_eq!(platform.get_fancy(&platform.shop, made.id).await.unwrap(), made);
        let again = platform.add_fancy(&platform.shop, mail("shop.example", "info")).await;
        assert_eq!(again, Err((7003, "DNS record info@shop.example MBOXFW already exists in shop.example".to_owned())));
        platform.add_fancy(&platform.shop, fancy("shop.example", "www", "url", "http://example.org/x")).await.unwrap();
    }

    #[tokio::test]
    async fn the_credit_is_of_mail_aliases_only() {
        let platform = Platform::with_zones().await;
        platform.grant(&platform.acme, &[("email_credit", "1")]).await;
        platform.add_fancy(&platform.shop, mail("shop.example", "info")).await.unwrap();
        let refused = platform.add_fancy(&platform.acme, mail("acme.example", "info")).await;
        assert_eq!(refused, Err((9003, "Maximum number of e-mail alias records reached".to_owned())));
        platform.add_fancy(&platform.acme, fancy("acme.example", "www", "URL", "https://example.org")).await.unwrap();
        // Of the equal one the import is told first.
        assert_eq!(code(platform.add_fancy(&platform.shop, mail("shop.example", "info")).await), 7003);
    }

    #[tokio::test]
    async fn what_is_out_of_reach_or_wrong_is_refused() {
        let platform = Platform::with_zones().await;
        for (by, record, refusal) in [
            (&platform.rival, mail("acme.example", "info"), 7000),
            (&platform.shop, mail("acme.example", "info"), 7000),
            (&platform.acme, mail("nowhere.example", "info"), 7000),
            (&platform.acme, mail("acme.example", "info@shop.example"), 9004),
            (&platform.acme, fancy("acme.example", "info", "MBOXFW", "nobody"), 9004),
            (&platform.acme, fancy("acme.example", "www", "URL", "ftp://example.org"), 9004),
            (&platform.acme, fancy("acme.example", "www", "A", "192.0.2.1"), 9004),
            (&platform.acme, types::DnsFancyRecord { owner: Some(999_999), ..mail("acme.example", "info") }, 9004),
        ] {
            assert_eq!(code(platform.add_fancy(by, record.clone()).await), refusal, "{record:?}");
        }
        assert_eq!(code(platform.call(&platform.acme, handle, AddFancyRecordInput::default()).await), 9004);
        platform.deactivate(&platform.acme).await;
        assert_eq!(code(platform.add_fancy(&platform.acme, mail("acme.example", "info")).await), 9002);
    }
}
