//! `Customer.getProperties`: all properties of a customer, by name.
//!
//! 5000, 9004.

use store::customer_properties;

use super::customer;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::customer::GetPropertiesInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: GetPropertiesInput) -> Result<Vec<types::CustomerProperty>, Failure> {
    let id = member::customer(input.customer, "customer")?;
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    let properties = customer_properties::of_customer(&mut tx, id).await?;
    Ok(properties.into_iter().map(customer::write_property).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::testing::{Platform, code, property};

    #[tokio::test]
    async fn properties_are_answered_by_name_to_those_who_reach_the_customer() {
        let platform = Platform::empty().await;
        let call = async |by| {
            let input = GetPropertiesInput { customer: Some(platform.shop.customer.get()) };
            platform.call(by, handle, input).await
        };
        assert_eq!(call(&platform.shop).await, Ok(vec![]));
        platform.grant(&platform.shop, &[("own", "x"), ("email_credit", "3")]).await;
        let known = |name, value, category: &str, permission: &str| types::CustomerProperty {
            category: Some(category.into()),
            permission: Some(permission.into()),
            ..property(name, value)
        };
        let list = vec![known("email_credit", "3", "credit", "admin"), known("own", "x", "", "customer")];
        for by in [&platform.admin, &platform.acme, &platform.shop] {
            assert_eq!(call(by).await, Ok(list.clone()));
        }
        assert_eq!(code(call(&platform.rival).await), 5000);
    }
}
