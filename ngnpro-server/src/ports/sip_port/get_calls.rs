//! `Sip.getCalls`: calls that an account placed and received, newest first. Both lists are always there; a direction that
//! is not asked for is empty.
//!
//! 1010, 9004.

use domain::Range;
use store::Tx;
use store::calls::{self, CallEnd, CallsAsked};

use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::GetCallsInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: GetCallsInput) -> Result<types::Calls, Failure> {
    let id = member::sip_id(input.sip_id, "sipId")?;
    let cap = context.settings.list_cap;
    let everything = || types::CallsQuery { placed: Some(Default::default()), received: Some(Default::default()) };
    let query = input.query.unwrap_or_else(everything);
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    let account = calls::account(&mut tx, &id).await?;
    Ok(types::Calls {
        placed: Some(direction(&mut tx, account, CallEnd::Caller, query.placed, cap).await?),
        received: Some(direction(&mut tx, account, CallEnd::Callee, query.received, cap).await?),
    })
}

async fn direction(
    tx: &mut Tx,
    account: i64,
    end: CallEnd,
    query: Option<types::CallQuery>,
    cap: u32,
) -> Result<Vec<types::Call>, Failure> {
    let Some(query) = query else { return Ok(Vec::new()) };
    let asked = CallsAsked {
        from: member::equal(query.from_date.map(i64::from)),
        to: member::equal(query.to_date.map(i64::from)),
        limit: Range::new(None, query.limit.map(i64::from), cap).count(),
    };
    let calls = calls::list(tx, account, end, asked).await?;
    Ok(calls.into_iter().map(|call| write(call, end)).collect())
}

fn write(call: calls::Call, end: CallEnd) -> types::Call {
    let seconds = |time: i64| i32::try_from(time).unwrap_or(i32::MAX);
    let duration = call.stop_time.map_or(0, |stop| stop - call.start_time);
    types::Call {
        session_id: Some(quoted(&call.session_id)),
        from_tag: Some(quoted(&call.from_tag)),
        to_tag: Some(quoted(&call.to_tag)),
        from_uri: Some(quoted(without_scheme(&call.from_uri))),
        to_uri: Some(quoted(without_scheme(&call.to_uri))),
        from_header: Some(quoted(&call.from_header)),
        start_time: Some(seconds(call.start_time)),
        stop_time: call.stop_time.map(seconds),
        duration: Some(seconds(duration)),
        status: call.status,
        proxy_ip: Some(call.proxy_ip),
        application_types: Some(call.application_types),
        price: call.price.filter(|_| end == CallEnd::Caller),
        rate: Some(call.rate),
    }
}

/// RFC 2045 §6.7: the client reads these texts as quoted-printable, where an equals sign begins an escape.
fn quoted(text: &str) -> String {
    text.replace('=', "=3D")
}

fn without_scheme(uri: &str) -> &str {
    uri.strip_prefix("sip:").or_else(|| uri.strip_prefix("sips:")).unwrap_or(uri)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Caller;
    use crate::ports::testing::{Platform, Refused, code, id, words};

    async fn with_calls() -> Platform {
        let platform = Platform::new().await;
        platform
            .db
            .execute(
                "INSERT INTO calls (session_id, from_tag, from_uri, to_uri, from_header, caller_id, callee_id, start_time,
                                    stop_time, status, proxy_ip, application_types, price)
                 SELECT session, 'a=1', 'sip:alice@acme.example', 'bob@shop.example', '\"A\" <sip:a@b>;tag=1', a.id, b.id,
                        to_timestamp(1700000000 + start), to_timestamp(1700000000 + stop), status, '192.0.2.1',
                        '{audio}', price
                 FROM sip_accounts AS a, sip_accounts AS b,
                      (VALUES ('one', 0, 35, 200, 0.12), ('two', 100, NULL, NULL, NULL), ('three', 200, 200, 486, 0))
                          AS call (session, start, stop, status, price)
                 WHERE a.username = 'alice' AND b.username = 'bob'",
            )
            .await;
        platform
    }

    async fn ask(
        platform: &Platform,
        by: &Caller,
        account: &str,
        query: Option<types::CallsQuery>,
    ) -> Result<types::Calls, Refused> {
        platform.call(by, handle, GetCallsInput { sip_id: id(account), query }).await
    }

    fn sessions(calls: &Option<Vec<types::Call>>) -> Vec<&str> {
        calls.iter().flatten().filter_map(|call| call.session_id.as_deref()).collect()
    }

    #[tokio::test]
    async fn calls_are_answered_newest_first_and_by_direction() {
        let platform = with_calls().await;
        let query = |from_date, to_date, limit| types::CallQuery { from_date, to_date, limit };
        for (placed, received, found) in [
            (Some(query(None, None, None)), None, (&["three", "two", "one"][..], &[][..])),
            (Some(query(Some(1_700_000_000), Some(1_700_000_100), Some(50))), None, (&["two", "one"], &[])),
            (Some(query(Some(1_700_000_001), None, Some(0))), None, (&["three", "two"], &[])),
            (Some(query(None, None, Some(1))), Some(query(None, None, None)), (&["three"], &[])),
        ] {
            let query = types::CallsQuery { placed, received };
            let answer = ask(&platform, &platform.acme, "alice@acme.example", Some(query)).await.unwrap();
            assert_eq!((&sessions(&answer.placed)[..], &sessions(&answer.received)[..]), found);
        }
        let answer = ask(&platform, &platform.shop, "bob@shop.example", None).await.unwrap();
        assert_eq!(answer.placed, Some(vec![]));
        assert_eq!(sessions(&answer.received), ["three", "two", "one"]);
        // What a call costs is its caller's business.
        assert!(answer.received.unwrap().iter().all(|call| call.price.is_none()));
    }

    #[tokio::test]
    async fn a_call_is_written_as_the_client_reads_it() {
        let platform = with_calls().await;
        let answer = ask(&platform, &platform.acme, "alice@acme.example", None).await.unwrap();
        let [_, running, ended] = &answer.placed.as_ref().unwrap()[..] else { panic!("not three") };
        assert_eq!(
            (ended.start_time, ended.stop_time, ended.duration),
            (Some(1_700_000_000), Some(1_700_000_035), Some(35))
        );
        assert_eq!((ended.status, ended.price), (Some(200), Some(0.12)));
        assert_eq!(ended.from_uri.as_deref(), Some("alice@acme.example"));
        assert_eq!(ended.from_tag.as_deref(), Some("a=3D1"));
        assert_eq!(ended.from_header.as_deref(), Some("\"A\" <sip:a@b>;tag=3D1"));
        assert_eq!(ended.application_types, words(&["audio"]));
        assert_eq!((running.stop_time, running.duration, running.status), (None, Some(0), None));
    }

    #[tokio::test]
    async fn calls_of_an_account_out_of_reach_are_nobodys() {
        let platform = with_calls().await;
        for (by, account) in [
            (&platform.rival, "alice@acme.example"),
            (&platform.shop, "alice@acme.example"),
            (&platform.acme, "nobody@acme.example"),
        ] {
            assert_eq!(code(ask(&platform, by, account, None).await), 1010);
        }
        assert_eq!(code(platform.call(&platform.acme, handle, Default::default()).await), 9004);
    }
}
