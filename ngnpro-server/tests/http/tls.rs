//! TLS over real connections: the versions that are spoken, a certificate that is replaced while connections go on, and one that
//! cannot be used.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, Error, SignatureScheme, StreamOwned};
use rustls::{ProtocolVersion, SupportedProtocolVersion, version};

use crate::live::server_at;

const CERTIFICATES: [&[u8]; 2] = [include_bytes!("tls/one.pem"), include_bytes!("tls/two.pem")];
const KEYS: [&[u8]; 2] = [include_bytes!("tls/one.key"), include_bytes!("tls/two.key")];

/// Believes any certificate whose owner proves to have its key.
#[derive(Debug)]
struct Anybody(WebPkiSupportedAlgorithms);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.0)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.0)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_schemes()
    }
}

type Connection = StreamOwned<ClientConnection, TcpStream>;

fn connect(address: SocketAddr, versions: &[&'static SupportedProtocolVersion]) -> Connection {
    let provider = ring::default_provider();
    let verifier = Arc::new(Anybody(provider.signature_verification_algorithms));
    let config = ClientConfig::builder_with_provider(Arc::new(provider)).with_protocol_versions(versions).unwrap();
    let config = config.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    StreamOwned::new(ClientConnection::new(Arc::new(config), name).unwrap(), stream)
}

fn get(connection: &mut Connection, path: &str) -> String {
    write!(connection, "GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    let mut buffer = [0; 65_536];
    loop {
        let read = connection.read(&mut buffer).unwrap();
        answer.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&answer).into_owned();
        let is_whole = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
            let length = head.to_lowercase().split_once("content-length: ").map(|(_, rest)| rest.to_owned());
            length.is_some_and(|rest| rest.lines().next().unwrap().parse() == Ok(body.len()))
        });
        if is_whole || read == 0 {
            return text;
        }
    }
}

fn presented(connection: &Connection) -> Vec<u8> {
    connection.conn.peer_certificates().unwrap()[0].to_vec()
}

fn certificate(at: usize) -> Vec<u8> {
    CertificateDer::from_pem_slice(CERTIFICATES[at]).unwrap().to_vec()
}

/// Puts a pair where the server reads it: each file is written beside and moved.
fn put(folder: &Path, certificate: usize, key: usize) {
    for (name, content) in [("key.pem", KEYS[key]), ("cert.pem", CERTIFICATES[certificate])] {
        let new = folder.join(format!("{name}.new"));
        std::fs::write(&new, content).unwrap();
        std::fs::rename(new, folder.join(name)).unwrap();
    }
}

fn served(folder: &Path) -> SocketAddr {
    put(folder, 0, 0);
    let place = folder.display();
    server_at(&format!("tls = {{ certificate = \"{place}/cert.pem\", private_key = \"{place}/key.pem\" }}\n"))
}

/// Looks at new connections until one of them is as wanted.
fn until(address: SocketAddr, is_wanted: impl Fn(&Connection, &str) -> bool) {
    for _ in 0..10_000 {
        let mut connection = connect(address, &[&version::TLS13]);
        let metrics = get(&mut connection, "/metrics");
        if is_wanted(&connection, &metrics) {
            return;
        }
    }
    panic!("it never came");
}

#[test]
fn both_versions_are_spoken_and_plain_http_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let address = served(folder.path());
    for (asked, spoken) in [(&version::TLS13, ProtocolVersion::TLSv1_3), (&version::TLS12, ProtocolVersion::TLSv1_2)] {
        let mut connection = connect(address, &[asked]);
        let answer = get(&mut connection, "/health");
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert_eq!(connection.conn.protocol_version(), Some(spoken));
        assert_eq!(presented(&connection), certificate(0));
    }
    let mut plain = TcpStream::connect(address).unwrap();
    plain.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    plain.write_all(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    match plain.read_to_end(&mut answer) {
        Ok(_) => assert!(!answer.starts_with(b"HTTP/"), "{answer:?}"),
        Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset),
    }
    let mut connection = connect(address, &[&version::TLS13]);
    let contract = get(&mut connection, "/wsdl");
    assert!(contract.contains("location=\"https://"), "the contract names an address without TLS");
}

#[test]
fn a_new_certificate_is_taken_while_connections_go_on_and_a_broken_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let address = served(folder.path());
    let mut old = connect(address, &[&version::TLS13]);
    assert!(get(&mut old, "/health").starts_with("HTTP/1.1 200 "));
    // A certificate and the key of another.
    put(folder.path(), 1, 0);
    until(address, |connection, metrics| {
        assert_eq!(presented(connection), certificate(0));
        metrics.contains("ngnpro_tls_certificates_total{result=\"refused\"} 1")
    });
    put(folder.path(), 1, 1);
    until(address, |connection, metrics| {
        let is_new = presented(connection) == certificate(1);
        is_new && metrics.contains("ngnpro_tls_certificates_total{result=\"taken\"} 2")
    });
    // The connection that was there all the time.
    assert!(get(&mut old, "/health").starts_with("HTTP/1.1 200 "));
    assert_eq!(presented(&old), certificate(0));
}
