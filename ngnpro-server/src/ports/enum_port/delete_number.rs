//! `Enum.deleteNumber`: deletes a number with all that it leads to.
//!
//! 3002 it is not there or not in reach, 9004.

use store::enum_numbers;

use super::number;
use crate::context::Context;
use crate::error::Failure;
use crate::wire::r#enum::DeleteNumberInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: DeleteNumberInput) -> Result<(), Failure> {
    let id = number::read_id(input.enum_id, "enumId")?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    enum_numbers::delete(&mut tx, &id).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::enum_port::testing::{enum_id, number, range};
    use crate::ports::testing::{Platform, code};

    #[tokio::test]
    async fn a_number_goes_once_and_only_for_those_who_reach_it() {
        let platform = Platform::empty().await;
        platform.add_range(&platform.acme, range("3120800")).await.unwrap();
        platform.add_number(&platform.acme, number("31208005161")).await.unwrap();
        let call = async |by, digits| platform.call(by, handle, DeleteNumberInput { enum_id: enum_id(digits) }).await;
        assert_eq!(code(call(&platform.rival, "31208005161").await), 3002);
        assert_eq!(code(call(&platform.shop, "31208005161").await), 3002);
        assert_eq!(call(&platform.acme, "31208005161").await, Ok(()));
        assert_eq!(code(call(&platform.acme, "31208005161").await), 3002);
        assert_eq!(code(call(&platform.acme, "").await), 9004);
        assert_eq!(platform.get_range(&platform.acme, "3120800").await.unwrap().used, Some(0));
    }
}
