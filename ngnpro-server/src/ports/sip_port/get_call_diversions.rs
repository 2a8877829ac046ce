//! `Sip.getCallDiversions`: where calls of an account go elsewhere; every condition is answered, empty when unset.
//!
//! 1010, 9004.

use domain::{CallDiversions, DiversionCondition};
use store::sip_call_settings;

use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::GetCallDiversionsInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: GetCallDiversionsInput) -> Result<types::CallDiversions, Failure> {
    let id = member::sip_id(input.sip_id, "sipId")?;
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    Ok(write(&sip_call_settings::diversions(&mut tx, &id).await?))
}

fn write(diversions: &CallDiversions) -> types::CallDiversions {
    let target = |condition| Some(diversions.get(&condition).map(ToString::to_string).unwrap_or_default());
    types::CallDiversions {
        func: target(DiversionCondition::Func),
        fnol: target(DiversionCondition::Fnol),
        funv: target(DiversionCondition::Funv),
        fnoa: target(DiversionCondition::Fnoa),
        fbus: target(DiversionCondition::Fbus),
        runc: target(DiversionCondition::Runc),
        rnol: target(DiversionCondition::Rnol),
        runv: target(DiversionCondition::Runv),
        rnoa: target(DiversionCondition::Rnoa),
        rbus: target(DiversionCondition::Rbus),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::testing::{Platform, code, id};

    #[tokio::test]
    async fn every_condition_is_answered_and_only_to_those_who_reach_the_account() {
        let platform = Platform::new().await;
        let call = async |by, account| platform.call(by, handle, GetCallDiversionsInput { sip_id: id(account) }).await;
        assert_eq!(call(&platform.acme, "Alice@acme.example").await, Ok(write(&CallDiversions::new())));
        assert_eq!(write(&CallDiversions::new()).rbus.as_deref(), Some(""));
        for (by, account) in [
            (&platform.rival, "alice@acme.example"),
            (&platform.shop, "alice@acme.example"),
            (&platform.acme, "nobody@acme.example"),
        ] {
            assert_eq!(code(call(by, account).await), 1010);
        }
        assert_eq!(code(platform.call(&platform.acme, handle, Default::default()).await), 9004);
    }
}
