//! Imports and exports over real connections: a verdict a row, good rows beside bad ones, all or none, trial runs, both formats,
//! streams in both directions.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};

use crate::live::server_with;

/// The administrator with the right password.
const ADMIN: &str = "Authorization: Basic YWRtaW46c2VjcmV0\r\n";

/// Status, and the body without its chunks; `None` in place of it when it broke off.
fn send(address: SocketAddr, method: &str, path: &str, headers: &str, body: &[u8]) -> (u16, Option<String>) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let head = format!(
        "{method} /api/v1{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), body].concat()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    parsed(&answer)
}

fn parsed(answer: &[u8]) -> (u16, Option<String>) {
    let text = String::from_utf8(answer.to_vec()).unwrap();
    let (head, mut rest) = text.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    if !head.to_lowercase().contains("transfer-encoding: chunked") {
        return (status, Some(rest.to_owned()));
    }
    let mut body = String::new();
    while let Some((length, following)) = rest.split_once("\r\n") {
        let length = usize::from_str_radix(length, 16).unwrap();
        if length == 0 {
            return (status, Some(body));
        }
        body.push_str(&following[..length]);
        rest = &following[length + 2..];
    }
    (status, None)
}

/// The lines of an import's answer: verdicts, and the end.
fn import(address: SocketAddr, to: &str, media_type: &str, rows: &str) -> (Vec<Value>, Value) {
    let headers = format!("{ADMIN}Content-Type: {media_type}\r\n");
    let (status, body) = send(address, "POST", &format!("/imports/{to}"), &headers, rows.as_bytes());
    let body = body.unwrap();
    assert_eq!(status, 200, "{body}");
    let mut lines: Vec<Value> = body.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let end = lines.pop().unwrap()["end"].take();
    lines.retain(|line| line.get("progress").is_none());
    (lines, end)
}

const NDJSON: &str = "application/x-ndjson";

fn ndjson(address: SocketAddr, to: &str, rows: &[Value]) -> (Vec<Value>, Value) {
    let text: String = rows.iter().map(|row| format!("{row}\n")).collect();
    import(address, to, NDJSON, &text)
}

fn domain(address: SocketAddr) {
    let (verdicts, _) = ndjson(address, "sip/domains", &[json!({"domain": "acme.example"})]);
    assert_eq!(verdicts, [json!({"line": 1, "status": "added", "id": "acme.example"})]);
}

fn account(name: &str) -> Value {
    json!({"id": {"username": name, "domain": "acme.example"}, "password": "pass-1-word", "groups": ["free"]})
}

fn get(address: SocketAddr, path: &str) -> (u16, Value) {
    let (status, body) = send(address, "GET", path, ADMIN, b"");
    (status, serde_json::from_str(&body.unwrap()).unwrap_or(Value::Null))
}

fn statuses(verdicts: &[Value]) -> Vec<String> {
    let code = |verdict: &Value| verdict.get("errorcode").map(Value::to_string).unwrap_or_default();
    verdicts.iter().map(|one| format!("{}{}", one["status"].as_str().unwrap(), code(one))).collect()
}

#[test]
fn bad_rows_are_refused_by_line_code_and_member_and_the_good_ones_are_done() {
    let address = server_with("");
    domain(address);
    let rows = format!(
        "{}\n\nno json\n{}\n{}\n{}\n{}\n",
        account("alice"),
        json!({"id": {"username": "bob", "domain": "nowhere.example"}}),
        json!({"id": {"username": "bob", "domain": "acme.example"}, "quota": "many"}),
        account("alice"),
        account("carol"),
    );
    let (verdicts, end) = import(address, "sip/accounts", NDJSON, &rows);
    assert_eq!(statuses(&verdicts), ["added", "refused9004", "refused1000", "refused9004", "refused1011", "added"]);
    let lines: Vec<_> = verdicts.iter().map(|one| one["line"].as_u64().unwrap()).collect();
    assert_eq!(lines, [1, 3, 4, 5, 6, 7]);
    assert_eq!(verdicts[3]["member"], "account.quota");
    assert_eq!((&verdicts[4]["id"], &verdicts[5]["id"]), (&json!("alice@acme.example"), &json!("carol@acme.example")));
    assert_eq!(
        (&end["rows"], &end["added"], &end["refused"], &end["kept"]),
        (&json!(6), &json!(2), &json!(4), &json!(true))
    );
    let (status, carol) = get(address, "/sip/accounts/carol@acme.example");
    assert_eq!((status, &carol["groups"]), (200, &json!(["free"])));
    let (_, metrics) = send_root(address, "/metrics");
    assert!(
        metrics.contains("ngnpro_import_rows_total{collection=\"sip/accounts\",verdict=\"refused\"} 4"),
        "{metrics}"
    );
}

fn send_root(address: SocketAddr, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let (status, body) = parsed(&answer);
    (status, body.unwrap())
}

#[test]
fn a_trial_run_and_all_or_none_leave_nothing_behind() {
    let address = server_with("");
    domain(address);
    let rows = [account("alice"), account("bob"), account("alice")];
    for to in ["sip/accounts?dry_run=true", "sip/accounts?all_or_none=true"] {
        let (verdicts, end) = ndjson(address, to, &rows);
        assert_eq!(statuses(&verdicts), ["added", "added", "refused1011"], "{to}");
        assert_eq!((&end["added"], &end["kept"]), (&json!(2), &json!(false)), "{to}");
        assert_eq!(get(address, "/sip/accounts").1["total"], 0, "{to}");
    }
    let (_, end) = ndjson(address, "sip/accounts?all_or_none=true", &rows[..2]);
    assert_eq!((&end["added"], &end["kept"]), (&json!(2), &json!(true)));
    assert_eq!(get(address, "/sip/accounts").1["total"], 2);
}

#[test]
fn what_is_there_is_replaced_when_that_is_asked_for() {
    let address = server_with("");
    domain(address);
    ndjson(address, "sip/accounts", &[account("alice")]);
    let change = json!({"id": {"username": "alice", "domain": "acme.example"}, "firstName": "Alice"});
    let (verdicts, end) = ndjson(address, "sip/accounts?update=true", &[change, account("bob")]);
    assert_eq!(statuses(&verdicts), ["updated", "added"]);
    assert_eq!((&end["updated"], &end["added"]), (&json!(1), &json!(1)));
    assert_eq!(get(address, "/sip/accounts/alice@acme.example").1["firstName"], "Alice");
    // What the server numbers is replaced by its number.
    ndjson(address, "dns/zones", &[json!({"name": "zone.example", "nameservers": ["ns.example.net"]})]);
    let record = |more: Value| {
        let mut record = json!({"zone": "zone.example", "name": "www.zone.example", "type": "A", "value": "192.0.2.1"});
        record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        record
    };
    let (made, _) = ndjson(address, "dns/records?update=true", &[record(json!({}))]);
    let number: u64 = made[0]["id"].as_str().unwrap().parse().unwrap();
    let (verdicts, _) = ndjson(
        address,
        "dns/records?update=true",
        &[record(json!({"id": number, "value": "192.0.2.9"})), record(json!({"name": "mail.zone.example"}))],
    );
    assert_eq!(statuses(&verdicts), ["updated", "added"], "{verdicts:?}");
    assert_eq!(get(address, &format!("/dns/records/{number}")).1["value"], "192.0.2.9");
}

#[test]
fn what_is_exported_can_be_imported_elsewhere_in_either_format() {
    let furnished = || {
        let address = server_with("");
        ndjson(address, "sip/domains", &[json!({"domain": "acme.example"}), json!({"domain": "other.example"})]);
        address
    };
    let from = furnished();
    let rows: Vec<Value> = (0..501)
        .map(|n| {
            json!({"id": {"username": format!("u{n}"), "domain": "acme.example"}, "password": format!("p{n}"), "rpid": "+31 20",
                "firstName": "Æ \"x\", y", "groups": ["free", "vip"], "acl": [{"ip": "192.0.2.0", "mask": 24, "tag": "a"}],
                "properties": [{"name": "n", "value": "line\nline"}]})
        })
        .collect();
    let (_, end) = ndjson(from, "sip/accounts?verdicts=refused", &rows);
    assert_eq!(end["added"], 501);
    ndjson(from, "sip/accounts", &[json!({"id": {"username": "x", "domain": "other.example"}})]);
    let export = |address, query: &str| {
        let (status, body) =
            send(address, "GET", &format!("/exports/sip/accounts?filter.domain=acme.example{query}"), ADMIN, b"");
        assert_eq!(status, 200);
        body.unwrap()
    };
    let lines = export(from, "");
    assert_eq!(lines.lines().count(), 501);
    let first: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(
        first,
        get(from, &format!("/sip/accounts/{}@acme.example", first["id"]["username"].as_str().unwrap())).1
    );
    let stamps = |text: &str| {
        let rows = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let bare = rows.map(|mut row| {
            row.as_object_mut().unwrap().retain(|name, _| !name.ends_with("Date"));
            row
        });
        bare.collect::<Vec<_>>()
    };
    for (query, media_type) in [("&format=csv", "text/csv"), ("&format=csv&spreadsheet=true", "text/csv"), ("", NDJSON)]
    {
        let (sent, to) = (export(from, query), furnished());
        let spreadsheet = if query.contains("spreadsheet") { "?spreadsheet=true" } else { "" };
        assert_eq!(sent.contains("'+31 20"), !spreadsheet.is_empty());
        let (verdicts, end) = import(to, &format!("sip/accounts{spreadsheet}"), media_type, &sent);
        assert_eq!(end["added"], 501, "{:?}", verdicts.iter().find(|one| one["status"] != "added"));
        assert!(stamps(&export(to, "")) == stamps(&lines));
    }
}

#[test]
fn verdicts_come_while_rows_are_still_being_sent() {
    let address = server_with("\n[bulk]\nbatch_rows = 2\n");
    domain(address);
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    write!(
        stream,
        "POST /api/v1/imports/sip/accounts HTTP/1.1\r\nHost: x\r\n{ADMIN}Content-Type: {NDJSON}\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    .unwrap();
    let chunk = |text: &str| write!(stream.try_clone().unwrap(), "{:x}\r\n{text}\r\n", text.len()).unwrap();
    chunk(&format!("{}\n{}\n{}\n", account("a"), account("b"), account("c")));
    let mut heard = String::new();
    let mut buffer = [0; 4096];
    while !heard.contains("\"line\":2") {
        let read = stream.read(&mut buffer).unwrap();
        assert!(read > 0, "{heard}");
        heard.push_str(&String::from_utf8_lossy(&buffer[..read]));
    }
    assert!(!heard.contains("\"line\":3"));
    // Whoever leaves in the middle keeps what is done, and the row that waited is not done.
    drop(stream);
    let (_, found) = get(address, "/sip/accounts?filter.domain=acme.example");
    assert_eq!(found["total"], 2);
}

#[test]
fn a_client_that_reads_nothing_before_all_is_sent_is_served() {
    let address = server_with("");
    domain(address);
    let rows: Vec<Value> =
        (0..3000).map(|n| json!({"id": {"username": format!("{n} "), "domain": "no domain"}})).collect();
    let (verdicts, end) = ndjson(address, "sip/accounts", &rows);
    assert_eq!((verdicts.len(), &end["refused"]), (3000, &json!(3000)));
}

#[test]
fn what_cannot_be_an_import_or_export_is_a_problem_before_any_row() {
    let address = server_with("");
    domain(address);
    let rows = format!("{}\n", account("alice"));
    let ndjson = format!("{ADMIN}Content-Type: {NDJSON}\r\n");
    for (name, method, path, headers, status) in [
        ("nobody", "POST", "/imports/sip/accounts", "Content-Type: text/csv\r\n", 401),
        ("a form", "POST", "/imports/sip/accounts", &*format!("{ADMIN}Content-Type: text/plain\r\n"), 415),
        ("packed", "POST", "/imports/sip/accounts", &*format!("{ndjson}Content-Encoding: gzip\r\n"), 415),
        ("no collection", "POST", "/imports/sip/locations", &*ndjson, 404),
        ("no option", "POST", "/imports/sip/accounts?upsert=true", &*ndjson, 400),
        ("no truth", "POST", "/imports/sip/accounts?update=yes", &*ndjson, 400),
        ("not replaced", "POST", "/imports/sip/routes?update=true", &*ndjson, 400),
        ("a verb", "PUT", "/imports/sip/accounts", &*ndjson, 405),
        ("a page", "GET", "/exports/sip/accounts?limit=3", ADMIN, 400),
        ("no term", "GET", "/exports/sip/accounts?filter.nothing=3", ADMIN, 400),
        ("no format", "GET", "/exports/sip/accounts?format=xls", ADMIN, 400),
        ("no list", "GET", "/exports/voicemail/accounts", ADMIN, 404),
    ] {
        let (found, body) = send(address, method, path, headers, rows.as_bytes());
        assert_eq!(found, status, "{name}: {body:?}");
        let problem: Value = serde_json::from_str(&body.unwrap()).unwrap();
        assert_eq!(problem["status"], status, "{name}");
    }
    assert_eq!(get(address, "/sip/accounts").1["total"], 0);
}

#[test]
fn rows_are_limited_in_size_and_number_and_names_of_columns_are_checked() {
    let address = server_with("\n[bulk]\nrow_bytes = 300\nrows = 3\nbatch_rows = 1\n");
    domain(address);
    let long = json!({"id": {"username": "long", "domain": "acme.example"}, "firstName": "x".repeat(300)});
    let (verdicts, end) =
        ndjson(address, "sip/accounts", &[long, account("a"), account("b"), account("c"), account("d")]);
    assert_eq!(statuses(&verdicts), ["refused9004", "added", "added"]);
    assert!(end["stopped"].as_str().unwrap().contains("bulk.rows"), "{end}");
    let (verdicts, end) = import(address, "sip/accounts", "text/csv", "id,pasword\nx@acme.example,1\n");
    assert!(
        verdicts.is_empty() && end["stopped"].as_str().unwrap().starts_with("pasword: there is no such member"),
        "{end}"
    );
    let (verdicts, _) =
        import(address, "sip/accounts", "text/csv", "\u{feff}id,groups\r\nx@acme.example,a;b\r\n\"y@acme.example\n");
    assert_eq!(statuses(&verdicts), ["added", "refused9004"]);
}

#[test]
fn a_tenant_imports_and_exports_what_is_in_its_reach_only() {
    let address = server_with("");
    domain(address);
    let customers =
        ["acme", "rival"].map(|name| json!({"username": name, "password": "hush-1-word", "resellerActive": true}));
    let (made, _) = ndjson(address, "customers", &customers);
    let number = |at: usize| made[at]["id"].as_str().unwrap().to_owned();
    let as_customer = |at: usize| format!("Impersonate: {}\r\n{ADMIN}Content-Type: {NDJSON}\r\n", number(at));
    let rows = json!({"domain": "of-acme.example"}).to_string();
    let (_, body) = send(address, "POST", "/imports/sip/domains", &as_customer(0), rows.as_bytes());
    assert!(body.unwrap().contains("\"status\":\"added\""));
    let rows = format!("{}\n{}\n", json!({"id": {"username": "x", "domain": "of-acme.example"}}), account("y"));
    let (_, body) = send(address, "POST", "/imports/sip/accounts", &as_customer(1), rows.as_bytes());
    assert_eq!(body.unwrap().matches("\"errorcode\":1000").count(), 2);
    for (at, count) in [(0, 1), (1, 0)] {
        let (_, body) = send(address, "GET", "/exports/sip/domains", &as_customer(at), b"");
        assert_eq!(body.unwrap().lines().count(), count);
    }
    let (status, _) = send(address, "POST", "/imports/sip/carriers", &as_customer(0), b"");
    assert_eq!(status, 200);
}

#[test]
fn an_import_under_a_key_is_done_once_and_answered_again_to_the_same_rows() {
    let address = server_with("");
    let headers = format!("{ADMIN}Content-Type: {NDJSON}\r\nIdempotency-Key: night\r\n");
    let import = |rows: &str| send(address, "POST", "/imports/sip/domains", &headers, rows.as_bytes());
    let domains = || {
        let (_, body) = send(address, "GET", "/sip/domains?limit=10", ADMIN, b"");
        serde_json::from_str::<Value>(&body.unwrap()).unwrap()["total"].clone()
    };
    let rows = "{\"domain\": \"one.example\"}\n{\"domain\": \"-\"}\n{\"domain\": \"two.example\"}\n";
    let (status, first) = import(rows);
    let first = first.unwrap();
    assert_eq!((status, first.lines().count()), (200, 4), "{first}");
    let end = first.lines().last().unwrap();
    assert!(end.contains("\"added\":2") && end.contains("\"refused\":1") && end.contains("\"kept\":true"), "{end}");
    assert_eq!(domains(), 2);
    // Once more: nothing is tried again, and how it ended is told as it was.
    let (status, again) = import(rows);
    let again: Value = serde_json::from_str(&again.unwrap()).unwrap();
    let told: Value = serde_json::from_str(end).unwrap();
    assert_eq!((status, &again["end"]["added"], &again["end"]["kept"]), (200, &told["end"]["added"], &json!(true)));
    let (status, other) = import("{\"domain\": \"three.example\"}\n");
    assert_eq!(status, 422);
    assert!(other.unwrap().contains("this key was used for another request"));
    assert_eq!(domains(), 2);
}

#[test]
fn an_import_that_broke_off_leaves_its_key_and_nothing_else() {
    let address = server_with("");
    let head = format!(
        "POST /api/v1/imports/sip/domains HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n{ADMIN}Content-Type: {NDJSON}\r\n\
         Idempotency-Key: broken\r\n\r\n{{\"domain\": \"one.example\"}}\n"
    );
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    // Until the server has noticed and closed.
    stream.read_to_end(&mut Vec::new()).unwrap();
    let headers = format!("{ADMIN}Content-Type: {NDJSON}\r\nIdempotency-Key: broken\r\n");
    let rows = b"{\"domain\": \"one.example\"}\n";
    let (status, body) = send(address, "POST", "/imports/sip/domains", &headers, rows);
    assert_eq!(status, 200);
    assert!(body.unwrap().contains("\"added\":1"));
}
