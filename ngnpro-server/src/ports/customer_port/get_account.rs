//! `Customer.getAccount`: one customer with every member.
//!
//! 5000, 9004.

use store::customers;

use super::customer;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::customer::GetAccountInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: GetAccountInput) -> Result<types::CustomerAccount, Failure> {
    let id = member::customer(input.id, "id")?;
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    Ok(customer::write(customers::get(&mut tx, id).await?, context.passwords))
}

#[cfg(test)]
mod tests {
    use crate::ports::testing::{Platform, code};

    #[tokio::test]
    async fn each_caller_reads_the_rows_in_its_reach() {
        let platform = Platform::empty().await;
        let everybody = [&platform.admin, &platform.acme, &platform.shop, &platform.rival];
        for (row, reach) in [
            (&platform.acme, [true, true, false, false]),
            (&platform.shop, [true, true, true, false]),
            (&platform.rival, [true, false, false, true]),
        ] {
            for (caller, found) in everybody.into_iter().zip(reach) {
                let result = platform.get_customer(caller, row.customer.get()).await;
                assert_eq!(result.is_ok(), found);
                assert!(found || code(result) == 5000);
            }
        }
        assert_eq!(code(platform.get_customer(&platform.admin, 0).await), 5000);
        assert_eq!(code(platform.get_customer(&platform.admin, -1).await), 9004);
    }
}
