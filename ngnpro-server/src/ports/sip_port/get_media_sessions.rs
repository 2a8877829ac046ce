//! `Sip.getMediaSessions`: the media sessions that run, as a JSON array.
//!
//! No refusals of its own.

use store::traces;

use crate::context::Context;
use crate::error::Failure;
use crate::wire::sip::GetMediaSessionsInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, _: GetMediaSessionsInput) -> Result<String, Failure> {
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    Ok(traces::media_sessions(&mut tx, context.settings.list_cap).await?)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::ports::testing::Platform;

    const MEDIA: &str =
        "INSERT INTO media_sessions (relay, node, call_id, from_tag, from_uri, to_uri, start_time, stop_time)
             VALUES ('192.0.2.50', '192.0.2.1', 'ended', 'f', 'alice@acme.example', 'bob@shop.example',
                     now() - interval '40 seconds', now() - interval '5 seconds'),
                    ('192.0.2.50', '192.0.2.1', 'running', 'f', 'alice@acme.example', 'bob@shop.example',
                     now() - interval '20 seconds', NULL);
         INSERT INTO media_streams (session_id, position, media_type, status, caller_codec, caller_local, caller_bytes)
             SELECT id, 0, 'audio', 'closed', 'PCMA', '192.0.2.50:50000', 1600 FROM media_sessions";

    #[tokio::test]
    async fn sessions_that_run_are_answered() {
        let platform = Platform::empty().await;
        let call = async || -> Value {
            let text = platform.call(&platform.admin, handle, GetMediaSessionsInput {}).await.unwrap();
            serde_json::from_str(&text).unwrap()
        };
        assert_eq!(call().await, json!([]));
        platform.db.execute(MEDIA).await;
        let found = call().await;
        let [session] = &found.as_array().unwrap()[..] else { panic!("{found}") };
        assert_eq!((&session["call_id"], &session["from_uri"]), (&json!("running"), &json!("alice@acme.example")));
        assert!(session["duration"].as_i64().is_some_and(|seconds| (20..60).contains(&seconds)));
        assert_eq!(session["streams"][0]["caller_bytes"], json!(1600));
    }
}
