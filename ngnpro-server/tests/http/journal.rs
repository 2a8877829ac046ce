//! The journal over real connections: what is changed on any wire is there, told to its owner alone.

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::json::{Answer, send};
use crate::live::{exchange, post_text, server};

/// HTTP Basic for a login of these tests, whose passwords are all the same.
pub(crate) fn basic(login: &str) -> &'static str {
    match login {
        "admin" => "Authorization: Basic YWRtaW46c2VjcmV0\r\n",
        "reseller1" => "Authorization: Basic cmVzZWxsZXIxOnMzY3JldC1wYXNzd29yZA==\r\n",
        "reseller2" => "Authorization: Basic cmVzZWxsZXIyOnMzY3JldC1wYXNzd29yZA==\r\n",
        "customer1" => "Authorization: Basic Y3VzdG9tZXIxOnMzY3JldC1wYXNzd29yZA==\r\n",
        _ => panic!("{login} is no login of these tests"),
    }
}

pub(crate) fn ask(address: SocketAddr, login: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
    let text = body.map(|body| body.to_string()).unwrap_or_default();
    let media_type = if text.is_empty() { "" } else { "Content-Type: application/json\r\n" };
    send(address, method, &format!("/api/v1{path}"), &format!("{}{media_type}", basic(login)), text.as_bytes())
}

/// Two resellers, and a customer of the first.
pub(crate) fn tenants(address: SocketAddr) {
    let add = |login: &str, name: &str, body: Value| {
        let mut body = body;
        body["username"] = name.into();
        body["password"] = "s3cret-password".into();
        let added = ask(address, login, "POST", "/customers", Some(body));
        assert_eq!(added.status, 201, "{}", added.body);
    };
    add("admin", "reseller1", json!({"resellerActive": true}));
    add("admin", "reseller2", json!({"resellerActive": true}));
    add("reseller1", "customer1", json!({}));
}

pub(crate) fn add_domain(address: SocketAddr, login: &str, domain: &str) {
    let added = ask(address, login, "POST", "/sip/domains", Some(json!({"domain": domain})));
    assert_eq!(added.status, 201, "{}", added.body);
}

fn entries(address: SocketAddr, login: &str, query: &str) -> Vec<Value> {
    let page = ask(address, login, "GET", &format!("/journal?{query}"), None);
    assert_eq!(page.status, 200, "{}", page.body);
    page.body["entries"].as_array().unwrap().clone()
}

fn keys(entries: &[Value]) -> Vec<&str> {
    entries.iter().map(|entry| entry["key"].as_str().unwrap()).collect()
}

#[test]
fn a_change_on_any_wire_is_in_the_journal_with_its_request_and_its_change_set() {
    let address = server();
    for (wire, name) in [("encoded", "one"), ("literal", "two")] {
        let namespace =
            if wire == "literal" { "urn:AGProjects:NGNPro:Sip:literal" } else { "urn:AGProjects:NGNPro:Sip" };
        let envelope = format!(
            "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Header><auth><username>admin</username>\
             <password>secret</password></auth></e:Header><e:Body><s:addDomain xmlns:s=\"{namespace}\"><domain><domain>\
             {name}.example</domain><privateKey>k3y</privateKey></domain></s:addDomain></e:Body></e:Envelope>"
        );
        let answer = exchange(address, &post_text("Change-Set: move of November\r\n", &envelope));
        assert!(answer.contains(" 200 OK"), "{answer}");
        let id = answer.to_lowercase().split_once("x-request-id: ").unwrap().1.lines().next().unwrap().to_owned();
        let found = entries(address, "admin", &format!("request={id}"));
        assert_eq!(keys(&found), [format!("{name}.example")]);
        let entry = &found[0];
        assert_eq!((&entry["wire"], &entry["operation"]), (&json!(wire), &json!("Sip.addDomain")));
        assert_eq!(
            (&entry["who"], &entry["role"], &entry["peer"]),
            (&json!("admin"), &json!("administrator"), &json!("127.0.0.1"))
        );
        assert_eq!((&entry["change"], &entry["before"]), (&json!("insert"), &Value::Null));
        assert_eq!(entry["after"]["domain"], format!("{name}.example"));
    }
    add_domain(address, "admin", "three.example");
    let removed = ask(address, "admin", "DELETE", "/sip/domains/three.example", None);
    let gone = entries(address, "admin", &format!("request={}", removed.header("x-request-id").unwrap()));
    assert_eq!((&gone[0]["wire"], &gone[0]["operation"]), (&json!("json"), &json!("Sip.deleteDomain")));
    assert_eq!((&gone[0]["before"]["domain"], &gone[0]["after"]), (&json!("three.example"), &Value::Null));
    assert_eq!(
        keys(&entries(address, "admin", "changeSet=move+of+November&resource=sip_domains")),
        ["two.example", "one.example"]
    );
    assert_eq!(keys(&entries(address, "admin", "operation=Sip.deleteDomain")), ["three.example"]);
}

#[test]
fn nothing_of_a_call_that_is_refused_or_tried_is_in_the_journal_and_no_secret_ever() {
    let address = server();
    add_domain(address, "admin", "one.example");
    assert_eq!(ask(address, "admin", "POST", "/sip/domains", Some(json!({"domain": "one.example"}))).status, 409);
    assert_eq!(
        ask(address, "admin", "POST", "/sip/domains?dry_run=true", Some(json!({"domain": "two.example"}))).status,
        201
    );
    let account = json!({"id": {"username": "alice", "domain": "one.example"}, "password": "s3cret-word"});
    assert_eq!(ask(address, "admin", "POST", "/sip/accounts", Some(account)).status, 201);
    let all = entries(address, "admin", "");
    assert_eq!(keys(&all).last(), Some(&"one.example"));
    let account = all.iter().find(|entry| entry["resource"] == "sip_accounts").unwrap();
    assert_eq!(account["concealed"], json!(["password", "ha1", "ha1b", "ha1_sha256"]));
    let text = Value::from(all.clone()).to_string();
    assert!(!text.contains("s3cret") && !text.contains("two.example"), "{text}");
    let wrong = send(
        address,
        "POST",
        "/api/v1/sip/domains",
        &format!("{}Content-Type: application/json\r\nChange-Set: \r\n", basic("admin")),
        b"{\"domain\": \"x.example\"}",
    );
    assert_eq!((wrong.status, &wrong.body["member"]), (422, &json!("Change-Set")));
}

#[test]
fn a_tenant_reads_its_own_changes_and_not_who_above_it_made_them() {
    let address = server();
    tenants(address);
    add_domain(address, "reseller1", "one.example");
    add_domain(address, "reseller2", "two.example");
    add_domain(address, "customer1", "own.example");
    let of = |login| entries(address, login, "resource=sip_domains");
    assert_eq!(keys(&of("admin")), ["own.example", "two.example", "one.example"]);
    assert_eq!(keys(&of("reseller1")), ["own.example", "one.example"]);
    assert_eq!(keys(&of("reseller2")), ["two.example"]);
    assert_eq!(keys(&of("customer1")), ["own.example"]);
    // What others did cannot be asked for either.
    for query in ["key=two.example", "who=reseller2", "who=admin", "reseller=999999", "operation=Dns.addZone"] {
        assert!(entries(address, "reseller1", query).is_empty(), "{query}");
    }
    let own = entries(address, "customer1", "resource=customers");
    assert_eq!((&own[0]["who"], &own[0]["peer"], &own[0]["role"]), (&Value::Null, &Value::Null, &json!("reseller")));
    let seen = entries(address, "reseller1", "resource=customers&who=reseller1");
    assert_eq!((&seen[0]["who"], &seen[0]["peer"]), (&json!("reseller1"), &json!("127.0.0.1")));
}

#[test]
fn pages_of_the_journal_follow_one_another_by_their_links() {
    let address = server();
    for n in 1..=5 {
        add_domain(address, "admin", &format!("d{n}.example"));
    }
    let (mut path, mut found) = ("/api/v1/journal?resource=sip_domains&limit=2".to_owned(), Vec::new());
    for _ in 0..3 {
        let page = send(address, "GET", &path, basic("admin"), b"");
        found.extend(
            page.body["entries"].as_array().unwrap().iter().map(|entry| entry["key"].as_str().unwrap().to_owned()),
        );
        path = page.body["next"].as_str().unwrap_or_default().to_owned();
    }
    assert_eq!(
        (found.join(" ").as_str(), path.as_str()),
        ("d5.example d4.example d3.example d2.example d1.example", "")
    );
    let wrong = ask(address, "admin", "GET", "/journal?since=yesterday", None);
    assert_eq!((wrong.status, &wrong.body["member"]), (400, &json!("since")));
}
