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
