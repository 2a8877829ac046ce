//! `Sip.addAccount`.

use crate::context::Context;
use crate::error::Failure;
use crate::wire::sip::AddAccountInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(_context: &Context<'_>, _input: AddAccountInput) -> Result<types::SipAccount, Failure> {
    Err(domain::Refusal::InternalError.into())
}
