//! The operations of the Presence port. Their caller is the holder of the account that they name, by its own password.

pub mod delete_presence_information;
pub mod get_policy;
pub mod get_presence_information;
pub mod get_watchers;
pub mod set_policy;
pub mod set_presence_information;

use domain::{Refusal, SipId};

use crate::context::Context;

/// The account whose password opened the call.
fn holder<'a>(context: &Context<'a>) -> Result<&'a SipId, Refusal> {
    context.caller.account.as_ref().ok_or(Refusal::NotAllowed("it is for the account's own password"))
}
