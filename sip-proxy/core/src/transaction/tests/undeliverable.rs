//! RFC 3261 §18.4.

use super::*;

impl Rig {
    fn is_not_delivered(&mut self, to: &str, quoted: &str) -> usize {
        let flow = Flow::udp(ListenerId(0), to.parse().unwrap());
        let event = self.layer.undeliverable(self.now, flow, quoted.as_bytes());
        self.told.extend(event);
        self.told.len()
    }
}

// RFC 3261 §18.4: what the network says ends the request at once, INVITE or not, however little of it is given back.
#[test]
fn a_request_that_does_not_arrive_ends_as_a_transport_error() {
    for method in ["INVITE", "MESSAGE"] {
        let mut rig = Rig::udp();
        let (_, branch) = rig.send(method);
        let whole = text(method, branch.as_str());
        let end = whole.find("\r\nMax-Forwards").unwrap();
        assert_eq!(rig.is_not_delivered(PEER, &whole[..end]), 1, "{method}");
        assert!(matches!(rig.told[..], [TuEvent::ClientTransportError { owner: Owner(5), .. }]));
        assert_eq!(rig.layer.len(), 0);
    }
}

// RFC 3261 §18.4: anybody can say that something did not arrive, in the network's name.
#[test]
fn nothing_ends_by_what_does_not_quote_our_branch_and_our_peer() {
    let mut rig = Rig::udp();
    let (_, branch) = rig.send("INVITE");
    let whole = text("INVITE", branch.as_str());
    let other = text("INVITE", Branch::new(branch.number() ^ 2, 0).as_str());
    for (to, quoted) in [
        ("192.0.2.8:5060", whole.as_str()),
        ("192.0.2.7:5061", &whole),
        (PEER, ""),
        (PEER, &whole[..60]),
        (PEER, &whole.replace("INVITE sip:b@192.0.2.9 SIP/2.0", "SIP/2.0 200 OK")),
        (PEER, &other),
    ] {
        assert_eq!(rig.is_not_delivered(to, quoted), 0, "{to} {quoted}");
    }
    assert_eq!(rig.is_not_delivered(PEER, &whole), 1);
}

// RFC 3261 §17.1.1.2: a callee that rings is there; a word about an earlier copy ends nothing.
#[test]
fn a_call_that_rings_goes_on() {
    let mut rig = Rig::udp();
    let (_, branch) = rig.send("INVITE");
    assert_eq!(rig.response(180, "INVITE", branch), Some(180));
    assert_eq!(rig.is_not_delivered(PEER, &text("INVITE", branch.as_str())), 0);
    assert_eq!(rig.response(486, "INVITE", branch), Some(486));
}

// RFC 3261 §18.1.1: one that was too long for its way is sent in pieces the next time.
#[test]
fn a_long_request_is_repeated_nevertheless() {
    let mut rig = Rig::udp();
    let branch = rig.layer.new_branch(0);
    let long = text("MESSAGE", branch.as_str()) + &"x".repeat(1300);
    let request = OutgoingRequest { invite: false, bytes: Bytes::from(long.clone()) };
    rig.layer.send_request(rig.now, rig.flow, branch, request, Owner(5)).unwrap();
    assert_eq!(rig.is_not_delivered(PEER, &long[..500]), 0);
    assert_eq!(rig.pass(600 * MS).len(), 2);
}
