//! Phones that fail where RFC 8760 is followed: it has them pass over challenges whose algorithm they do not know (RFC 8760 §2.4). Versions
//! 0 to 2 of baresip give up at the first such challenge, wherever it stands, and JsSIP and SIP.js, which are what speaks over WebSockets
//! whatever their User-Agent says, read the last challenge alone. So they are offered MD5 alone.

use crate::flow::Transport;
use crate::route::verdict::LocalReply;
use sip_message::{HeaderName, Message};

/// Leaves of a challenge what the phone can bear.
pub(super) fn spare(request: &Message, came: Transport, reply: &mut LocalReply) {
    if matches!(reply.status, 401 | 407) && reply.headers.len() > 1 && knows_md5_alone(request, came) {
        let kept: Vec<_> = reply.headers.iter().filter(|(_, value)| is_md5(value)).cloned().collect();
        if !kept.is_empty() {
            reply.headers = kept;
        }
    }
}

fn knows_md5_alone(request: &Message, came: Transport) -> bool {
    if matches!(came, Transport::Ws | Transport::Wss) {
        return true;
    }
    let agent = request.header(HeaderName::UserAgent).unwrap_or_default();
    let version = agent.strip_prefix(b"baresip v").unwrap_or_default();
    matches!(version, [b'0'..=b'2', b'.', ..])
}

fn is_md5(challenge: &[u8]) -> bool {
    challenge.windows(b"algorithm=MD5,".len()).any(|part| part == b"algorithm=MD5,")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered(agent: &str, came: Transport) -> usize {
        let text = format!(
            "REGISTER sip:h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKa\r\nFrom: <sip:a@h>;tag=1\r\nTo: <sip:a@h>\r\n\
             Call-ID: c\r\nCSeq: 1 REGISTER\r\nUser-Agent: {agent}\r\nContent-Length: 0\r\n\r\n"
        );
        let challenge = |algorithm| format!("Digest realm=\"h\", nonce=\"n\", algorithm={algorithm}, qop=\"auth\"");
        let mut reply = LocalReply::new(401, "")
            .header(HeaderName::WwwAuthenticate, challenge("MD5"))
            .header(HeaderName::WwwAuthenticate, challenge("SHA-256"));
        spare(&Message::parse(text.into()).unwrap(), came, &mut reply);
        reply.headers.len()
    }

    /// RFC 8760 §2.4.
    #[test]
    fn a_phone_that_gives_up_at_unknown_algorithms_sees_none() {
        assert_eq!(offered("baresip v1.0.0 (x86_64/Linux)", Transport::Udp), 1);
        assert_eq!(offered("baresip v3.1.0 (x86_64/Linux)", Transport::Udp), 2);
        assert_eq!(offered("Linphone/4.4", Transport::Tls), 2);
        assert_eq!(offered("a browser", Transport::Wss), 1);
    }
}
