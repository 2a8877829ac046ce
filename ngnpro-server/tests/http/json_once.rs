//! Writes with an `Idempotency-Key` over real connections: done once, answered as often as asked for.

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::json::{ADMIN, Answer, ask, send};
use crate::live::server;

fn write(address: SocketAddr, key: &str, method: &str, path: &str, body: Option<&Value>) -> Answer {
    let text = body.map(ToString::to_string).unwrap_or_default();
    let media_type = if text.is_empty() { "" } else { "Content-Type: application/json\r\n" };
    let headers = format!("{ADMIN}{media_type}Idempotency-Key: {key}\r\n");
    send(address, method, &format!("/api/v1{path}"), &headers, text.as_bytes())
}

fn add(address: SocketAddr, key: &str, domain: &str) -> Answer {
    write(address, key, "POST", "/sip/domains", Some(&json!({"domain": domain})))
}

#[test]
fn a_write_with_a_key_is_done_once_and_answered_alike_every_time() {
    let address = server();
    let first = add(address, "8e03978e-40d5-43dd-bc93-6894a57f9324", "once.example");
    assert_eq!((first.status, first.header("Idempotent-Replayed")), (201, None));
    for key in ["8e03978e-40d5-43dd-bc93-6894a57f9324", "\"8e03978e-40d5-43dd-bc93-6894a57f9324\""] {
        let again = add(address, key, "once.example");
        assert_eq!((again.status, again.header("Idempotent-Replayed")), (201, Some("true")));
        assert_eq!((&again.body, again.header("Location")), (&first.body, first.header("Location")));
    }
    // Another key is another write, and without one nothing is remembered.
    assert_eq!(add(address, "other", "once.example").status, 409);
    assert_eq!(ask(address, "POST", "/sip/domains", Some(json!({"domain": "once.example"}))).status, 409);
    for (method, path, body, status) in [
        ("PATCH", "/sip/domains", None, 405),
        ("DELETE", "/sip/domains/once.example", None, 204),
        ("POST", "/sip/domains", Some(json!({"domain": "second.example"})), 201),
    ] {
        for replayed in [None, Some("true")] {
            let answer = write(address, &format!("{method}-key"), method, path, body.as_ref());
            let expected = if status == 405 { None } else { replayed };
            assert_eq!((answer.status, answer.header("Idempotent-Replayed")), (status, expected), "{method}");
        }
    }
}

#[test]
fn a_key_is_for_one_request_and_a_refused_one_may_be_mended() {
    let address = server();
    assert_eq!(add(address, "k1", "one.example").status, 201);
    for answer in [add(address, "k1", "two.example"), write(address, "k1", "DELETE", "/sip/domains/one.example", None)]
    {
        assert_eq!((answer.status, &answer.body["member"]), (422, &json!("Idempotency-Key")));
    }
    assert_eq!(ask(address, "GET", "/sip/domains?filter.domain=two.example", None).body["total"], 0);
    // What was refused has left nothing behind: neither a change nor a use of the key.
    assert_eq!(add(address, "k2", "not a domain").status, 422);
    assert_eq!(add(address, "k2", "three.example").status, 201);
    let trial = write(address, "k3", "POST", "/sip/domains?dry_run=true", Some(&json!({"domain": "four.example"})));
    assert_eq!((trial.status, trial.header("Dry-Run")), (201, Some("true")));
    assert_eq!(add(address, "k3", "four.example").header("Idempotent-Replayed"), None);
    for key in ["", "two words", "\u{e4}", &"k".repeat(256)] {
        let answer = add(address, key, "five.example");
        assert_eq!((answer.status, &answer.body["member"]), (400, &json!("Idempotency-Key")), "{key}");
    }
}

#[test]
fn a_key_belongs_to_its_caller() {
    let address = server();
    let body = json!({"username": "acme", "password": "secret", "reseller": 0, "impersonate": 0, "firstName": "A",
        "lastName": "B", "email": "a@acme.example", "address": "1", "postcode": "1", "city": "X", "state": "",
        "country": "NL", "timezone": "Europe/Amsterdam", "language": "en", "companyCode": "", "vatNumber": "",
        "organization": "Acme", "tel": "+31", "resellerActive": true});
    let reseller = ask(address, "POST", "/customers", Some(body));
    assert_eq!(reseller.status, 201, "{:?}", reseller.body);
    let id = reseller.body["id"].as_i64().unwrap();
    assert_eq!(add(address, "shared", "admin.example").status, 201);
    let headers = format!("{ADMIN}Content-Type: application/json\r\nIdempotency-Key: shared\r\nImpersonate: {id}\r\n");
    let text = json!({"domain": "reseller.example"}).to_string();
    let theirs = send(address, "POST", "/api/v1/sip/domains", &headers, text.as_bytes());
    assert_eq!((theirs.status, theirs.header("Idempotent-Replayed")), (201, None), "{}", theirs.body);
}

#[test]
fn of_many_at_once_with_one_key_one_is_done() {
    let address = server();
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..8).map(|_| scope.spawn(move || add(address, "race", "race.example"))).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let done = |answer: &&Answer| answer.status == 201 && answer.header("Idempotent-Replayed").is_none();
    assert_eq!(answers.iter().filter(done).count(), 1);
    for answer in &answers {
        let is_busy = answer.status == 409 && answer.body["member"] == "Idempotency-Key";
        assert!(answer.status == 201 || is_busy, "{} {}", answer.status, answer.body);
    }
    assert_eq!(add(address, "race", "race.example").header("Idempotent-Replayed"), Some("true"));
}

#[test]
fn what_was_answered_before_is_for_the_credential_that_was_answered_alone() {
    let address = server();
    let account = json!({"id": {"username": "eve", "domain": "once.example"}, "password": "s3cret-word"});
    assert_eq!(add(address, "d", "once.example").status, 201);
    let made = write(address, "a", "POST", "/sip/accounts", Some(&account));
    assert_eq!(made.status, 201, "{}", made.body);
    let token = |name: &str, scope: &str| {
        let body = json!({"name": name, "scopes": [scope]});
        let made = ask(address, "POST", "/tokens", Some(body));
        format!("Authorization: Bearer {}\r\n", made.body["token"].as_str().unwrap())
    };
    let again = |credential: &str, key: &str, method: &str, path: &str, body: &str| {
        let headers = format!("{credential}Content-Type: application/json\r\nIdempotency-Key: {key}\r\n");
        send(address, method, &format!("/api/v1{path}"), &headers, body.as_bytes())
    };
    let reader = token("reader", "Dns:read");
    let refused = again(&reader, "a", "POST", "/sip/accounts", &account.to_string());
    assert_eq!((refused.status, &refused.body["errorcode"]), (403, &json!(9001)), "{}", refused.body);
    assert!(!refused.body.to_string().contains("s3cret"));
    // One that may write is not the one that was answered: the write is tried, and refused for what it is.
    let writer = token("writer", "Sip");
    assert_eq!(again(&writer, "a", "POST", "/sip/accounts", &account.to_string()).body["errorcode"], 1011);
    let gone = write(address, "r", "DELETE", "/sip/accounts/eve@once.example", None);
    assert_eq!(gone.status, 204);
    assert_eq!(again(&reader, "r", "DELETE", "/sip/accounts/eve@once.example", "").status, 403);
    let domain = json!({"domain": "twice.example"}).to_string();
    for replayed in [None, Some("true")] {
        let answer = again(&writer, "t", "POST", "/sip/domains", &domain);
        assert_eq!((answer.status, answer.header("Idempotent-Replayed")), (201, replayed));
    }
}
