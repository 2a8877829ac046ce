//! RFC 3263 over a zone in memory, and once over a name server of our own that speaks DNS.

use std::collections::HashMap;
use std::sync::atomic::AtomicBool;

use hickory_resolver::proto::op::{Message, ResponseCode};
use hickory_resolver::proto::rr::rdata::{A, NAPTR, SRV};
use hickory_resolver::proto::rr::{Name as DnsName, RData, Record, RecordType};
use tokio::net::UdpSocket;

use super::dns::{Away, Naptr, Records, Srv};
use super::*;

/// A zone, written one record a line: `name NAPTR order preference flags service replacement`,
/// `name SRV priority weight port target`, `name A address`; `name AWAY` is not answered for.
#[derive(Default)]
struct Zone {
    records: HashMap<(String, &'static str), Vec<String>>,
    away: AtomicBool,
    asked: AtomicU64,
}

impl Zone {
    fn new(text: &str) -> Zone {
        let mut zone = Zone::default();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let mut words = line.splitn(3, ' ');
            let (name, kind, data) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap_or(""));
            let kind = ["NAPTR", "SRV", "A", "AWAY"].into_iter().find(|known| *known == kind).expect("a kind");
            zone.records.entry((name.to_owned(), kind)).or_default().push(data.to_owned());
        }
        zone
    }

    fn of<T>(&self, name: &str, kind: &'static str, read: impl Fn(&[&str]) -> T) -> Result<Records<T>, Away> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let name = name.trim_end_matches('.').to_owned();
        if self.away.load(Ordering::Relaxed) || self.records.contains_key(&(name.clone(), "AWAY")) {
            return Err(Away);
        }
        let lines = self.records.get(&(name, kind)).map_or(&[][..], Vec::as_slice);
        let list = lines.iter().map(|line| read(&line.split(' ').collect::<Vec<_>>())).collect();
        Ok(Records { list, holds: Duration::from_secs(60) })
    }
}

impl Dns for Zone {
    async fn naptr(&self, domain: &str) -> Result<Records<Naptr>, Away> {
        self.of(domain, "NAPTR", |data| Naptr {
            order: data[0].parse().unwrap(),
            preference: data[1].parse().unwrap(),
            flags: data[2].to_owned(),
            service: data[3].to_owned(),
            replacement: data[4].to_owned(),
        })
    }

    async fn srv(&self, name: &str) -> Result<Records<Srv>, Away> {
        self.of(name, "SRV", |data| Srv {
            priority: data[0].parse().unwrap(),
            weight: data[1].parse().unwrap(),
            port: data[2].parse().unwrap(),
            target: data[3].to_owned(),
        })
    }

    async fn addresses(&self, host: &str) -> Result<Records<IpAddr>, Away> {
        self.of(host, "A", |data| data[0].parse().unwrap())
    }
}

async fn ways<D: Dns>(resolver: &Resolver<D>, host: &str, port: Option<u16>, transport: Option<Transport>) -> String {
    let place = resolver.place().expect("nobody waits");
    match resolver.resolve(place, host, port, transport).await {
        Answer::Addresses(list) => {
            let ways: Vec<String> = list.iter().map(|(by, to)| format!("{} {to}", by.via_name())).collect();
            ways.join(", ")
        }
        other => format!("{other:?}"),
    }
}

fn over(zone: Zone) -> Resolver<Zone> {
    Resolver::over(zone, Box::new(Instant::now))
}

/// What the resolver answers over that zone for `sip:host`.
async fn ways_in(zone: &str, host: &str) -> String {
    ways(&over(Zone::new(zone)), host, None, None).await
}

/// RFC 3263 §4.2: an address in numbers is used as it stands; §4.1: over UDP where no transport is named.
#[tokio::test]
async fn a_literal_address_needs_no_lookup() {
    let resolver = over(Zone::default());
    for (host, port, transport, way) in [
        ("192.0.2.7", Some(5070), Some(Transport::Tcp), (Transport::Tcp, "192.0.2.7:5070")),
        ("192.0.2.7", None, None, (Transport::Udp, "192.0.2.7:5060")),
        ("[2001:db8::1]", None, None, (Transport::Udp, "[2001:db8::1]:5060")),
    ] {
        match resolver.remembered(host, port, transport) {
            Some(Answer::Addresses(list)) => assert_eq!(list, [(way.0, way.1.parse().unwrap())]),
            other => panic!("{host}: {other:?}"),
        }
    }
}

/// RFC 3263 §4.1: for a SIPS URI only services within TLS count, those of NAPTR first, and the port is theirs.
#[tokio::test]
async fn a_secure_server_is_found_by_its_own_services() {
    let zone = "
        a.example NAPTR 10 10 s SIP+D2U _sip._udp.a.example
        a.example NAPTR 20 10 s SIPS+D2T _secure.a.example
        _sip._udp.a.example SRV 1 1 5060 host.a.example
        _secure.a.example SRV 1 1 5071 host.a.example
        host.a.example A 192.0.2.1
        _sips._tcp.b.example SRV 1 1 5072 host.a.example
        c.example A 192.0.2.3";
    let resolver = over(Zone::new(zone));
    for (host, way) in
        [("a.example", "192.0.2.1:5071"), ("b.example", "192.0.2.1:5072"), ("c.example", "192.0.2.3:5061")]
    {
        let found = ways(&resolver, host, None, Some(Transport::Tls)).await;
        assert_eq!(found, format!("TLS {way}"), "{host}");
    }
}

/// RFC 3263 §4.1: NAPTR chooses the transport, by order and then preference, of the services that are spoken here.
#[tokio::test]
async fn naptr_chooses_the_transport() {
    let zone = "
        example.com NAPTR 50 50 s SIPS+D2T _sips._tcp.example.com
        example.com NAPTR 90 60 s SIP+D2U _sip._udp.example.com
        example.com NAPTR 90 50 S sip+d2t _sip._tcp.example.com
        example.com NAPTR 10 10 u SIP+D2U nowhere.example.com
        _sip._tcp.example.com SRV 0 1 5061 a.example.com
        _sip._udp.example.com SRV 0 1 5062 b.example.com
        a.example.com A 192.0.2.1
        b.example.com A 192.0.2.2
        b.example.com A 2001:db8::2";
    let wanted = "TCP 192.0.2.1:5061, UDP 192.0.2.2:5062, UDP [2001:db8::2]:5062";
    assert_eq!(ways_in(zone, "example.com").await, wanted);
}

/// RFC 3263 §4.1: without NAPTR the services are asked for; what we prefer ourselves is first.
#[tokio::test]
async fn without_naptr_the_services_tell_the_transport() {
    let zone = "
        _sip._tcp.example.com SRV 0 0 5063 a.example.com
        a.example.com A 192.0.2.1
        example.com A 192.0.2.9";
    assert_eq!(ways_in(zone, "example.com").await, "TCP 192.0.2.1:5063");
    let both = format!("{zone}\n _sip._udp.example.com SRV 9 0 5064 a.example.com");
    assert_eq!(ways_in(&both, "example.com").await, "UDP 192.0.2.1:5064, TCP 192.0.2.1:5063");
}

/// RFC 3263 §4.2: without services the host itself, at the transport's own port.
#[tokio::test]
async fn a_host_without_services_is_asked_itself() {
    let zone = "example.com A 192.0.2.9";
    assert_eq!(ways_in(zone, "EXAMPLE.com").await, "UDP 192.0.2.9:5060");
    assert_eq!(ways_in(zone, "other.example").await, "");
}

/// RFC 3263 §4.2: a port in the URI means that host and no service; a transport means its service alone.
#[tokio::test]
async fn a_port_or_a_transport_of_the_uri_goes_before_what_the_domain_says() {
    let zone = Zone::new(
        "example.com NAPTR 1 1 s SIP+D2T _sip._tcp.example.com
         _sip._tcp.example.com SRV 0 0 5063 a.example.com
         _sip._udp.example.com SRV 0 0 5064 a.example.com
         a.example.com A 192.0.2.1
         example.com A 192.0.2.9
         plain.example A 192.0.2.8",
    );
    let resolver = over(zone);
    for (host, port, transport, wanted) in [
        ("example.com", Some(5099), None, "UDP 192.0.2.9:5099"),
        ("example.com", Some(5099), Some(Transport::Tcp), "TCP 192.0.2.9:5099"),
        ("example.com", None, Some(Transport::Udp), "UDP 192.0.2.1:5064"),
        ("plain.example", None, Some(Transport::Tcp), "TCP 192.0.2.8:5060"),
    ] {
        assert_eq!(ways(&resolver, host, port, transport).await, wanted, "{host} {port:?} {transport:?}");
    }
}

/// RFC 2782: a target of the root says that the service is not offered; RFC 3263 §4.2 has nothing tried then.
#[tokio::test]
async fn a_service_that_is_refused_is_not_tried_elsewhere() {
    let zone = "_sip._udp.example.com SRV 0 0 0 .\n _sip._tcp.example.com SRV 0 0 0 .\n example.com A 192.0.2.9";
    assert_eq!(ways_in(zone, "example.com").await, "");
    let udp_only =
        "_sip._tcp.example.com SRV 0 0 0 .\n _sip._udp.example.com SRV 0 0 5060 example.com\n example.com A 192.0.2.9";
    assert_eq!(ways_in(udp_only, "example.com").await, "UDP 192.0.2.9:5060");
}

/// RFC 2782: all of a lower priority first; within one, each as often first as its weight says.
#[tokio::test]
async fn servers_are_tried_by_priority_and_share_by_weight() {
    let resolver = over(Zone::new(
        "_sip._udp.example.com SRV 20 0 5060 last.example
         _sip._udp.example.com SRV 10 30 5060 much.example
         _sip._udp.example.com SRV 10 10 5060 little.example
         much.example A 192.0.2.1
         little.example A 192.0.2.2
         last.example A 192.0.2.3",
    ));
    let mut first: HashMap<String, u32> = HashMap::new();
    for _ in 0..4_000 {
        let list = ways(&resolver, "example.com", None, None).await;
        assert!(list.ends_with("192.0.2.3:5060") && list.split(", ").count() == 3, "{list}");
        *first.entry(list[4..13].to_owned()).or_default() += 1;
    }
    // Three of four; six standard deviations are 164.
    assert!((2_800..3_200).contains(&first["192.0.2.1"]), "{first:?}");
    assert_eq!(first.len(), 2);
}

/// RFC 2782: the lot decides between 0 and the sum of the weights, both included; no weight is a small chance.
#[test]
fn the_lot_falls_as_the_running_sums_say() {
    let server = |weight, port| locate::Server {
        rank: 0,
        weight,
        transport: Transport::Udp,
        addresses: vec![SocketAddr::from(([192, 0, 2, 1], port))],
    };
    let located = Located { servers: vec![server(2, 2), server(0, 1), server(3, 3)], holds: AWAY };
    for (drawn, first) in [(0, 1), (1, 2), (2, 2), (3, 3), (5, 3)] {
        let mut asked = Vec::new();
        let order = located.in_order(|most| {
            asked.push(most);
            drawn.min(most)
        });
        assert_eq!((asked[0], order[0].1.port()), (5, first), "{drawn}");
        assert_eq!(order.len(), 3);
    }
}

#[tokio::test]
async fn a_host_of_several_that_nobody_knows_leaves_the_others() {
    let zone = "
        _sip._udp.example.com SRV 1 0 5060 away.example
        _sip._udp.example.com SRV 2 0 5060 absent.example
        _sip._udp.example.com SRV 3 0 5060 there.example
        away.example AWAY
        there.example A 192.0.2.3";
    assert_eq!(ways_in(zone, "example.com").await, "UDP 192.0.2.3:5060");
}

/// A server that fails at NAPTR, which it may not know, does not make the domain unreachable; where one that may know a service is
/// away and nothing else is found, nobody can tell.
#[tokio::test]
async fn what_one_question_leaves_open_another_may_tell() {
    let services = "example.com AWAY\n _sip._udp.example.com SRV 0 0 5060 a.example\n a.example A 192.0.2.1";
    assert_eq!(ways_in(services, "example.com").await, "UDP 192.0.2.1:5060");
    assert_eq!(ways_in("_sip._udp.example.com AWAY", "example.com").await, "Unavailable");
}

#[tokio::test]
async fn an_answer_holds_as_long_as_its_records_and_serves_an_hour_more_while_nobody_answers() {
    let (began, passed) = (Instant::now(), Arc::new(AtomicU64::new(0)));
    let later = Arc::clone(&passed);
    let clock = move || began + Duration::from_secs(later.load(Ordering::Relaxed));
    let resolver = Resolver::over(Zone::new("example.com A 192.0.2.9"), Box::new(clock));
    let known = "UDP 192.0.2.9:5060";
    assert_eq!(ways(&resolver, "example.com", None, None).await, known);
    let asked = resolver.dns.asked.load(Ordering::Relaxed);
    assert!(resolver.remembered("Example.COM", None, None).is_some());
    passed.store(61, Ordering::Relaxed);
    assert!(resolver.remembered("example.com", None, None).is_none());
    resolver.dns.away.store(true, Ordering::Relaxed);
    assert_eq!(ways(&resolver, "example.com", None, None).await, known);
    assert!(resolver.dns.asked.load(Ordering::Relaxed) > asked);
    assert!(resolver.remembered("example.com", None, None).is_some(), "nobody is asked again at once");
    passed.store(122 + STALE_MAX.as_secs(), Ordering::Relaxed);
    assert_eq!(ways(&resolver, "example.com", None, None).await, "Unavailable");
}

#[tokio::test]
async fn who_waits_for_names_is_bounded() {
    let resolver = over(Zone::default());
    let places: Vec<Place> = std::iter::from_fn(|| resolver.place()).collect();
    assert_eq!(places.len(), WAITING_MAX);
    drop(places);
    assert!(resolver.place().is_some());
}

/// The hosts file is read without any server.
#[tokio::test]
async fn the_machines_own_names_are_found() {
    let resolver = Resolver::new(&[]).expect("a resolver");
    let found = ways(&resolver, "localhost", Some(5070), None).await;
    assert!(found.contains("127.0.0.1:5070"), "{found}");
}

/// One question and its answer, by the zone of the test below.
fn answer_of(question: &[u8]) -> Option<Vec<u8>> {
    let question = Message::from_vec(question).ok()?;
    let asked = question.queries.first()?.clone();
    let name = |text: &str| DnsName::from_ascii(text).unwrap();
    let data = match (asked.name().to_ascii().to_ascii_lowercase().as_str(), asked.query_type()) {
        ("example.com.", RecordType::NAPTR) => Some(RData::NAPTR(NAPTR::new(
            1,
            1,
            Box::from(*b"s"),
            Box::from(*b"SIP+D2T"),
            Box::from(*b""),
            name("_sip._tcp.example.com."),
        ))),
        ("_sip._tcp.example.com.", RecordType::SRV) => Some(RData::SRV(SRV::new(1, 2, 5066, name("sip.example.com.")))),
        ("sip.example.com.", RecordType::A) => Some(RData::A(A::new(192, 0, 2, 66))),
        _ => None,
    };
    let mut answer = Message::response(question.metadata.id, question.metadata.op_code);
    answer.add_query(asked.clone());
    match data {
        Some(data) => {
            answer.add_answers([Record::from_rdata(asked.name().clone(), 300, data)]);
        }
        None => answer.metadata.response_code = ResponseCode::NXDomain,
    }
    answer.to_vec().ok()
}

#[tokio::test]
async fn a_name_server_is_asked_over_the_wire() {
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
    let server = socket.local_addr().expect("bound");
    tokio::spawn(async move {
        let mut buffer = [0; 1500];
        while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
            if let Some(answer) = answer_of(&buffer[..length]) {
                socket.send_to(&answer, from).await.expect("sent");
            }
        }
    });
    let resolver = Resolver::new(&[server]).expect("a resolver");
    assert_eq!(ways(&resolver, "example.com", None, None).await, "TCP 192.0.2.66:5066");
    assert_eq!(ways(&resolver, "absent.example", None, None).await, "");
}
