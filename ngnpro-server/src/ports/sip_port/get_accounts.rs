//! `Sip.getAccounts`.

use crate::context::Context;
use crate::error::Failure;
use crate::wire::sip::GetAccountsInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(_context: &Context<'_>, _input: GetAccountsInput) -> Result<types::SipAccounts, Failure> {
    Err(domain::Refusal::InternalError.into())
}
