//! `Sip.getCallStatistics`: how many calls an account placed and received, and what they cost. Without dates it is this
//! calendar month until now; a limit is not heard.
//!
//! 1010, 9004.

use store::Tx;
use store::calls::{self, CallEnd};

use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::GetCallStatisticsInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: GetCallStatisticsInput) -> Result<types::CallStatistics, Failure> {
    let id = member::sip_id(input.sip_id, "sipId")?;
    let query = input.query.unwrap_or_default();
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    let account = calls::account(&mut tx, &id).await?;
    Ok(types::CallStatistics {
        placed: Some(direction(&mut tx, account, CallEnd::Caller, query.placed).await?),
        received: Some(direction(&mut tx, account, CallEnd::Callee, query.received).await?),
    })
}

async fn direction(
    tx: &mut Tx,
    account: i64,
    end: CallEnd,
    query: Option<types::CallQuery>,
) -> Result<types::CallTotals, Failure> {
    let query = query.unwrap_or_default();
    let date = |date: Option<i32>| member::equal(date.map(i64::from));
    let totals = calls::totals(tx, account, end, date(query.from_date), date(query.to_date)).await?;
    let price = if end == CallEnd::Caller { totals.price } else { 0.0 };
    Ok(types::CallTotals { calls: member::total(totals.calls), price: Some(price) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::testing::{Platform, code, id};

    #[tokio::test]
    async fn this_month_is_counted_where_no_date_is_named() {
        let platform = Platform::new().await;
        platform
            .db
            .execute(
                "INSERT INTO calls (session_id, caller_id, callee_id, start_time, stop_time, price)
                 SELECT session, a.id, b.id, start, start, price
                 FROM sip_accounts AS a, sip_accounts AS b,
                      (VALUES ('one', now(), 0.12), ('two', now(), 3.28), ('old', to_timestamp(1700000000), 5))
                          AS call (session, start, price)
                 WHERE a.username = 'alice' AND b.username = 'bob'",
            )
            .await;
        let call = async |by, account, placed| {
            let query = types::CallsQuery { placed: Some(placed), received: None };
            platform.call(by, handle, GetCallStatisticsInput { sip_id: id(account), query: Some(query) }).await
        };
        let month = types::CallQuery { limit: Some(1), ..Default::default() };
        let answer = call(&platform.acme, "alice@acme.example", month.clone()).await.unwrap();
        let totals = |calls, price| Some(types::CallTotals { calls: Some(calls), price: Some(price) });
        assert_eq!((answer.placed, answer.received), (totals(2, 3.4), totals(0, 0.0)));
        let past = types::CallQuery { from_date: Some(1_699_999_999), to_date: Some(1_700_000_000), limit: None };
        let answer = call(&platform.acme, "alice@acme.example", past).await.unwrap();
        assert_eq!(answer.placed, totals(1, 5.0));
        let answer = call(&platform.shop, "bob@shop.example", month.clone()).await.unwrap();
        assert_eq!((answer.placed, answer.received), (totals(0, 0.0), totals(2, 0.0)));
        for (by, account) in [
            (&platform.rival, "alice@acme.example"),
            (&platform.shop, "alice@acme.example"),
            (&platform.acme, "nobody@acme.example"),
        ] {
            assert_eq!(code(call(by, account, month.clone()).await), 1010);
        }
    }
}
