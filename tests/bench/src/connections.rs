//! What connections cost: the CPU of taking one over each transport, TLS with a whole handshake and with a resumed one, and the memory of
//! one that is open and silent.
//!
//! Each is used once, by an OPTIONS, as one that says nothing would be closed; its cost is in the figures.

use crate::platform::Platform;
use crate::{OTHER_CORE, PROXY_CORE, Size, cpu, line};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

/// A peer that is not answered for so long is not answered at all.
const PATIENCE: Duration = Duration::from_secs(10);
/// Files of this process that are none of the connections.
const FILES_BESIDES: u64 = 100;
/// How long what a connection's beginning took stays before it is given back.
const SETTLED: Duration = Duration::from_secs(2);

trait Octets: Read + Write {}
impl<T: Read + Write> Octets for T {}

/// How a connection is made.
#[derive(Clone, Copy)]
struct Kind {
    name: &'static str,
    via: &'static str,
    secure: bool,
    resumed: bool,
    frames: bool,
}

const KINDS: [Kind; 5] = [
    Kind { name: "TCP", via: "TCP", secure: false, resumed: false, frames: false },
    Kind { name: "TLS, whole handshake", via: "TLS", secure: true, resumed: false, frames: false },
    Kind { name: "TLS, resumed", via: "TLS", secure: true, resumed: true, frames: false },
    Kind { name: "WebSocket", via: "WS", secure: false, resumed: false, frames: true },
    Kind { name: "secure WebSocket, whole handshake", via: "WSS", secure: true, resumed: false, frames: true },
];

/// Opens many, weighs them, and lets them go.
pub fn report(platform: &Platform, size: Size) -> io::Result<()> {
    let proxy = platform.pid("sip-proxy")?;
    if !cpu::pin(proxy, PROXY_CORE) || !cpu::pin(std::process::id(), OTHER_CORE) {
        println!("(taskset is missing: nothing is pinned, the figures include the generator's disturbance)");
    }
    let wanted = u64::from(size.connections);
    let count = wanted.min(files().saturating_sub(FILES_BESIDES) / KINDS.len() as u64);
    if count < wanted {
        println!("(this process may open {count} connections, of {wanted} that are wanted: ulimit -n)");
    }
    // All are held to the end: what one kind gave back would be taken for the next.
    let mut held = Vec::new();
    for kind in KINDS {
        let address = match kind.via {
            "TLS" => platform.sips()?,
            "WS" => platform.ws()?,
            "WSS" => platform.wss()?,
            _ => platform.sip()?,
        };
        let config = believer(platform)?;
        // The first one fetches the ticket, and warms what is made once.
        held.push(open(kind, address, &config, 0)?);
        let (time, memory) = (cpu::nanoseconds(&[proxy]), cpu::resident_bytes(proxy));
        for number in 1..=count {
            let config = if kind.resumed { Arc::clone(&config) } else { believer(platform)? };
            held.push(open(kind, address, &config, number)?);
        }
        let time = cpu::nanoseconds(&[proxy]) - time;
        std::thread::park_timeout(SETTLED);
        let memory = cpu::resident_bytes(proxy).saturating_sub(memory);
        line(
            &format!("a connection over {}, and one OPTIONS", kind.name),
            &format!("{:.0} us", time as f64 / 1e3 / count.max(1) as f64),
            &format!("{} bytes each while {count} are open and silent", memory / count.max(1)),
        );
    }
    Ok(())
}

/// Who believes the certificate that the proxy made for itself, and remembers no session but its own.
fn believer(platform: &Platform) -> io::Result<Arc<ClientConfig>> {
    let file = platform.folder().join("sip-proxy").join("self-signed.crt");
    let certificate = CertificateDer::from_pem_file(file).map_err(io::Error::other)?;
    let mut roots = RootCertStore::empty();
    roots.add(certificate).map_err(io::Error::other)?;
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// Connects, and is answered once.
fn open(kind: Kind, address: SocketAddr, config: &Arc<ClientConfig>, number: u64) -> io::Result<Box<dyn Octets>> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let local = stream.local_addr()?;
    let mut stream: Box<dyn Octets> = match kind.secure {
        false => Box::new(stream),
        true => {
            let name = ServerName::try_from("localhost").map_err(io::Error::other)?;
            let session = ClientConnection::new(Arc::clone(config), name).map_err(io::Error::other)?;
            Box::new(StreamOwned::new(session, stream))
        }
    };
    if kind.frames {
        stream.write_all(
            b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
              Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: sip\r\n\r\n",
        )?;
        read_until(&mut stream, "HTTP/1.1 101", "\r\n\r\n")?;
    }
    let options = format!(
        "OPTIONS sip:{address} SIP/2.0\r\nVia: SIP/2.0/{} {local};branch=z9hG4bK{number}\r\nMax-Forwards: 70\r\n\
         From: <sip:bench@localhost>;tag={number}\r\nTo: <sip:{address}>\r\nCall-ID: {}-{number}\r\nCSeq: 1 OPTIONS\r\n\
         Content-Length: 0\r\n\r\n",
        kind.via,
        local.port(),
    );
    let message = if kind.frames { frame(options.as_bytes()) } else { options.into_bytes() };
    stream.write_all(&message)?;
    stream.flush()?;
    read_until(&mut stream, "SIP/2.0 200", "\r\n\r\n")?;
    Ok(stream)
}

/// RFC 6455 §5.2: text of 126 to 65535 octets, masked with zeros.
fn frame(text: &[u8]) -> Vec<u8> {
    let length = (text.len() as u16).to_be_bytes();
    [&[0x81, 0x80 | 126, length[0], length[1], 0, 0, 0, 0][..], text].concat()
}

/// Reads what must have the beginning somewhere and then the end.
fn read_until(stream: &mut dyn Octets, beginning: &str, end: &str) -> io::Result<()> {
    let (mut text, mut piece) = (String::new(), [0; 4096]);
    loop {
        match text.find(beginning) {
            Some(place) if text[place..].contains(end) => return Ok(()),
            _ => {}
        }
        match stream.read(&mut piece)? {
            0 => return Err(io::Error::other(format!("closed after {text:?}"))),
            length => text += &String::from_utf8_lossy(&piece[..length]),
        }
    }
}

/// As many open files as this process may have.
fn files() -> u64 {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let granted = getrlimit(Resource::Nofile);
    // What is refused stays as it was.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: granted.maximum, maximum: granted.maximum });
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}
