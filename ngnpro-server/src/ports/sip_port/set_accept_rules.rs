//! `Sip.setAcceptRules`: replaces the persistent and the temporary rules of an account. A rule sent without days keeps those
//! of the stored rule that it equals otherwise, or holds all week; no groups or no duration is no temporary rule.
//!
//! 1010, 9004.

use domain::{AcceptGroup, Days, Refusal, RuleMinutes, SentAcceptRule, TemporaryAcceptRule, TimeOfDay};
use store::sip_accept_rules;

use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::SetAcceptRulesInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: SetAcceptRulesInput) -> Result<(), Failure> {
    let id = member::sip_id(input.sip_id, "sipId")?;
    let rules = input.rules.unwrap_or_default();
    let sent = member::entries(rules.persistent, "rules.persistent")?;
    let sent = member::each(sent, "rules.persistent", persistent)?;
    let temporary = temporary(rules.temporary.unwrap_or_default())?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    sip_accept_rules::set(&mut tx, &id, sent, temporary.as_ref()).await?;
    tx.commit().await?;
    Ok(())
}

fn persistent(wire: types::PersistentAcceptRule) -> Result<SentAcceptRule, Refusal> {
    let time =
        |text: Option<String>, at: &'static str| TimeOfDay::parse(&text.unwrap_or_default()).map_err(|why| why.at(at));
    let days = wire.days.map(|days| Days::parse(i64::from(days))).transpose();
    Ok(SentAcceptRule {
        days: days.map_err(|why| why.at("rules.persistent.days"))?,
        start: time(wire.start, "rules.persistent.start")?,
        stop: time(wire.stop, "rules.persistent.stop")?,
        groups: groups(wire.groups, "rules.persistent.groups")?,
    })
}

fn temporary(wire: types::TemporaryAcceptRule) -> Result<Option<TemporaryAcceptRule>, Refusal> {
    let groups = groups(wire.groups, "rules.temporary.groups")?;
    let minutes = RuleMinutes::parse(wire.duration.map(i64::from)).map_err(|why| why.at("rules.temporary.duration"))?;
    Ok(minutes.filter(|_| !groups.is_empty()).map(|minutes| TemporaryAcceptRule { groups, minutes }))
}

/// Groups in their order; empty names are dropped, of two equal ones the first holds.
fn groups(names: Option<Vec<String>>, at: &'static str) -> Result<Vec<AcceptGroup>, Refusal> {
    let mut list = Vec::new();
    for group in member::each_text(&member::entries(names, at)?, at, AcceptGroup::parse)? {
        if !list.contains(&group) {
            list.push(group);
        }
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Caller;
    use crate::ports::sip_port::get_accept_rules;
    use crate::ports::testing::{Platform, Refused, code, id, words};
    use crate::wire::sip::GetAcceptRulesInput;

    const ALICE: &str = "alice@acme.example";

    async fn set(
        platform: &Platform,
        by: &Caller,
        account: &str,
        rules: Option<types::AcceptRules>,
    ) -> Result<(), Refused> {
        platform.call(by, handle, SetAcceptRulesInput { sip_id: id(account), rules }).await
    }

    async fn stored(platform: &Platform) -> types::AcceptRules {
        let input = GetAcceptRulesInput { sip_id: id(ALICE) };
        platform.call(&platform.acme, get_accept_rules::handle, input).await.unwrap().rules.unwrap()
    }

    fn rule(days: Option<i32>, start: &str, stop: &str, groups: &[&str]) -> types::PersistentAcceptRule {
        types::PersistentAcceptRule { days, start: Some(start.into()), stop: Some(stop.into()), groups: words(groups) }
    }

    fn rules(persistent: Vec<types::PersistentAcceptRule>, groups: &[&str], minutes: i32) -> types::AcceptRules {
        let temporary = types::TemporaryAcceptRule { groups: words(groups), duration: Some(minutes) };
        types::AcceptRules { persistent: Some(persistent), temporary: Some(temporary) }
    }

    #[tokio::test]
    async fn rules_are_replaced_in_their_order() {
        let platform = Platform::new().await;
        let first = rules(
            vec![
                rule(Some(96), "10:00", "24:00", &["vip", "family"]),
                rule(Some(31), "08:00", "18:00", &["everybody"]),
            ],
            &["nobody"],
            60,
        );
        set(&platform, &platform.acme, ALICE, Some(first.clone())).await.unwrap();
        assert_eq!(stored(&platform).await, first);
        let second = rules(vec![rule(Some(127), "00:00", "06:30", &["nobody"])], &[], 0);
        set(&platform, &platform.acme, ALICE, Some(second.clone())).await.unwrap();
        assert_eq!(stored(&platform).await, second);
        set(&platform, &platform.acme, ALICE, None).await.unwrap();
        assert_eq!(stored(&platform).await, rules(vec![], &[], 0));
    }

    #[tokio::test]
    async fn do_not_disturb_keeps_the_days_of_the_rules_that_it_sends_back() {
        let platform = Platform::new().await;
        let scheduled =
            vec![rule(Some(31), "08:00", "18:00", &["everybody"]), rule(Some(96), "08:00", "18:00", &["vip"])];
        set(&platform, &platform.acme, ALICE, Some(rules(scheduled.clone(), &[], 0))).await.unwrap();
        let sent_back =
            scheduled.iter().map(|rule| types::PersistentAcceptRule { days: None, ..rule.clone() }).collect();
        set(&platform, &platform.acme, ALICE, Some(rules(sent_back, &["nobody"], 30))).await.unwrap();
        assert_eq!(stored(&platform).await, rules(scheduled, &["nobody"], 30));
        set(&platform, &platform.acme, ALICE, Some(rules(vec![rule(None, "09:00", "10:00", &["vip"])], &[], 0)))
            .await
            .unwrap();
        assert_eq!(stored(&platform).await.persistent.unwrap()[0].days, Some(127));
    }

    #[tokio::test]
    async fn what_is_wrong_or_out_of_reach_is_refused() {
        let platform = Platform::new().await;
        for (wrong, member) in [
            (rules(vec![rule(Some(128), "08:00", "18:00", &[])], &[], 0), "rules.persistent[0].days"),
            (rules(vec![rule(None, "", "18:00", &[])], &[], 0), "rules.persistent[0].start"),
            (rules(vec![rule(None, "08:00", "25:00", &[])], &[], 0), "rules.persistent[0].stop"),
            (rules(vec![], &["nobody"], -5), "rules.temporary.duration"),
        ] {
            let (code, text) = set(&platform, &platform.acme, ALICE, Some(wrong)).await.unwrap_err();
            assert_eq!(code, 9004);
            assert!(text.starts_with(&format!("Invalid value for {member}: ")), "{text}");
        }
        for (by, account) in
            [(&platform.rival, ALICE), (&platform.shop, ALICE), (&platform.acme, "nobody@acme.example")]
        {
            assert_eq!(code(set(&platform, by, account, None).await), 1010);
        }
    }
}
