//! RFC 3261 §17.2.2.

use super::*;

fn message() -> String {
    text("MESSAGE", "z9hG4bKm")
}

// RFC 3261 §17.2.2: in Trying a repeated request is discarded.
#[test]
fn a_repeated_request_before_any_answer_is_absorbed() {
    let mut rig = Rig::udp();
    rig.begin(&message());
    assert!(rig.request(&message()).is_none());
    assert_eq!(rig.sent(), sends(""));
}

// RFC 3261 §17.2.2: a repeated request gets the last provisional, then the final response again.
#[test]
fn a_repeated_request_gets_the_last_answer_again() {
    let mut rig = Rig::udp();
    let txn = rig.begin(&message());
    rig.respond(txn, 183);
    assert!(rig.request(&message()).is_none());
    rig.respond(txn, 200);
    assert!(rig.request(&message()).is_none());
    assert_eq!(rig.sent(), sends("183@0 183@0 200@0 200@0"));
}

// RFC 3261 §17.2.2: timer J ends Completed after 64*T1; then the request is a new one.
#[test]
fn timer_j_absorbs_repeated_requests_for_64_t1() {
    let mut rig = Rig::udp();
    let txn = rig.begin(&message());
    rig.respond(txn, 200);
    assert_eq!(rig.pass(31_999 * MS), sends("200@0"));
    assert!(rig.request(&message()).is_none());
    assert_eq!(rig.sent(), sends("200@31999"));
    rig.pass(MS);
    assert_eq!(rig.layer.len(), 0);
    rig.begin(&message());
}

// RFC 3261 §17.2.2 departs: in a crowded table timer J is 8*T1.
#[test]
fn timer_j_is_shorter_in_a_crowded_table() {
    let mut rig = Rig::udp();
    let txn = rig.begin(&message());
    rig.begin(&text("MESSAGE", "z9hG4bKother"));
    rig.respond(txn, 200);
    rig.pass(3_999 * MS);
    assert_eq!(rig.layer.len(), 2);
    rig.pass(MS);
    assert_eq!(rig.layer.len(), 1);
}

// RFC 3261 §17.2.2: timer J is zero over a reliable transport.
#[test]
fn over_tcp_a_final_response_ends_the_transaction() {
    let mut rig = Rig::tcp();
    let txn = rig.begin(&message());
    rig.respond(txn, 200);
    assert_eq!((rig.sent(), rig.layer.len()), (sends("200@0"), 0));
}

// RFC 3261 §17.2.2: in Completed further responses are discarded.
#[test]
fn a_second_final_response_is_discarded() {
    let mut rig = Rig::udp();
    let txn = rig.begin(&message());
    rig.respond(txn, 200);
    rig.respond(txn, 500);
    rig.respond(txn, 180);
    assert_eq!(rig.sent(), sends("200@0"));
}

// RFC 3261 §17.2.4: a response that cannot be delivered ends the transaction, and the proxy learns of it.
#[test]
fn a_transport_error_ends_the_transaction() {
    let mut rig = Rig::udp();
    let txn = rig.begin(&message());
    rig.respond(txn, 200);
    rig.fail(TransactionId::Server(txn), rig.flow, Bytes::new());
    assert!(matches!(rig.told[..], [TuEvent::ServerGone { txn: gone }] if gone == txn));
    assert_eq!(rig.layer.len(), 0);
}

// RFC 3261 §18.2.2: a response whose connection is gone is tried over a new one, to the port of sent-by.
#[test]
fn a_response_that_lost_its_connection_goes_over_a_new_one() {
    let mut rig = Rig::tcp();
    let request = message().replace("UDP 192.0.2.7", "TCP 192.0.2.7:5070");
    let txn = rig.begin(&request);
    let parsed = Message::parse(Bytes::from(request)).unwrap();
    let bytes = super::super::render(&rig.layer.reply(&parsed, rig.flow, 100));
    rig.layer.respond(rig.now, txn, 100, bytes.clone());
    rig.commands();
    rig.fail(TransactionId::Server(txn), rig.flow, bytes.clone());
    let commands = rig.commands();
    let [Command::Send { flow, .. }] = &commands[..] else { panic!("sent again: {commands:?}") };
    assert_eq!(*flow, Flow::tcp(ListenerId(1), "192.0.2.7:5070".parse().unwrap(), None));
    assert!(rig.told.is_empty());
    let flow = *flow;
    rig.fail(TransactionId::Server(txn), flow, bytes);
    assert!(matches!(rig.told[..], [TuEvent::ServerGone { .. }]));
}

#[test]
fn an_answer_without_a_transaction_leaves_none_behind() {
    let mut rig = Rig::udp();
    let txn = rig.begin(&message());
    rig.layer.respond_stateless(txn, Bytes::from_static(b"SIP/2.0 401 X\r\n\r\n"));
    assert_eq!((rig.sent(), rig.layer.len()), (sends("401@0"), 0));
    rig.begin(&message());
}
