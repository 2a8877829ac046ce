//! `Sip.getAccount`.

use crate::context::Context;
use crate::error::Failure;
use crate::wire::sip::GetAccountInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(_context: &Context<'_>, _input: GetAccountInput) -> Result<types::SipAccount, Failure> {
    Err(domain::Refusal::InternalError.into())
}
