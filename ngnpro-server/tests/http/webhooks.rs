//! Webhooks over real connections: what is committed is told in order, signed, until it is taken; to its tenant's receiver alone.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use ngnpro_server::app::App;
use ngnpro_server::http;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};
use store::{DatabaseUrl, Store, StoreSettings};

use crate::journal::{add_domain, ask, tenants};
use crate::live::{server, server_and_app, server_with};

const LOCAL: &str = "[webhooks]\nallow_http = true\nallow_private = true\nretry_first_ms = 20\nattempts_max = 2\n";

/// A receiver that answers with these statuses in turn, the last again and again.
struct Hook {
    url: String,
    told: Receiver<(String, Value)>,
}

impl Hook {
    fn new(statuses: &'static [u16]) -> Self {
        Self::behind("http", statuses, |stream| stream)
    }

    /// One whose certificate an authority has signed that browsers do not know.
    fn over_tls() -> Self {
        let certificate = CertificateDer::from_pem_slice(include_bytes!("tls/receiver.pem")).unwrap();
        let key = PrivateKeyDer::from_pem_slice(include_bytes!("tls/receiver.key")).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = Arc::new(config.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap());
        Self::behind("https", &[200], move |stream| {
            StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), stream)
        })
    }

    fn behind<S: Read + Write>(
        scheme: &str,
        statuses: &'static [u16],
        opened: impl Fn(TcpStream) -> S + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("{scheme}://{}/hook", listener.local_addr().unwrap());
        let (sender, told) = sync_channel(100);
        std::thread::spawn(move || {
            'receivers: for n in 0.. {
                let mut stream = opened(listener.accept().unwrap().0);
                let mut sent = Vec::new();
                let mut chunk = [0; 65536];
                let request = loop {
                    let Ok(read) = stream.read(&mut chunk) else { continue 'receivers };
                    sent.extend_from_slice(&chunk[..read]);
                    let text = String::from_utf8_lossy(&sent).into_owned();
                    let whole = text.split_once("\r\n\r\n").filter(|(head, body)| {
                        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                        length.is_some_and(|length| length.parse() == Ok(body.len()))
                    });
                    match whole {
                        Some((head, body)) => break (head.to_owned(), serde_json::from_str(body).unwrap()),
                        None => assert_ne!(read, 0, "{text}"),
                    }
                };
                let status = statuses[n.min(statuses.len() - 1)];
                write!(stream, "HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n").unwrap();
                stream.flush().unwrap();
                if sender.send(request).is_err() {
                    return;
                }
            }
        });
        Self { url, told }
    }

    fn next(&self) -> (String, Value) {
        self.told.recv_timeout(Duration::from_secs(120)).unwrap()
    }

    /// The keys of what is told next, until there are so many.
    fn keys(&self, count: usize) -> Vec<String> {
        let mut keys = Vec::new();
        while keys.len() < count {
            let (_, body) = self.next();
            keys.extend(
                body["events"].as_array().unwrap().iter().map(|event| event["key"].as_str().unwrap().to_owned()),
            );
        }
        keys
    }
}

fn add_hook(address: SocketAddr, login: &str, hook: &Hook) -> Value {
    let sent = json!({"url": hook.url, "resources": ["sip_domains"]});
    let made = ask(address, login, "POST", "/webhooks", Some(sent));
    assert_eq!(made.status, 201, "{}", made.body);
    made.body
}

#[test]
fn what_is_committed_is_told_in_order_and_signed_and_the_secret_is_shown_once() {
    let address = server_with(LOCAL);
    let hook = Hook::new(&[200]);
    let made = add_hook(address, "admin", &hook);
    assert!(made["secret"].as_str().unwrap().starts_with("whsec_"));
    let shown = ask(address, "admin", "GET", &format!("/webhooks/{}", made["id"]), None);
    assert_eq!((shown.status, &shown.body["url"], &shown.body["secret"]), (200, &json!(hook.url), &Value::Null));
    for n in 1..=5 {
        add_domain(address, "admin", &format!("d{n}.example"));
    }
    assert_eq!(hook.keys(5), ["d1.example", "d2.example", "d3.example", "d4.example", "d5.example"]);
    let tested = ask(address, "admin", "POST", &format!("/webhooks/{}/test", made["id"]), Some(json!({})));
    assert_eq!((&tested.body["delivered"], &tested.body["status"]), (&json!(true), &json!(200)));
    let (head, body) = hook.next();
    assert_eq!(body, json!({"webhook": made["id"], "events": []}));
    for header in ["webhook-id: ", "webhook-timestamp: ", "webhook-signature: v1,"] {
        assert!(head.contains(header), "{head}");
    }
}

#[test]
fn what_is_not_taken_is_sent_again_and_becomes_a_dead_letter_that_can_be_sent_by_hand() {
    let address = server_with(LOCAL);
    let hook = Hook::new(&[500, 200, 500, 503, 200]);
    let made = add_hook(address, "admin", &hook);
    let path = |rest: &str| format!("/webhooks/{}{rest}", made["id"]);
    add_domain(address, "admin", "one.example");
    // Once in vain, then taken: the same events under the same id.
    let ((first, events), (second, again)) = (hook.next(), hook.next());
    let id = |head: &str| head.lines().find_map(|line| line.strip_prefix("webhook-id: ").map(str::to_owned)).unwrap();
    assert_eq!((id(&first), events), (id(&second), again));
    add_domain(address, "admin", "two.example");
    assert_eq!(hook.keys(2), ["two.example", "two.example"]);
    // The next delivery says that the one before is settled.
    add_domain(address, "admin", "three.example");
    assert_eq!(hook.keys(1), ["three.example"]);
    let letters = ask(address, "admin", "GET", &path("/dead-letters"), None).body["deadLetters"].clone();
    assert_eq!((&letters[0]["events"][0]["key"], &letters[0]["attempts"]), (&json!("two.example"), &json!(2)));
    let resend = path(&format!("/dead-letters/{}/resend", letters[0]["id"]));
    assert_eq!(ask(address, "admin", "POST", &resend, Some(json!({}))).body["delivered"], true);
    assert_eq!(hook.keys(1), ["two.example"]);
    assert_eq!(ask(address, "admin", "GET", &path("/dead-letters"), None).body["deadLetters"], json!([]));
    assert_eq!(ask(address, "admin", "DELETE", &path(""), None).status, 204);
    assert_eq!(ask(address, "admin", "GET", &path(""), None).status, 404);
}

#[test]
fn a_server_that_starts_delivers_what_another_had_not() {
    let (address, app) = server_and_app(&LOCAL.replace("[webhooks]", "[webhooks]\nenabled = false"));
    let hook = Hook::new(&[200]);
    add_hook(address, "admin", &hook);
    add_domain(address, "admin", "one.example");
    let mut settings = app.settings.clone();
    settings.webhooks.enabled = true;
    std::thread::spawn(move || {
        tokio::runtime::Runtime::new().unwrap().block_on(async move {
            let url = DatabaseUrl::new(settings.database.url.expose());
            let store = Store::connect(&StoreSettings::new(url)).await.unwrap();
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            listener.set_nonblocking(true).unwrap();
            http::serve(Arc::new(App::new(settings, store).unwrap()), listener).await.unwrap();
        });
    });
    assert_eq!(hook.keys(1), ["one.example"]);
}

#[test]
fn a_hook_is_told_of_its_tenants_changes_and_is_no_other_tenants() {
    let address = server_with(LOCAL);
    tenants(address);
    let (one, two) = (Hook::new(&[200]), Hook::new(&[200]));
    let made = add_hook(address, "reseller1", &one);
    add_hook(address, "reseller2", &two);
    add_domain(address, "reseller2", "two.example");
    add_domain(address, "admin", "nobody.example");
    add_domain(address, "customer1", "own.example");
    add_domain(address, "reseller2", "more.example");
    assert_eq!(one.keys(1), ["own.example"]);
    assert_eq!(two.keys(2), ["two.example", "more.example"]);
    let path = format!("/webhooks/{}", made["id"]);
    for login in ["reseller2", "customer1"] {
        assert_eq!(ask(address, login, "GET", &path, None).status, 404);
        assert_eq!(ask(address, login, "DELETE", &path, None).status, 404);
        assert_eq!(ask(address, login, "POST", &format!("{path}/test"), Some(json!({}))).status, 404);
        assert_eq!(ask(address, login, "GET", &format!("{path}/dead-letters"), None).status, 404);
        assert_eq!(ask(address, login, "PUT", &format!("{path}/active"), Some(json!({"active": false}))).status, 404);
    }
    assert_eq!(ask(address, "customer1", "GET", "/webhooks", None).body["webhooks"], json!([]));
}

#[test]
fn a_hook_leads_to_no_private_address_unless_the_operator_allows_it() {
    let address = server();
    for url in
        ["http://crm.example.com/", "https://127.0.0.1/x", "https://10.0.0.1/", "https://[::1]/", "file:///etc/passwd"]
    {
        let refused = ask(address, "admin", "POST", "/webhooks", Some(json!({"url": url})));
        assert_eq!((refused.status, &refused.body["member"]), (422, &json!("url")), "{url}");
    }
    let made = ask(address, "admin", "POST", "/webhooks", Some(json!({"url": "https://localhost:9/"})));
    let tested = ask(address, "admin", "POST", &format!("/webhooks/{}/test", made.body["id"]), Some(json!({})));
    assert_eq!(tested.body["delivered"], false);
    assert!(tested.body["error"].as_str().unwrap().contains("not public"), "{}", tested.body);
}

#[test]
fn a_receiver_that_speaks_no_tls_where_it_should_is_told_nothing() {
    let address = server_with(LOCAL);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/hook", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").unwrap();
        stream.read_to_end(&mut Vec::new()).unwrap_or_default();
    });
    let made = ask(address, "admin", "POST", "/webhooks", Some(json!({"url": url, "resources": ["none"]})));
    let tested = ask(address, "admin", "POST", &format!("/webhooks/{}/test", made.body["id"]), Some(json!({})));
    assert_eq!(tested.body["delivered"], false);
    assert!(tested.body["error"].as_str().unwrap().starts_with("no TLS"), "{}", tested.body);
}

#[test]
fn a_receiver_s_certificate_is_an_authority_s_that_is_believed() {
    let hook = Hook::over_tls();
    let ca = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/http/tls/ca.pem");
    let address = server_with(&format!("{LOCAL}ca_file = \"{ca}\"\n"));
    let made = add_hook(address, "admin", &hook);
    add_domain(address, "admin", "secure.example");
    assert_eq!(hook.keys(1), ["secure.example"]);
    assert!(made["url"].as_str().unwrap().starts_with("https://"));
    // To a server that does not know the authority it is nobody.
    let stranger = server_with(LOCAL);
    let sent = json!({"url": hook.url, "resources": ["none"]});
    let made = ask(stranger, "admin", "POST", "/webhooks", Some(sent));
    let tested = ask(stranger, "admin", "POST", &format!("/webhooks/{}/test", made.body["id"]), Some(json!({})));
    assert_eq!(tested.body["delivered"], false);
    assert!(tested.body["error"].as_str().unwrap().starts_with("no TLS"), "{}", tested.body);
}
