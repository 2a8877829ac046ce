//! Several proxies on one database: each learns what the others hold, while they run and when it starts.

use store::locations::Locations;
use test_support::{ScratchDb, StoppableDb};

use crate::client::Phone;
use crate::database::{PROVISION, registered, written};
use crate::proxy::Proxy;

async fn two_proxies() -> (ScratchDb, Proxy, Proxy) {
    let db = ScratchDb::new().await;
    db.execute(PROVISION).await;
    let (one, two) = (Proxy::start(&db.proxy_url()), Proxy::start(&db.proxy_url()));
    (db, one, two)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_registered_with_one_is_called_through_the_other_until_it_unregisters() {
    let (_db, one, mut two) = two_proxies().await;
    let mut bob = Phone::udp(one.sip, "bob", "builder");
    assert_eq!(bob.register().status, 200);
    two.wait_until("the other has learnt of it", |two| registered(two) == 1);
    let mut alice = Phone::udp(two.sip, "alice", "wonder");
    alice.call("bob");
    let invite = bob.called();
    // The call does not come from where it registered.
    bob.moves_to(two.sip);
    assert!(invite.starts_with(&format!("INVITE {} SIP/2.0", bob.contact())), "{invite}");
    bob.answer(&invite, "486 Busy Here");
    assert_eq!(alice.final_answer("INVITE").status, 486);

    bob.moves_to(one.sip);
    assert_eq!(bob.unregister().status, 200);
    two.wait_until("the other has learnt of that too", |two| registered(two) == 0);
    alice.call("bob");
    assert_eq!(alice.final_answer("INVITE").status, 480);
}

#[tokio::test(flavor = "multi_thread")]
async fn phones_of_one_account_at_two_proxies_do_not_replace_each_other() {
    let (_db, mut one, mut two) = two_proxies().await;
    let (mut here, mut there) = (Phone::udp(one.sip, "bob", "builder"), Phone::udp(two.sip, "bob", "builder"));
    assert_eq!((here.register().status, there.register().status), (200, 200));
    let mut wanted = [here.contact(), there.contact()];
    wanted.sort();
    let both = |proxy: &Proxy| {
        let mut found = Phone::udp(proxy.sip, "bob", "builder").registered();
        found.sort();
        found == wanted
    };
    one.wait_until("one knows both", both);
    two.wait_until("two knows both", both);
    // Refreshes of each leave the other's alone, and so does a kill.
    assert_eq!((here.register().status, there.register().status), (200, 200));
    one.wait_until("all is written", written);
    one.kill();
    one.run_again();
    one.wait_until_ready();
    assert!(both(&one), "it has its own and the other's from the start");
    let mut third = Proxy::start(&_db.proxy_url());
    third.wait_until("a third has everybody's", both);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_that_moves_belongs_to_the_proxy_where_it_registered_last() {
    let (db, mut one, mut two) = two_proxies().await;
    let mut bob = Phone::udp(one.sip, "bob", "builder");
    assert_eq!(bob.register().status, 200);
    two.wait_until("two knows it", |two| registered(two) == 1);
    bob.moves_to(two.sip);
    assert_eq!(bob.register().status, 200);
    two.wait_until("it is written", written);
    let mut database = Locations::new(&db.proxy_url()).expect("a URL");
    let sets = database.load().await.expect("loaded");
    let held: Vec<_> = sets.iter().flat_map(|set| &set.locations).collect();
    assert_eq!(held.len(), 1, "{held:?}");
    assert!(held[0].node.ends_with(&format!(":{}", two.sip.port())), "{}", held[0].node);
    // What went through two goes for one as well: it does not keep, nor write again, what it held.
    assert_eq!(bob.unregister().status, 200);
    one.wait_until("one has learnt of it", |one| registered(one) == 0);
    one.terminate();
    assert!(database.load().await.expect("loaded").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_that_is_removed_by_hand_is_gone_from_every_proxy() {
    let (db, mut one, mut two) = two_proxies().await;
    assert_eq!(Phone::udp(one.sip, "bob", "builder").register().status, 200);
    two.wait_until("two knows it", |two| registered(two) == 1);
    db.execute("DELETE FROM locations").await;
    for proxy in [&mut one, &mut two] {
        proxy.wait_until("it is gone", |proxy| registered(proxy) == 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_hold_is_called_while_the_database_is_away_and_learnt_when_it_is_back() {
    let db = StoppableDb::new().await;
    db.execute(PROVISION).await;
    let (one, mut two) = (Proxy::start(&db.proxy_url()), Proxy::start(&db.proxy_url()));
    let mut bob = Phone::udp(one.sip, "bob", "builder");
    assert_eq!(bob.register().status, 200);
    two.wait_until("two knows it", |two| registered(two) == 1);
    let mut alice = Phone::udp(two.sip, "alice", "wonder");
    assert_eq!(alice.register().status, 200);
    alice.call("bob");
    let invite = bob.called();
    bob.moves_to(two.sip);
    bob.answer(&invite, "486 Busy Here");
    assert_eq!(alice.final_answer("INVITE").status, 486);
    db.stop();
    alice.call("bob");
    let invite = bob.called();
    bob.answer(&invite, "486 Busy Here");
    assert_eq!(alice.final_answer("INVITE").status, 486);
    bob.moves_to(one.sip);
    assert_eq!(bob.unregister().status, 200);
    db.start();
    two.wait_until("two learns what happened meanwhile", |two| registered(two) == 1);
}

/// RFC 5626 §5.3: who holds a phone's connection is asked for it, for the call and for what follows in its dialog.
#[tokio::test(flavor = "multi_thread")]
async fn a_phone_on_a_connection_is_called_through_another_proxy_until_that_connection_ends() {
    let (_db, mut one, mut two) = two_proxies().await;
    let mut bob = Phone::tcp(one.sip, "bob", "builder");
    // An address behind a router: nothing is left of it when the connection ends.
    assert_eq!(bob.request("REGISTER", "Contact: <sip:bob@10.1.2.3;transport=tcp>\r\nExpires: 600\r\n").status, 200);
    two.wait_until("two has learnt of it", |two| registered(two) == 1);
    let mut alice = Phone::udp(two.sip, "alice", "wonder");
    alice.call("bob");
    let invite = bob.called();
    assert_eq!(invite.matches("\nVia:").count(), 3, "through both proxies:\n{invite}");
    assert!(!invite.contains("\nRoute:"), "the token goes no further than to its maker:\n{invite}");
    bob.answer(&invite, "200 OK");
    let answered = alice.final_answer("INVITE");
    assert_eq!(answered.status, 200);
    alice.in_dialog("BYE", &answered);
    let bye = bob.requested("BYE");
    bob.answer(&bye, "200 OK");
    assert_eq!(alice.final_answer("BYE").status, 200);
    drop(bob);
    one.wait_until("one has noticed", |one| registered(one) == 0);
    two.wait_until("two has learnt of that too", |two| registered(two) == 0);
    alice.call("bob");
    assert_eq!(alice.final_answer("INVITE").status, 480);
}

/// RFC 3581 §1: a router lets in only whom the phone has sent to.
#[tokio::test(flavor = "multi_thread")]
async fn a_phone_behind_a_router_is_reached_through_the_proxy_that_it_registered_with() {
    let db = ScratchDb::new().await;
    db.execute(PROVISION).await;
    let (one, mut two) = (Proxy::start(&db.proxy_url()), Proxy::start(&db.proxy_url()));
    let mut bob = Phone::udp(one.sip, "bob", "builder");
    assert_eq!(bob.request("REGISTER", "Contact: <sip:bob@10.1.2.3:5060>\r\nExpires: 600\r\n").status, 200);
    two.wait_until("two has learnt of it", |two| registered(two) == 1);
    let mut alice = Phone::udp(two.sip, "alice", "wonder");
    alice.call("bob");
    let invite = bob.called();
    assert!(invite.contains(&format!("\r\nVia: SIP/2.0/UDP {};", one.sip)), "from where it registered:\n{invite}");
    bob.answer(&invite, "486 Busy Here");
    assert_eq!(alice.final_answer("INVITE").status, 486);
}

/// A proxy that is gone takes no phone over UDP along: neither one that is reached by its address, nor, where its router lets that in, one
/// that is not.
#[tokio::test(flavor = "multi_thread")]
async fn a_phone_over_udp_is_called_through_another_proxy_when_its_own_is_gone() {
    let (_db, mut one, mut two) = two_proxies().await;
    let (mut alice, mut bob) = (Phone::udp(one.sip, "alice", "wonder"), Phone::udp(one.sip, "bob", "builder"));
    assert_eq!(alice.register().status, 200);
    assert_eq!(bob.request("REGISTER", "Contact: <sip:bob@10.1.2.3:5060>\r\nExpires: 600\r\n").status, 200);
    two.wait_until("two has learnt of both", |two| registered(two) == 2);
    one.kill();
    alice.moves_to(two.sip);
    bob.moves_to(two.sip);
    alice.call("bob");
    let invite = bob.called();
    bob.answer(&invite, "486 Busy Here");
    assert_eq!(alice.final_answer("INVITE").status, 486);
    bob.call("alice");
    let invite = alice.called();
    alice.answer(&invite, "486 Busy Here");
    assert_eq!(bob.final_answer("INVITE").status, 486);
}

/// Proxies may speak TLS with each other.
#[tokio::test(flavor = "multi_thread")]
async fn a_phone_on_a_connection_is_called_through_another_proxy_over_tls_if_the_operator_wants_that() {
    let db = ScratchDb::new().await;
    db.execute(PROVISION).await;
    let start = || {
        let section = |proxy: &Proxy| format!("listen_tls = [\"{}\"]\nrelay_transport = \"tls\"\n", proxy.tls);
        // Each has made a certificate for itself.
        Proxy::start_as(&db.proxy_url(), section, "[tls]\nverify_server = false\n")
    };
    let (one, mut two) = (start(), start());
    let mut bob = Phone::tcp(one.sip, "bob", "builder");
    assert_eq!(bob.request("REGISTER", "Contact: <sip:bob@10.1.2.3;transport=tcp>\r\nExpires: 600\r\n").status, 200);
    two.wait_until("two has learnt of it", |two| registered(two) == 1);
    let mut alice = Phone::udp(two.sip, "alice", "wonder");
    alice.call("bob");
    let invite = bob.called();
    assert!(invite.contains(&format!("\r\nVia: SIP/2.0/TLS {}", two.tls)), "{invite}");
    bob.answer(&invite, "486 Busy Here");
    assert_eq!(alice.final_answer("INVITE").status, 486);
}

/// RFC 7616 §5.4: nonces are kept nowhere, and sealed with what all proxies share.
#[tokio::test(flavor = "multi_thread")]
async fn a_challenge_of_one_proxy_is_answered_to_another() {
    let (_db, one, mut two) = two_proxies().await;
    two.wait_until("both have the secret", |two| {
        let mut bob = Phone::udp(one.sip, "bob", "builder");
        bob.registers_across(two.sip).status == 200
    });
    assert!(!two.log().contains("ProxySecret("));
}
