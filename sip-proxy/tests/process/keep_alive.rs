//! What keeps ways open: line ends and OPTIONS that the proxy sends, and what it tells phones to send.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use test_support::ScratchDb;

use crate::abuse::counter;
use crate::client::Phone;
use crate::database::PROVISION;
use crate::proxy::{PATIENCE, Proxy};

async fn proxy_with(more: &str) -> (ScratchDb, Proxy) {
    let db = ScratchDb::new().await;
    db.execute(PROVISION).await;
    let proxy = Proxy::start_with(&db.proxy_url(), more);
    (db, proxy)
}

/// A phone over UDP that is seen at another address than it knows of, as behind a router.
fn behind_a_router(proxy: &Proxy) -> Phone {
    let mut bob = Phone::udp(proxy.sip, "bob", "builder");
    let registered = bob.request("REGISTER", "Contact: <sip:bob@10.9.8.7:5060>\r\nExpires: 600\r\n");
    assert_eq!(registered.status, 200, "{}", registered.text);
    bob
}

/// RFC 3581 §1: what is behind a router hears something now and then, and nobody else does.
#[tokio::test(flavor = "multi_thread")]
async fn a_phone_behind_a_router_hears_line_ends_until_it_unregisters() {
    let (_db, mut proxy) = proxy_with("[keep_alive]\nudp_s = 1\n").await;
    let mut alice = Phone::udp(proxy.sip, "alice", "wonder");
    assert_eq!(alice.register().status, 200);
    let mut bob = behind_a_router(&proxy);
    for _ in 0..2 {
        assert_eq!(bob.receive_text(), "\r\n\r\n");
    }
    // Whatever was sent to alice meanwhile would come before the answer.
    let hello = alice.text("OPTIONS", "", "");
    alice.send(hello.as_bytes());
    assert!(alice.receive_text().starts_with("SIP/2.0 200"));
    bob.send_without_reading("REGISTER", "Contact: *\r\nExpires: 0\r\n");
    proxy.wait_until("it is gone", |proxy| crate::database::registered(proxy) == 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_behind_a_router_answers_options_where_the_operator_wants_that() {
    let (_db, mut proxy) = proxy_with("[keep_alive]\nudp = \"options\"\nudp_s = 1\n").await;
    let mut bob = behind_a_router(&proxy);
    let asked = bob.requested("OPTIONS");
    assert!(asked.starts_with("OPTIONS sip:bob@10.9.8.7:5060 SIP/2.0\r\n"), "{asked}");
    bob.answer(&asked, "200 OK");
    bob.requested("OPTIONS");
    proxy.wait_until("the answer came", |proxy| counter(proxy, "messages_received_udp_total") >= 3);
    assert_eq!(counter(&proxy, "responses_stray_total"), 0, "it is none that nobody waits for");
}

/// Reads until this has come.
fn read_until(stream: &mut TcpStream, wanted: &str) -> String {
    let (mut text, mut piece) = (String::new(), [0; 4096]);
    while !text.contains(wanted) {
        let length = stream.read(&mut piece).expect("in time");
        assert_ne!(length, 0, "closed after {text:?}");
        text += &String::from_utf8_lossy(&piece[..length]);
    }
    text
}

/// RFC 5626 §4.4.1: on a connection that the proxy has opened; who has answered once and does not answer again is gone.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_was_opened_here_is_asked_for_life() {
    let (_db, proxy) = proxy_with("[keep_alive]\nconnections_s = 1\n").await;
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let there = listener.local_addr().expect("bound");
    let mut bob = Phone::udp(proxy.sip, "bob", "builder");
    let contact = format!("Contact: <sip:bob@{there};transport=tcp>\r\nExpires: 600\r\n");
    assert_eq!(bob.request("REGISTER", &contact).status, 200);
    let mut alice = Phone::udp(proxy.sip, "alice", "wonder");
    alice.call("bob");
    let (mut stream, _) = listener.accept().expect("a connection");
    stream.set_read_timeout(Some(PATIENCE)).expect("set");
    let invite = read_until(&mut stream, "\r\n\r\n");
    assert!(invite.starts_with("INVITE "), "{invite}");
    // Nothing that was said counts as an answer, until it answers.
    for _ in 0..2 {
        assert_eq!(read_until(&mut stream, "\r\n\r\n"), "\r\n\r\n");
        stream.write_all(b"\r\n").expect("sent");
    }
    assert_eq!(read_until(&mut stream, "\r\n\r\n"), "\r\n\r\n");
    assert_eq!(stream.read(&mut [0; 16]).expect("the end in time"), 0, "it did not answer");
}

/// RFC 5626 §5.4: who registers with a flow is told how often to show that it is there.
#[tokio::test(flavor = "multi_thread")]
async fn a_phone_with_a_flow_is_told_how_often_to_use_it() {
    let (_db, proxy) = proxy_with("[keep_alive]\nflow_timer_s = 90\n").await;
    let mut phone = Phone::tcp(proxy.sip, "alice", "wonder");
    let contact = format!(
        "Contact: <{}>;reg-id=1;+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000A95A0E128>\"\r\n",
        phone.contact()
    );
    let answer = phone.request("REGISTER", &format!("Supported: outbound, path\r\n{contact}Expires: 600\r\n"));
    assert_eq!((answer.status, answer.headers("Flow-Timer")), (200, vec!["90"]), "{}", answer.text);
    let plain = Phone::tcp(proxy.sip, "bob", "builder").register();
    assert!(plain.headers("Flow-Timer").is_empty(), "{}", plain.text);
}

/// RFC 8760 §2.3: the order of preference is the operator's.
#[tokio::test(flavor = "multi_thread")]
async fn challenges_stand_in_the_order_that_the_operator_wants() {
    let (_db, proxy) = proxy_with("[registrar]\nchallenge_first = \"SHA-256\"\n").await;
    // Every second name that nobody has is offered both, as an account with a new password is.
    let both = (0..40).filter(|number| {
        let mut phone = Phone::udp(proxy.sip, &format!("nobody{number}"), "");
        let hello = phone.text("REGISTER", "", "");
        phone.send(hello.as_bytes());
        let challenge = phone.receive();
        assert_eq!(challenge.status, 401);
        let offered: Vec<bool> =
            challenge.headers("WWW-Authenticate").iter().map(|one| one.contains("SHA-256")).collect();
        assert!(offered == [true, false] || offered == [false], "{}", challenge.text);
        offered.len() == 2
    });
    assert_ne!(both.count(), 0);
}
