//! `Presence.setPresenceInformation`: publishes what an account's holder is doing.
//!
//! 9000; 9004 for an activity that is none, or a note that is too long.

use domain::{Activity, Text};
use store::presence::{self, Presence};

use super::holder;
use crate::context::Context;
use crate::error::Failure;
use crate::wire::presence::SetPresenceInformationInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: SetPresenceInformationInput) -> Result<(), Failure> {
    let information = input.information.unwrap_or_default();
    let activity = Activity::parse(information.activity.unwrap_or_default().trim());
    let activity = activity.map_err(|why| why.at("information.activity"))?;
    let note = Text::line(information.note.unwrap_or_default()).map_err(|why| why.at("information.note"))?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    presence::set(&mut tx, holder(context)?, &Presence { activity, note }).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::presence_port::{delete_presence_information, get_presence_information};
    use crate::ports::testing::{Platform, code, holder_of};
    use crate::wire::presence::{DeletePresenceInformationInput, GetPresenceInformationInput};
    use crate::wire::types::PresenceInformation;

    fn information(activity: Option<&str>, note: Option<&str>) -> PresenceInformation {
        PresenceInformation { activity: activity.map(str::to_owned), note: note.map(str::to_owned) }
    }

    #[tokio::test]
    async fn what_is_published_is_read_until_it_is_deleted_and_nobody_elses_is_touched() {
        let platform = Platform::new().await;
        let alice = holder_of(&platform.acme, "alice@acme.example");
        let carol = holder_of(&platform.rival, "carol@rival.example");
        let get = async |caller| {
            platform.call(caller, get_presence_information::handle, GetPresenceInformationInput::default()).await
        };
        let set = async |caller, sent| {
            let input = SetPresenceInformationInput { information: Some(sent), ..Default::default() };
            platform.call(caller, handle, input).await
        };
        assert_eq!(get(&alice).await, Ok(information(None, None)));
        set(&alice, information(Some("busy"), Some("in a meeting"))).await.unwrap();
        set(&carol, information(None, None)).await.unwrap();
        assert_eq!(get(&alice).await, Ok(information(Some("busy"), Some("in a meeting"))));
        assert_eq!(get(&carol).await, Ok(information(Some("open"), Some(""))));
        assert_eq!(code(set(&alice, information(Some("asleep"), None)).await), 9004);
        assert_eq!(code(set(&alice, information(None, Some(&"x".repeat(256)))).await), 9004);
        let input = DeletePresenceInformationInput::default();
        platform.call(&alice, delete_presence_information::handle, input).await.unwrap();
        assert_eq!(get(&alice).await, Ok(information(None, None)));
        assert_eq!(get(&carol).await, Ok(information(Some("open"), Some(""))));
    }
}
