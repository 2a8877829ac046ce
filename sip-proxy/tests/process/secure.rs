//! TLS: who shows which certificate to whom, what is demanded, and what changes while connections go on.

use std::io::{Read, Write};
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use test_support::ScratchDb;

use crate::certificates::{Authority, Signed};
use crate::client::{Phone, secured};
use crate::database::PROVISION;
use crate::proxy::Proxy;

struct Stage {
    authority: Authority,
    db: ScratchDb,
    proxy: Proxy,
    files: tempfile::TempDir,
}

/// A proxy whose own certificate is for proxy.example.net.
async fn stage(more: &str) -> Stage {
    let authority = Authority::new();
    let files = tempfile::tempdir().expect("a directory");
    put(&files, &authority.sign("proxy.example.net"));
    std::fs::write(files.path().join("ca.pem"), authority.certificate()).expect("written");
    let path = |name: &str| files.path().join(name).display().to_string();
    let tls = format!(
        "[tls]\ncertificate = \"{}\"\nprivate_key = \"{}\"\nauthorities = \"{}\"\n{more}",
        path("own.pem"),
        path("own.key"),
        path("ca.pem")
    );
    let db = ScratchDb::new().await;
    db.execute(PROVISION).await;
    let proxy = Proxy::start_on_all(&db.proxy_url(), &tls);
    Stage { authority, db, proxy, files }
}

fn put(files: &tempfile::TempDir, own: &Signed) {
    std::fs::write(files.path().join("own.key"), &own.key).expect("written");
    std::fs::write(files.path().join("own.pem"), &own.certificate).expect("written");
}

impl Stage {
    /// Whether somebody who expects that name there believes what is shown.
    fn is(&self, name: &str, client: &Arc<ClientConfig>) -> bool {
        let (mut stream, _) = secured(self.proxy.tls, name, Arc::clone(client));
        stream.write_all(b"\r\n\r\n").is_ok() && stream.read_exact(&mut [0; 2]).is_ok()
    }

    async fn provision(&self, domain: &str, own: Option<&Signed>, demands: &str) {
        let (certificate, key) = own.map_or(("", ""), |own| (own.certificate.as_str(), own.key.as_str()));
        self.db
            .execute(&format!(
                "UPDATE sip_domains SET certificate = '{certificate}', private_key = '{key}' {demands} WHERE domain = '{domain}'"
            ))
            .await;
    }
}

/// RFC 6066 §3, RFC 5922 §7.1: the certificate of the SIP domain that is asked for, over the one of the settings.
#[tokio::test(flavor = "multi_thread")]
async fn a_domain_shows_its_own_certificate_and_others_the_proxys() {
    let mut stage = stage("").await;
    let client = stage.authority.client(None);
    assert!(stage.is("proxy.example.net", &client));
    assert!(!stage.is("example.com", &client), "it has none yet, and the proxy's is for another name");
    let own = stage.authority.sign("example.com");
    stage.provision("example.com", Some(&own), "").await;
    wait(&mut stage, "the domain's certificate is shown", |stage| stage.is("example.com", &client));
    assert!(stage.is("proxy.example.net", &client));
    assert!(!stage.is("other.example.net", &client), "a name that nobody has gets the proxy's certificate");
    stage.provision("example.com", None, "").await;
    wait(&mut stage, "the domain's certificate is gone", |stage| !stage.is("example.com", &client));
}

/// A certificate that cannot be used does not take the domain, or the proxy, out of service.
#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_cannot_be_used_is_said_and_not_shown() {
    let mut stage = stage("").await;
    let client = stage.authority.client(None);
    let own = stage.authority.sign("example.com");
    let broken = Signed { certificate: own.certificate, key: stage.authority.sign("example.com").key };
    stage.provision("example.com", Some(&broken), "").await;
    wait(&mut stage, "it is said", |stage| stage.proxy.log().contains("the certificate of example.com cannot be used"));
    assert!(stage.is("proxy.example.net", &client));
    assert!(!stage.proxy.log().contains("PRIVATE KEY"));
}

/// RFC 5922 §7.4: mutual TLS, demanded by a domain and by nobody else.
#[tokio::test(flavor = "multi_thread")]
async fn a_domain_may_demand_a_certificate_of_who_connects() {
    let mut stage = stage("").await;
    let own = stage.authority.sign("example.com");
    let (nobody, peer) = (stage.authority.client(None), stage.authority.client(Some(&stage.authority.sign("peer"))));
    let stranger = stage.authority.client(Some(&Authority::new().sign("peer")));
    stage.provision("example.com", Some(&own), ", require_cert = true").await;
    wait(&mut stage, "a certificate is demanded", |stage| stage.is("example.com", &peer));
    assert!(!stage.is("example.com", &nobody), "none is shown");
    assert!(!stage.is("example.com", &stranger), "signed by somebody else");
    assert!(stage.is("proxy.example.net", &nobody), "others demand none");
    stage.provision("example.com", Some(&own), ", require_cert = false, verify_cert = true").await;
    wait(&mut stage, "none need be shown", |stage| stage.is("example.com", &nobody));
    assert!(!stage.is("example.com", &stranger), "but one that is shown must be good");
}

/// The settings' own demands.
#[tokio::test(flavor = "multi_thread")]
async fn the_settings_may_demand_a_certificate_of_everybody() {
    let stage = stage("require_cert = true\n").await;
    assert!(!stage.is("proxy.example.net", &stage.authority.client(None)));
    let peer = stage.authority.client(Some(&stage.authority.sign("peer")));
    assert!(stage.is("proxy.example.net", &peer));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_certificate_is_taken_while_connections_go_on() {
    let mut stage = stage("").await;
    let client = stage.authority.client(None);
    let mut phone = Phone::tls(stage.proxy.tls, "proxy.example.net", Arc::clone(&client), "alice", "wonder");
    assert_eq!(phone.register().status, 200);
    // Half of a new pair is no pair.
    std::fs::write(stage.files.path().join("own.pem"), "-----BEGIN CERTIFICATE-----\n").expect("written");
    wait(&mut stage, "the half is refused", |stage| stage.proxy.log().contains("the new certificate is not used"));
    assert!(stage.is("proxy.example.net", &client));
    put(&stage.files, &stage.authority.sign("new.example.net"));
    wait(&mut stage, "the new one is shown", |stage| stage.is("new.example.net", &client));
    assert_eq!(phone.register().status, 200, "over the connection that was there before");
    assert_eq!(phone.registered().len(), 1);
}

/// A peer that does not speak TLS, or stops in its handshake, loses its connection and disturbs nobody.
#[tokio::test(flavor = "multi_thread")]
async fn a_handshake_that_is_none_or_never_ends_is_given_up() {
    let authority = Authority::new();
    let db = ScratchDb::new().await;
    db.execute(PROVISION).await;
    let proxy = Proxy::start_on_all(&db.proxy_url(), "[limits]\ntcp_partial_message_s = 1\n");
    drop(authority);
    for (port, begun) in [(proxy.tls, &b"OPTIONS sip:x SIP/2.0\r\n\r\n"[..]), (proxy.tls, b"\x16"), (proxy.wss, b"")] {
        let mut phone = Phone::tcp(port, "alice", "wonder");
        phone.send(begun);
        // An alert may come before the end.
        let rest = phone.read_to_end();
        assert!(rest.len() < 10, "{rest}");
    }
    let mut udp = Phone::udp(proxy.sip, "alice", "wonder");
    assert_eq!(udp.register().status, 200);
}

/// A server of TLS at a port, which shows this certificate; what comes is answered 486, and told.
fn server(own: &Signed) -> (u16, std::sync::mpsc::Receiver<String>) {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = socket.local_addr().expect("bound").port();
    let certificate = CertificateDer::from_pem_slice(own.certificate.as_bytes()).expect("PEM");
    let key = PrivateKeyDer::from_pem_slice(own.key.as_bytes()).expect("PEM");
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("a pair");
    let config = Arc::new(config);
    let (tell, told) = std::sync::mpsc::sync_channel(8);
    std::thread::spawn(move || {
        while let Ok((stream, _)) = socket.accept() {
            let session = rustls::ServerConnection::new(Arc::clone(&config)).expect("a session");
            let mut stream = rustls::StreamOwned::new(session, stream);
            let (mut text, mut piece) = (String::new(), [0; 4096]);
            while !text.contains("\r\n\r\n") {
                match stream.read(&mut piece) {
                    Ok(length @ 1..) => text += &String::from_utf8_lossy(&piece[..length]),
                    Ok(0) | Err(_) => break,
                }
            }
            let kept = text
                .lines()
                .filter(|line| ["Via:", "From:", "To:", "Call-ID:", "CSeq:"].iter().any(|name| line.starts_with(name)));
            let head = kept.collect::<Vec<_>>().join("\r\n");
            let answered = format!("SIP/2.0 486 Busy Here\r\n{head}\r\nContent-Length: 0\r\n\r\n");
            // Who was not believed is told nothing, and hears nothing.
            if text.contains("INVITE") && stream.write_all(answered.as_bytes()).is_ok() {
                let _ = tell.send(text);
            }
        }
    });
    (port, told)
}

/// RFC 5922 §7.3, RFC 3261 §26.3.2.1: a peer that is connected to must have a certificate for the name in the URI.
#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_is_connected_to_must_be_who_it_is_called() {
    let name_server = crate::names::name_server([9, 9]);
    let stage = stage(&format!("[dns]\nservers = [\"{name_server}\"]\n")).await;
    // RFC 5922 §7.1: a URI says it before any DNS name.
    let certificates: [(&[&str], &[&str], bool); 4] = [
        (&["host.phones.example"], &[], true),
        (&["elsewhere.example"], &[], false),
        (&["elsewhere.example"], &["sip:host.phones.example"], true),
        (&["host.phones.example"], &["sip:elsewhere.example"], false),
    ];
    for (names, uris, reached) in certificates {
        let (port, told) = server(&stage.authority.sign_for(names, uris));
        let mut bob = Phone::udp(stage.proxy.sip, "bob", "builder");
        let contact = format!("Contact: <sip:bob@host.phones.example:{port};transport=tls>\r\nExpires: 600\r\n");
        assert_eq!(bob.register().status, 200);
        assert_eq!(bob.unregister().status, 200);
        assert_eq!(bob.request("REGISTER", &contact).status, 200);
        let mut alice = Phone::udp(stage.proxy.sip, "alice", "wonder");
        alice.call("bob");
        let answer = alice.final_answer("INVITE");
        assert_eq!(answer.status, if reached { 486 } else { 480 }, "{}", answer.text);
        let invite = told.try_recv().ok();
        assert_eq!(invite.is_some(), reached, "{invite:?}");
        // RFC 5923 §8.1: it may send its own requests over this connection.
        let via =
            |invite: &String| invite.lines().find(|line| line.starts_with("Via: SIP/2.0/TLS ")).map(str::to_owned);
        assert!(invite.is_none_or(|invite| via(&invite).is_some_and(|via| via.ends_with(";alias"))));
        assert_eq!(bob.unregister().status, 200);
    }
}

/// RFC 5923 §8.2: a peer that has proved who it is may have requests to where it listens come over its own connection.
#[tokio::test(flavor = "multi_thread")]
async fn a_peers_own_connection_is_used_where_it_asks_for_that_and_is_who_it_says() {
    let name_server = crate::names::name_server([9, 9]);
    let stage = stage(&format!("verify_cert = true\n[dns]\nservers = [\"{name_server}\"]\n")).await;
    let known = stage.authority.sign_for(&["a.machine.example"], &["sip:host.phones.example"]);
    let other = stage.authority.sign("elsewhere.example");
    let cases =
        [(Some(&known), ";alias", 486), (Some(&known), "", 480), (Some(&other), ";alias", 480), (None, ";alias", 480)];
    for (own, alias, status) in cases {
        let nobody = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("bound");
        let mut peer = Phone::tls(stage.proxy.tls, "proxy.example.net", stage.authority.client(own), "peer", "");
        let via = format!("{};rport", peer.local());
        let hello = peer.text("OPTIONS", "", "").replace(&via, &format!("{nobody};rport{alias}"));
        peer.send(hello.as_bytes());
        assert_eq!(peer.receive().status, 200);
        let mut bob = Phone::udp(stage.proxy.sip, "bob", "builder");
        let contact =
            format!("Contact: <sip:bob@host.phones.example:{};transport=tls>\r\nExpires: 600\r\n", nobody.port());
        assert_eq!(bob.request("REGISTER", &contact).status, 200);
        let mut alice = Phone::udp(stage.proxy.sip, "alice", "wonder");
        alice.call("bob");
        if status == 486 {
            let invite = peer.called();
            peer.answer(&invite, "486 Busy Here");
        }
        assert_eq!(alice.final_answer("INVITE").status, status, "{alias}");
        assert_eq!(bob.unregister().status, 200);
    }
}

/// RFC 5923 §5 departs: over TCP for peers that are trusted by their address.
#[tokio::test(flavor = "multi_thread")]
async fn a_trusted_peers_connection_over_tcp_is_used_too() {
    let mut stage = stage("").await;
    for trusted in [false, true] {
        if trusted {
            stage.db.execute("INSERT INTO trusted_peers (ip, protocol) VALUES ('127.0.0.1', 'tcp')").await;
            wait(&mut stage, "it is trusted", |stage| {
                let mut peer = Phone::tcp(stage.proxy.sip, "alice", "wonder");
                let request = peer.text("MESSAGE", "", "").replace("sip:example.com SIP", "sip:bob@example.com SIP");
                peer.send(request.as_bytes());
                peer.receive().status != 407
            });
        }
        let nobody = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("bound");
        let mut peer = Phone::tcp(stage.proxy.sip, "peer", "");
        let via = format!("{};rport", peer.local());
        let hello = peer.text("OPTIONS", "", "").replace(&via, &format!("{nobody};rport;alias"));
        peer.send(hello.as_bytes());
        assert_eq!(peer.receive().status, 200);
        let mut bob = Phone::udp(stage.proxy.sip, "bob", "builder");
        let contact = format!("Contact: <sip:bob@{nobody};transport=tcp>\r\nExpires: 600\r\n");
        assert_eq!(bob.request("REGISTER", &contact).status, 200);
        let mut alice = Phone::udp(stage.proxy.sip, "alice", "wonder");
        alice.call("bob");
        if trusted {
            let invite = peer.called();
            assert!(invite.contains(";alias\r\n"), "{invite}");
            peer.answer(&invite, "486 Busy Here");
        }
        assert_eq!(alice.final_answer("INVITE").status, if trusted { 486 } else { 480 });
        assert_eq!(bob.unregister().status, 200);
    }
}

fn wait(stage: &mut Stage, what: &str, is_so: impl Fn(&Stage) -> bool) {
    let until = crate::proxy::now() + crate::proxy::PATIENCE;
    while !is_so(stage) {
        assert!(crate::proxy::now() < until, "not in time: {what}\n{}", stage.proxy.log());
        std::thread::yield_now();
    }
}
