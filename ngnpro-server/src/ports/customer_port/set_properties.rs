//! `Customer.setProperties`: adds or changes the properties that are named; all others stay.
//!
//! 5000, 5003 a property was changed without the right to, 9004.

use domain::{Rights, properties_merged};
use store::{customer_properties, customers};

use super::customer;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::customer::SetPropertiesInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: SetPropertiesInput) -> Result<(), Failure> {
    let id = member::customer(input.customer, "customer")?;
    let sent = customer::properties(input.properties, "properties")?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    let stored = customers::get_for_update(&mut tx, id).await?;
    let who = Rights::of(&context.caller.scope, stored.id, stored.reseller);
    let list = properties_merged(&stored.properties, sent, who)?;
    customer_properties::merge(&mut tx, id, &list).await?;
    tx.commit().await?;
    Ok(())
}
