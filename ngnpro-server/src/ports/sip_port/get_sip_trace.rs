//! `Sip.getSipTrace`: the recorded messages of a dialog, as a JSON array in the order of their times; none is `[]`.
//!
//! 9004 without a Call-ID.

use store::traces;

use super::dialog;
use crate::context::Context;
use crate::error::Failure;
use crate::wire::sip::GetSipTraceInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: GetSipTraceInput) -> Result<String, Failure> {
    let filter = input.filter.unwrap_or_default();
    let dialog = dialog::read(filter.node_ip, filter.call_id, filter.from_tag, filter.to_tag)?;
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    Ok(traces::sip_messages(&mut tx, &dialog, context.settings.list_cap).await?)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::ports::testing::{Platform, code};
    use crate::wire::types;

    async fn trace(platform: &Platform, filter: types::SipTraceFilter) -> Value {
        let input = GetSipTraceInput { filter: Some(filter) };
        serde_json::from_str(&platform.call(&platform.admin, handle, input).await.unwrap()).unwrap()
    }

    #[tokio::test]
    async fn messages_of_a_dialog_are_answered_in_their_order() {
        let platform = Platform::empty().await;
        platform
            .db
            .execute(
                "INSERT INTO sip_trace_messages (node, call_id, from_tag, to_tag, seen, from_ip, to_ip, direction, method,
                                                 status, message)
                 VALUES ('192.0.2.1', 'abc', 'f', 't', '2026-01-31 12:00:01', 'udp:192.0.2.1:5060',
                         'udp:192.0.2.9:5060', 'out', 'INVITE', '200', E'SIP/2.0 200 OK\r\nSubject: \"\x01\"\r\n'),
                        ('192.0.2.1', 'abc', 'f', '', '2026-01-31 12:00:00', 'udp:192.0.2.9:5060',
                         'udp:192.0.2.1:5060', 'in', 'INVITE', '', 'INVITE sip:a@b SIP/2.0'),
                        ('192.0.2.1', 'abc', 't', 'f', '2026-01-31 12:00:02', 'udp:192.0.2.9:5060',
                         'udp:192.0.2.1:5060', 'in', 'BYE', '', 'BYE'),
                        ('192.0.2.2', 'abc', 'x', 'y', '2026-01-31 12:00:03', 'udp:192.0.2.9:5060',
                         'udp:192.0.2.2:5060', 'in', 'INVITE', '', 'another')",
            )
            .await;
        let text = |text: &str| Some(text.to_owned());
        let all = types::SipTraceFilter { call_id: text("abc"), ..Default::default() };
        let methods = |trace: &Value| -> Vec<String> {
            trace.as_array().unwrap().iter().map(|m| m["method"].as_str().unwrap().to_owned()).collect()
        };
        let found = trace(&platform, all.clone()).await;
        assert_eq!(methods(&found), ["INVITE", "INVITE", "BYE", "INVITE"]);
        let (first, second) = (&found[0], &found[1]);
        assert_eq!(first["time_stamp"], json!("2026-01-31 12:00:00"));
        assert_eq!((&first["from_ip"], &first["status"]), (&json!("udp:192.0.2.9:5060"), &json!("")));
        assert_eq!(second["message"], json!("SIP/2.0 200 OK\r\nSubject: \"\u{1}\"\r\n"));
        assert!(first["id"].is_number());
        let dialog =
            types::SipTraceFilter { node_ip: text("192.0.2.1"), from_tag: text("f"), to_tag: text("t"), ..all.clone() };
        assert_eq!(methods(&trace(&platform, dialog).await), ["INVITE", "INVITE", "BYE"]);
        let other = types::SipTraceFilter { node_ip: text("192.0.2.2"), ..all };
        assert_eq!(methods(&trace(&platform, other).await), ["INVITE"]);
        let unknown = types::SipTraceFilter { call_id: text("unknown"), ..Default::default() };
        assert_eq!(trace(&platform, unknown).await, json!([]));
    }

    #[tokio::test]
    async fn without_a_call_id_there_is_nothing_to_look_for() {
        let platform = Platform::empty().await;
        for filter in [None, Some(types::SipTraceFilter::default())] {
            let refused = platform.call(&platform.admin, handle, GetSipTraceInput { filter }).await;
            assert_eq!(refused, Err((9004, "Invalid value for filter.callId: is missing".to_owned())));
        }
        let long = types::SipTraceFilter { call_id: Some("x".repeat(256)), ..Default::default() };
        assert_eq!(code(platform.call(&platform.admin, handle, GetSipTraceInput { filter: Some(long) }).await), 9004);
    }
}
