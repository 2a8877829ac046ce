//! Ending and beginning again without losing what is under way: the sockets stay open, as systemd holds them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use test_support::ScratchDb;

use crate::attacker::Attacker;
use crate::client::Phone;
use crate::database::PROVISION;
use crate::proxy::{PATIENCE, Proxy, Sockets};

/// Asks without a pause until it is told to stop; answers how many requests were answered, and how many of them 503.
fn asks(ip: &'static str, to: SocketAddr, stop: Arc<AtomicBool>, asked: Arc<AtomicUsize>) -> (usize, usize) {
    let mut client = Attacker::at(ip, to);
    let (mut answered, mut refused) = (0, 0);
    while !stop.load(Ordering::Relaxed) {
        let text = client.text("OPTIONS", "alice", "");
        let answer = client.ask(&text, PATIENCE).expect("every request is answered");
        answered += 1;
        if answer.starts_with("SIP/2.0 503") {
            assert!(answer.contains("Retry-After: "), "{answer}");
            refused += 1;
        } else {
            assert!(answer.starts_with("SIP/2.0 200"), "{answer}");
        }
        asked.fetch_add(1, Ordering::Relaxed);
    }
    (answered, refused)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_under_load_loses_no_transaction() {
    let db = ScratchDb::new().await;
    db.execute(PROVISION).await;
    let sockets = Sockets::bind();
    let mut proxy = Proxy::start_on(&db.proxy_url(), &sockets);
    let (mut alice, mut bob) = (Phone::udp(proxy.sip, "alice", "wonder"), Phone::udp(proxy.sip, "bob", "builder"));
    assert_eq!((alice.register().status, bob.register().status), (200, 200));
    let (stop, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let clients: Vec<_> = ["127.0.0.81", "127.0.0.82", "127.0.0.83"]
        .map(|ip| {
            let (to, stop, asked) = (proxy.sip, Arc::clone(&stop), Arc::clone(&asked));
            std::thread::spawn(move || asks(ip, to, stop, asked))
        })
        .into();
    let more = |proxy: &mut Proxy, count: usize| {
        let from = asked.load(Ordering::Relaxed);
        proxy.wait_until("requests are answered", |_| asked.load(Ordering::Relaxed) >= from + count);
    };
    more(&mut proxy, 20);
    // A call that rings while the process is asked to end is answered through it.
    alice.call("bob");
    let invite = bob.called();
    proxy.ask_to_end();
    proxy.wait_until("it begins nothing new", |proxy| {
        proxy.get("/ready").is_some_and(|page| page.contains("\"draining\":true"))
    });
    more(&mut proxy, 5);
    bob.answer(&invite, "486 Busy Here");
    assert_eq!(alice.final_answer("INVITE").status, 486);
    assert_eq!(proxy.wait_for_end().code(), Some(0), "{}", proxy.log());
    proxy.run_on(&sockets);
    proxy.wait_until_ready();
    more(&mut proxy, 20);
    stop.store(true, Ordering::Relaxed);
    let counts: Vec<(usize, usize)> = clients.into_iter().map(|client| client.join().expect("none was lost")).collect();
    assert!(
        counts.iter().map(|(_, refused)| refused).sum::<usize>() > 0,
        "while it ended, new ones were refused: {counts:?}"
    );
    // Registrations are there, and the next call goes through.
    alice.call("bob");
    let invite = bob.called();
    bob.answer(&invite, "486 Busy Here");
    assert_eq!(alice.final_answer("INVITE").status, 486);
}
