//! `Dns.deleteRecord`: deletes a record.
//!
//! 7002 it is not there or not in reach, 9004.

use store::dns_records;

use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::dns::DeleteRecordInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: DeleteRecordInput) -> Result<(), Failure> {
    let id = member::required(input.record_id, "recordId")?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    dns_records::delete(&mut tx, id).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::dns_port::testing::{mail, www};
    use crate::ports::testing::{Platform, code};

    #[tokio::test]
    async fn a_record_goes_once_and_only_for_those_who_reach_it() {
        let platform = Platform::with_zones().await;
        let made = platform.add_record(&platform.acme, www("acme.example")).await.unwrap();
        let serial = platform.get_zone(&platform.acme, "acme.example").await.unwrap().serial;
        let call = async |by| platform.call(by, handle, DeleteRecordInput { record_id: made.id }).await;
        assert_eq!(code(call(&platform.rival).await), 7002);
        assert_eq!(code(call(&platform.shop).await), 7002);
        assert_eq!(call(&platform.acme).await, Ok(()));
        let gone = call(&platform.acme).await;
        assert_eq!(gone, Err((7002, format!("DNS record {} does not exist", made.id.unwrap()))));
        assert_eq!(code(platform.call(&platform.acme, handle, DeleteRecordInput::default()).await), 9004);
        let after = platform.get_zone(&platform.acme, "acme.example").await.unwrap().serial;
        assert_eq!(after, serial.map(|serial| serial + 1));
    }

    #[tokio::test]
    async fn the_two_kinds_of_records_have_ids_of_their_own() {
        let platform = Platform::with_zones().await;
        let fancy = platform.add_fancy(&platform.acme, mail("acme.example", "info")).await.unwrap();
        let input = DeleteRecordInput { record_id: fancy.id };
        assert_eq!(code(platform.call(&platform.acme, handle, input).await), 7002);
        assert!(platform.get_fancy(&platform.acme, fancy.id).await.is_ok());
    }
}
