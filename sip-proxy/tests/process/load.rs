//! More than can be handled, and what is none: floods, storms, senders without an end. Known calls go on, memory stays bounded.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use test_support::ScratchDb;

use crate::abuse::{counter, ctl};
use crate::attacker::Attacker;
use crate::certificates::client_of;
use crate::client::Phone;
use crate::database::PROVISION;
use crate::proxy::{self, PATIENCE, Proxy, now};

/// How often somebody who does nothing else looks whether it was cut off.
const GLANCE: Duration = Duration::from_millis(50);

async fn proxy_with(more: &str) -> (ScratchDb, Proxy) {
    let db = ScratchDb::new().await;
    db.execute(PROVISION).await;
    let proxy = Proxy::start_quietly(&db.proxy_url(), more);
    (db, proxy)
}

/// Sends as fast as the machine can, until it is told to stop.
fn flood(ip: &'static str, to: SocketAddr, method: &'static str, stop: &Arc<AtomicBool>) -> JoinHandle<()> {
    let stop = Arc::clone(stop);
    std::thread::spawn(move || {
        let mut source = Attacker::at(ip, to);
        while !stop.load(Ordering::Relaxed) {
            let text = source.text(method, "nobody", "");
            source.send(text.as_bytes());
        }
    })
}

/// RFC 3261 §21.5.4: under a flood of what is new, strangers are refused, and a call that stands goes on to its end; when the flood is
/// over, all is as before.
#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_stands_goes_on_while_new_requests_are_shed() {
    let (_db, mut proxy) = proxy_with("[limits]\noverload_ms = 1\n").await;
    let (mut alice, mut bob) = (Phone::tcp(proxy.sip, "alice", "wonder"), Phone::tcp(proxy.sip, "bob", "builder"));
    assert_eq!((alice.register().status, bob.register().status), (200, 200));
    alice.call("bob");
    let invite = bob.called();
    let stop = Arc::new(AtomicBool::new(false));
    let sources = ["127.0.0.91", "127.0.0.92"].map(|ip| flood(ip, proxy.sip, "REGISTER", &stop));
    proxy.wait_until("strangers are shed", |proxy| {
        counter(proxy, "requests_overloaded_total") + counter(proxy, "requests_shed_silently_total") > 0
    });
    bob.answer(&invite, "200 OK");
    let answered = alice.final_answer("INVITE");
    assert_eq!(answered.status, 200);
    alice.acknowledge(&answered);
    bob.requested("ACK");
    alice.in_dialog("BYE", &answered);
    let bye = bob.requested("BYE");
    bob.answer(&bye, "200 OK");
    assert_eq!(alice.final_answer("BYE").status, 200);
    stop.store(true, Ordering::Relaxed);
    for source in sources {
        source.join().expect("it sent");
    }
    proxy.wait_until("strangers are heard again", |proxy| {
        let mut stranger = Attacker::at("127.0.0.94", proxy.sip);
        let text = stranger.text("OPTIONS", "alice", "");
        stranger.ask(&text, PATIENCE).is_some_and(|answer| answer.starts_with("SIP/2.0 200"))
    });
}

/// RFC 3261 §20.33, §21.5.4: those who are sent away together do not come back together.
#[tokio::test(flavor = "multi_thread")]
async fn a_storm_of_registrations_is_sent_away_for_different_times() {
    let (_db, proxy) = proxy_with("").await;
    ctl(&proxy, &["drain"]);
    let mut phones = Attacker::at("127.0.0.95", proxy.sip);
    let mut times: Vec<u32> = (0..60)
        .map(|_| {
            let text = phones.text("REGISTER", "alice", "");
            let answer = phones.ask(&text, PATIENCE).expect("an answer");
            assert!(answer.starts_with("SIP/2.0 503 "), "{answer}");
            let after = answer.lines().find_map(|line| line.strip_prefix("Retry-After: ")).expect("when to come back");
            after.trim().parse().expect("seconds")
        })
        .collect();
    times.sort_unstable();
    times.dedup();
    assert!(times.first() >= Some(&5) && times.last() <= Some(&15), "{times:?}");
    assert!(times.len() >= 6, "of eleven there are, each as likely: {times:?}");
}

/// What is no message costs its sender something, and the proxy no memory that it keeps.
#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_what_is_no_message_is_counted_and_leaves_nothing_behind() {
    let (_db, mut proxy) = proxy_with("").await;
    let mut alice = Phone::udp(proxy.sip, "alice", "wonder");
    assert_eq!(alice.register().status, 200);
    let before = proxy.resident_bytes();
    let source = UdpSocket::bind("127.0.0.96:0").expect("a port");
    let long = [&b"INVITE sip:a@b SIP/2.0\r\nVia: "[..], &[b'x'; 50_000]].concat();
    let whole = alice.text("INVITE", "", "");
    let pieces: Vec<&[u8]> =
        vec![b"rubbish\r\n\r\n", &long, &[0xff; 1400], &whole.as_bytes()[..90], b"SIP/2.0 200 OK\r\n\r\n"];
    let mut sent = 0;
    // Some are lost, as on any network.
    proxy.wait_until("many came", |proxy| {
        for piece in pieces.iter().cycle().take(250) {
            source.send_to(piece, proxy.sip).expect("sent");
            sent += 1;
        }
        counter(proxy, "messages_unreadable_total") > 4_000
    });
    for _ in 0..200 {
        let mut stream = TcpStream::connect(proxy.sip).expect("connected");
        stream.set_read_timeout(Some(PATIENCE)).expect("set");
        // It may be closed before all is written.
        let _ = stream.write_all(&long);
        let _ = stream.write_all(&[b'x'; 100_000]);
        assert!(matches!(stream.read_to_end(&mut Vec::new()), Ok(_) | Err(_)));
    }
    assert_eq!(alice.register().status, 200);
    let grown = proxy.resident_bytes().saturating_sub(before);
    assert!(grown < 64 << 20, "{grown} bytes after {sent} datagrams");
}

/// One that never finishes what it began gets no more time for sending slowly.
#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_comes_a_byte_at_a_time_is_not_waited_for_without_an_end() {
    let (_db, proxy) = proxy_with("[limits]\ntcp_partial_message_s = 2\n").await;
    let mut stream = TcpStream::connect(proxy.sip).expect("connected");
    stream.set_read_timeout(Some(GLANCE)).expect("set");
    stream.write_all(b"OPTIONS sip:example.com SIP/2.0\r\nSubject: ").expect("sent");
    let until = now() + PATIENCE;
    loop {
        assert!(now() < until, "it is still waited for");
        let written = stream.write_all(b"x");
        match (written, stream.read(&mut [0; 100])) {
            (Ok(()), Err(error)) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            _closed => break,
        }
    }
    assert!(counter(&proxy, "tcp_closed_slow_total") > 0);
}

/// Whatever it speaks, a connection over which nothing comes loses its place.
#[tokio::test(flavor = "multi_thread")]
async fn a_silent_connection_is_closed_after_its_time() {
    let (_db, proxy) = proxy_with("[limits]\ntcp_idle_s = 1\n").await;
    let certificate = std::fs::read_to_string(proxy.state_dir().join("self-signed.crt")).expect("it was made");
    for mut phone in [
        Phone::tcp(proxy.sip, "alice", "wonder"),
        Phone::tls(proxy.tls, "localhost", client_of(&certificate, None), "alice", "wonder"),
    ] {
        assert_eq!(phone.register().status, 200);
        assert_eq!(phone.read_to_end(), "");
    }
    let mut phone = Phone::ws(proxy.ws, "alice", "wonder");
    assert_eq!(phone.register().status, 200);
    while phone.frames().read().is_ok() {}
}

/// The bound of one source is over all that it speaks, and its end gives the place back.
#[tokio::test(flavor = "multi_thread")]
async fn one_source_gets_so_many_connections_over_all_transports_together() {
    let (_db, mut proxy) = proxy_with("[limits]\ntcp_connections_per_source = 2\n").await;
    let mut first = Phone::tcp(proxy.sip, "alice", "wonder");
    assert_eq!(first.register().status, 200);
    let mut second = Phone::ws(proxy.ws, "bob", "builder");
    assert_eq!(second.register().status, 200);
    for port in [proxy.sip, proxy.tls, proxy.ws, proxy.wss] {
        assert_eq!(Phone::tcp(port, "alice", "wonder").read_to_end(), "", "closed at once");
    }
    drop(second);
    proxy.wait_until("there is room again", |proxy| {
        let mut stream = TcpStream::connect(proxy.tls).expect("connected");
        stream.set_read_timeout(Some(GLANCE)).expect("set");
        !matches!(stream.read(&mut [0; 1]), Ok(0))
    });
    assert_eq!(first.register().status, 200);
}

/// A capture server gets each message of the call as a packet of its own, and nothing of others.
#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_captured_to_a_hep_server() {
    let (_db, mut proxy) = proxy_with("").await;
    let (mut alice, mut bob) = (Phone::udp(proxy.sip, "alice", "wonder"), Phone::udp(proxy.sip, "bob", "builder"));
    assert_eq!((alice.register().status, bob.register().status), (200, 200));
    let server = UdpSocket::bind("127.0.0.1:0").expect("a port");
    server.set_read_timeout(Some(GLANCE)).expect("set");
    let to = server.local_addr().expect("bound").to_string();
    let arguments = ["ctl", "capture", "--user", "alice", "--seconds", "3600", "--hep", &to];
    let mut capture = proxy::begin(&arguments, &proxy.config());
    let mut packets = Vec::new();
    let mut buffer = vec![0; 65_535];
    // What is called before the capture has begun is not in it.
    proxy.wait_until("a whole call is captured", |_| {
        alice.call("bob");
        let invite = bob.called();
        bob.answer(&invite, "486 Busy Here");
        assert_eq!(alice.final_answer("INVITE").status, 486);
        while let Ok(length) = server.recv(&mut buffer) {
            packets.push(buffer[..length].to_vec());
        }
        let has = |text: &str| packets.iter().any(|packet| String::from_utf8_lossy(packet).contains(text));
        has("INVITE sip:bob@example.com SIP/2.0") && has("SIP/2.0 486 Busy Here")
    });
    for packet in &packets {
        assert_eq!(&packet[..4], b"HEP3");
        assert_eq!(usize::from(u16::from_be_bytes([packet[4], packet[5]])), packet.len());
        assert!(String::from_utf8_lossy(packet).contains("alice@example.com"));
    }
    capture.kill().expect("killed");
    capture.wait().expect("gone");
}

/// RFC 3261 §21.5.4: asked to begin nothing new, it goes on with what is under way.
#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_drains_ends_what_it_has_begun() {
    let (_db, mut proxy) = proxy_with("").await;
    let (mut alice, mut bob) = (Phone::udp(proxy.sip, "alice", "wonder"), Phone::udp(proxy.sip, "bob", "builder"));
    assert_eq!((alice.register().status, bob.register().status), (200, 200));
    alice.call("bob");
    let invite = bob.called();
    ctl(&proxy, &["drain"]);
    proxy.wait_until("it begins nothing new", |proxy| {
        let mut other = Attacker::at("127.0.0.97", proxy.sip);
        let text = other.text("OPTIONS", "alice", "");
        other.ask(&text, PATIENCE).is_some_and(|answer| answer.starts_with("SIP/2.0 503"))
    });
    bob.answer(&invite, "200 OK");
    let answered = alice.final_answer("INVITE");
    assert_eq!(answered.status, 200);
    alice.acknowledge(&answered);
    bob.requested("ACK");
    alice.in_dialog("BYE", &answered);
    let bye = bob.requested("BYE");
    bob.answer(&bye, "200 OK");
    assert_eq!(alice.final_answer("BYE").status, 200);
    assert_eq!(proxy.terminate().code(), Some(0), "{}", proxy.log());
}
