//! SIP over WebSocket: the handshake with its subprotocol and its origin, one message a frame, pings.
//!
//! What the frame holds is SIP or a keep-alive; anything else, and more than a message may have, ends the connection. WebSockets are only
//! accepted: nobody listens for them but servers.
//!
//! RFC 7118 §4 (subprotocol), §5 (one message a frame), §6 (keep-alive); RFC 6455 §4.2, §5.5, §7.4, §10.2 (origin).

use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use memchr::memchr;
use sip_message::Limits;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_tungstenite::tungstenite::error::CapacityError;
use tokio_tungstenite::tungstenite::handshake::server::{Callback, ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::header::{ORIGIN, SEC_WEBSOCKET_PROTOCOL};
use tokio_tungstenite::tungstenite::http::{HeaderValue, StatusCode};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};
use tokio_tungstenite::{WebSocketStream, accept_hdr_async_with_config};
use tracing::debug;

use super::connections::{Outgoing, Slot};
use super::streams::{Ended, Streams, WRITE_TIMEOUT};
use crate::inbox::Delivery;

/// The subprotocol of SIP (RFC 7118 §4).
const SUBPROTOCOL: &str = "sip";
/// Octets that are read at once, for as long as the connection lives.
const READ_BYTES: usize = 4 * 1024;
/// A browser that has said nothing for so long is asked whether it is there: what stands between often forgets after a minute.
const PING_AFTER: Duration = Duration::from_secs(45);
/// How long a browser is waited for that is told that its connection is closed.
const CLOSING: Duration = Duration::from_secs(1);

/// The sites whose pages may open a WebSocket here; none named: all.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origins(Vec<String>);

impl Origins {
    /// Those of the settings.
    pub(crate) fn new(origins: &[String]) -> Origins {
        Origins(origins.iter().map(|origin| origin.trim_end_matches('/').to_ascii_lowercase()).collect())
    }

    /// RFC 6455 §10.2: only browsers tell the origin, and they tell the truth. What tells none is no page.
    fn admits(&self, origin: Option<&HeaderValue>) -> bool {
        let Some(origin) = origin else { return true };
        self.0.is_empty()
            || origin.to_str().is_ok_and(|origin| self.0.iter().any(|known| origin.eq_ignore_ascii_case(known)))
    }
}

/// What decides about the request that opens a WebSocket.
struct Handshake<'a>(&'a Origins);

impl Callback for Handshake<'_> {
    fn on_request(self, request: &Request, mut response: Response) -> Result<Response, ErrorResponse> {
        let offered = request.headers().get_all(SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|value| value.to_str().ok());
        let mut offered = offered.flat_map(|list| list.split(',')).map(str::trim);
        // RFC 7118 §4.1: the client offers "sip", the server takes it.
        if !offered.any(|protocol| protocol.eq_ignore_ascii_case(SUBPROTOCOL)) {
            return Err(refusal(StatusCode::BAD_REQUEST, "the subprotocol \"sip\" must be offered\n"));
        }
        if !self.0.admits(request.headers().get(ORIGIN)) {
            return Err(refusal(StatusCode::FORBIDDEN, "pages of this origin are not served\n"));
        }
        response.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
        Ok(response)
    }
}

fn refusal(status: StatusCode, why: &str) -> ErrorResponse {
    let mut response = ErrorResponse::new(Some(why.to_owned()));
    *response.status_mut() = status;
    response
}

fn limits() -> WebSocketConfig {
    let longest = Limits::default().message;
    WebSocketConfig::default()
        .read_buffer_size(READ_BYTES)
        .write_buffer_size(0)
        .max_message_size(Some(longest))
        .max_frame_size(Some(longest))
}

impl Streams {
    /// A WebSocket from its handshake, which must be over at that time, to its end.
    pub(super) async fn run_frames<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: S,
        until: Instant,
        slot: &Slot,
        queue: &mut mpsc::Receiver<Outgoing>,
    ) -> Ended {
        let handshake = accept_hdr_async_with_config(stream, Handshake(&self.origins), Some(limits()));
        let mut socket = match timeout_at(until, handshake).await {
            Ok(Ok(socket)) => socket,
            failed => return self.unagreed(slot, failed.is_err(), "no WebSocket with a peer"),
        };
        // The first message must come as soon as the handshake.
        let mut deadline = Instant::now() + self.times.partial;
        let mut asked = false;
        let ended = loop {
            let now = Instant::now();
            let next = if asked { deadline } else { deadline.min(now + PING_AFTER) };
            let done = tokio::select! {
                frame = timeout_at(next, socket.next()) => match frame {
                    Ok(frame) => {
                        asked = false;
                        deadline = Instant::now() + self.times.idle;
                        self.take_frame(&mut socket, frame, slot).await
                    }
                    Err(_) if asked || next == deadline => Err((Ended::Idle, CloseCode::Away)),
                    Err(_) => {
                        asked = true;
                        // RFC 6455 §5.5.2: an answer is due at once.
                        deadline = deadline.min(Instant::now() + PING_AFTER);
                        send(&mut socket, Message::Ping(Bytes::new())).await
                    }
                },
                message = queue.recv() => match message {
                    Some(message) => {
                        let length = message.bytes.len();
                        let sent = send(&mut socket, frame_of(message.bytes)).await;
                        slot.connection.written(length);
                        sent
                    }
                    None => Err((Ended::Closed, CloseCode::Away)),
                },
                () = slot.connection.closing() => Err((Ended::Slow, CloseCode::Away)),
            };
            if let Err(ended) = done {
                break ended;
            }
        };
        let (ended, code) = ended;
        if matches!(ended, Ended::Idle | Ended::Framing) {
            let frame = CloseFrame { code, reason: Utf8Bytes::default() };
            let _gone_or_slow = timeout(CLOSING, socket.close(Some(frame))).await;
        }
        ended
    }

    async fn take_frame<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        socket: &mut WebSocketStream<S>,
        frame: Option<Result<Message, Error>>,
        slot: &Slot,
    ) -> Result<(), (Ended, CloseCode)> {
        let bytes = match frame {
            Some(Ok(Message::Text(text))) => Bytes::from(text),
            Some(Ok(Message::Binary(bytes))) => bytes,
            // The answer stands ready and is only to be sent.
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {
                return match timeout(WRITE_TIMEOUT, socket.flush()).await {
                    Ok(Ok(())) => Ok(()),
                    _ => Err((Ended::Closed, CloseCode::Away)),
                };
            }
            Some(Err(Error::Capacity(CapacityError::MessageTooLong { .. }))) => {
                self.counters.messages_unreadable.one();
                return Err((Ended::Framing, CloseCode::Size));
            }
            Some(Err(Error::Protocol(_) | Error::Utf8(_) | Error::Capacity(_))) => {
                return Err((Ended::Framing, CloseCode::Protocol));
            }
            None | Some(Ok(Message::Close(_)) | Err(_)) => return Err((Ended::Closed, CloseCode::Normal)),
        };
        match content(&bytes) {
            Content::Message => {
                self.counters.messages_received_ws.one();
                let shard = self.inboxes.shard_of(&bytes);
                self.inboxes.deliver(shard, Delivery::Received { flow: slot.flow, bytes }).await;
                Ok(())
            }
            // RFC 5626 §3.5.1: some ask here as they do over TCP, though RFC 7118 §6 gives them the WebSocket's own ping.
            Content::Ping => send(socket, Message::Text(Utf8Bytes::from_static("\r\n"))).await,
            Content::Pong => Ok(()),
            Content::Stray => {
                debug!(connection.flow = %slot.flow, "a frame that is no SIP message came over {}", slot.flow);
                self.counters.messages_unreadable.one();
                Err((Ended::Framing, CloseCode::Unsupported))
            }
        }
    }
}

async fn send<S: AsyncRead + AsyncWrite + Unpin>(
    socket: &mut WebSocketStream<S>,
    message: Message,
) -> Result<(), (Ended, CloseCode)> {
    match timeout(WRITE_TIMEOUT, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err((Ended::Closed, CloseCode::Normal)),
        Err(_) => Err((Ended::Slow, CloseCode::Away)),
    }
}

/// RFC 7118 §5: text where the message is UTF-8, as most stacks in browsers read nothing else; octets where it is not.
fn frame_of(bytes: Bytes) -> Message {
    match Utf8Bytes::try_from(bytes.clone()) {
        Ok(text) => Message::Text(text),
        Err(_) => Message::Binary(bytes),
    }
}

/// What a frame holds.
#[derive(Debug, PartialEq, Eq)]
enum Content {
    Message,
    Ping,
    Pong,
    Stray,
}

/// RFC 7118 §5: a frame is one SIP message. That it begins as one is seen here; the core reads the rest.
fn content(bytes: &[u8]) -> Content {
    match bytes {
        b"\r\n\r\n" => return Content::Ping,
        b"\r\n" | b"" => return Content::Pong,
        _ => {}
    }
    let line = memchr(b'\n', bytes).map_or(bytes, |end| &bytes[..end]).trim_ascii_end();
    let version = |word: &[u8]| word.split_at_checked(4).is_some_and(|(name, _)| name.eq_ignore_ascii_case(b"SIP/"));
    let last = line.rsplit(|byte| *byte == b' ').next().unwrap_or_default();
    if version(line) || (version(last) && last.len() < line.len()) { Content::Message } else { Content::Stray }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7118 §5.
    #[test]
    fn a_frame_is_one_message_or_a_keep_alive_or_stray() {
        for (bytes, is) in [
            ("INVITE sip:a@b SIP/2.0\r\nVia: x", Content::Message),
            ("SIP/2.0 200 OK\r\n\r\n", Content::Message),
            ("sip/2.0 200 OK\r\n\r\n", Content::Message),
            ("INVITE sip:a@b SIP/7.0\r\n\r\n", Content::Message),
            ("\r\n\r\n", Content::Ping),
            ("\r\n", Content::Pong),
            ("{\"method\": \"INVITE\"}", Content::Stray),
            ("SIP", Content::Stray),
        ] {
            assert_eq!(content(bytes.as_bytes()), is, "{bytes}");
        }
    }

    /// RFC 6455 §10.2.
    #[test]
    fn only_pages_of_admitted_origins_are_served() {
        let origins = Origins::new(&["https://Phone.example.com/".to_owned()]);
        let page = |origin: &'static str| HeaderValue::from_static(origin);
        assert!(origins.admits(Some(&page("https://phone.example.com"))));
        assert!(!origins.admits(Some(&page("https://phone.example.com.evil.example"))));
        assert!(!origins.admits(Some(&page("http://phone.example.com"))));
        assert!(origins.admits(None), "not a page");
        assert!(Origins::default().admits(Some(&page("https://anywhere.example"))));
    }

    #[test]
    fn a_message_that_is_no_text_goes_as_octets() {
        assert!(frame_of(Bytes::from_static(b"caf\xc3\xa9")).is_text());
        assert!(frame_of(Bytes::from_static(b"caf\xe9")).is_binary());
    }
}
