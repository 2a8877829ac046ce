//! The program asked to stop while a call is on its way: it takes nothing new, answers what it has begun, and ends with 0.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command};
use std::time::Duration;

use test_support::ScratchDb;

const PATIENCE: Duration = Duration::from_secs(30);
/// Questions before a change that does not come is given up.
const ASKED_MAX: usize = 100_000;

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
            "[http]\nlisten = \"{address}\"\nhead_timeout_ms = 30000\nbody_timeout_ms = 30000\n[database]\nurl = \"{}\"\n\
             [administrator]\nusername = \"admin\"\npassword_hash = \"{hash}\"\n",
            database.server_url().expose()
        );
        std::fs::write(&file, settings).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_ngnpro-server")).arg("--config").arg(file).spawn().unwrap();
        let server = Self { address, child, _folder: folder, database };
        server.wait_until(true);
        server
    }

    /// Asks until connections are taken, or are not any more.
    fn wait_until(&self, taken: bool) {
        for _ in 0..ASKED_MAX {
            if TcpStream::connect(self.address).is_ok() == taken {
                return;
            }
            std::thread::yield_now();
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
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let (first, rest) = body.split_at(10);
    let mut call = TcpStream::connect(server.address).unwrap();
    call.set_read_timeout(Some(PATIENCE)).unwrap();
    // An answer to one that came first shows that the connection is served, and not only waiting to be.
    call.write_all(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut answer = [0; 4096];
    assert!(call.read(&mut answer).unwrap() > 0);
    call.write_all(format!("{head}{first}").as_bytes()).unwrap();

    let stop = Command::new("kill").args(["-TERM", &server.child.id().to_string()]).status().unwrap();
    assert!(stop.success());
    server.wait_until(false);
    call.write_all(rest.as_bytes()).unwrap();
    let mut answer = Vec::new();
    call.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
    assert_eq!(server.database.texts("SELECT domain FROM sip_domains").await, ["late.example"]);
}
