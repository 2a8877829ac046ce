//! Tokens over real connections: made once, good for what they were made for, gone when they are revoked.

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::json::{ADMIN, Answer, ask, send};
use crate::live::{server, server_with};

fn with(address: SocketAddr, token: &str, method: &str, path: &str, body: Option<&Value>) -> Answer {
    let text = body.map(ToString::to_string).unwrap_or_default();
    let media_type = if text.is_empty() { "" } else { "Content-Type: application/json\r\n" };
    let headers = format!("Authorization: Bearer {token}\r\n{media_type}");
    send(address, method, &format!("/api/v1{path}"), &headers, text.as_bytes())
}

fn acting(address: SocketAddr, id: i64, method: &str, path: &str, body: Option<&Value>) -> Answer {
    let text = body.map(ToString::to_string).unwrap_or_default();
    let media_type = if text.is_empty() { "" } else { "Content-Type: application/json\r\n" };
    let headers = format!("{ADMIN}Impersonate: {id}\r\n{media_type}");
    send(address, method, &format!("/api/v1{path}"), &headers, text.as_bytes())
}

fn text(answer: &Answer, member: &str) -> String {
    answer.body[member].as_str().unwrap().to_owned()
}

fn reseller(address: SocketAddr, name: &str) -> i64 {
    let body = json!({"username": name, "password": "secret", "firstName": "A", "lastName": "B",
        "email": "a@acme.example", "address": "1", "postcode": "1", "city": "X", "country": "NL",
        "timezone": "Europe/Amsterdam", "organization": name, "tel": "+31", "resellerActive": true});
    let added = ask(address, "POST", "/customers", Some(body));
    assert_eq!(added.status, 201, "{}", added.body);
    added.body["id"].as_i64().unwrap()
}

#[test]
fn a_token_acts_as_whom_it_belongs_to_within_its_scopes_until_it_is_revoked() {
    let address = server();
    let (acme, rival) = (reseller(address, "acme"), reseller(address, "rival"));
    let new = |scopes: &[&str]| json!({"name": "portal", "scopes": scopes, "expires": "2099-12-31T23:59:59+01:00"});
    let made = acting(address, acme, "POST", "/tokens", Some(&new(&["read", "Sip.addDomain"])));
    assert_eq!((made.status, &made.body["customer"]), (201, &json!(acme)), "{}", made.body);
    assert_eq!(made.body["expires"], "2099-12-31T22:59:59Z");
    let token = text(&made, "token");
    let me = with(address, &token, "GET", "/me", None);
    assert_eq!((me.status, &me.body["role"], &me.body["customer"]), (200, &json!("reseller"), &json!(acme)));
    // Its readings and the one operation; nothing else, and nothing of another tenant.
    assert_eq!(with(address, &token, "GET", "/sip/domains", None).body["total"], 0);
    let domain = json!({"domain": "acme.example"});
    assert_eq!(with(address, &token, "POST", "/sip/domains", Some(&domain)).status, 201);
    assert_eq!(with(address, &token, "DELETE", "/sip/domains/acme.example", None).status, 403);
    assert_eq!(with(address, &token, "GET", "/tokens", None).status, 403);
    assert_eq!(with(address, &token, "POST", "/tokens", Some(&new(&["all"]))).status, 403);
    let headers = format!("Authorization: Bearer {token}\r\nImpersonate: {rival}\r\n");
    assert_eq!(send(address, "GET", "/api/v1/sip/domains", &headers, b"").status, 403);
    // Whoever may see it sees when it was used, and never the token.
    let path = made.header("Location").unwrap().strip_prefix("/api/v1").unwrap().to_owned();
    let listed = acting(address, acme, "GET", "/tokens", None);
    assert_eq!(listed.body["tokens"].as_array().unwrap().len(), 1);
    assert!(listed.body["tokens"][0]["lastUsed"].is_string());
    assert!(!listed.body.to_string().contains(&token));
    assert_eq!(acting(address, rival, "GET", "/tokens", None).body["tokens"], json!([]));
    assert_eq!(acting(address, rival, "DELETE", &path, None).status, 404);
    assert_eq!(acting(address, acme, "DELETE", &format!("{path}?dry_run=true"), None).status, 204);
    assert_eq!(with(address, &token, "GET", "/me", None).status, 200);
    assert_eq!(acting(address, acme, "DELETE", &path, None).status, 204);
    let gone = with(address, &token, "GET", "/me", None);
    assert_eq!(gone.status, 401);
    assert!(gone.header("www-authenticate").unwrap().contains("Bearer"));
}

#[test]
fn the_administrators_token_may_act_as_a_customer_and_an_ended_one_as_nobody() {
    let address = server();
    let acme = reseller(address, "acme");
    let made = ask(address, "POST", "/tokens", Some(json!({"name": "backup", "scopes": ["all"]})));
    let token = text(&made, "token");
    assert_eq!(with(address, &token, "GET", "/me", None).body["role"], "administrator");
    let headers = format!("Authorization: Bearer {token}\r\nImpersonate: {acme}\r\n");
    assert_eq!(send(address, "GET", "/api/v1/me", &headers, b"").body["customer"], acme);
    for (expires, status) in
        [("2001-01-01T00:00:00Z", 422), ("2030-02-30T00:00:00Z", 422), ("2030-01-01T00:00:00", 422)]
    {
        let new = json!({"name": "x", "scopes": ["all"], "expires": expires});
        let refused = ask(address, "POST", "/tokens", Some(new));
        assert_eq!((refused.status, &refused.body["member"]), (status, &json!("expires")), "{expires}");
    }
    for wrong in ["", "x", "ngnpro_00", &token.to_uppercase()] {
        assert_eq!(with(address, wrong, "GET", "/me", None).status, 401, "{wrong}");
    }
}

#[test]
fn wrong_tokens_are_tried_so_often_and_a_good_one_from_there_goes_on() {
    let address = server_with("failures_per_address = 3");
    let made = ask(address, "POST", "/tokens", Some(json!({"name": "portal", "scopes": ["read"]})));
    let token = text(&made, "token");
    assert_eq!(with(address, &token, "GET", "/me", None).status, 200);
    let statuses: Vec<u16> = (0..4).map(|_| with(address, "ngnpro_00", "GET", "/me", None).status).collect();
    assert_eq!(statuses, [401, 401, 401, 429]);
    assert_eq!(with(address, &token, "GET", "/me", None).status, 200);
}

#[test]
fn a_token_that_is_made_under_a_key_is_made_once_and_shown_again() {
    let address = server();
    let headers = format!("{ADMIN}Content-Type: application/json\r\nIdempotency-Key: make\r\n");
    let body = json!({"name": "once", "scopes": ["read"]}).to_string();
    let [one, again] = [(), ()].map(|()| send(address, "POST", "/api/v1/tokens", &headers, body.as_bytes()));
    assert_eq!((one.status, &one.body), (201, &again.body));
    let page = send(address, "GET", "/api/v1/tokens?limit=1", ADMIN, b"");
    assert_eq!((page.body["tokens"].as_array().unwrap().len(), &page.body["next"]), (1, &Value::Null));
    assert_eq!(ask(address, "POST", "/tokens", Some(json!({"name": "two", "scopes": ["read"]}))).status, 201);
    let page = send(address, "GET", "/api/v1/tokens?limit=1", ADMIN, b"");
    let rest = send(address, "GET", page.body["next"].as_str().unwrap(), ADMIN, b"");
    assert_eq!((&rest.body["tokens"][0]["name"], &rest.body["next"]), (&json!("two"), &Value::Null));
}

/// Whoever changes a password because somebody else knows it shuts that somebody out, also where it made itself a token.
#[test]
fn another_password_ends_the_tokens_of_its_customer_and_of_nobody_else() {
    let address = server();
    let (acme, rival) = (reseller(address, "acme"), reseller(address, "rival"));
    let new = json!({"name": "portal", "scopes": ["read"]});
    let [of_acme, of_rival] =
        [acme, rival].map(|id| text(&acting(address, id, "POST", "/tokens", Some(&new)), "token"));
    let path = format!("/customers/{acme}");
    let change = |body: Value| {
        let headers = format!("{ADMIN}Content-Type: application/merge-patch+json\r\n");
        let changed = send(address, "PATCH", &format!("/api/v1{path}"), &headers, body.to_string().as_bytes());
        assert!([200, 204].contains(&changed.status), "{}", changed.body);
    };
    // A change of something else ends none.
    change(json!({"city": "Utrecht"}));
    assert_eq!(with(address, &of_acme, "GET", "/me", None).status, 200);
    change(json!({"password": "another-secret"}));
    assert_eq!(with(address, &of_acme, "GET", "/me", None).status, 401);
    assert_eq!(with(address, &of_rival, "GET", "/me", None).status, 200);
    assert_eq!(acting(address, acme, "GET", "/tokens", None).body["tokens"], json!([]));
}
