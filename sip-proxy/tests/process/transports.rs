//! Calls between phones over every transport, in both directions, and to a phone that is gone with its connection.

use std::net::UdpSocket;
use std::sync::Arc;

use rustls::ClientConfig;
use test_support::ScratchDb;

use crate::certificates::client_of;
use crate::client::Phone;
use crate::database::PROVISION;
use crate::proxy::{PATIENCE, Proxy};

const TRANSPORTS: [&str; 5] = ["UDP", "TCP", "TLS", "WS", "WSS"];

/// One that believes the certificate that the proxy made for itself.
fn believer(proxy: &Proxy) -> Arc<ClientConfig> {
    let certificate = std::fs::read_to_string(proxy.state_dir().join("self-signed.crt")).expect("it was made");
    client_of(&certificate, None)
}

fn phone(proxy: &Proxy, transport: &str, user: &str, password: &str) -> Phone {
    match transport {
        "UDP" => Phone::udp(proxy.sip, user, password),
        "TCP" => Phone::tcp(proxy.sip, user, password),
        "TLS" => Phone::tls(proxy.tls, "localhost", believer(proxy), user, password),
        "WS" => Phone::ws(proxy.ws, user, password),
        _ => Phone::wss(proxy.wss, "localhost", believer(proxy), user, password),
    }
}

/// RFC 3261 §18, RFC 5658 §5, RFC 7118 §5: whatever each side speaks, requests and answers go both ways through the dialog.
#[tokio::test(flavor = "multi_thread")]
async fn phones_of_every_transport_call_each_other() {
    let db = ScratchDb::new().await;
    db.execute(PROVISION).await;
    let proxy = Proxy::start_on_all(&db.proxy_url(), "");
    for called in TRANSPORTS {
        let mut bob = phone(&proxy, called, "bob", "builder");
        assert_eq!(bob.register().status, 200, "{called}");
        for calling in TRANSPORTS {
            let mut alice = phone(&proxy, calling, "alice", "wonder");
            alice.call("bob");
            let invite = bob.called();
            assert!(invite.contains(&format!("Via: SIP/2.0/{called} ")), "{calling} to {called}: {invite}");
            bob.answer(&invite, "200 OK");
            let answer = alice.final_answer("INVITE");
            assert_eq!(answer.status, 200, "{calling} to {called}");
            let recorded = answer.headers("Record-Route").iter().flat_map(|line| line.split(',')).count();
            // UDP and TCP are two listeners as well.
            assert_eq!(recorded, if calling == called { 1 } else { 2 }, "{calling} to {called}: {}", answer.text);
            alice.acknowledge(&answer);
            bob.requested("ACK");
            bob.hang_up(&invite);
            let bye = alice.requested("BYE");
            alice.answer(&bye, "200 OK");
            assert_eq!(bob.final_answer("BYE").status, 200, "{called} to {calling}");
        }
        assert_eq!(bob.unregister().status, 200);
    }
}

/// RFC 5626 §3.1, RFC 7118 §1: nobody can be connected to over these, so a phone is away when its connection is.
#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_cannot_be_connected_to_is_away_with_its_connection() {
    let db = ScratchDb::new().await;
    db.execute(PROVISION).await;
    let mut proxy = Proxy::start_on_all(&db.proxy_url(), "");
    for transport in ["TLS", "WS", "WSS"] {
        let mut bob = phone(&proxy, transport, "bob", "builder");
        assert_eq!(bob.register().status, 200);
        drop(bob);
        let mut asks = Phone::udp(proxy.sip, "bob", "builder");
        let (mut left, what) = (1, format!("the contact over {transport} has gone"));
        proxy.wait_until(&what, |_| {
            left = asks.registered().len();
            left == 0
        });
    }
}

/// RFC 5626 §4.4.1: a ping on a stream within TLS, and on a WebSocket as some do it there.
#[tokio::test(flavor = "multi_thread")]
async fn pings_are_answered_within_tls_too() {
    let db = ScratchDb::new().await;
    db.execute(PROVISION).await;
    let proxy = Proxy::start_on_all(&db.proxy_url(), "");
    let mut phone = phone(&proxy, "TLS", "alice", "wonder");
    phone.send(b"\r\n\r\n");
    assert_eq!(phone.read_exact(2), b"\r\n");
}

/// RFC 5626 §4.4.2, §8; RFC 5389 §15.2: STUN on the port of SIP tells a phone as which address it is seen.
#[tokio::test(flavor = "multi_thread")]
async fn stun_is_answered_on_the_port_of_sip() {
    let db = ScratchDb::new().await;
    db.execute(PROVISION).await;
    let proxy = Proxy::start(&db.proxy_url());
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
    socket.set_read_timeout(Some(PATIENCE)).expect("set");
    let mut request = vec![0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42];
    request.extend_from_slice(b"twelve bytes");
    socket.send_to(b"\r\n\r\n", proxy.sip).expect("sent");
    socket.send_to(&request, proxy.sip).expect("sent");
    let mut answer = [0; 100];
    let length = socket.recv(&mut answer).expect("in time");
    assert_eq!((length, &answer[..4], &answer[4..20]), (32, &[1, 1, 0, 12][..], &request[4..20]));
    let port = u16::from_be_bytes([answer[26], answer[27]]) ^ 0x2112;
    assert_eq!(port, socket.local_addr().expect("bound").port());
}

/// RFC 3261 §18.1.1: a long request is tried over TCP, and reaches a phone that takes no connection as a datagram.
#[tokio::test(flavor = "multi_thread")]
async fn a_long_request_reaches_a_phone_that_speaks_udp_only() {
    let db = ScratchDb::new().await;
    db.execute(PROVISION).await;
    let proxy = Proxy::start(&db.proxy_url());
    let mut bob = Phone::udp(proxy.sip, "bob", "builder");
    assert_eq!(bob.register().status, 200);
    let mut alice = Phone::tcp(proxy.sip, "alice", "wonder");
    alice.call_with("bob", &format!("Subject: {}\r\n", "x".repeat(3000)));
    let invite = bob.called();
    assert!(invite.len() > 3000 && invite.contains("Via: SIP/2.0/UDP "), "{invite}");
    bob.answer(&invite, "486 Busy Here");
    assert_eq!(alice.final_answer("INVITE").status, 486);
}

/// RFC 3261 §18.1.1: what comes back by name or address as advertised is for us; each listener may have a name of its own.
#[tokio::test(flavor = "multi_thread")]
async fn a_listener_is_known_by_what_is_advertised_for_it() {
    let db = ScratchDb::new().await;
    db.execute(PROVISION).await;
    let proxy = Proxy::start_as(
        &db.proxy_url(),
        |proxy| {
            let (sip, ws) = (proxy.sip, proxy.ws);
            format!("listen_ws = [\"{ws}\"]\nadvertised = [\"localhost\", \"{ws}=edge.example.com:443\"]\n# {sip}\n")
        },
        "",
    );
    let mut bob = Phone::udp(proxy.sip, "bob", "builder");
    assert_eq!(bob.register().status, 200);
    let mut alice = Phone::ws(proxy.ws, "alice", "wonder");
    alice.call("bob");
    let invite = bob.called();
    let port = proxy.sip.port();
    assert!(invite.contains(&format!("Via: SIP/2.0/UDP localhost:{port};")), "{invite}");
    let recorded = invite.lines().filter(|line| line.starts_with("Record-Route: ")).collect::<Vec<_>>().join(",");
    assert!(recorded.contains(&format!("<sip:localhost:{port};lr")), "{recorded}");
    assert!(recorded.contains("<sip:edge.example.com:443;transport=ws;lr"), "{recorded}");
    bob.answer(&invite, "200 OK");
    let answer = alice.final_answer("INVITE");
    assert_eq!(answer.status, 200);
    alice.acknowledge(&answer);
    bob.requested("ACK");
}
