//! `Dns.deleteFancyRecord`: deletes an alias of electronic mail or a redirection.
//!
//! 7002 it is not there or not in reach, 9004.

use store::dns_fancy_records;

use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::dns::DeleteFancyRecordInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: DeleteFancyRecordInput) -> Result<(), Failure> {
    let id = member::required(input.record_id, "recordId")?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    dns_fancy_records::delete(&mut tx, id).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::dns_port::testing::mail;
    use crate::ports::testing::{Platform, code};

    #[tokio::test]
    async fn a_record_goes_once_and_only_for_those_who_reach_it() {
        let platform = Platform::with_zones().await;
        let made = platform.add_fancy(&platform.acme, mail("acme.example", "info")).await.unwrap();
        let call = async |by| platform.call(by, handle, DeleteFancyRecordInput { record_id: made.id }).await;
        assert_eq!(code(call(&platform.rival).await), 7002);
        assert_eq!(code(call(&platform.shop).await), 7002);
        assert_eq!(call(&platform.acme).await, Ok(()));
        assert_eq!(code(call(&platform.acme).await), 7002);
        let nothing = platform.call(&platform.acme, handle, DeleteFancyRecordInput::default()).await;
        assert_eq!(code(nothing), 9004);
    }
}
