//! The program asked to stop while a call is on its way: it takes nothing new, answers what it has begun, and ends with 0.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command};
use std::time::Duration;

use test_support::ScratchDb;

const PATIENCE: Duration = Duration::from_secs(120);
/// Questions before a change that does not come is given up, and what lies between them.
const ASKED_MAX: usize = 6_000;
const PAUSE: Duration = Duration::from_millis(20);

struct Server {
    address: SocketAddr,
    child: Child,
    _folder: tempfile::TempDir,
    database: ScratchDb,
}

impl Server {
    async fn start() -> Self {
        let (database, folder, address) =
            (ScratchDb::new().await, tempfile::tempdir().unwrap(), test_support::free_address());
        let hash = ngnpro_server::passwords::hash(b"secret").unwrap();
        let file = folder.path().join("ngnpro-server.toml");
        let settings = format!(
            "[http]\nlisten = \"{address}\"\nhead_timeout_ms = 120000\nbody_timeout_ms = 120000\n[database]\nurl = \"{}\"\n\
             [administrator]\nusername = \"admin\"\npassword_hash = \"{hash}\"\n",
            database.server_url().expose()
        );
        std::fs::write(&file, settings).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_ngnpro-server")).arg("--config").arg(file).spawn().unwrap();
        let server = Self { address, child, _folder: folder, database };
        server.wait_until(true);
        server
    }

    fn terminate(&self) {
        let stop = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(stop.success());
    }

    /// Asks until the metrics have that line.
    fn wait_for(&self, line: &str) {
        for _ in 0..ASKED_MAX {
            let mut stream = TcpStream::connect(self.address).unwrap();
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            stream.write_all(b"GET /metrics HTTP/1.0\r\nHost: x\r\n\r\n").unwrap();
            let mut metrics = String::new();
            stream.read_to_string(&mut metrics).unwrap();
            if metrics.lines().any(|found| found == line) {
                return;
            }
            std::thread::park_timeout(PAUSE);
        }
        panic!("never: {line}");
    }

    /// Asks until connections are taken, or are not any more.
    fn wait_until(&self, taken: bool) {
        for _ in 0..ASKED_MAX {
            if TcpStream::connect(self.address).is_ok() == taken {
                return;
            }
            // Another process: it cannot wake this thread.
            std::thread::park_timeout(PAUSE);
        }
        panic!("connections are never {}", if taken { "taken" } else { "refused" });
    }
}

#[tokio::test]
async fn a_call_that_is_on_its_way_is_done_and_answered_before_the_end() {
    let mut server = Server::start().await;
    let body = "{\"domain\": \"late.example\"}";
    let head = format!(
        "POST /api/v1/sip/domains HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YWRtaW46c2VjcmV0\r\n\
         Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let (first, rest) = body.split_at(10);
    let mut call = TcpStream::connect(server.address).unwrap();
    call.set_read_timeout(Some(PATIENCE)).unwrap();
    call.write_all(head.as_bytes()).unwrap();
    // RFC 9110 section 10.1.1: it has begun to read the call.
    let mut answer = [0; 25];
    call.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 100 Continue\r\n\r\n");
    call.write_all(first.as_bytes()).unwrap();

    server.terminate();
    server.wait_until(false);
    call.write_all(rest.as_bytes()).unwrap();
    let mut answer = Vec::new();
    call.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
    assert_eq!(server.database.texts("SELECT domain FROM sip_domains").await, ["late.example"]);
}

#[tokio::test]
async fn those_who_wait_for_changes_are_answered_and_let_go() {
    let mut server = Server::start().await;
    let ask = |query: &str, accept: &str| {
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let head = format!(
            "GET /api/v1/changes{query} HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YWRtaW46c2VjcmV0\r\n{accept}\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream
    };
    let mut events = BufReader::new(ask("", "Accept: text/event-stream\r\n"));
    let mut line = String::new();
    while !line.starts_with(": alive") {
        line.clear();
        assert_ne!(events.read_line(&mut line).unwrap(), 0, "the stream has ended at once");
    }
    let mut poll = ask("?wait=60", "");
    // Until both wait: the server counts whom it has let in.
    server.wait_for("ngnpro_changes_readers 2");
    server.terminate();
    let mut rest = String::new();
    events.read_to_string(&mut rest).unwrap();
    // RFC 9112 section 7.1: the last chunk, so that the stream has ended and not broken.
    assert!(rest.ends_with("0\r\n\r\n"), "{rest:?}");
    let mut answer = String::new();
    poll.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.to_lowercase().contains("changes-next: "), "{answer}");
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
}
