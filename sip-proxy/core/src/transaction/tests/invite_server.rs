//! RFC 3261 §17.2.1 as amended by RFC 6026 §7.1.

use super::*;

fn invite() -> String {
    text("INVITE", "z9hG4bKi")
}

fn ack() -> String {
    text("ACK", "z9hG4bKi")
}

// RFC 3261 §17.2.1: a repeated INVITE gets the most recent provisional response again.
#[test]
fn a_repeated_invite_gets_the_last_provisional_response() {
    let mut rig = Rig::udp();
    let txn = rig.begin(&invite());
    assert!(rig.request(&invite()).is_none());
    rig.respond(txn, 100);
    rig.respond(txn, 180);
    assert!(rig.request(&invite()).is_none());
    assert_eq!(rig.sent(), sends("100@0 180@0 180@0"));
}

// RFC 3261 §17.2.1: timer G repeats a refusal after T1, doubling up to T2, until timer H at 64*T1.
#[test]
fn timer_g_repeats_a_refusal_and_timer_h_gives_up() {
    let mut rig = Rig::udp();
    let txn = rig.begin(&invite());
    rig.respond(txn, 486);
    let sent: Vec<u128> = rig.pass(40 * S).into_iter().map(|(at, _)| at).collect();
    assert_eq!(sent, [0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500]);
    assert!(matches!(rig.told[..], [TuEvent::ServerGone { txn: gone }] if gone == txn));
    assert_eq!(rig.layer.len(), 0);
}

// RFC 3261 §17.2.1: timer G does not run over a reliable transport; timer H does.
#[test]
fn over_tcp_a_refusal_is_sent_once_and_timer_h_gives_up() {
    let mut rig = Rig::tcp();
    let txn = rig.begin(&invite());
    rig.respond(txn, 486);
    assert_eq!(rig.pass(31_999 * MS), sends("486@0"));
    assert!(rig.told.is_empty());
    rig.pass(MS);
    assert!(matches!(rig.told[..], [TuEvent::ServerGone { .. }]));
}

// RFC 3261 §17.2.1: a repeated INVITE in Completed gets the refusal again.
#[test]
fn a_repeated_invite_gets_the_refusal_again() {
    let mut rig = Rig::udp();
    let txn = rig.begin(&invite());
    rig.respond(txn, 486);
    assert!(rig.request(&invite()).is_none());
    assert_eq!(rig.sent(), sends("486@0 486@0"));
}

// RFC 3261 §17.2.1: the ACK ends the repetitions; timer I absorbs further ACKs and INVITEs for T4.
#[test]
fn timer_i_absorbs_repeated_acks_for_t4() {
    let mut rig = Rig::udp();
    let txn = rig.begin(&invite());
    rig.respond(txn, 486);
    assert!(rig.request(&ack()).is_none());
    assert!(rig.request(&ack()).is_none() && rig.request(&invite()).is_none());
    assert_eq!(rig.pass(4_999 * MS), sends("486@0"));
    assert_eq!(rig.layer.len(), 1);
    rig.pass(MS);
    assert_eq!((rig.layer.len(), rig.told.len()), (0, 0));
}

// RFC 3261 §17.2.1: timer I is zero over a reliable transport.
#[test]
fn over_tcp_the_ack_ends_the_transaction() {
    let mut rig = Rig::tcp();
    let txn = rig.begin(&invite());
    rig.respond(txn, 486);
    assert!(rig.request(&ack()).is_none());
    assert_eq!(rig.layer.len(), 0);
}

// RFC 6026 §7.1: after a 2xx repeated INVITEs are absorbed without an answer until timer L at 64*T1, on any transport.
#[test]
fn timer_l_absorbs_repeated_invites_after_a_2xx() {
    for mut rig in [Rig::udp(), Rig::tcp()] {
        let txn = rig.begin(&invite());
        rig.respond(txn, 200);
        assert_eq!(rig.pass(31_999 * MS), sends("200@0"));
        assert!(rig.request(&invite()).is_none());
        assert_eq!(rig.pass(MS), sends(""));
        assert_eq!((rig.layer.len(), rig.told.len()), (0, 0));
    }
}

// RFC 6026 §7.1: in Accepted each 2xx of the callee goes through, and a refusal does not.
#[test]
fn each_2xx_goes_through_and_a_late_refusal_does_not() {
    let mut rig = Rig::udp();
    let txn = rig.begin(&invite());
    for status in [200, 200, 486, 180] {
        rig.respond(txn, status);
    }
    assert_eq!(rig.sent(), sends("200@0 200@0"));
}

// RFC 6026 §7.1: an ACK with the INVITE's branch is passed up after a 2xx, and only then.
#[test]
fn an_ack_in_accepted_is_for_the_proxy() {
    let mut rig = Rig::udp();
    let txn = rig.begin(&invite());
    assert!(rig.request(&ack()).is_none());
    rig.respond(txn, 200);
    assert!(matches!(rig.request(&ack()), Some(TuEvent::Ack { .. })));
}

// RFC 3261 §13.2.2.4, §17: an ACK with a branch of its own belongs to a 2xx and goes to the proxy.
#[test]
fn an_ack_that_matches_nothing_is_for_the_proxy() {
    let mut rig = Rig::udp();
    assert!(matches!(rig.request(&ack()), Some(TuEvent::Ack { .. })));
    assert_eq!(rig.layer.len(), 0);
}

// RFC 3261 §17.1.1.3: the ACK for a refusal that was sent without a transaction ends here.
#[test]
fn the_ack_of_a_stateless_refusal_is_absorbed() {
    let mut rig = Rig::udp();
    let request = Message::parse(Bytes::from(invite())).unwrap();
    let tag = rig.layer.local_tag(&request);
    assert!(rig.request(&ack().replace("To: <sip:b@h>", &format!("To: <sip:b@h>;tag={tag}"))).is_none());
}

// RFC 6026 §7.1: a transport error in Accepted does not end the transaction; before, it does.
#[test]
fn a_transport_error_ends_no_state() {
    for status in [180, 200, 486] {
        let mut rig = Rig::udp();
        let txn = rig.begin(&invite());
        rig.respond(txn, status);
        rig.fail(TransactionId::Server(txn), rig.flow, Bytes::new());
        assert_eq!((rig.layer.len(), rig.told.len()), (1, 0), "{status}");
        assert!(rig.request(&invite()).is_none(), "{status}: a repeated INVITE is not a new one");
    }
}

// RFC 3261 §17.2.1: an INVITE that is not decided upon within 200 ms gets a 100; one that is answered sooner gets none.
#[test]
fn a_100_is_due_after_200_ms_without_an_answer() {
    let mut rig = Rig::udp();
    let txn = rig.begin(&invite());
    rig.layer.await_decision(rig.now, txn, true);
    rig.pass(199 * MS);
    assert!(rig.told.is_empty());
    rig.pass(MS);
    assert!(matches!(rig.told[..], [TuEvent::TryingDue { txn: due }] if due == txn));
    let request = Message::parse(Bytes::from(invite())).unwrap();
    rig.layer.trying(rig.now, txn, &request, rig.flow);
    rig.layer.trying(rig.now, txn, &request, rig.flow);
    let trying = rig.sent_message();
    assert_eq!((trying.status(), trying.to_tag()), (Some(100), None));

    let mut rig = Rig::udp();
    let txn = rig.begin(&invite());
    rig.layer.await_decision(rig.now, txn, true);
    rig.respond(txn, 407);
    rig.pass(S);
    assert!(rig.told.is_empty());
}
