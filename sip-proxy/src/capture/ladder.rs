//! A call as a ladder in the log: a line for each message, with who sent it to whom and what it was, all with the Call-ID.

use std::time::SystemTime;

use tracing::info;

use super::{Captured, Seen};

/// Logs what comes of a capture until it ends.
pub(crate) async fn log(mut captured: Captured) {
    while let Some(seen) = captured.messages.recv().await {
        rung(&seen);
    }
}

/// Logs one message.
pub(crate) fn rung(seen: &Seen) {
    let (call_id, line) = (String::from_utf8_lossy(&seen.call_id), line(seen));
    info!(target: "ladder", { call.id = %call_id }, "{line}");
}

/// One rung.
pub(crate) fn line(seen: &Seen) -> String {
    let since = seen.at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let arrow = if seen.inbound { "-->" } else { "<--" };
    let (remote, transport, local) = (seen.remote, seen.transport, seen.local);
    let what = what(&seen.bytes);
    let (seconds, ms) = (since.as_secs() % 86_400, since.subsec_millis());
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{hours:02}:{minutes:02}:{seconds:02}.{ms:03} {remote} {arrow} {local}/{transport}  {what}")
}

/// The first line without the version, with CSeq where it is a response, and whether there is a body.
fn what(message: &[u8]) -> String {
    let text = String::from_utf8_lossy(message);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let mut lines = head.lines();
    let first = lines.next().unwrap_or_default();
    let header = |name: &str| {
        head.lines().skip(1).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.trim_end().eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    };
    let mut what = match first.strip_prefix("SIP/2.0 ") {
        Some(status) => format!("{status} ({})", header("CSeq").unwrap_or_default()),
        None => first.strip_suffix(" SIP/2.0").unwrap_or(first).to_owned(),
    };
    if !body.is_empty() {
        let kind = header("Content-Type").or_else(|| header("c")).unwrap_or_else(|| "body".to_owned());
        what.push_str(&format!(" [{kind}, {} bytes]", body.len()));
    }
    // One line, whatever came.
    what.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::pcap::tests::seen;
    use bytes::Bytes;

    #[test]
    fn a_rung_says_who_when_and_what() {
        let mut message = seen("192.0.2.1:5060", "192.0.2.7:5070", true);
        message.bytes = Bytes::from_static(b"INVITE sip:bob@h SIP/2.0\r\nc: application/sdp\r\n\r\nv=0\r\n");
        assert_eq!(
            line(&message),
            "22:13:20.123 192.0.2.7:5070 --> 192.0.2.1:5060/udp  INVITE sip:bob@h [application/sdp, 5 bytes]"
        );
        message.inbound = false;
        message.bytes = Bytes::from_static(b"SIP/2.0 180 Ringing\r\nCSeq: 1 INVITE\r\n\r\n");
        assert_eq!(line(&message), "22:13:20.123 192.0.2.7:5070 <-- 192.0.2.1:5060/udp  180 Ringing (1 INVITE)");
    }
}
