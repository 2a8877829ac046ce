//! A server that tests talk to over real connections, and the words to do it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use ngnpro_server::app::App;
use ngnpro_server::config::Settings;
use ngnpro_server::{http, passwords};
use store::{DatabaseUrl, Store, StoreSettings};
use test_support::ScratchDb;

/// Milliseconds that a message may take on a busy machine.
const PATIENCE: u32 = 60_000;

/// A server of its own for a test, with small limits; it ends with the test's process.
pub(crate) fn server() -> SocketAddr {
    server_with("")
}

/// A server with more lines in its `[limits]`.
pub(crate) fn server_with(limits: &str) -> SocketAddr {
    start("", limits, PATIENCE).0
}

/// A server that gives slow senders up soon, for tests that wait for just that.
pub(crate) fn impatient_server(limits: &str) -> SocketAddr {
    start("", limits, 2_000).0
}

/// A server with more lines in its `[http]`.
pub(crate) fn server_at(http: &str) -> SocketAddr {
    start(http, "", PATIENCE).0
}

/// A server, and what its connections share.
pub(crate) fn server_and_app(limits: &str) -> (SocketAddr, Arc<App>) {
    start("", limits, PATIENCE)
}

fn start(listen: &str, limits: &str, patience: u32) -> (SocketAddr, Arc<App>) {
    let (ready, address) = sync_channel(1);
    let listen = listen.to_owned();
    let calls = if limits.contains("call_timeout_ms") { "" } else { "call_timeout_ms = 60000\n" };
    let small = if limits.contains("body_bytes") { "" } else { "body_bytes = 100000\n" };
    let limits = format!("{small}{calls}{limits}");
    std::thread::spawn(move || {
        tokio::runtime::Runtime::new().unwrap().block_on(async move {
            let database = ScratchDb::new().await;
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("ngnpro-server.toml");
            let hash = passwords::hash(b"secret").unwrap();
            let text = format!(
                "[http]\nhead_timeout_ms = {patience}\nbody_timeout_ms = {patience}\n{listen}[database]\nurl = \"{0}\"\n[administrator]\nusername = \"admin\"\n\
                 password_hash = \"{hash}\"\n[limits]\n{limits}\n",
                database.server_url().expose()
            );
            std::fs::write(&file, text).unwrap();
            let settings = Settings::load(Some(&file)).unwrap();
            let url = DatabaseUrl::new(settings.database.url.expose());
            // A busy machine is no outage.
            let acquire_timeout = Duration::from_secs(60);
            let store = Store::connect(&StoreSettings { acquire_timeout, ..StoreSettings::new(url) }).await.unwrap();
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            listener.set_nonblocking(true).unwrap();
            let app = Arc::new(App::new(settings, store).unwrap());
            ready.send((listener.local_addr().unwrap(), Arc::clone(&app))).unwrap();
            http::serve(app, listener).await.unwrap();
        });
    });
    address.recv().unwrap()
}

/// Sends bytes; reads until the server closes or a whole answer is there.
pub(crate) fn exchange(address: SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream.write_all(request).unwrap();
    read_answer(&mut stream)
}

pub(crate) fn read_answer(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let mut chunk = [0; 65536];
    loop {
        let read = stream.read(&mut chunk).unwrap();
        answer.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&answer).into_owned();
        let complete = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
            let length = head.to_lowercase().split_once("content-length: ").map(|(_, rest)| rest.to_owned());
            length.is_some_and(|rest| rest.lines().next().unwrap().parse() == Ok(body.len()))
        });
        if read == 0 || complete {
            return text;
        }
    }
}

pub(crate) fn envelope(password: &str) -> String {
    format!(
        "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Header><auth><username>admin</username>\
         <password>{password}</password></auth></e:Header><e:Body><s:getDomains xmlns:s=\"urn:AGProjects:NGNPro:Sip\"/>\
         </e:Body></e:Envelope>"
    )
}

pub(crate) fn post(version: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("POST /ngnpro/ HTTP/{version}\r\nHost: x\r\nContent-Length: {}\r\n{headers}\r\n", body.len());
    [head.as_bytes(), body].concat()
}

pub(crate) fn post_text(headers: &str, body: &str) -> Vec<u8> {
    post("1.1", headers, body.as_bytes())
}

pub(crate) fn is_done(answer: &str) -> bool {
    answer.starts_with("HTTP/1.") && answer.contains(" 200 OK\r\n") && answer.contains("<m:getDomainsResponse ")
}
