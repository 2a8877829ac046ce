//! `Sip.getMediaTrace`: the media of a dialog, as a JSON object.
//!
//! 1060 nothing is known of it, 9004 without a Call-ID.

use store::traces;

use super::dialog;
use crate::context::Context;
use crate::error::Failure;
use crate::wire::sip::GetMediaTraceInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: GetMediaTraceInput) -> Result<String, Failure> {
    let filter = input.filter.unwrap_or_default();
    let dialog = dialog::read(filter.node_ip, filter.call_id, filter.from_tag, filter.to_tag)?;
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    Ok(traces::media_trace(&mut tx, &dialog).await?)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::ports::testing::Platform;
    use crate::wire::types;

    const MEDIA: &str =
        "INSERT INTO media_sessions (relay, node, call_id, from_tag, from_uri, to_uri, start_time, stop_time)
             VALUES ('192.0.2.50', '192.0.2.1', 'ended', 'f', 'alice@acme.example', 'bob@shop.example',
                     now() - interval '40 seconds', now() - interval '5 seconds'),
                    ('192.0.2.50', '192.0.2.1', 'running', 'f', 'alice@acme.example', 'bob@shop.example',
                     now() - interval '20 seconds', NULL);
         INSERT INTO media_streams (session_id, position, media_type, status, caller_codec, caller_local, caller_bytes)
             SELECT id, 0, 'audio', 'closed', 'PCMA', '192.0.2.50:50000', 1600 FROM media_sessions";

    #[tokio::test]
    async fn the_streams_of_a_dialog_are_answered_and_an_unknown_one_is_refused() {
        let platform = Platform::empty().await;
        platform.db.execute(MEDIA).await;
        let call = async |call_id: &str, node: &str| {
            let filter = types::MediaTraceFilter {
                call_id: Some(call_id.into()),
                node_ip: Some(node.into()),
                from_tag: Some("f".into()),
                to_tag: Some("t".into()),
            };
            platform.call(&platform.admin, handle, GetMediaTraceInput { filter: Some(filter) }).await
        };
        let found: Value = serde_json::from_str(&call("ended", "").await.unwrap()).unwrap();
        assert_eq!(found["duration"], json!(35));
        let stream = &found["streams"][0];
        assert_eq!((&stream["media_type"], &stream["caller_codec"]), (&json!("audio"), &json!("PCMA")));
        assert_eq!((&stream["caller_local"], &stream["caller_bytes"]), (&json!("192.0.2.50:50000"), &json!(1600)));
        assert_eq!((&stream["start_time"], &stream["end_time"]), (&json!(0), &json!(35)));
        assert_eq!(stream.as_object().unwrap().len(), 14);
        assert!(call("running", "192.0.2.1").await.is_ok());
        for (call_id, node) in [("unknown", ""), ("ended", "192.0.2.9")] {
            assert_eq!(call(call_id, node).await, Err((1060, format!("No trace for session {call_id}"))));
        }
    }
}
