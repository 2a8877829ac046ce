//! `Sip.getPrepaidStatus`: balance and call under way of accounts, in the order that was asked. How long a call may last is
//! not known before it is rated: 0. Who asks with one account in the place of the array is answered with one structure.
//!
//! 1010 one of the accounts is not there or not in reach, 9004.

use soap::OneOrMany;
use store::prepaid;

use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::GetPrepaidStatusInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(
    context: &Context<'_>,
    input: GetPrepaidStatusInput,
) -> Result<OneOrMany<types::PrepaidStatus>, Failure> {
    let asked = input.sip_ids.unwrap_or(OneOrMany::Many(Vec::new()));
    let asks_one = asked.is_one();
    let ids =
        asked.into_vec().into_iter().map(|id| member::sip_id(Some(id), "sipIds")).collect::<Result<Vec<_>, _>>()?;
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    let states = prepaid::statuses(&mut tx, &ids).await?;
    let mut states: Vec<_> = states.into_iter().map(write).collect();
    match if asks_one { states.pop() } else { None } {
        Some(state) => Ok(OneOrMany::One(state)),
        None => Ok(OneOrMany::Many(states)),
    }
}

fn write(status: prepaid::PrepaidStatus) -> types::PrepaidStatus {
    types::PrepaidStatus {
        balance: Some(status.balance),
        call_in_progress: Some(status.call_in_progress),
        max_session_time: Some(0),
        session_time: Some(i32::try_from(status.session_time.max(0)).unwrap_or(i32::MAX)),
        destination: Some(status.destination),
        last_call_price: Some(status.last_call_price),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::testing::{Platform, code, id};

    #[tokio::test]
    async fn states_are_answered_in_the_order_that_was_asked() {
        let platform = Platform::new().await;
        platform
            .db
            .execute(
                "INSERT INTO prepaid_balances (account_id, balance)
                     SELECT id, 11.5 FROM sip_accounts WHERE username = 'alice';
                 INSERT INTO calls (session_id, caller_id, to_uri, start_time, stop_time, price)
                     SELECT 'old', id, 'sip:x@example.net', now() - interval '1 hour', now(), 0.12
                     FROM sip_accounts WHERE username = 'alice';
                 INSERT INTO calls (session_id, caller_id, to_uri, start_time)
                     SELECT 'now', id, '0031208005161@example.net', now() - interval '10 seconds'
                     FROM sip_accounts WHERE username = 'alice'",
            )
            .await;
        let ask = |names: &[&str]| GetPrepaidStatusInput {
            sip_ids: Some(OneOrMany::Many(names.iter().filter_map(|n| id(n)).collect())),
        };
        let call = async |by, names: &[&str]| platform.call(by, handle, ask(names)).await.map(OneOrMany::into_vec);
        let asked = ["bob@shop.example", "Alice@acme.example", "bob@shop.example"];
        let [first, second, third] = &call(&platform.acme, &asked).await.unwrap()[..] else { panic!("not three") };
        assert_eq!((first.balance, first.call_in_progress, first.session_time), (Some(0.0), Some(false), Some(0)));
        assert_eq!((first.destination.as_deref(), first.last_call_price), (Some(""), Some(0.0)));
        assert_eq!(first, third);
        assert_eq!((second.balance, second.call_in_progress), (Some(11.5), Some(true)));
        assert_eq!(
            (second.destination.as_deref(), second.last_call_price),
            (Some("0031208005161@example.net"), Some(0.12))
        );
        assert!(second.session_time.is_some_and(|seconds| (10..60).contains(&seconds)));
        for absent in ["nobody@acme.example", "carol@rival.example"] {
            assert_eq!(code(call(&platform.acme, &["alice@acme.example", absent]).await), 1010);
        }
        assert_eq!(call(&platform.acme, &[]).await, Ok(vec![]));
    }

    #[tokio::test]
    async fn one_account_in_the_place_of_the_array_is_answered_with_one_structure() {
        let platform = Platform::new().await;
        let ask = |name: &str| GetPrepaidStatusInput { sip_ids: id(name).map(OneOrMany::One) };
        let answer = platform.call(&platform.acme, handle, ask("alice@acme.example")).await;
        assert!(answer.as_ref().is_ok_and(OneOrMany::is_one), "{answer:?}");
        assert_eq!(code(platform.call(&platform.acme, handle, ask("carol@rival.example")).await), 1010);
    }
}
