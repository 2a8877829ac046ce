//! Peers that have a name: found over DNS, and the next one tried when one fails (RFC 3263 §4).

use std::net::{SocketAddr, UdpSocket};

use hickory_resolver::proto::op::{Message, ResponseCode};
use hickory_resolver::proto::rr::rdata::{A, SRV};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use test_support::ScratchDb;

use crate::client::Phone;
use crate::database::PROVISION;
use crate::proxy::Proxy;

/// A name server for `phones.example`, whose service stands on these ports, the first before the second.
pub(crate) fn name_server(ports: [u16; 2]) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
    let address = socket.local_addr().expect("bound");
    std::thread::spawn(move || {
        let mut buffer = [0; 1500];
        while let Ok((length, from)) = socket.recv_from(&mut buffer) {
            let Some(answer) = answer_of(&buffer[..length], ports) else { continue };
            socket.send_to(&answer, from).expect("sent");
        }
    });
    address
}

fn answer_of(question: &[u8], ports: [u16; 2]) -> Option<Vec<u8>> {
    let question = Message::from_vec(question).ok()?;
    let asked = question.queries.first()?.clone();
    let host = Name::from_ascii("host.phones.example.").ok()?;
    let data = match (asked.name().to_ascii().to_ascii_lowercase().as_str(), asked.query_type()) {
        ("_sip._udp.phones.example.", RecordType::SRV) => {
            (1..).zip(ports).map(|(priority, port)| RData::SRV(SRV::new(priority, 0, port, host.clone()))).collect()
        }
        ("host.phones.example.", RecordType::A) => vec![RData::A(A::new(127, 0, 0, 1))],
        _ => Vec::new(),
    };
    let mut answer = Message::response(question.metadata.id, question.metadata.op_code);
    answer.metadata.response_code = if data.is_empty() { ResponseCode::NXDomain } else { ResponseCode::NoError };
    answer.add_query(asked.clone());
    answer.add_answers(data.into_iter().map(|data| Record::from_rdata(asked.name().clone(), 300, data)));
    answer.to_vec().ok()
}

/// RFC 3263 §4.3: a 503 is a failure, and the next server is tried.
#[tokio::test(flavor = "multi_thread")]
async fn a_named_contact_is_called_at_the_next_server_when_the_first_answers_503() {
    let db = ScratchDb::new().await;
    db.execute(PROVISION).await;
    let nobody = SocketAddr::from(([127, 0, 0, 1], 9));
    let (mut first, mut second) = (Phone::udp(nobody, "bob", "builder"), Phone::udp(nobody, "bob", "builder"));
    let server = name_server([first.local().port(), second.local().port()]);
    let proxy = Proxy::start_with(&db.proxy_url(), &format!("[dns]\nservers = [\"{server}\"]\n"));
    first.moves_to(proxy.sip);
    second.moves_to(proxy.sip);

    let mut bob = Phone::udp(proxy.sip, "bob", "builder");
    assert_eq!(bob.register().status, 200);
    let named = bob.request("REGISTER", "Contact: *\r\nExpires: 0\r\n");
    assert_eq!(named.status, 200, "{}", named.text);
    let named = bob.request("REGISTER", "Contact: <sip:bob@phones.example>\r\nExpires: 600\r\n");
    assert_eq!(named.status, 200, "{}", named.text);

    let mut alice = Phone::udp(proxy.sip, "alice", "wonder");
    alice.call("bob");
    let invite = first.called();
    assert!(invite.starts_with("INVITE sip:bob@phones.example SIP/2.0"), "{invite}");
    first.answer(&invite, "503 Service Unavailable");
    let invite = second.called();
    second.answer(&invite, "486 Busy Here");
    assert_eq!(alice.final_answer("INVITE").status, 486);
}

/// A port at which nobody is.
fn nobody_at(host: &str) -> SocketAddr {
    UdpSocket::bind((host, 0)).expect("a port").local_addr().expect("bound")
}

/// RFC 3261 §18.4, RFC 3263 §4.3: the network says that nobody is there, and the next server is tried at once.
#[tokio::test(flavor = "multi_thread")]
async fn a_named_contact_is_called_at_the_next_server_when_nobody_is_at_the_first() {
    let db = ScratchDb::new().await;
    db.execute(PROVISION).await;
    let mut second = Phone::udp(SocketAddr::from(([127, 0, 0, 1], 9)), "bob", "builder");
    let server = name_server([nobody_at("127.0.0.1").port(), second.local().port()]);
    let proxy = Proxy::start_with(&db.proxy_url(), &format!("[dns]\nservers = [\"{server}\"]\n"));
    second.moves_to(proxy.sip);
    let mut bob = Phone::udp(proxy.sip, "bob", "builder");
    let named = bob.request("REGISTER", "Contact: <sip:bob@phones.example>\r\nExpires: 600\r\n");
    assert_eq!(named.status, 200, "{}", named.text);
    let mut alice = Phone::udp(proxy.sip, "alice", "wonder");
    alice.call("bob");
    let invite = second.called();
    second.answer(&invite, "486 Busy Here");
    assert_eq!(alice.final_answer("INVITE").status, 486);
    assert_eq!(crate::abuse::counter(&proxy, "datagrams_undeliverable_total"), 1);
}

/// RFC 3261 §18.4: over both families.
#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_is_gone_is_away_at_once() {
    let db = ScratchDb::new().await;
    db.execute(PROVISION).await;
    let listen = |proxy: &Proxy| format!("listen = [\"{}\", \"[::1]:{}\"]\n", proxy.sip, proxy.sip.port());
    let proxy = Proxy::start_as(&db.proxy_url(), listen, "");
    for host in ["127.0.0.1", "::1"] {
        let gone = nobody_at(host);
        let mut bob = Phone::udp(proxy.sip, "bob", "builder");
        let contact = format!("Contact: <sip:bob@{gone}>\r\nExpires: 600\r\n");
        assert_eq!(bob.request("REGISTER", &contact).status, 200);
        let mut alice = Phone::udp(proxy.sip, "alice", "wonder");
        alice.call("bob");
        assert_eq!(alice.final_answer("INVITE").status, 480, "{gone}");
        assert_eq!(bob.unregister().status, 200);
    }
}
