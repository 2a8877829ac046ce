//! `Sip.getCreditHistory`: the newest movements of an account's balance, newest first; an empty list when there are none.
//!
//! 1010, 9004.

use domain::Range;
use store::prepaid;

use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::GetCreditHistoryInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: GetCreditHistoryInput) -> Result<types::CreditHistory, Failure> {
    let id = member::sip_id(input.sip_id, "sipId")?;
    let most = Range::new(None, input.count.map(i64::from), context.settings.list_cap).count();
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    let entries = prepaid::history(&mut tx, &id, most).await?;
    Ok(types::CreditHistory { entries: Some(entries.into_iter().map(write).collect()) })
}

fn write(entry: prepaid::HistoryEntry) -> types::CreditHistoryEntry {
    types::CreditHistoryEntry {
        date: Some(entry.date),
        action: Some(entry.action),
        description: Some(entry.description),
        value: Some(entry.value),
        balance: Some(entry.balance),
        session: Some(entry.session),
        number: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::testing::{Platform, code, id};

    #[tokio::test]
    async fn the_newest_movements_come_first_and_only_to_those_who_reach_the_account() {
        let platform = Platform::new().await;
        platform
            .db
            .execute(
                "INSERT INTO prepaid_history (account_id, date, action, description, value, balance, session)
                 SELECT id, '2026-01-31 12:00:00'::timestamptz + make_interval(mins => n), action, description, value,
                        balance, session
                 FROM sip_accounts, (VALUES
                     (0, 'Set balance', 'CC transaction 7', 11.5, 11.5, ''),
                     (1, 'Debit balance', 'Session to 0031208005161 for 35s', -0.12, 11.38, 'a84b4c76'))
                     AS moved (n, action, description, value, balance, session)
                 WHERE username = 'alice'",
            )
            .await;
        let call = async |by, account, count| {
            platform.call(by, handle, GetCreditHistoryInput { sip_id: id(account), count }).await
        };
        for count in [None, Some(0), Some(-1), Some(50)] {
            let entries = call(&platform.acme, "alice@acme.example", count).await.unwrap().entries.unwrap();
            let found: Vec<_> = entries.iter().map(|entry| (entry.value.unwrap(), entry.balance.unwrap())).collect();
            assert_eq!(found, [(-0.12, 11.38), (11.5, 11.5)]);
            assert_eq!(entries[0].action.as_deref(), Some("Debit balance"));
            assert_eq!(entries[0].session.as_deref(), Some("a84b4c76"));
            assert_eq!(entries[0].date.as_deref().map(str::len), Some("2026-01-31 12:00:00".len()));
        }
        let newest = call(&platform.acme, "alice@acme.example", Some(1)).await.unwrap().entries.unwrap();
        assert_eq!(newest.len(), 1);
        assert_eq!(call(&platform.acme, "bob@shop.example", Some(5)).await.unwrap().entries, Some(vec![]));
        for (by, account) in [
            (&platform.rival, "alice@acme.example"),
            (&platform.shop, "alice@acme.example"),
            (&platform.acme, "nobody@acme.example"),
        ] {
            assert_eq!(code(call(by, account, None).await), 1010);
        }
    }
}
