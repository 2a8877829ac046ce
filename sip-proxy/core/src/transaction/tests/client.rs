//! RFC 3261 §17.1.2.

use super::*;

// RFC 3261 §17.1.2.2: over UDP the request is repeated after T1, doubling up to T2, until timer F at 64*T1.
#[test]
fn timer_e_doubles_up_to_t2_and_timer_f_gives_up() {
    let mut rig = Rig::udp();
    rig.send("MESSAGE");
    let sent: Vec<u128> = rig.pass(40 * S).into_iter().map(|(at, _)| at).collect();
    assert_eq!(sent, [0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500]);
    assert!(matches!(rig.told[..], [TuEvent::ClientTimeout { owner: Owner(5), .. }]));
    assert_eq!(rig.layer.len(), 0);
}

// RFC 3261 §17.1.2.2: timer E does not run over a reliable transport; timer F does.
#[test]
fn over_tcp_the_request_is_sent_once_and_timer_f_gives_up() {
    let mut rig = Rig::tcp();
    rig.send("BYE");
    assert_eq!(rig.pass(31_999 * MS), sends("BYE@0"));
    assert!(rig.told.is_empty());
    rig.pass(MS);
    assert!(matches!(rig.told[..], [TuEvent::ClientTimeout { .. }]));
}

// RFC 3261 §17.1.2.2: in Proceeding the request is repeated every T2, and timer F still counts.
#[test]
fn after_a_provisional_response_timer_e_is_t2() {
    let mut rig = Rig::udp();
    let (_, branch) = rig.send("MESSAGE");
    rig.pass(100 * MS);
    assert_eq!(rig.response(183, "MESSAGE", branch), Some(183));
    let sent: Vec<u128> = rig.pass(40 * S).into_iter().map(|(at, _)| at).collect();
    assert_eq!(sent, [500, 4500, 8500, 12500, 16500, 20500, 24500, 28500]);
    assert!(matches!(rig.told[..], [TuEvent::ClientTimeout { .. }]));
}

// RFC 3261 §17.1.2.2: repeated final responses are absorbed for timer K (T4).
#[test]
fn timer_k_absorbs_repeated_finals_for_t4() {
    let mut rig = Rig::udp();
    let (_, branch) = rig.send("MESSAGE");
    assert_eq!(rig.response(200, "MESSAGE", branch), Some(200));
    assert_eq!(rig.response(200, "MESSAGE", branch), None);
    assert_eq!(rig.pass(4_999 * MS), sends("MESSAGE@0"));
    assert_eq!(rig.layer.len(), 1);
    rig.pass(MS);
    assert_eq!((rig.layer.len(), rig.told.len()), (0, 0));
}

// RFC 3261 §17.1.2.2: timer K is zero over a reliable transport.
#[test]
fn over_tcp_a_final_response_ends_the_transaction_at_once() {
    let mut rig = Rig::tcp();
    let (_, branch) = rig.send("MESSAGE");
    assert_eq!(rig.response(404, "MESSAGE", branch), Some(404));
    assert_eq!(rig.layer.len(), 0);
}

// RFC 3261 §17.1.4: a transport error ends the transaction; after the final response nobody is told.
#[test]
fn a_transport_error_counts_until_the_final_response() {
    let mut rig = Rig::udp();
    let (first, _) = rig.send("MESSAGE");
    rig.fail(TransactionId::Client(first), rig.flow, Bytes::new());
    assert!(matches!(rig.told[..], [TuEvent::ClientTransportError { .. }]));
    let (second, branch) = rig.send("MESSAGE");
    rig.response(200, "MESSAGE", branch);
    rig.fail(TransactionId::Client(second), rig.flow, Bytes::new());
    assert_eq!(rig.told.len(), 1);
}
