//! WebSocket: who may open one, what a frame may hold, and how it ends.

use test_support::ScratchDb;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::client::{Octets, Phone, websocket};
use crate::database::PROVISION;
use crate::proxy::{PATIENCE, Proxy};

async fn proxy_with(more: &str) -> (ScratchDb, Proxy) {
    let db = ScratchDb::new().await;
    db.execute(PROVISION).await;
    let proxy = Proxy::start_on_all(&db.proxy_url(), more);
    (db, proxy)
}

fn stream(proxy: &Proxy) -> Box<dyn Octets> {
    let stream = std::net::TcpStream::connect(proxy.ws).expect("connected");
    stream.set_read_timeout(Some(PATIENCE)).expect("set");
    Box::new(stream)
}

fn status(refused: Result<impl Sized, Error>) -> u16 {
    match refused.map(|_| ()) {
        Err(Error::Http(response)) => response.status().as_u16(),
        other => panic!("{other:?}"),
    }
}

/// How the connection was closed.
fn closed(phone: &mut Phone) -> CloseCode {
    loop {
        match phone.frames().read() {
            Ok(Message::Close(Some(frame))) => return frame.code,
            Ok(_) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

/// RFC 7118 §4.1: without the subprotocol there is no SIP; RFC 6455 §10.2: pages of other sites are kept out.
#[tokio::test(flavor = "multi_thread")]
async fn only_sip_from_admitted_pages_is_spoken() {
    let (_db, proxy) = proxy_with("[websocket]\norigins = [\"https://phone.example.com\"]\n").await;
    assert_eq!(status(websocket(stream(&proxy), None, None)), 400);
    assert_eq!(status(websocket(stream(&proxy), Some("chat, msrp"), None)), 400);
    assert_eq!(status(websocket(stream(&proxy), Some("sip"), Some("https://evil.example"))), 403);
    assert!(websocket(stream(&proxy), Some("sip"), Some("https://phone.example.com")).is_ok());
    assert!(websocket(stream(&proxy), Some("sip"), None).is_ok(), "no page at all");
}

/// RFC 7118 §5: one message a frame, as text or as octets, without a length of its own.
#[tokio::test(flavor = "multi_thread")]
async fn a_message_may_come_as_text_or_as_octets() {
    let (_db, proxy) = proxy_with("").await;
    let mut phone = Phone::ws(proxy.ws, "alice", "wonder");
    let options = phone.text("OPTIONS", "", "").replace("Content-Length: 0\r\n", "");
    phone.send(options.as_bytes());
    assert_eq!(phone.receive().status, 200);
    let again = options.replace("z9hG4bK-", "z9hG4bK-2");
    phone.frames().send(Message::binary(again.into_bytes())).expect("sent");
    assert_eq!(phone.receive().status, 200);
}

/// RFC 7118 §6, RFC 6455 §5.5.2; RFC 5626 §3.5.1 as some stacks do it over WebSocket too.
#[tokio::test(flavor = "multi_thread")]
async fn pings_are_answered() {
    let (_db, proxy) = proxy_with("").await;
    let mut phone = Phone::ws(proxy.ws, "alice", "wonder");
    phone.frames().send(Message::Ping("here?".into())).expect("sent");
    assert_eq!(phone.frames().read().expect("in time"), Message::Pong("here?".into()));
    phone.frames().send(Message::text("\r\n\r\n")).expect("sent");
    assert_eq!(phone.frames().read().expect("in time"), Message::text("\r\n"));
}

/// What is no SIP, and more than a message may have, ends the connection, and no other.
#[tokio::test(flavor = "multi_thread")]
async fn stray_and_oversized_frames_end_the_connection() {
    let (_db, proxy) = proxy_with("").await;
    let mut other = Phone::ws(proxy.ws, "bob", "builder");
    assert_eq!(other.register().status, 200);
    let mut phone = Phone::ws(proxy.ws, "alice", "wonder");
    phone.frames().send(Message::text("{\"not\": \"SIP\"}")).expect("sent");
    assert_eq!(closed(&mut phone), CloseCode::Unsupported);
    let mut phone = Phone::ws(proxy.ws, "alice", "wonder");
    let long = phone.text("OPTIONS", &format!("X-Long: {}\r\n", "x".repeat(1 << 20)), "");
    // It may be closed before all is written.
    let _ = phone.frames().send(Message::text(long));
    match phone.frames().read() {
        Ok(Message::Close(Some(frame))) => assert_eq!(frame.code, CloseCode::Size),
        Ok(other) => panic!("{other}"),
        Err(_reset) => {}
    }
    assert_eq!(other.register().status, 200);
}

/// Who opens a WebSocket and says nothing, or never finishes to open it, does not keep its place.
#[tokio::test(flavor = "multi_thread")]
async fn a_silent_browser_loses_its_place() {
    let (_db, proxy) = proxy_with("[limits]\ntcp_partial_message_s = 1\n").await;
    let mut phone = Phone::ws(proxy.ws, "alice", "wonder");
    assert_eq!(closed(&mut phone), CloseCode::Away);
    let mut half = Phone::tcp(proxy.ws, "alice", "wonder");
    half.send(b"GET / HTTP/1.1\r\nHost: x\r\n");
    assert_eq!(half.read_to_end(), "");
}
