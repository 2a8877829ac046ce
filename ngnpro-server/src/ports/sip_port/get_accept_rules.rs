//! `Sip.getAcceptRules`: who is put through in which time windows, and for a while; and the groups that may be chosen. A
//! temporary rule that has lapsed is none.
//!
//! 1010, 9004.

use domain::{AcceptGroup, AcceptRules};
use store::sip_accept_rules;

use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::GetAcceptRulesInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: GetAcceptRulesInput) -> Result<types::AcceptRulesInfo, Failure> {
    let id = member::sip_id(input.sip_id, "sipId")?;
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    let (rules, phonebook) = sip_accept_rules::get(&mut tx, &id).await?;
    let mut choices = vec![AcceptGroup::EVERYBODY.to_owned(), AcceptGroup::NOBODY.to_owned()];
    choices.extend(phonebook.into_iter().filter(|name| name != AcceptGroup::EVERYBODY && name != AcceptGroup::NOBODY));
    Ok(types::AcceptRulesInfo { rules: Some(write(rules)), non_empty_groups: Some(choices) })
}

fn write(rules: AcceptRules) -> types::AcceptRules {
    let names = |groups: Vec<AcceptGroup>| Some(groups.iter().map(AcceptGroup::to_string).collect());
    let persistent = rules.persistent.into_iter().map(|rule| types::PersistentAcceptRule {
        days: Some(i32::from(rule.days.bits())),
        start: Some(rule.start.to_string()),
        stop: Some(rule.stop.to_string()),
        groups: names(rule.groups),
    });
    let (groups, minutes) = rules.temporary.map(|rule| (rule.groups, rule.minutes.get())).unwrap_or_default();
    types::AcceptRules {
        persistent: Some(persistent.collect()),
        temporary: Some(types::TemporaryAcceptRule {
            groups: names(groups),
            duration: Some(i32::try_from(minutes).unwrap_or(i32::MAX)),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::testing::{Platform, code, id, words};

    #[tokio::test]
    async fn without_rules_there_are_empty_lists_and_the_groups_to_choose_from() {
        let platform = Platform::new().await;
        let call = async |by, account| platform.call(by, handle, GetAcceptRulesInput { sip_id: id(account) }).await;
        for (uri, group) in [("a@example.net", "vip"), ("b@example.net", ""), ("c@example.net", "vip")] {
            platform.contact("alice@acme.example", uri, "x", group).await;
        }
        let answer = call(&platform.acme, "alice@acme.example").await.unwrap();
        assert_eq!(answer.rules, Some(write(AcceptRules::default())));
        let rules = answer.rules.unwrap();
        assert_eq!((rules.persistent, rules.temporary.unwrap().groups), (Some(vec![]), Some(vec![])));
        assert_eq!(answer.non_empty_groups, words(&["everybody", "nobody", "vip"]));
        for (by, account) in [
            (&platform.rival, "alice@acme.example"),
            (&platform.shop, "alice@acme.example"),
            (&platform.acme, "nobody@acme.example"),
        ] {
            assert_eq!(code(call(by, account).await), 1010);
        }
    }

    #[tokio::test]
    async fn a_temporary_rule_that_has_lapsed_is_not_answered() {
        let platform = Platform::new().await;
        let call = async || {
            let input = GetAcceptRulesInput { sip_id: id("alice@acme.example") };
            platform.call(&platform.acme, handle, input).await.unwrap().rules.unwrap().temporary.unwrap()
        };
        let insert = async |expires: &str| {
            platform
                .db
                .execute(&format!(
                    "INSERT INTO sip_temporary_accept_rules SELECT id, '{{vip}}', now() + interval '{expires}'
                     FROM sip_accounts WHERE username = 'alice'
                     ON CONFLICT (account_id) DO UPDATE SET expires = excluded.expires"
                ))
                .await;
        };
        insert("90 seconds").await;
        let rule = call().await;
        assert_eq!((rule.groups, rule.duration), (words(&["vip"]), Some(2)));
        insert("-1 seconds").await;
        let rule = call().await;
        assert_eq!((rule.groups, rule.duration), (Some(vec![]), Some(0)));
    }
}
