//! TCP as it comes: in pieces, with pings, without an end.

use test_support::ScratchDb;

use crate::client::Phone;
use crate::database::PROVISION;
use crate::proxy::Proxy;

async fn proxy_with(more: &str) -> (ScratchDb, Proxy) {
    let db = ScratchDb::new().await;
    db.execute(PROVISION).await;
    let proxy = Proxy::start_with(&db.proxy_url(), more);
    (db, proxy)
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_split_and_joined_at_will_are_answered_one_by_one() {
    let (_db, proxy) = proxy_with("").await;
    let mut phone = Phone::tcp(proxy.sip, "alice", "wonder");
    let one = phone.text("OPTIONS", "X-Number: 1\r\n", "");
    let two = one.replace("X-Number: 1", "X-Number: 2").replace("z9hG4bK-", "z9hG4bK-2").replace("CSeq: 0", "CSeq: 1");
    let both = format!("{one}\r\n{two}");
    for piece in both.as_bytes().chunks(7) {
        phone.send(piece);
    }
    for cseq in ["0 OPTIONS", "1 OPTIONS"] {
        let answer = phone.receive();
        assert_eq!((answer.status, answer.headers("CSeq")), (200, vec![cseq]), "{}", answer.text);
    }
}

/// RFC 5626 §3.5.1: a double CRLF is answered with a single one.
#[tokio::test(flavor = "multi_thread")]
async fn a_ping_is_answered_with_a_pong() {
    let (_db, proxy) = proxy_with("").await;
    let mut phone = Phone::tcp(proxy.sip, "alice", "wonder");
    phone.send(b"\r\n\r\n");
    assert_eq!(phone.read_exact(2), b"\r\n");
    phone.send(b"\r\n\r\n\r\n\r\n");
    assert_eq!(phone.read_exact(4), b"\r\n\r\n");
}

/// RFC 3261 §18.3: without Content-Length nobody knows where the next message begins.
#[tokio::test(flavor = "multi_thread")]
async fn a_message_without_content_length_is_answered_400_and_ends_the_connection() {
    let (_db, proxy) = proxy_with("").await;
    let mut phone = Phone::tcp(proxy.sip, "alice", "wonder");
    let text = phone.text("OPTIONS", "", "").replace("Content-Length: 0\r\n", "");
    phone.send(format!("{text}garbage").as_bytes());
    let all = phone.read_to_end();
    assert!(all.starts_with("SIP/2.0 400 "), "{all}");
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_message_that_stays_half_ends_its_connection_and_no_other() {
    let (_db, proxy) = proxy_with("[limits]\ntcp_partial_message_s = 1\n").await;
    let mut whole = Phone::tcp(proxy.sip, "alice", "wonder");
    assert_eq!(whole.register().status, 200);
    let mut half = Phone::tcp(proxy.sip, "bob", "builder");
    half.send(b"REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/TCP ");
    assert_eq!(half.read_to_end(), "");
    assert_eq!(whole.register().status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_source_gets_no_more_connections_than_its_bound() {
    let (_db, proxy) = proxy_with("[limits]\ntcp_connections_per_source = 2\n").await;
    let mut first = Phone::tcp(proxy.sip, "alice", "wonder");
    assert_eq!(first.register().status, 200);
    let mut second = Phone::tcp(proxy.sip, "bob", "builder");
    assert_eq!(second.register().status, 200);
    let mut third = Phone::tcp(proxy.sip, "alice", "wonder");
    assert_eq!(third.read_to_end(), "", "closed at once");
    assert_eq!(first.register().status, 200);
}
