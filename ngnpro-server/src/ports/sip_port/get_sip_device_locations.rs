//! `Sip.getSipDeviceLocations`.

use crate::context::Context;
use crate::error::Failure;
use crate::wire::sip::GetSipDeviceLocationsInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(
    _context: &Context<'_>,
    _input: GetSipDeviceLocationsInput,
) -> Result<Vec<types::SipDeviceLocations>, Failure> {
    Err(domain::Refusal::InternalError.into())
}
