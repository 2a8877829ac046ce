//! A lean SOAP load over HTTP/1.1 with kept connections: the encoded wire's bytes written by hand.

use crate::stats::Durations;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Where the server is and as whom to call it.
#[derive(Clone)]
pub struct Endpoint {
    /// Address of the SOAP port.
    pub address: SocketAddr,
    /// Login name of the administrator.
    pub username: String,
    /// Its password.
    pub password: String,
}

/// One kept connection.
pub struct Connection {
    stream: BufReader<TcpStream>,
    endpoint: Endpoint,
}

impl Connection {
    /// Connects.
    pub fn open(endpoint: &Endpoint) -> io::Result<Self> {
        let stream = TcpStream::connect(endpoint.address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Connection { stream: BufReader::new(stream), endpoint: endpoint.clone() })
    }

    /// Calls an operation; `parameters` is the XML inside its element. A fault is an error that carries the answer.
    pub fn call(&mut self, port: &str, operation: &str, parameters: &str) -> io::Result<String> {
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\">\
             <e:Header><auth><username>{}</username><password>{}</password><admin>true</admin></auth></e:Header>\
             <e:Body><p:{operation} xmlns:p=\"urn:AGProjects:NGNPro:{port}\">{parameters}</p:{operation}></e:Body></e:Envelope>",
            self.endpoint.username, self.endpoint.password
        );
        let head = format!(
            "POST /ngnpro/ HTTP/1.1\r\nHost: {}\r\nContent-Type: text/xml; charset=UTF-8\r\nSOAPAction: \"\"\r\nContent-Length: {}\r\n\r\n",
            self.endpoint.address,
            body.len()
        );
        let mut request = head.into_bytes();
        request.extend_from_slice(body.as_bytes());
        self.stream.get_mut().write_all(&request)?;
        let (status, answer) = self.read_answer()?;
        if status == 200 { Ok(answer) } else { Err(io::Error::other(format!("{operation}: {status} {answer}"))) }
    }

    /// Imports rows of NDJSON into a collection; the answer, chunks and all. The connection is then at its end.
    pub fn import(mut self, into: &str, rows: &str) -> io::Result<String> {
        let login = base64(&format!("{}:{}", self.endpoint.username, self.endpoint.password));
        let head = format!(
            "POST /api/v1/imports/{into} HTTP/1.1\r\nHost: {}\r\nAuthorization: Basic {login}\r\nConnection: close\r\n\
             Content-Type: application/x-ndjson\r\nContent-Length: {}\r\n\r\n",
            self.endpoint.address,
            rows.len()
        );
        self.stream.get_mut().write_all(head.as_bytes())?;
        self.stream.get_mut().write_all(rows.as_bytes())?;
        let mut answer = String::new();
        self.stream.read_to_string(&mut answer)?;
        Ok(answer)
    }

    fn read_answer(&mut self) -> io::Result<(u16, String)> {
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
        let mut length = 0usize;
        loop {
            line.clear();
            self.stream.read_line(&mut line)?;
            if line.trim_end().is_empty() {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok((status, String::from_utf8_lossy(&body).into_owned()))
    }
}

/// What a load run did.
pub struct Outcome {
    /// Calls answered.
    pub calls: u64,
    /// Wall time.
    pub wall: Duration,
    /// Latencies of all calls.
    pub latency: Durations,
}

impl Outcome {
    /// Calls per second.
    pub fn per_second(&self) -> f64 {
        self.calls as f64 / self.wall.as_secs_f64()
    }
}

/// Runs `callers` connections until `lasts` is over; every call gets a number of its own.
pub fn load(
    endpoint: &Endpoint,
    callers: usize,
    lasts: Duration,
    operation: &str,
    parameters: &(dyn Fn(u64) -> String + Sync),
) -> io::Result<Outcome> {
    let next = AtomicU64::new(0);
    let began = Instant::now();
    let results: Vec<io::Result<Durations>> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..callers)
            .map(|_| {
                scope.spawn(|| {
                    let mut connection = Connection::open(endpoint)?;
                    let mut latency = Durations::default();
                    while began.elapsed() < lasts {
                        let input = parameters(next.fetch_add(1, Ordering::Relaxed));
                        let sent = Instant::now();
                        connection.call("Sip", operation, &input)?;
                        latency.push(sent.elapsed());
                    }
                    Ok(latency)
                })
            })
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or_else(|_| Err(io::Error::other("a caller panicked"))))
            .collect()
    });
    let wall = began.elapsed();
    let mut latency = Durations::default();
    for result in results {
        latency.extend(result?);
    }
    Ok(Outcome { calls: latency.len() as u64, wall, latency })
}

/// The `account` parameter of addAccount.
pub fn account(username: &str, domain: &str, password: &str) -> String {
    format!(
        "<account><id><username>{username}</username><domain>{domain}</domain></id><password>{password}</password>\
         <firstName>Bench</firstName><lastName>{username}</lastName><email>{username}@{domain}</email>\
         <timezone>Europe/Amsterdam</timezone><groups/><acl/><properties/></account>"
    )
}

/// The `sipId` parameter of getAccount.
pub fn sip_id(username: &str, domain: &str) -> String {
    format!("<sipId><username>{username}</username><domain>{domain}</domain></sipId>")
}

/// RFC 4648 section 4.
fn base64(text: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in text.as_bytes().chunks(3) {
        let bits = three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for place in 0..4 {
            let at = (bits >> (18 - 6 * place)) as usize % 64;
            out.push(if place <= three.len() { char::from(LETTERS[at]) } else { '=' });
        }
    }
    out
}
