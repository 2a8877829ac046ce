//! The JSON wire over real connections: resources and verbs, statuses, problems, pages, and that it is the same server.

use std::net::SocketAddr;
use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::live::{exchange, server, server_with};

/// The administrator with the right password.
pub(crate) const ADMIN: &str = "Authorization: Basic YWRtaW46c2VjcmV0\r\n";

pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

pub(crate) fn send(address: SocketAddr, method: &str, path: &str, headers: &str, body: &[u8]) -> Answer {
    let (status, head, body) = send_text(address, method, path, headers, body);
    let body = if body.is_empty() { Value::Null } else { serde_json::from_str(&body).unwrap() };
    Answer { status, head, body }
}

/// As [`send`], whatever the body is.
pub(crate) fn send_text(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &str,
    body: &[u8],
) -> (u16, String, String) {
    let length = match body.is_empty() && method != "POST" {
        true => String::new(),
        false => format!("Content-Length: {}\r\n", body.len()),
    };
    // HEAD and 204 answers have no body to wait for: the server closes.
    let head = format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{length}{headers}\r\n");
    let text = exchange(address, &[head.as_bytes(), body].concat());
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head.to_owned(), body.to_owned())
}

pub(crate) fn ask(address: SocketAddr, method: &str, path: &str, body: Option<Value>) -> Answer {
    let text = body.map(|body| body.to_string()).unwrap_or_default();
    let media_type = if text.is_empty() { "" } else { "Content-Type: application/json\r\n" };
    send(address, method, &format!("/api/v1{path}"), &format!("{ADMIN}{media_type}"), text.as_bytes())
}

/// A server with one domain and three accounts, for tests that only look.
fn furnished() -> SocketAddr {
    static ADDRESS: OnceLock<SocketAddr> = OnceLock::new();
    *ADDRESS.get_or_init(|| {
        let address = server();
        furnish(address);
        address
    })
}

fn furnish(address: SocketAddr) {
    assert_eq!(ask(address, "POST", "/sip/domains", Some(json!({"domain": "acme.example"}))).status, 201);
    for name in ["alice", "bob", "carol"] {
        assert_eq!(ask(address, "POST", "/sip/accounts", Some(account(name))).status, 201);
    }
}

fn account(name: &str) -> Value {
    json!({
        "id": {"username": name, "domain": "acme.example"}, "password": "pass-1-word", "firstName": name,
        "lastName": "Example", "groups": ["free"], "timezone": "Europe/Amsterdam",
    })
}

#[test]
fn a_resource_is_created_read_replaced_and_removed() {
    let address = server();
    furnish(address);
    let made = ask(address, "POST", "/sip/accounts", Some(account("Dave")));
    assert_eq!((made.status, made.header("location")), (201, Some("/api/v1/sip/accounts/dave@acme.example")));
    assert_eq!(made.body["id"], json!({"username": "dave", "domain": "acme.example"}));
    let read = ask(address, "GET", "/sip/accounts/DAVE%40acme.example", None);
    assert_eq!((read.status, &read.body["firstName"]), (200, &json!("Dave")));
    assert_eq!(read.header("content-type"), Some("application/json"));
    let mut changed = read.body.clone();
    changed["firstName"] = json!("David");
    let replaced = ask(address, "PUT", "/sip/accounts/dave@acme.example", Some(changed));
    assert_eq!((replaced.status, &replaced.body), (204, &Value::Null));
    assert_eq!(ask(address, "GET", "/sip/accounts/dave@acme.example", None).body["firstName"], "David");
    assert_eq!(ask(address, "PUT", "/sip/accounts/dave@acme.example/groups/vip", None).status, 204);
    let groups = ask(address, "GET", "/sip/accounts/dave@acme.example/groups", None).body;
    assert_eq!(groups, json!(["free", "vip"]));
    assert_eq!(ask(address, "DELETE", "/sip/accounts/dave@acme.example", None).status, 204);
    let gone = ask(address, "GET", "/sip/accounts/dave@acme.example", None);
    assert_eq!((gone.status, &gone.body["errorcode"]), (404, &json!(1010)));
}

#[test]
fn pages_follow_one_another_by_their_links() {
    let address = furnished();
    let mut path = "/api/v1/sip/accounts?filter.domain=acme.example&limit=2".to_owned();
    let mut names = Vec::new();
    for _ in 0..2 {
        let page = send(address, "GET", &path, ADMIN, b"");
        assert_eq!((page.status, &page.body["total"]), (200, &json!(3)));
        let rows = page.body["accounts"].as_array().unwrap();
        names.extend(rows.iter().map(|row| row["id"]["username"].as_str().unwrap().to_owned()));
        let next = page.body["next"].as_str().map(str::to_owned);
        let link = next.as_ref().map(|next| format!("<{next}>; rel=\"next\""));
        assert_eq!(page.header("link"), link.as_deref());
        path = next.unwrap_or_default();
    }
    assert_eq!((names.join(" ").as_str(), path.as_str()), ("alice bob carol", ""));
}

#[test]
fn rows_that_come_and_go_between_pages_are_neither_missed_nor_repeated() {
    let address = server();
    furnish(address);
    // In each order a name that comes before all others; by the last change a new one is the last.
    for (order, added) in [
        ("", "aaron"),
        ("&orderBy.attribute=username&orderBy.direction=DESC", "zoe"),
        ("&orderBy.attribute=changeDate", "new"),
    ] {
        let name = |row: &Value| row["id"]["username"].as_str().unwrap().to_owned();
        let mut path = format!("/api/v1/sip/accounts?limit=1{order}");
        let mut names = Vec::new();
        while !path.is_empty() {
            let page = send(address, "GET", &path, ADMIN, b"");
            assert_eq!(page.status, 200, "{path}: {}", page.body);
            names.extend(page.body["accounts"].as_array().unwrap().iter().map(name));
            path = page.body["next"].as_str().unwrap_or_default().to_owned();
            if names.len() == 1 {
                let first = format!("/sip/accounts/{}@acme.example", names[0]);
                assert_eq!(ask(address, "DELETE", &first, None).status, 204);
                assert_eq!(ask(address, "POST", "/sip/accounts", Some(account(added))).status, 201);
            }
        }
        assert_eq!(ask(address, "DELETE", &format!("/sip/accounts/{added}@acme.example"), None).status, 204);
        assert_eq!(ask(address, "POST", "/sip/accounts", Some(account(&names[0]))).status, 201);
        let is_new = |name: &String| name == added;
        assert_eq!(names.iter().position(is_new), order.contains("changeDate").then_some(3), "{order}: {names:?}");
        names.retain(|name| !is_new(name));
        names.sort();
        assert_eq!(names, ["alice", "bob", "carol"], "{order}");
    }
}

#[test]
fn a_cursor_of_another_list_or_of_nobody_is_refused_by_name() {
    let address = furnished();
    let first = send(address, "GET", "/api/v1/sip/accounts?limit=1", ADMIN, b"").body;
    let next = first["next"].as_str().unwrap();
    let cursor = next.split("cursor=").nth(1).unwrap();
    // Another value where the place is, of the right form: no number, no date.
    let forged = format!("{}{}", &cursor[..33], "3d2120");
    for path in [
        format!("/api/v1/sip/accounts?filter.domain=x&cursor={cursor}"),
        format!("/api/v1/sip/aliases?cursor={cursor}"),
        format!("/api/v1/sip/accounts?cursor={forged}"),
        "/api/v1/sip/accounts?cursor=zzz".to_owned(),
        format!("/api/v1/customers/1?cursor={cursor}"),
    ] {
        let answer = send(address, "GET", &path, ADMIN, b"");
        assert_eq!((answer.status, &answer.body["member"]), (400, &json!("cursor")), "{path}: {}", answer.body);
    }
}

#[test]
fn every_list_has_pages_by_place() {
    let address = furnished();
    let description = send(address, "GET", "/api/v1/openapi.json", "", b"").body;
    let lists = description["paths"].as_object().unwrap().iter().filter(|(path, item)| {
        let parameters = item["get"]["parameters"].as_array();
        let paged = |parameter: &Value| parameter["$ref"] == "#/components/parameters/Cursor";
        !path.contains('{')
            && item["get"]["x-operation"].is_string()
            && parameters.is_some_and(|all| all.iter().any(paged))
    });
    let mut count = 0;
    for (path, _) in lists {
        let page = send(address, "GET", &format!("/api/v1{path}?limit=1"), ADMIN, b"");
        assert_eq!((page.status, page.body["next"].is_null() || page.body["next"].is_string()), (200, true), "{path}");
        let orders = description["paths"][path]["get"]["parameters"].as_array().unwrap().iter();
        let attribute = orders.clone().find(|parameter| parameter["name"] == "orderBy.attribute");
        let attributes = attribute.and_then(|parameter| parameter["schema"]["enum"].as_array().cloned());
        for attribute in attributes.unwrap_or_default() {
            for direction in ["ASC", "DESC"] {
                let order = format!("orderBy.attribute={}&orderBy.direction={direction}", attribute.as_str().unwrap());
                let page = send(address, "GET", &format!("/api/v1{path}?limit=1&{order}"), ADMIN, b"");
                assert_eq!(page.status, 200, "{path} {order}: {}", page.body);
                if let Some(next) = page.body["next"].as_str() {
                    assert!(next.contains("cursor=k"), "{next}");
                    let page = send(address, "GET", next, ADMIN, b"");
                    assert_eq!(page.status, 200, "{next}: {}", page.body);
                    count += 1;
                }
            }
        }
    }
    assert!(count > 5, "{count}");
}

#[test]
fn a_problem_has_its_status_code_member_and_place() {
    let address = furnished();
    let accounts = "/api/v1/sip/accounts";
    for (name, method, path, body, status, code, member) in [
        ("no such path", "GET", "/api/v1/sip/nothing", "", 404, 9005, None),
        ("below nothing", "GET", "/api/v2", "", 404, 9005, None),
        ("no such verb", "DELETE", accounts, "", 405, 9004, None),
        ("exists", "POST", accounts, &*account("alice").to_string(), 409, 1011, None),
        ("absent", "DELETE", "/api/v1/sip/accounts/x@acme.example", "", 404, 1010, None),
        ("no JSON", "POST", accounts, "{", 400, 9004, None),
        ("unknown member", "POST", accounts, "{\"a\": 1}", 422, 9004, Some("account.a")),
        ("type", "POST", accounts, "{\"owner\": true}", 422, 9004, Some("account.owner")),
        ("rule", "POST", accounts, "{\"id\": {\"username\": \"x\"}}", 422, 9004, Some("account.id.domain")),
        ("nothing", "POST", accounts, "", 400, 9004, None),
        ("bodied", "DELETE", "/api/v1/sip/accounts/x@acme.example", "{}", 400, 9004, None),
        ("query", "GET", "/api/v1/sip/accounts?filter.owner=many", "", 422, 9004, Some("query.filter.owner")),
        ("percent", "GET", "/api/v1/sip/accounts/%zz@x", "", 400, 9004, None),
    ] {
        let headers = format!("{ADMIN}Content-Type: application/json\r\n");
        let answer = send(address, method, path, &headers, body.as_bytes());
        assert_eq!((answer.status, &answer.body["errorcode"]), (status, &json!(code)), "{name}: {}", answer.body);
        assert_eq!(answer.body["member"].as_str(), member, "{name}");
        assert_eq!(answer.body["status"], status, "{name}");
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{name}");
        assert!(answer.header("x-request-id").is_some(), "{name}");
    }
    let allow = ask(address, "DELETE", "/sip/accounts", None);
    assert_eq!(allow.header("allow"), Some("POST, GET, HEAD"));
    let headers = format!("{ADMIN}Content-Type: application/json\r\n");
    let placed = send(address, "POST", accounts, &headers, b"{\n  \"id\": {\"usrname\": 1}\n}").body;
    assert_eq!((&placed["line"], &placed["pointer"]), (&json!(2), &json!("#/id/usrname")));
}

#[test]
fn callers_are_checked_as_on_the_other_wires() {
    let address = furnished();
    let path = "/api/v1/sip/accounts/alice@acme.example";
    for (name, headers) in [
        ("none", ""),
        ("wrong", "Authorization: Basic YWRtaW46d3Jvbmc=\r\n"),
        ("unknown", "Authorization: Basic bm9ib2R5OnNlY3JldA==\r\n"),
        ("no scheme", "Authorization: YWRtaW46c2VjcmV0\r\n"),
    ] {
        let answer = send(address, "GET", path, headers, b"");
        assert_eq!((answer.status, &answer.body["errorcode"]), (401, &json!(9000)), "{name}");
        assert!(answer.header("www-authenticate").unwrap().starts_with("Basic "), "{name}");
    }
    let reseller = json!({"reseller": 0, "impersonate": 0, "username": "acme", "password": "acme-pass-1",
        "firstName": "A", "lastName": "B", "email": "a@acme.example", "organization": "Acme"});
    let made = ask(address, "POST", "/customers", Some(reseller));
    assert_eq!(made.status, 201, "{}", made.body);
    let acting = format!("{ADMIN}Impersonate: {}\r\n", made.body["id"]);
    assert_eq!(send(address, "GET", path, &acting, b"").body["errorcode"], 1010);
    for (wanted, status) in [("999999", 401), ("acme", 422)] {
        let headers = format!("{ADMIN}Impersonate: {wanted}\r\n");
        assert_eq!(send(address, "GET", path, &headers, b"").status, status, "{wanted}");
    }
}

#[test]
fn too_many_failures_to_sign_in_are_said_to_be_too_many() {
    let address = server_with("failures_per_name = 3");
    let wrong = "Authorization: Basic YWRtaW46d3Jvbmc=\r\n";
    let ask = || send(address, "GET", "/api/v1/customers", wrong, b"");
    let statuses: Vec<u16> = (0..4).map(|_| ask().status).collect();
    assert_eq!(statuses, [401, 401, 401, 429]);
    assert!(ask().header("retry-after").is_some());
}

#[test]
fn a_page_of_another_origin_can_write_nothing() {
    let address = furnished();
    let body = account("mallory").to_string();
    for media_type in
        ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "application/xml"]
    {
        let headers = match media_type {
            "" => ADMIN.to_owned(),
            _ => format!("{ADMIN}Content-Type: {media_type}\r\n"),
        };
        let answer = send(address, "POST", "/api/v1/sip/accounts", &headers, body.as_bytes());
        assert_eq!(answer.status, 415, "{media_type}");
    }
    let asked = send(address, "OPTIONS", "/api/v1/sip/accounts", "Origin: http://elsewhere\r\n", b"");
    assert_eq!((asked.status, asked.header("access-control-allow-origin")), (405, None));
    assert_eq!(ask(address, "GET", "/sip/accounts/mallory@acme.example", None).status, 404);
}

#[test]
fn what_is_accepted_is_minded_and_limits_are_those_of_the_server() {
    let address = furnished();
    let html = send(address, "GET", "/api/v1/customers", &format!("{ADMIN}Accept: text/html\r\n"), b"");
    assert_eq!(html.status, 406);
    let headers = format!("{ADMIN}Content-Type: application/json\r\n");
    let large = " ".repeat(100_001);
    assert_eq!(send(address, "POST", "/api/v1/sip/accounts", &headers, large.as_bytes()).status, 413);
    let many = format!("{{\"groups\": [{}]}}", vec!["\"\""; 20_001].join(","));
    let many = send(address, "POST", "/api/v1/sip/accounts", &headers, many.as_bytes());
    assert_eq!(many.status, 422);
    assert!(many.body["detail"].as_str().unwrap().contains("limit for values"));
    let coded = send(address, "POST", "/api/v1/sip/accounts", &format!("{headers}Content-Encoding: br\r\n"), b"{}");
    assert_eq!(coded.status, 415);
    let deep = "[".repeat(90_000);
    assert_eq!(send(address, "POST", "/api/v1/sip/accounts", &headers, deep.as_bytes()).status, 422);
    let head = send(address, "HEAD", "/api/v1/customers", ADMIN, b"");
    assert_eq!((head.status, head.body), (200, Value::Null));
}

#[test]
fn an_accounts_holder_signs_in_with_its_address_and_reaches_itself_alone() {
    let address = furnished();
    let alice = "Authorization: Basic YWxpY2VAYWNtZS5leGFtcGxlOnBhc3MtMS13b3Jk\r\n";
    let policy = json!({"allow": ["sip:bob@acme.example"], "deny": [], "confirm": []}).to_string();
    let headers = format!("{alice}Content-Type: application/json\r\n");
    let own = "/api/v1/presence/alice@acme.example/policy";
    let set = send(address, "PUT", own, &headers, policy.as_bytes());
    assert_eq!(set.status, 204, "{}", set.body);
    assert_eq!(send(address, "GET", own, alice, b"").body["allow"].as_array().unwrap().len(), 1);
    for (path, headers) in [("/api/v1/presence/bob@acme.example/policy", alice), (own, ADMIN), (own, "")] {
        assert_eq!(send(address, "GET", path, headers, b"").status, 401, "{path} {headers}");
    }
}

fn change(address: SocketAddr, path: &str, headers: &str, body: &Value) -> Answer {
    let headers = format!("{ADMIN}Content-Type: application/merge-patch+json\r\n{headers}");
    send(address, "PATCH", &format!("/api/v1{path}"), &headers, body.to_string().as_bytes())
}

#[test]
fn a_part_is_changed_and_the_rest_is_kept() {
    let address = server();
    furnish(address);
    let path = "/sip/accounts/alice@acme.example";
    let before = ask(address, "GET", path, None);
    let changed = change(address, path, "", &json!({"firstName": "Alicia", "groups": ["free", "vip"]}));
    assert_eq!((changed.status, &changed.body["firstName"]), (200, &json!("Alicia")), "{}", changed.body);
    let after = ask(address, "GET", path, None);
    assert_eq!(after.header("etag"), changed.header("etag"));
    assert_ne!(after.header("etag"), before.header("etag"));
    for kept in ["lastName", "timezone", "owner", "prepaid", "acl"] {
        assert_eq!(after.body[kept], before.body[kept], "{kept}");
    }
    assert_eq!(after.body["groups"], json!(["free", "vip"]));
    let removed = change(address, path, "", &json!({"groups": null}));
    assert_eq!(removed.body["groups"], json!([]));
    for (body, status) in [(json!({"frist": 1}), 422), (json!(null), 422), (json!({"id": {"username": "bob"}}), 422)] {
        assert_eq!(change(address, path, "", &body).status, status, "{body}");
    }
    assert_eq!(change(address, "/sip/accounts/x@acme.example", "", &json!({})).status, 404);
}

#[test]
fn a_write_for_another_state_is_not_done() {
    let address = server();
    furnish(address);
    let path = "/sip/accounts/bob@acme.example";
    let read = ask(address, "GET", path, None);
    let tag = read.header("etag").unwrap().to_owned();
    let known = format!("{ADMIN}If-None-Match: {tag}\r\n");
    let unchanged = send(address, "GET", &format!("/api/v1{path}"), &known, b"");
    assert_eq!((unchanged.status, unchanged.body), (304, Value::Null));
    let matching = format!("If-Match: {tag}\r\n");
    assert_eq!(change(address, path, &matching, &json!({"firstName": "B"})).status, 200);
    assert_eq!(change(address, path, &matching, &json!({"firstName": "C"})).status, 412);
    let delete =
        |tag: &str| send(address, "DELETE", &format!("/api/v1{path}"), &format!("{ADMIN}If-Match: {tag}\r\n"), b"");
    assert_eq!(delete(&tag).status, 412);
    assert_eq!(ask(address, "GET", path, None).body["firstName"], "B");
    assert_eq!(delete("*").status, 204);
}

#[test]
fn a_trial_run_answers_as_the_call_would_and_changes_nothing() {
    let address = server();
    furnish(address);
    let made = ask(address, "POST", "/sip/accounts?dry_run=true", Some(account("dave")));
    assert_eq!((made.status, made.header("dry-run")), (201, Some("true")));
    assert_eq!(ask(address, "GET", "/sip/accounts/dave@acme.example", None).status, 404);
    let refused = ask(address, "POST", "/sip/accounts?dry_run=true", Some(account("alice")));
    assert_eq!((refused.status, &refused.body["errorcode"]), (409, &json!(1011)));
    assert_eq!(ask(address, "DELETE", "/sip/accounts/alice@acme.example?dry_run=true", None).status, 204);
    let tried = change(address, "/sip/accounts/alice@acme.example?dry_run=1", "", &json!({"firstName": "A"}));
    assert_eq!((tried.status, &tried.body["firstName"]), (200, &json!("A")));
    let kept = ask(address, "GET", "/sip/accounts/alice@acme.example", None);
    assert_eq!((kept.status, &kept.body["firstName"]), (200, &json!("alice")));
    assert_eq!(ask(address, "POST", "/sip/accounts?dry_run=maybe", Some(account("eve"))).status, 400);
    assert_eq!(ask(address, "GET", "/sip/accounts?dry_run=true", None).status, 400);
}

#[test]
fn changes_of_one_record_at_once_lose_none() {
    let address = server();
    furnish(address);
    let path = "/sip/accounts/carol@acme.example";
    let members = ["firstName", "lastName", "email", "timezone"];
    let values = ["Caroline", "Other", "carol@post.example", "Europe/Paris"];
    let threads: Vec<_> = members
        .into_iter()
        .zip(values)
        .map(|(member, value)| {
            std::thread::spawn(move || {
                // Whoever was overtaken each time says so and is asked again.
                while change(address, path, "", &json!({member: value})).status == 409 {}
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    let after = ask(address, "GET", path, None).body;
    for (member, value) in members.into_iter().zip(values) {
        assert_eq!(after[member], value, "{member}");
    }
}

/// Every reference of a document, and every parameter that is one.
fn references<'v>(value: &'v Value, out: &mut Vec<&'v str>) {
    match value {
        Value::Object(members) => {
            out.extend(members.get("$ref").and_then(Value::as_str));
            members.values().for_each(|value| references(value, out));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, out)),
        _ => {}
    }
}

#[test]
fn the_wire_describes_itself_and_every_operation_of_it() {
    let document = send(furnished(), "GET", "/api/v1/openapi.json", "", b"").body;
    assert_eq!(document["openapi"], "3.1.0");
    let mut found = Vec::new();
    references(&document, &mut found);
    for reference in found {
        assert!(document.pointer(&reference[1..]).is_some(), "{reference}");
    }
    let (mut summaries, mut ids) = (Vec::new(), Vec::new());
    for (path, item) in document["paths"].as_object().unwrap() {
        for (verb, operation) in item.as_object().unwrap() {
            ids.push(operation["operationId"].as_str().unwrap());
            if verb != "patch" {
                summaries.extend(operation["x-operation"].as_str());
            }
            let declared: Vec<&str> = operation["parameters"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|parameter| parameter["in"] == "path")
                .map(|parameter| parameter["name"].as_str().unwrap())
                .collect();
            let named: Vec<&str> = path.split('{').skip(1).map(|rest| rest.split('}').next().unwrap()).collect();
            assert_eq!(declared, named, "{verb} {path}");
        }
    }
    let operations = ngnpro_server::wire::Operation::ALL.iter().map(|operation| operation.describe());
    let mut names: Vec<String> = operations.map(|operation| format!("{}.{}", operation.port, operation.name)).collect();
    names.sort();
    summaries.sort_unstable();
    assert_eq!(summaries, names);
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
}

#[test]
fn a_caller_can_ask_who_it_is() {
    let address = furnished();
    let me = ask(address, "GET", "/me", None);
    assert_eq!(me.status, 200);
    assert_eq!(me.body, json!({"name": "admin", "role": "administrator", "customer": 0, "reseller": 0}));
    assert_eq!(ask(address, "PUT", "/me", None).status, 405);
    assert_eq!(send(address, "GET", "/api/v1/me", "", b"").status, 401);
}
