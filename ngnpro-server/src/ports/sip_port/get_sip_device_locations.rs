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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::testing::{Platform, code, id, name};

    #[tokio::test]
    async fn devices_are_answered_in_the_order_that_was_asked() {
        let platform = Platform::new().await;
        platform
            .db
            .execute(
                "INSERT INTO locations (account_id, position, contact, call_id, cseq, user_agent, address, port,
                                        transport, received, received_port, expires)
                 SELECT id, n, 'sip:alice@10.0.0.5:5060', 'a84b4c76', 1, 'Blink Pro', '10.0.0.5', 5060, 'tcp',
                        '203.0.113.9', 41234, now() + make_interval(secs => seconds)
                 FROM sip_accounts, (VALUES (0, 3600), (1, -1)) AS device (n, seconds) WHERE username = 'alice'",
            )
            .await;
        let ask =
            |names: &[&str]| GetSipDeviceLocationsInput { sip_ids: Some(names.iter().filter_map(|n| id(n)).collect()) };
        let asked = ["bob@shop.example", "Alice@acme.example", "bob@shop.example"];
        let answer = platform.call(&platform.acme, handle, ask(&asked)).await.unwrap();
        let names: Vec<String> = answer.iter().map(|set| name(set.id.as_ref())).collect();
        assert_eq!(names, asked.map(str::to_lowercase));
        assert_eq!(answer[0].locations, Some(vec![]));
        // The one that ended is not a device any more.
        let [device] = &answer[1].locations.as_ref().unwrap()[..] else { panic!("{answer:?}") };
        assert_eq!((device.address.as_deref(), device.port), (Some("10.0.0.5"), Some(5060)));
        assert_eq!((device.public_address.as_deref(), device.public_port), (Some("203.0.113.9"), Some(41234)));
        assert_eq!((device.user_agent.as_deref(), device.transport.as_deref()), (Some("Blink Pro"), Some("tcp")));
        assert!(device.expires.is_some_and(|left| (3500..=3600).contains(&left)));
        for absent in ["nobody@acme.example", "carol@rival.example"] {
            let refused = platform.call(&platform.acme, handle, ask(&["alice@acme.example", absent])).await;
            assert_eq!(code(refused), 1010);
        }
        assert_eq!(platform.call(&platform.acme, handle, ask(&[])).await, Ok(vec![]));
    }
}
