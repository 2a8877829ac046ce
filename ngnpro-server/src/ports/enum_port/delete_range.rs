//! `Enum.deleteRange`: deletes a range that holds no number any more. Its parameter is called range though it is the name.
//!
//! 3000 it is not there or not in reach, 3004 numbers are in it, 9004.

use store::enum_ranges;

use super::range;
use crate::context::Context;
use crate::error::Failure;
use crate::wire::r#enum::DeleteRangeInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: DeleteRangeInput) -> Result<(), Failure> {
    let id = range::read_id(input.range, "range")?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    enum_ranges::delete(&mut tx, &id).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::enum_port::delete_number;
    use crate::ports::enum_port::testing::{enum_id, number, range, range_id};
    use crate::ports::testing::{Platform, code};
    use crate::wire::r#enum::DeleteNumberInput;

    #[tokio::test]
    async fn a_range_goes_when_it_is_empty_and_only_for_those_who_reach_it() {
        let platform = Platform::empty().await;
        platform.add_range(&platform.acme, range("3120800")).await.unwrap();
        platform.add_number(&platform.acme, number("31208005161")).await.unwrap();
        let call = async |by, prefix| platform.call(by, handle, DeleteRangeInput { range: range_id(prefix) }).await;
        assert_eq!(code(call(&platform.rival, "3120800").await), 3000);
        assert_eq!(code(call(&platform.shop, "3120800").await), 3000);
        let full = call(&platform.acme, "3120800").await;
        assert_eq!(full, Err((3004, "ENUM range 3120800 under e164.arpa still has numbers".to_owned())));
        let input = DeleteNumberInput { enum_id: enum_id("31208005161") };
        platform.call(&platform.acme, delete_number::handle, input).await.unwrap();
        assert_eq!(call(&platform.acme, "3120800").await, Ok(()));
        assert_eq!(code(call(&platform.acme, "3120800").await), 3000);
        assert_eq!(code(call(&platform.acme, "x").await), 9004);
    }
}
