//! RFC 3261 §9: CANCEL on both sides, and its races.

use super::*;

fn invite() -> String {
    text("INVITE", "z9hG4bKi")
}

fn cancel() -> String {
    text("CANCEL", "z9hG4bKi")
}

// RFC 3261 §9.2: a CANCEL is answered 200 at once, with the To tag that our answers to its INVITE carry.
#[test]
fn a_cancel_is_answered_and_the_proxy_told() {
    let mut rig = Rig::udp();
    let txn = rig.begin(&invite());
    assert!(matches!(rig.request(&cancel()), Some(TuEvent::Cancel { txn: cancelled, .. }) if cancelled == txn));
    let answer = rig.sent_message();
    let tag = rig.layer.local_tag(&Message::parse(Bytes::from(invite())).unwrap());
    assert_eq!(answer.status(), Some(200));
    assert_eq!(answer.to_tag(), Some(tag.to_string().as_bytes()));
}

// RFC 3261 §9.2, §17.2.2: a repeated CANCEL gets its 200 again and is not told again.
#[test]
fn a_repeated_cancel_is_absorbed() {
    let mut rig = Rig::udp();
    rig.begin(&invite());
    rig.request(&cancel());
    assert!(rig.request(&cancel()).is_none());
    assert_eq!(rig.sent(), sends("200@0 200@0"));
}

// RFC 3261 §9.2: a CANCEL after the final response is answered 200 and changes nothing.
#[test]
fn a_cancel_after_the_final_response_changes_nothing() {
    for status in [200, 486] {
        let mut rig = Rig::udp();
        let txn = rig.begin(&invite());
        rig.respond(txn, status);
        rig.commands();
        assert!(rig.request(&cancel()).is_none());
        assert_eq!(rig.sent(), sends("200@0"));
    }
}

// RFC 3261 §9.2: a CANCEL that matches no transaction is answered 481; one that matches a request that cannot be cancelled, 200.
#[test]
fn a_cancel_of_nothing_is_answered_481() {
    for (branch, status) in [("z9hG4bKi", "200@0"), ("z9hG4bKother", "481@0")] {
        let mut rig = Rig::udp();
        rig.begin(&text("MESSAGE", branch));
        assert!(rig.request(&cancel()).is_none());
        assert_eq!(rig.sent(), sends(status));
    }
}

// RFC 3261 §9.2, §21.5.4: there is one CANCEL for an INVITE, and it ends something: a full table does not refuse it.
#[test]
fn a_full_table_still_takes_the_cancel_of_an_invite() {
    let mut rig = Rig::udp();
    let txn = rig.begin(&invite());
    for number in 1..6 {
        rig.begin(&text("MESSAGE", &format!("z9hG4bK{number}")));
    }
    assert!(matches!(rig.request(&cancel()), Some(TuEvent::Cancel { txn: cancelled, .. }) if cancelled == txn));
    assert_eq!(rig.sent(), sends("200@0"));
}

// RFC 3261 §9.1: after a provisional response the CANCEL goes out at once, with the INVITE's branch, and is repeated.
#[test]
fn a_ringing_invite_is_cancelled_at_once() {
    let mut rig = Rig::udp();
    let (txn, branch) = rig.send("INVITE");
    rig.response(180, "INVITE", branch);
    rig.commands();
    rig.layer.cancel(rig.now, txn, b"");
    rig.layer.cancel(rig.now, txn, b"");
    let sent = rig.sent_message();
    assert_eq!((sent.method_text(), sent.branch()), (&b"CANCEL"[..], Some(branch.as_str().as_bytes())));
    assert_eq!(rig.pass(600 * MS), sends("CANCEL@500"));
    assert_eq!(rig.response(200, "CANCEL", branch), None);
    assert_eq!(rig.pass(2 * S), sends(""));
    assert_eq!(rig.response(487, "INVITE", branch), Some(487));
    assert_eq!(rig.sent(), sends("ACK@2600"));
}

// RFC 3261 §9.1: before any provisional response the CANCEL is held back; the INVITE is still repeated.
#[test]
fn a_cancel_waits_for_a_provisional_response() {
    let mut rig = Rig::udp();
    let (txn, branch) = rig.send("INVITE");
    rig.layer.cancel(rig.now, txn, b"");
    assert_eq!(rig.pass(600 * MS), sends("INVITE@0 INVITE@500"));
    assert_eq!(rig.response(100, "INVITE", branch), None);
    assert_eq!(rig.sent(), sends("CANCEL@600"));
}

// RFC 3261 §9.1: a final response that comes before a CANCEL could be sent leaves nothing to cancel.
#[test]
fn a_2xx_that_crosses_the_cancel_wins() {
    let mut rig = Rig::udp();
    let (txn, branch) = rig.send("INVITE");
    rig.layer.cancel(rig.now, txn, b"");
    assert_eq!(rig.response(200, "INVITE", branch), Some(200));
    rig.layer.cancel(rig.now, txn, b"");
    assert_eq!(rig.pass(S), sends("INVITE@0"));
}

// RFC 3261 §9.1: a callee that ignores the CANCEL is waited for 64*T1 and no longer.
#[test]
fn a_cancelled_invite_without_a_final_response_ends_after_64_t1() {
    let mut rig = Rig::udp();
    let (txn, branch) = rig.send("INVITE");
    rig.response(180, "INVITE", branch);
    rig.layer.cancel(rig.now, txn, b"");
    rig.pass(31_999 * MS);
    assert!(rig.told.is_empty());
    rig.pass(MS);
    assert!(matches!(rig.told[..], [TuEvent::ClientTimeout { txn: gone, .. }] if gone == txn));
    assert_eq!(rig.layer.len(), 0);
}

// RFC 3261 §9.1: a request other than INVITE is not cancelled.
#[test]
fn a_message_is_not_cancelled() {
    let mut rig = Rig::udp();
    let (txn, branch) = rig.send("MESSAGE");
    rig.response(183, "MESSAGE", branch);
    rig.commands();
    rig.layer.cancel(rig.now, txn, b"");
    assert_eq!(rig.sent(), sends(""));
}
