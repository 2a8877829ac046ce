//! `Sip.getMediaSummary`: the media relays and what runs through each, as a JSON array.
//!
//! No refusals of its own.

use store::traces;

use crate::context::Context;
use crate::error::Failure;
use crate::wire::sip::GetMediaSummaryInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, _: GetMediaSummaryInput) -> Result<String, Failure> {
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    Ok(traces::media_summary(&mut tx).await?)
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
    async fn relays_are_answered_with_what_runs_through_them() {
        let platform = Platform::empty().await;
        let call = async || -> Value {
            let text = platform.call(&platform.admin, handle, GetMediaSummaryInput {}).await.unwrap();
            serde_json::from_str(&text).unwrap()
        };
        assert_eq!(call().await, json!([]));
        platform.db.execute(MEDIA).await;
        platform
            .db
            .execute(
                "INSERT INTO media_relays (ip, version, started, bps_relayed, status)
                 VALUES ('192.0.2.50', '1.0', now() - interval '1 hour', 64000, 'active'),
                        ('192.0.2.51', '1.0', now(), 0, 'halting')",
            )
            .await;
        let found = call().await;
        let (busy, idle) = (&found[0], &found[1]);
        assert_eq!((&busy["ip"], &busy["session_count"]), (&json!("192.0.2.50"), &json!(1)));
        assert_eq!((&busy["stream_count"], &busy["bps_relayed"]), (&json!({ "audio": 1 }), &json!(64000)));
        assert!(busy["uptime"].as_i64().is_some_and(|seconds| seconds >= 3600));
        assert_eq!((&idle["stream_count"], &idle["status"]), (&json!({}), &json!("halting")));
    }
}
