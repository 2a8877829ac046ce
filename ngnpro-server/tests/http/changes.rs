//! The feed of changes over real connections: at once, when there is something, as a stream; for its tenant alone, to its end.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::journal::{add_domain, ask, basic, tenants};
use crate::json::send_text;
use crate::live::{server, server_and_app, server_with};

/// Questions before changes that do not come are given up.
const ASKED_MAX: usize = 2_000;

struct Page {
    status: u16,
    head: String,
    entries: Vec<Value>,
}

impl Page {
    fn next(&self) -> &str {
        let at = self.head.lines().find_map(|line| line.strip_prefix("changes-next: "));
        at.unwrap_or_else(|| panic!("no place in {}", self.head))
    }

    fn domains(&self) -> Vec<&str> {
        let domains = self.entries.iter().filter(|entry| entry["resource"] == "sip_domains");
        domains.map(|entry| entry["key"].as_str().unwrap()).collect()
    }
}

fn changes(address: SocketAddr, login: &str, query: &str) -> Page {
    let (status, head, body) = send_text(address, "GET", &format!("/api/v1/changes?{query}"), basic(login), b"");
    let entries = match status {
        200 => body.lines().map(|line| serde_json::from_str(line).unwrap()).collect(),
        _ => vec![serde_json::from_str(&body).unwrap()],
    };
    Page { status, head: head.to_lowercase(), entries }
}

/// As [`changes`], as often as it takes until so many domains are told: a transaction of another test's database, in the same
/// cluster, holds back what comes after it.
fn changes_of(address: SocketAddr, login: &str, query: &str, domains: usize) -> Page {
    for _ in 0..ASKED_MAX {
        let page = changes(address, login, query);
        if page.domains().len() >= domains {
            return page;
        }
    }
    panic!("{login} is never told of {domains} domains")
}

#[test]
fn changes_are_read_from_a_place_on_page_by_page() {
    let address = server();
    let begin = changes(address, "admin", "").next().to_owned();
    for n in 1..=3 {
        add_domain(address, "admin", &format!("d{n}.example"));
    }
    let first = changes_of(address, "admin", &format!("since={begin}&limit=2"), 2);
    assert_eq!(first.domains(), ["d1.example", "d2.example"]);
    let second = changes_of(address, "admin", &format!("since={}&limit=2", first.next()), 1);
    assert_eq!(second.domains(), ["d3.example"]);
    assert!(changes(address, "admin", &format!("since={}", second.next())).entries.is_empty());
    // The id of a change is a place too.
    let id = first.entries[0]["id"].as_str().unwrap();
    assert_eq!(changes(address, "admin", &format!("since={id}")).domains(), ["d2.example", "d3.example"]);
    assert_eq!(changes(address, "admin", "since=beginning").domains().len(), 3);
    for (query, status) in [("since=x", 400), ("color=red", 400), ("since=9000000000000-1", 410)] {
        assert_eq!(changes(address, "admin", query).status, status, "{query}");
    }
}

#[test]
fn a_long_poll_is_answered_when_there_is_something_and_empty_when_its_time_is_over() {
    let address = server();
    let begin = changes(address, "admin", "").next().to_owned();
    let empty = changes(address, "admin", &format!("since={begin}&wait=1"));
    assert!(empty.entries.is_empty());
    let place = empty.next().to_owned();
    let waiting = thread::spawn(move || changes(address, "admin", &format!("since={place}&wait=60")));
    add_domain(address, "admin", "one.example");
    assert_eq!(waiting.join().unwrap().domains(), ["one.example"]);
}

#[test]
fn a_tenant_is_told_its_own_changes_alone() {
    let address = server();
    tenants(address);
    let begin = changes(address, "admin", "").next().to_owned();
    for (login, domain) in [("reseller1", "one.example"), ("reseller2", "two.example"), ("customer1", "own.example")] {
        add_domain(address, login, domain);
    }
    let of = |login, domains| changes_of(address, login, &format!("since={begin}"), domains).domains().join(" ");
    assert_eq!(of("admin", 3), "one.example two.example own.example");
    assert_eq!(of("reseller1", 2), "one.example own.example");
    assert_eq!(of("reseller2", 1), "two.example");
    assert_eq!(of("customer1", 1), "own.example");
    let (status, _, _) = send_text(address, "GET", "/api/v1/changes", "", b"");
    assert_eq!(status, 401);
}

struct Stream {
    lines: BufReader<TcpStream>,
}

impl Stream {
    fn open(address: SocketAddr, login: &str, headers: &str) -> Self {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let head = format!(
            "GET /api/v1/changes HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n{}{headers}\r\n",
            basic(login)
        );
        stream.write_all(head.as_bytes()).unwrap();
        Self { lines: BufReader::new(stream) }
    }

    /// The next line that begins so, without its beginning.
    fn line(&mut self, beginning: &str) -> String {
        loop {
            let mut line = String::new();
            assert_ne!(self.lines.read_line(&mut line).unwrap(), 0, "the stream has ended before {beginning:?}");
            if let Some(rest) = line.strip_prefix(beginning) {
                return rest.trim_end().to_owned();
            }
        }
    }

    fn change(&mut self) -> Value {
        serde_json::from_str(&self.line("data: ")).unwrap()
    }
}

#[test]
fn a_stream_tells_what_is_changed_as_it_is_and_goes_on_where_it_was_left() {
    let address = server();
    let mut stream = Stream::open(address, "admin", "");
    assert_eq!(stream.line("HTTP/1.1 "), "200 OK");
    stream.line(": alive");
    add_domain(address, "admin", "one.example");
    let change = stream.change();
    assert_eq!((&change["key"], &change["operation"]), (&json!("one.example"), &json!("Sip.addDomain")));
    drop(stream);
    add_domain(address, "admin", "two.example");
    let mut again = Stream::open(address, "admin", &format!("Last-Event-ID: {}\r\n", change["id"].as_str().unwrap()));
    assert_eq!(again.line("event: "), "change");
    assert_eq!(again.change()["key"], "two.example");
}

#[test]
fn a_stream_gives_signs_of_life_and_ends_when_the_server_does() {
    let (address, app) = server_and_app("[changes]\nheartbeat_ms = 50\n");
    let mut stream = Stream::open(address, "admin", "");
    for _ in 0..3 {
        stream.line(": alive");
    }
    app.readers.stop();
    // RFC 9112 section 7.1: the last chunk.
    stream.line("0\r\n");
}

#[test]
fn those_who_wait_are_bounded_and_one_tenant_takes_not_all_places() {
    let address = server_with("[changes]\nreaders_max = 3\nreaders_of_one_max = 2\n");
    tenants(address);
    let mut streams: Vec<_> = (0..2).map(|_| Stream::open(address, "reseller1", "")).collect();
    for stream in &mut streams {
        stream.line(": alive");
    }
    let mut refused = Stream::open(address, "reseller1", "");
    assert_eq!(refused.line("HTTP/1.1 "), "429 Too Many Requests");
    let mut other = Stream::open(address, "reseller2", "");
    other.line(": alive");
    // Who does not wait takes no place.
    assert_eq!(ask(address, "reseller1", "GET", "/me", None).status, 200);
    assert_eq!(changes(address, "reseller1", "").status, 200);
}
