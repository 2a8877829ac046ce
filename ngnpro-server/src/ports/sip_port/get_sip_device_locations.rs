//! `Sip.getSipDeviceLocations`: the registered devices of accounts, in the order that was asked; offline is an empty list.
//!
//! 1010 one of the accounts is not there or not in reach, 9004.

use std::collections::HashMap;
use std::time::SystemTime;

use domain::Refusal;
use store::locations::{self, Location};

use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::GetSipDeviceLocationsInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(
    context: &Context<'_>,
    input: GetSipDeviceLocationsInput,
) -> Result<Vec<types::SipDeviceLocations>, Failure> {
    let asked = input.sip_ids.unwrap_or_default();
    let ids = asked.into_iter().map(|id| member::sip_id(Some(id), "sipIds")).collect::<Result<Vec<_>, _>>()?;
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    let sets = locations::of_accounts(&mut tx, &ids).await?;
    let sets: HashMap<_, _> = sets.iter().map(|set| (&set.aor, set)).collect();
    #[expect(clippy::disallowed_methods, reason = "the answer says how many seconds are left from now")]
    let now = SystemTime::now();
    let devices = |id: &domain::SipId| {
        let set = sets.get(id).ok_or_else(|| Refusal::SipAccountNotFound(id.clone()))?;
        Ok(types::SipDeviceLocations {
            id: Some(member::wire_id(id)),
            locations: Some(set.locations.iter().map(|location| write(location, now)).collect()),
        })
    };
    ids.iter().map(devices).collect()
}

fn write(location: &Location, now: SystemTime) -> types::SipDeviceLocation {
    let left = location.expires.duration_since(now).unwrap_or_default().as_secs();
    types::SipDeviceLocation {
        address: Some(location.address.clone()),
        port: Some(i32::from(location.port)),
        public_address: Some(location.received.ip().to_string()),
        public_port: Some(i32::from(location.received.port())),
        expires: Some(i32::try_from(left).unwrap_or(i32::MAX)),
        user_agent: Some(location.user_agent.clone()),
        transport: Some(location.transport.clone()),
    }
}
