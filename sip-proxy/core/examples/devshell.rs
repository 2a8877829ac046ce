//! scratch shell, not to be landed
#![allow(warnings, clippy::all)]
use bytes::Bytes;
use domain::{DomainName, SipId};
use sip_core::digest::StoredDigests;
use sip_core::directory::*;
use sip_core::*;
use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::*;
use std::num::NonZeroU64;
use std::sync::{Arc, Mutex, mpsc};
use std::time::*;

enum Ev {
    Udp(SocketAddr, Vec<u8>),
    Tcp(u64, SocketAddr, Vec<u8>),
    Open(u64, TcpStream, SocketAddr),
    Closed(u64, SocketAddr),
}

fn reader(id: u64, mut s: TcpStream, peer: SocketAddr, tx: mpsc::Sender<Ev>) {
    std::thread::spawn(move || {
        let mut framer = sip_message::Framer::new(Default::default());
        let mut buf = [0u8; 65536];
        loop {
            match s.read(&mut buf) {
                Ok(0) | Err(_) => {
                    let _ = tx.send(Ev::Closed(id, peer));
                    return;
                }
                Ok(n) => {
                    let _ = tx.send(Ev::Tcp(id, peer, buf[..n].to_vec()));
                }
            }
        }
    });
}

fn main() {
    let addr: SocketAddr = std::env::args().nth(1).unwrap_or("127.0.0.1:25060".into()).parse().unwrap();
    let udp = UdpSocket::bind(addr).unwrap();
    let tcp = TcpListener::bind(addr).unwrap();
    let settings = Settings::new(vec![Listener::new(Transport::Udp, addr), Listener::new(Transport::Tcp, addr)]);
    let shared = Arc::new(Shared::new(&[7; 32], Instant::now()));
    let mut core = Core::new(Arc::new(settings), shared.clone(), 42);
    let (tx, rx) = mpsc::channel();
    {
        let udp = udp.try_clone().unwrap();
        let tx = tx.clone();
        std::thread::spawn(move || {
            let mut b = [0u8; 65536];
            loop {
                if let Ok((n, a)) = udp.recv_from(&mut b) {
                    let _ = tx.send(Ev::Udp(a, b[..n].to_vec()));
                }
            }
        });
    }
    let next = Arc::new(std::sync::atomic::AtomicU64::new(1));
    {
        let tx = tx.clone();
        let next = next.clone();
        std::thread::spawn(move || {
            for s in tcp.incoming().flatten() {
                let id = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                let p = s.peer_addr().unwrap();
                let _ = tx.send(Ev::Open(id, s.try_clone().unwrap(), p));
                reader(id, s, p, tx.clone());
            }
        });
    }
    let mut conns: HashMap<u64, (TcpStream, SocketAddr, sip_message::Framer)> = HashMap::new();
    let domain = Arc::new(Domain { name: DomainName::parse("example.com").unwrap() });
    let verbose = std::env::var("V").is_ok();
    loop {
        let wait = core
            .next_deadline()
            .map(|(at, _)| at.saturating_duration_since(Instant::now()))
            .unwrap_or(Duration::from_secs(1));
        let ev = rx.recv_timeout(wait);
        let now = Instant::now();
        let mut inputs = vec![];
        match ev {
            Ok(Ev::Udp(a, b)) => {
                if b.iter().all(|c| c.is_ascii_whitespace() || *c == 0) {
                    continue;
                }
                inputs.push(Input::Received { flow: Flow::udp(ListenerId(0), a), bytes: b.into() })
            }
            Ok(Ev::Open(id, s, p)) => {
                conns.insert(id, (s, p, sip_message::Framer::new(Default::default())));
            }
            Ok(Ev::Tcp(id, p, b)) => {
                if let Some(c) = conns.get_mut(&id) {
                    c.2.push(&b);
                    loop {
                        match c.2.next() {
                            Ok(Some(sip_message::Framed::Message(m))) => inputs.push(Input::Received {
                                flow: Flow::tcp(ListenerId(1), p, NonZeroU64::new(id).map(ConnectionId)),
                                bytes: m.into(),
                            }),
                            Err(_) => {
                                let _ = c.0.shutdown(Shutdown::Both);
                                break;
                            }
                            Ok(Some(_)) => {
                                let _ = c.0.write_all(b"\r\n");
                            }
                            _ => break,
                        }
                    }
                }
            }
            Ok(Ev::Closed(id, p)) => {
                conns.remove(&id);
                inputs.push(Input::FlowClosed {
                    flow: Flow::tcp(ListenerId(1), p, NonZeroU64::new(id).map(ConnectionId)),
                });
            }
            Err(_) => inputs.push(Input::Deadline),
        }
        let mut q: std::collections::VecDeque<Input> = inputs.into();
        while let Some(i) = q.pop_front() {
            if verbose {
                if let Input::Received { flow, bytes } = &i {
                    eprintln!("<< {flow}\n{}", String::from_utf8_lossy(bytes));
                }
            }
            core.handle(now, i);
            while let Some(c) = core.poll() {
                match c {
                    Command::Send { flow, bytes, origin } => {
                        if verbose {
                            eprintln!(">> {flow}\n{}", String::from_utf8_lossy(&bytes));
                        }
                        match flow.transport {
                            Transport::Udp => {
                                let _ = udp.send_to(&bytes, flow.remote);
                            }
                            Transport::Tcp => {
                                let found = match flow.connection {
                                    Some(c) => conns.get_mut(&c.0.get()),
                                    None => conns.values_mut().find(|c| c.1 == flow.remote),
                                };
                                let mut ok = false;
                                if let Some(c) = found {
                                    ok = c.0.write_all(&bytes).is_ok();
                                } else if flow.connection.is_none() {
                                    if let Ok(mut s) =
                                        TcpStream::connect_timeout(&flow.remote, Duration::from_millis(300))
                                    {
                                        ok = s.write_all(&bytes).is_ok();
                                        let id = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                                        conns.insert(
                                            id,
                                            (
                                                s.try_clone().unwrap(),
                                                flow.remote,
                                                sip_message::Framer::new(Default::default()),
                                            ),
                                        );
                                        reader(id, s, flow.remote, tx.clone());
                                    }
                                }
                                if !ok {
                                    if let Some(origin) = origin {
                                        q.push_back(Input::SendFailed { origin, flow, bytes });
                                    }
                                }
                            }
                        }
                    }
                    Command::Ask { id, lookup } => {
                        let answer = match &lookup {
                            Lookup::Domain(d) => Answer::Domain((d.as_str() == "example.com").then(|| domain.clone())),
                            Lookup::Account(id) => Answer::Account(
                                id.username
                                    .as_str()
                                    .parse::<u32>()
                                    .ok()
                                    .filter(|n| (1000..1020).contains(n) && id.domain.as_str() == "example.com")
                                    .map(|n| {
                                        Arc::new(Account {
                                            id: id.clone(),
                                            digests: StoredDigests::of_clear_text(
                                                &n.to_string(),
                                                "example.com",
                                                &format!("pw{n}"),
                                            ),
                                            groups: Box::new([]),
                                            acl: Box::new([]),
                                        })
                                    }),
                            ),
                            Lookup::Alias(_) => Answer::Alias(None),
                            Lookup::Resolve { host, port, transport } => Answer::Addresses(
                                (host.as_str(), port.unwrap_or(5060))
                                    .to_socket_addrs()
                                    .map(|i| i.map(|a| (transport.unwrap_or(Transport::Udp), a)).collect())
                                    .unwrap_or_default(),
                            ),
                        };
                        q.push_front(Input::Answer { id, answer });
                    }
                    Command::Store(_) => {}
                    Command::Report(r) => {
                        if std::env::var("R").is_ok() {
                            eprintln!("report {r:?}");
                        }
                    }
                }
            }
        }
    }
}
