//! RFC 3261 §17.1.3, §17.2.3, §18.2, RFC 3581, RFC 6026 §7.3; and the bound on the table.

use super::*;
use crate::command::Report;

// RFC 3261 §17.2.3: branch, sent-by and method decide.
#[test]
fn branch_sent_by_and_method_make_a_transaction() {
    let base = text("OPTIONS", "z9hG4bKa");
    for other in [
        text("OPTIONS", "z9hG4bKb"),
        text("INFO", "z9hG4bKa"),
        base.replace("UDP 192.0.2.7", "UDP 192.0.2.8"),
        base.replace("UDP 192.0.2.7", "UDP 192.0.2.7:5061"),
    ] {
        let mut rig = Rig::udp();
        let first = rig.begin(&base);
        assert_ne!(rig.begin(&other), first);
    }
}

// RFC 3261 §18.2.2: the same bytes over another transport are another request, answered there.
#[test]
fn another_transport_is_another_transaction() {
    let mut rig = Rig::udp();
    let first = rig.begin(&text("OPTIONS", "z9hG4bKa"));
    rig.flow = Rig::tcp().flow;
    assert_ne!(rig.begin(&text("OPTIONS", "z9hG4bKa")), first);
}

// RFC 3261 §17.2.3: what else differs does not matter; hosts are compared without case.
#[test]
fn the_same_branch_is_the_same_transaction_whatever_else_differs() {
    let mut rig = Rig::udp();
    let base = text("OPTIONS", "z9hG4bKa").replace("192.0.2.7", "phone.example.com");
    rig.begin(&base);
    assert!(rig.request(&base.replace("phone.example.com", "PHONE.example.com")).is_none());
    assert!(rig.request(&base.replace("CSeq: 7", "CSeq: 8")).is_none());
}

// RFC 3261 §17.2.3: without the cookie, Request-URI, From tag, Call-ID, CSeq and Via decide together.
#[test]
fn without_the_cookie_the_rules_of_rfc_2543_match() {
    let base = text("OPTIONS", "1");
    for (from, to) in
        [("sip:b@192", "sip:c@192"), ("tag=1", "tag=9"), ("Call-ID: c", "Call-ID: d"), ("CSeq: 7", "CSeq: 8")]
    {
        let mut rig = Rig::udp();
        let first = rig.begin(&base);
        assert!(rig.request(&base).is_none());
        assert_ne!(rig.begin(&base.replacen(from, to, 1)), first, "{from}");
    }
}

// RFC 3261 §17.2.3: an ACK of RFC 2543 matches its INVITE although its To tag is the response's.
#[test]
fn an_ack_without_the_cookie_matches_its_invite() {
    let mut rig = Rig::udp();
    let txn = rig.begin(&text("INVITE", "1"));
    rig.respond(txn, 486);
    assert!(rig.request(&text("ACK", "1").replace("To: <sip:b@h>", "To: <sip:b@h>;tag=2")).is_none());
    assert_eq!(rig.pass(S), sends("486@0"));
}

// RFC 6026 §7.3: a response that answers nothing is dropped, even a 2xx to an INVITE.
#[test]
fn a_stray_response_is_dropped() {
    let mut rig = Rig::udp();
    let unknown = rig.layer.new_branch(0);
    assert_eq!(rig.response(200, "INVITE", unknown), None);
    let commands = rig.commands();
    assert!(matches!(commands[..], [Command::Report(Report::StrayResponse { .. })]));
}

// RFC 3261 §17.1.3: the method of CSeq is part of the match.
#[test]
fn a_response_to_another_method_does_not_match() {
    let mut rig = Rig::udp();
    let (_, branch) = rig.send("MESSAGE");
    assert_eq!(rig.response(200, "INVITE", branch), None);
    assert_eq!(rig.response(200, "CANCEL", branch), None);
    assert_eq!(rig.response(200, "MESSAGE", branch), Some(200));
}

fn reply_goes_to(via: &str) -> (SocketAddr, String) {
    let mut rig = Rig::udp();
    rig.flow.remote = "198.51.100.9:40404".parse().unwrap();
    let request = text("OPTIONS", "z9hG4bKa").replace("192.0.2.7;branch", via);
    let txn = rig.begin(&request);
    let parsed = Message::parse(Bytes::from(request)).unwrap();
    let bytes = super::super::render(&rig.layer.reply(&parsed, rig.flow, 200));
    rig.layer.respond(rig.now, txn, 200, bytes);
    match &rig.commands()[..] {
        [Command::Send { flow, bytes, .. }] => {
            let sent = Message::parse(bytes.clone()).unwrap();
            (flow.remote, String::from_utf8_lossy(sent.top_via_text()).into_owned())
        }
        other => panic!("one answer: {other:?}"),
    }
}

// RFC 3581 §4: with rport the answer goes back to where the request came from, and says so.
#[test]
fn with_rport_the_answer_goes_to_the_source_port() {
    let (to, via) = reply_goes_to("192.0.2.7:5070;rport;branch");
    assert_eq!(to, "198.51.100.9:40404".parse().unwrap());
    assert!(via.contains(";rport=40404") && via.contains(";received=198.51.100.9"), "{via}");
}

// RFC 3261 §18.2.2: without rport it goes to the source address and the port of sent-by, by default 5060.
#[test]
fn without_rport_the_answer_goes_to_the_port_of_sent_by() {
    let (to, via) = reply_goes_to("192.0.2.7:5070;branch");
    assert_eq!(to, "198.51.100.9:5070".parse().unwrap());
    assert!(via.contains(";received=198.51.100.9") && !via.contains("rport"), "{via}");
    assert_eq!(reply_goes_to("phone.example.com;branch").0, "198.51.100.9:5060".parse().unwrap());
}

// RFC 3261 §18.2.1: `received` is added only where sent-by is not the source; one that the sender wrote is replaced.
#[test]
fn received_tells_the_source_and_nothing_else() {
    assert!(!reply_goes_to("198.51.100.9:5070;branch").1.contains("received"));
    let (_, via) = reply_goes_to("198.51.100.9:5070;received=203.0.113.1;branch");
    assert!(via.contains(";received=198.51.100.9") && !via.contains("203.0.113.1"), "{via}");
}

// RFC 3261 §18.2.2 departs: `maddr` does not send an answer elsewhere.
#[test]
fn maddr_does_not_aim_an_answer_at_somebody_else() {
    assert_eq!(reply_goes_to("192.0.2.7;maddr=203.0.113.1;branch").0, "198.51.100.9:5060".parse().unwrap());
}

// RFC 3261 §21.5.4: a full table answers 503 with Retry-After and keeps no state for it.
#[test]
fn a_full_table_answers_503_with_retry_after() {
    let mut rig = Rig::udp();
    for number in 0..8u8 {
        rig.flow.remote = SocketAddr::from(([192, 0, 2, number], 5060));
        rig.begin(&text("MESSAGE", &format!("z9hG4bK{number}")));
    }
    assert!(rig.request(&text("MESSAGE", "z9hG4bKx")).is_none());
    let commands = rig.commands();
    let [Command::Send { bytes, origin: None, .. }, Command::Report(Report::Overloaded { .. })] = &commands[..] else {
        panic!("refused: {commands:?}")
    };
    let answer = Message::parse(bytes.clone()).unwrap();
    assert_eq!(answer.status(), Some(503));
    let after: u64 =
        String::from_utf8_lossy(answer.header(sip_message::HeaderName::RetryAfter).unwrap()).parse().unwrap();
    assert!((5..=15).contains(&after), "{after}");
    assert_eq!(rig.layer.len(), 8);
    let branch = rig.layer.new_branch(0);
    let request = OutgoingRequest { invite: false, bytes: Bytes::new() };
    assert!(rig.layer.send_request(rig.now, rig.flow, branch, request, Owner(1)).is_err());
}

// RFC 3261 §21.5.4: a core that refuses for another one answers what nobody can hold against it, a registration.
#[test]
fn of_what_has_no_room_where_it_belongs_only_a_registration_is_answered() {
    let settings =
        crate::Settings::new(vec![crate::Listener::new(crate::Transport::Udp, "192.0.2.254:5060".parse().unwrap())]);
    let shared = crate::Shared::new(&[1; 32], crate::test_clock::start());
    let mut core = crate::Core::new(settings.into(), shared.into(), 1);
    let flow = crate::Flow::udp(crate::ListenerId(0), "192.0.2.7:5060".parse().unwrap());
    let response = "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a;branch=z9hG4bKa\r\nFrom: <sip:a@h>;tag=1\r\nTo: <sip:a@h>\r\n\
                    Call-ID: c\r\nCSeq: 1 REGISTER\r\n\r\n";
    for other in [text("INVITE", "z9hG4bKa"), text("BYE", "z9hG4bKa"), response.to_owned(), "rubbish".to_owned()] {
        core.refuse(flow, other.into());
        assert!(core.poll().is_none());
    }
    core.refuse(flow, text("REGISTER", "z9hG4bKa").into());
    let Some(Command::Send { bytes, .. }) = core.poll() else { panic!("no answer") };
    let answer = Message::parse(bytes).unwrap();
    assert!(answer.status() == Some(503) && answer.has(sip_message::HeaderName::RetryAfter));
    assert_eq!(core.transactions(), 0);
}

// RFC 3261 §21.5.4: one address cannot fill the table; what it has finished counts no more.
#[test]
fn one_sender_has_a_bound_of_its_own() {
    let mut rig = Rig::udp();
    for number in 0..6 {
        rig.begin(&text("MESSAGE", &format!("z9hG4bK{number}")));
    }
    assert!(rig.request(&text("MESSAGE", "z9hG4bKx")).is_none());
    assert_eq!(rig.sent(), sends("503@0"));
    let mine = rig.flow;
    rig.flow.remote = "192.0.2.8:5060".parse().unwrap();
    let other = rig.begin(&text("MESSAGE", "z9hG4bKx"));
    rig.layer.forget(other);
    rig.flow = mine;
    rig.pass(S);
    assert!(rig.request(&text("MESSAGE", "z9hG4bKy")).is_none());
    assert!(rig.request(&text("MESSAGE", "z9hG4bK0")).is_none(), "a repetition is absorbed as ever");
    assert_eq!(rig.sent(), sends("503@1000"));
}

// RFC 3261 §21.5.4: under overload what is new is refused; what belongs to a dialog or a transaction is not.
#[test]
fn under_overload_only_what_is_new_is_refused() {
    let mut rig = Rig::udp();
    rig.begin(&text("INVITE", "z9hG4bKi"));
    rig.layer.set_overloaded(true, false);
    assert!(rig.request(&text("INVITE", "z9hG4bKj")).is_none());
    assert_eq!(rig.sent(), sends("503@0"));
    assert!(matches!(rig.request(&text("CANCEL", "z9hG4bKi")), Some(TuEvent::Cancel { .. })));
    rig.begin(&text("BYE", "z9hG4bKk").replace("To: <sip:b@h>", "To: <sip:b@h>;tag=2"));
}
