//! RFC 3261 §17.1.1 as amended by RFC 6026 §7.2, and timer C of §16.

use super::*;

// RFC 3261 §17.1.1.2: over UDP the INVITE is repeated after T1, 2*T1, 4*T1 … until timer B at 64*T1.
#[test]
fn timer_a_doubles_and_timer_b_gives_up() {
    let mut rig = Rig::udp();
    let (txn, _) = rig.send("INVITE");
    let sent = rig.pass(40 * S);
    assert_eq!(sent, sends("INVITE@0 INVITE@500 INVITE@1500 INVITE@3500 INVITE@7500 INVITE@15500 INVITE@31500"));
    assert!(matches!(rig.told[..], [TuEvent::ClientTimeout { txn: gone, owner: Owner(5) }] if gone == txn));
    assert_eq!(rig.layer.len(), 0);
}

// RFC 3261 §17.1.1.2: timer A does not run over a reliable transport; timer B does.
#[test]
fn over_tcp_the_invite_is_sent_once_and_timer_b_gives_up() {
    let mut rig = Rig::tcp();
    rig.send("INVITE");
    assert_eq!(rig.pass(31_999 * MS), sends("INVITE@0"));
    assert!(rig.told.is_empty());
    rig.pass(MS);
    assert!(matches!(rig.told[..], [TuEvent::ClientTimeout { .. }]));
}

// RFC 3261 §17.1.1.2: a provisional response ends the repetitions, and timer B no longer counts.
#[test]
fn a_provisional_response_stops_timers_a_and_b() {
    let mut rig = Rig::udp();
    let (_, branch) = rig.send("INVITE");
    rig.pass(600 * MS);
    assert_eq!(rig.response(180, "INVITE", branch), Some(180));
    assert_eq!(rig.pass(100 * S), sends(""));
    assert!(rig.told.is_empty());
}

// RFC 3261 §16.7 step 5: a 100 is not passed up; it stops the repetitions as any provisional response.
#[test]
fn a_100_is_absorbed_and_stops_timer_a() {
    let mut rig = Rig::udp();
    let (_, branch) = rig.send("INVITE");
    assert_eq!(rig.response(100, "INVITE", branch), None);
    assert_eq!(rig.pass(40 * S), sends("INVITE@0"));
}

// RFC 3261 §17.1.1.3: the ACK of a refusal has the INVITE's branch and Request-URI and the response's To.
#[test]
fn a_refusal_is_acknowledged_with_the_branch_of_the_invite() {
    let mut rig = Rig::udp();
    let (_, branch) = rig.send("INVITE");
    rig.commands();
    assert_eq!(rig.response(486, "INVITE", branch), Some(486));
    let ack = rig.sent_message();
    assert_eq!((ack.method_text(), ack.request_uri()), (&b"ACK"[..], &b"sip:b@192.0.2.9"[..]));
    assert_eq!((ack.branch(), ack.to_tag()), (Some(branch.as_str().as_bytes()), Some(&b"2"[..])));
    assert_eq!((ack.vias().count(), ack.cseq().unwrap().number), (1, 7));
}

// RFC 3261 §17.1.1.2: for timer D (32 s) a repeated refusal gets the ACK again and is not passed up.
#[test]
fn timer_d_absorbs_repeated_refusals_for_32_s() {
    let mut rig = Rig::udp();
    let (_, branch) = rig.send("INVITE");
    rig.response(486, "INVITE", branch);
    assert_eq!(rig.sent(), sends("INVITE@0 ACK@0"));
    rig.pass(31_999 * MS);
    assert_eq!(rig.response(486, "INVITE", branch), None);
    assert_eq!(rig.sent(), sends("ACK@31999"));
    rig.pass(MS);
    assert_eq!(rig.layer.len(), 0);
    assert_eq!(rig.response(486, "INVITE", branch), None);
    assert_eq!(rig.sent(), sends(""));
}

// RFC 3261 §17.1.1.2: timer D is zero over a reliable transport.
#[test]
fn over_tcp_a_refusal_ends_the_transaction_at_once() {
    let mut rig = Rig::tcp();
    let (_, branch) = rig.send("INVITE");
    assert_eq!(rig.response(603, "INVITE", branch), Some(603));
    assert_eq!((rig.sent(), rig.layer.len()), (sends("INVITE@0 ACK@0"), 0));
}

// RFC 6026 §7.2: in Accepted every 2xx is passed up until timer M at 64*T1, over every transport; no ACK is ours.
#[test]
fn timer_m_passes_up_each_2xx_for_64_t1() {
    for mut rig in [Rig::udp(), Rig::tcp()] {
        let (_, branch) = rig.send("INVITE");
        assert_eq!(rig.response(200, "INVITE", branch), Some(200));
        rig.pass(31_999 * MS);
        assert_eq!(rig.response(200, "INVITE", branch), Some(200));
        rig.pass(MS);
        assert_eq!((rig.response(200, "INVITE", branch), rig.layer.len()), (None, 0));
        assert_eq!(rig.sent(), sends(""));
    }
}

// RFC 6026 §7.2: a refusal after a 2xx, or a 2xx after a refusal, is not passed up.
#[test]
fn the_first_final_response_decides() {
    let mut rig = Rig::udp();
    let (_, branch) = rig.send("INVITE");
    rig.response(200, "INVITE", branch);
    assert_eq!(rig.response(486, "INVITE", branch), None);
    let (_, branch) = rig.send("INVITE");
    rig.response(486, "INVITE", branch);
    assert_eq!(rig.response(200, "INVITE", branch), None);
}

// RFC 3261 §17.1.4: a request that cannot be delivered ends the transaction, and the proxy learns of it.
#[test]
fn a_transport_error_ends_a_calling_transaction() {
    let mut rig = Rig::udp();
    let (txn, _) = rig.send("INVITE");
    rig.fail(TransactionId::Client(txn), rig.flow, Bytes::new());
    assert!(matches!(rig.told[..], [TuEvent::ClientTransportError { txn: gone, .. }] if gone == txn));
    assert_eq!(rig.layer.len(), 0);
}

// RFC 3261 §16.6 item 11: timer C is longer than three minutes and fires for an INVITE that only rings.
#[test]
fn timer_c_tells_that_the_invite_rang_too_long() {
    let mut rig = Rig::udp();
    let (txn, branch) = rig.send("INVITE");
    rig.response(180, "INVITE", branch);
    rig.pass(180 * S);
    assert!(rig.told.is_empty());
    rig.pass(5 * S);
    assert!(matches!(rig.told[..], [TuEvent::TimerC { txn: rang, owner: Owner(5) }] if rang == txn));
    assert_eq!(rig.layer.len(), 1, "what follows is the proxy's to decide");
}

// RFC 3261 §16.7 step 2: a provisional response other than 100 starts timer C again.
#[test]
fn timer_c_starts_again_with_each_provisional_response_but_100() {
    let mut rig = Rig::udp();
    let (_, branch) = rig.send("INVITE");
    rig.response(180, "INVITE", branch);
    rig.pass(100 * S);
    assert_eq!(rig.response(183, "INVITE", branch), Some(183));
    rig.pass(184 * S);
    assert!(rig.told.is_empty());
    rig.response(100, "INVITE", branch);
    rig.pass(S);
    assert!(matches!(rig.told[..], [TuEvent::TimerC { .. }]));
}

// RFC 3261 §16.8: timer C of an answered INVITE means nothing.
#[test]
fn timer_c_is_silent_once_a_final_response_came() {
    let mut rig = Rig::udp();
    let (_, branch) = rig.send("INVITE");
    rig.response(486, "INVITE", branch);
    rig.pass(400 * S);
    assert!(rig.told.is_empty());
}

#[test]
fn an_abandoned_transaction_goes_on_and_tells_nothing() {
    let mut rig = Rig::udp();
    let (txn, branch) = rig.send("INVITE");
    rig.layer.abandon(txn);
    assert_eq!(rig.response(180, "INVITE", branch), None);
    assert_eq!(rig.response(486, "INVITE", branch), None);
    assert_eq!(rig.sent(), sends("INVITE@0 ACK@0"));
}
