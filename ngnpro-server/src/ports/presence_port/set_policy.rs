//! `Presence.setPolicy`: replaces the three lists of watchers: allowed, denied, to be confirmed.
//!
//! 9000; 9004 for what is no address, an address in two lists, too long a list.

use std::collections::HashMap;

use domain::{Refusal, Treatment, WatcherAddress};
use store::presence;

use super::holder;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::presence::SetPolicyInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: SetPolicyInput) -> Result<(), Failure> {
    let sent = input.policy.unwrap_or_default();
    let mut policy = Vec::new();
    let mut seen: HashMap<WatcherAddress, Treatment> = HashMap::new();
    for (treatment, member, list) in [
        (Treatment::Allow, "policy.allow", sent.allow),
        (Treatment::Deny, "policy.deny", sent.deny),
        (Treatment::Confirm, "policy.confirm", sent.confirm),
    ] {
        for (at, text) in member::entries(list, member)?.into_iter().enumerate() {
            let parsed = WatcherAddress::parse(&text).map_err(|why| why.at(member).in_entry(member, at))?;
            let Some(watcher) = parsed else { continue };
            match seen.insert(watcher.clone(), treatment) {
                None => policy.push((watcher, treatment)),
                Some(before) if before == treatment => {}
                Some(_) => {
                    return Err(Refusal::invalid(format!("{member}[{at}]"), "has an address of another list").into());
                }
            }
        }
    }
    let mut tx = context.store.begin(&context.caller.scope).await?;
    presence::set_policy(&mut tx, holder(context)?, &policy).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::presence_port::{get_policy, get_watchers};
    use crate::ports::testing::{Platform, code, holder_of, words};
    use crate::wire::presence::{GetPolicyInput, GetWatchersInput};
    use crate::wire::types::{PresencePolicy, Watcher};

    fn policy(allow: &[&str], deny: &[&str], confirm: &[&str]) -> PresencePolicy {
        PresencePolicy { allow: words(allow), deny: words(deny), confirm: words(confirm) }
    }

    #[tokio::test]
    async fn a_policy_is_replaced_as_a_whole_and_is_the_holders_own() {
        let platform = Platform::new().await;
        let alice = holder_of(&platform.acme, "alice@acme.example");
        let carol = holder_of(&platform.rival, "carol@rival.example");
        let set = async |sent| {
            platform.call(&alice, handle, SetPolicyInput { policy: Some(sent), ..Default::default() }).await
        };
        let get = async |caller| platform.call(caller, get_policy::handle, GetPolicyInput::default()).await;
        assert_eq!(get(&alice).await, Ok(policy(&[], &[], &[])));
        set(policy(&["sip:Bob@Example.com", "", "bob@example.com", "z@example.com"], &["x@example.net"], &[]))
            .await
            .unwrap();
        assert_eq!(get(&alice).await, Ok(policy(&["bob@example.com", "z@example.com"], &["x@example.net"], &[])));
        assert_eq!(get(&carol).await, Ok(policy(&[], &[], &[])));
        set(policy(&[], &[], &["bob@example.com"])).await.unwrap();
        assert_eq!(get(&alice).await, Ok(policy(&[], &[], &["bob@example.com"])));
        assert_eq!(code(set(policy(&["a@example.com"], &["A@example.com"], &[])).await), 9004);
        assert_eq!(code(set(policy(&["no address"], &[], &[])).await), 9004);
    }

    #[tokio::test]
    async fn watchers_are_those_who_asked_and_are_treated_by_the_policy() {
        let platform = Platform::new().await;
        let alice = holder_of(&platform.acme, "alice@acme.example");
        let get = async || platform.call(&alice, get_watchers::handle, GetWatchersInput::default()).await.unwrap();
        assert_eq!(get().await, vec![]);
        platform
            .db
            .execute(
                "INSERT INTO sip_presence_watchers (account_id, watcher, expires)
                 SELECT a.id, watcher, now() + ends::interval
                 FROM sip_accounts AS a, (VALUES ('bob@example.com', '1 hour'), ('x@example.net', '-1 hour')) AS w (watcher, ends)
                 WHERE a.username = 'alice'",
            )
            .await;
        let sent = policy(&["bob@example.com"], &[], &[]);
        platform.call(&alice, handle, SetPolicyInput { policy: Some(sent), ..Default::default() }).await.unwrap();
        let watcher = |id: &str, status: &str, online| Watcher {
            id: Some(id.to_owned()),
            status: Some(status.to_owned()),
            online: Some(online),
        };
        assert_eq!(
            get().await,
            [watcher("bob@example.com", "allow", true), watcher("x@example.net", "confirm", false)]
        );
    }
}
