//! `Enum.getNumber`: one number. Clients learn from 3002 that they must add instead of update.
//!
//! 3002 it is not there or not in reach, 9004.

use store::enum_numbers;

use super::number;
use crate::context::Context;
use crate::error::Failure;
use crate::wire::r#enum::GetNumberInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: GetNumberInput) -> Result<types::EnumNumber, Failure> {
    let id = number::read_id(input.enum_id, "enumId")?;
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    Ok(number::write(enum_numbers::get(&mut tx, &id).await?))
}

#[cfg(test)]
mod tests {
    use crate::ports::enum_port::testing::{number, range};
    use crate::ports::testing::{Platform, code};

    #[tokio::test]
    async fn a_number_is_found_by_those_who_reach_its_range() {
        let platform = Platform::empty().await;
        platform.add_range(&platform.shop, range("3120800")).await.unwrap();
        let made = platform.add_number(&platform.shop, number("31208005161")).await.unwrap();
        for by in [&platform.shop, &platform.acme, &platform.admin] {
            assert_eq!(platform.get_number(by, "31208005161").await.as_ref(), Ok(&made));
        }
        let absent = platform.get_number(&platform.rival, "31208005161").await;
        assert_eq!(absent, Err((3002, "ENUM number +31208005161 under e164.arpa does not exist".to_owned())));
        assert_eq!(code(platform.get_number(&platform.shop, "31208005162").await), 3002);
        assert_eq!(code(platform.get_number(&platform.shop, "0031 20").await), 9004);
    }
}
