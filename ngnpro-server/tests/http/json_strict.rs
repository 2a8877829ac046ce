//! What a client of the JSON wire can get wrong, over real connections: each is told, by its name, and nothing is changed.

use serde_json::{Value, json};

use crate::json::{ADMIN, ask, send};
use crate::live::server;

const JSON: &str = "Content-Type: application/json\r\n";

#[test]
fn a_body_of_null_wipes_nothing() {
    let address = server();
    assert_eq!(ask(address, "POST", "/sip/domains", Some(json!({"domain": "acme.example"}))).status, 201);
    let account = json!({"id": {"username": "alice", "domain": "acme.example"}, "password": "pass-1-word",
        "firstName": "Alice", "groups": ["free"]});
    assert_eq!(ask(address, "POST", "/sip/accounts", Some(account)).status, 201);
    let path = "/sip/accounts/alice@acme.example";
    let before = ask(address, "GET", path, None).body;
    let description = send(address, "GET", "/api/v1/openapi.json", "", b"").body;
    let mut count = 0;
    for (template, item) in description["paths"].as_object().unwrap() {
        if !item["put"]["requestBody"].is_object()
            || item["put"]["x-operation"].is_null()
            || template.starts_with("/presence/")
        {
            continue;
        }
        let place = |step: &str| match step.strip_prefix('{') {
            Some(place) if place.starts_with("number") => "31@e164.arpa".to_owned(),
            Some(place) if place.starts_with("range") => "31@e164.arpa".to_owned(),
            Some(place)
                if ["sipId", "account.id", "alias.id", "account.sipId"].contains(&place.trim_end_matches('}')) =>
            {
                "alice@acme.example".to_owned()
            }
            Some(_) => "1".to_owned(),
            None => step.to_owned(),
        };
        let path = template.split('/').map(place).collect::<Vec<_>>().join("/");
        let answer = ask(address, "PUT", &path, Some(Value::Null));
        assert_eq!((answer.status, &answer.body["pointer"]), (422, &json!("#")), "{path} {}", answer.body);
        count += 1;
    }
    assert!(count > 20, "{count}");
    assert_eq!(ask(address, "GET", path, None).body, before);
}

#[test]
fn a_header_that_stands_once_is_refused_when_it_stands_twice_or_is_no_text() {
    let address = server();
    for name in ["Authorization", "Impersonate", "Idempotency-Key", "If-Match", "If-None-Match"] {
        for value in ["a\r\n#: b", "\u{e4}"] {
            let value = value.replace('#', name);
            let signed = if name == "Authorization" { "" } else { ADMIN };
            let headers = format!("{signed}{JSON}{name}: {value}\r\n");
            for path in ["/api/v1/sip/domains", "/api/v1/changes", "/api/v1/exports/sip/domains"] {
                let answer = send(address, "GET", path, &headers, b"");
                assert_eq!((answer.status, &answer.body["member"]), (400, &json!(name)), "{path} {}", answer.body);
            }
        }
    }
}

#[test]
fn a_put_of_what_is_there_is_not_done_where_it_must_not_be_there() {
    let address = server();
    assert_eq!(ask(address, "POST", "/sip/domains", Some(json!({"domain": "acme.example"}))).status, 201);
    let account = json!({"id": {"username": "bob", "domain": "acme.example"}, "password": "pass-1-word"});
    assert_eq!(ask(address, "POST", "/sip/accounts", Some(account)).status, 201);
    let headers = format!("{ADMIN}{JSON}If-None-Match: *\r\n");
    for (path, status) in [("bob", 412), ("nobody", 404)] {
        let path = format!("/api/v1/sip/accounts/{path}@acme.example");
        assert_eq!(send(address, "PUT", &path, &headers, b"{\"firstName\": \"X\"}").status, status, "{path}");
        assert_eq!(send(address, "PATCH", &path, &headers, b"{\"firstName\": \"X\"}").status, status, "{path}");
    }
    // Also where nothing can be read.
    let group = "/api/v1/sip/accounts/bob@acme.example/groups/vip";
    assert_eq!(send(address, "PUT", group, &format!("{ADMIN}If-None-Match: *\r\n"), b"").status, 412);
    assert_eq!(ask(address, "GET", "/sip/accounts/bob@acme.example/groups", None).body, json!([]));
    assert_eq!(ask(address, "GET", "/sip/accounts/bob@acme.example", None).body["firstName"], "");
}

#[test]
fn the_body_itself_is_pointed_at_and_a_deletion_of_nothing_is_refused() {
    let address = server();
    let headers = format!("{ADMIN}{JSON}");
    for path in ["/api/v1/sip/accounts/a@b/balance", "/api/v1/tokens"] {
        let answer = send(address, "POST", path, &headers, b"[]");
        let found = (answer.status, &answer.body["member"], &answer.body["pointer"]);
        assert_eq!(found, (422, &Value::Null, &json!("#")), "{path} {}", answer.body);
    }
    let answer = ask(address, "DELETE", "/sip/routes", None);
    assert_eq!((answer.status, &answer.body["member"]), (422, &json!("routes.id")), "{}", answer.body);
    assert_eq!(ask(address, "DELETE", "/sip/routes?routes.id=7", None).body["errorcode"], 1086);
}

#[test]
fn a_token_is_told_what_it_lacks() {
    let address = server();
    let token = |scopes: Value| {
        let made = ask(address, "POST", "/tokens", Some(json!({"name": "x", "scopes": scopes})));
        (made.status, made.body)
    };
    let (_, made) = token(json!(["Sip.updateAccount"]));
    let headers = format!("Authorization: Bearer {}\r\n{JSON}", made["token"].as_str().unwrap());
    assert_eq!(send(address, "GET", "/api/v1/me", &headers, b"").body["role"], "administrator");
    let path = "/api/v1/sip/accounts/a@b.example";
    for (method, path, body, lacks) in [
        ("GET", path, "", "Sip.getAccount"),
        ("PATCH", path, "{}", "Sip.getAccount"),
        ("DELETE", path, "", "Sip.deleteAccount"),
        ("GET", "/api/v1/journal", "", "journal"),
        ("GET", "/api/v1/changes", "", "changes"),
    ] {
        let answer = send(address, method, path, &headers, body.as_bytes());
        let words = answer.body["detail"].as_str().unwrap();
        assert_eq!(answer.status, 403, "{method} {words}");
        assert!(words.contains(&format!("no scope of this token has {lacks}")), "{method} {words}");
    }
    assert_eq!(send(address, "PUT", path, &headers, b"{}").status, 404);
    let (status, refused) = token(vec!["read"; 101].into());
    assert_eq!((status, &refused["detail"]), (422, &json!("scopes: has at most 100 entries")));
}

#[test]
fn changes_of_different_members_at_once_are_all_done() {
    let address = server();
    assert_eq!(ask(address, "POST", "/sip/domains", Some(json!({"domain": "acme.example"}))).status, 201);
    let account = json!({"id": {"username": "bob", "domain": "acme.example"}, "password": "pass-1-word"});
    assert_eq!(ask(address, "POST", "/sip/accounts", Some(account)).status, 201);
    for round in 0..10 {
        std::thread::scope(|scope| {
            for member in ["firstName", "lastName"] {
                scope.spawn(move || {
                    let body = json!({member: format!("{member}{round}")});
                    let answer = ask(address, "PATCH", "/sip/accounts/bob@acme.example", Some(body));
                    assert_eq!(answer.status, 200, "{}", answer.body);
                });
            }
        });
    }
    let after = ask(address, "GET", "/sip/accounts/bob@acme.example", None).body;
    assert_eq!((&after["firstName"], &after["lastName"]), (&json!("firstName9"), &json!("lastName9")));
}

#[test]
fn what_was_created_is_read_at_its_location_and_changed_there_in_part() {
    let address = server();
    let peer = json!({"ip": "192.0.2.7", "description": "gate", "msteams": false});
    for (path, body, part, absent, code) in [
        ("/sip/domains", json!({"domain": "one-1.example"}), json!({"customer": 0}), "absent.example", 1000),
        ("/sip/trusted-peers", peer, json!({"description": "Gate"}), "192.0.2.8", 1070),
        ("/sip/carriers", json!({"name": "one"}), json!({"name": "two"}), "999", 1080),
        (
            "/enum/ranges",
            json!({"id": {"prefix": "31", "tld": "e164.arpa"}}),
            json!({"info": "x"}),
            "32@e164.arpa",
            3000,
        ),
    ] {
        let made = ask(address, "POST", path, Some(body));
        assert_eq!(made.status, 201, "{path} {}", made.body);
        let location = made.header("Location").unwrap().strip_prefix("/api/v1").unwrap().to_owned();
        let read = ask(address, "GET", &location, None);
        assert_eq!((read.status, &read.body), (200, &made.body), "{location}");
        let matching = format!("{ADMIN}{JSON}If-Match: {}\r\n", read.header("ETag").unwrap());
        let at = format!("/api/v1{location}");
        let changed = send(address, "PATCH", &at, &matching, part.to_string().as_bytes());
        assert_eq!(changed.status, 200, "{location} {}", changed.body);
        let (name, value) = part.as_object().unwrap().iter().next().unwrap();
        assert_eq!(&changed.body[name], value, "{location}");
        let other = ask(address, "GET", &format!("{path}/{absent}"), None);
        assert_eq!((other.status, &other.body["errorcode"]), (404, &json!(code)), "{path} {}", other.body);
        assert_eq!(
            ask(address, "GET", &format!("{path}/%25"), None).status,
            if matches!(code, 1080 | 3000) { 422 } else { 404 }
        );
        let known = format!("{ADMIN}If-Match: \"other\"\r\n");
        assert_eq!(send(address, "DELETE", &at, &known, b"").status, 412, "{location}");
        assert_eq!(ask(address, "DELETE", &location, None).status, 204, "{location}");
        assert_eq!(ask(address, "GET", &location, None).body["errorcode"], code, "{location}");
    }
}

#[test]
fn the_entry_of_a_list_that_is_wrong_is_named_and_pointed_at() {
    let address = server();
    assert_eq!(ask(address, "POST", "/sip/domains", Some(json!({"domain": "acme.example"}))).status, 201);
    let account = json!({"id": {"username": "bob", "domain": "acme.example"}, "password": "pass-1-word"});
    assert_eq!(ask(address, "POST", "/sip/accounts", Some(account)).status, 201);
    let mapping = |kind: &str| json!({"type": kind, "mapto": "sip:a@acme.example"});
    let number = json!({"id": {"number": "31200", "tld": "e164.arpa"}, "mappings": [mapping("sip"), mapping("x")]});
    let route = |prefix: &str| json!({"carrier_id": 1, "prefix": prefix});
    let bob = "/sip/accounts/bob@acme.example";
    for (method, path, body, member, pointer) in [
        ("POST", "/enum/numbers", number, "number.mappings[1].type", "#/mappings/1/type"),
        ("POST", "/sip/routes", json!([route("0031"), route("+")]), "routes[1].prefix", "#/1/prefix"),
        ("POST", "/sip/routes", json!([route("0031"), {"prefix": 1}]), "routes[1].prefix", "#/1/prefix"),
        ("PUT", &format!("{bob}/barring-prefixes"), json!(["+31", "", "+"]), "prefixes[2]", "#/2"),
        ("PUT", bob, json!({"groups": ["free", "a b"]}), "account.groups[1]", "#/groups/1"),
        ("PUT", bob, json!({"acl": [{"ip": "10.0.0.0"}, {"ip": "x"}]}), "account.acl[1].ip", "#/acl/1/ip"),
    ] {
        let answer = ask(address, method, path, Some(body));
        let found = (answer.status, answer.body["member"].as_str(), answer.body["pointer"].as_str());
        assert_eq!(found, (422, Some(member), Some(pointer)), "{path} {}", answer.body);
    }
}

#[test]
fn entries_of_a_phonebook_that_come_and_go_between_pages_are_neither_missed_nor_repeated() {
    let address = server();
    assert_eq!(ask(address, "POST", "/sip/domains", Some(json!({"domain": "acme.example"}))).status, 201);
    let account = json!({"id": {"username": "bob", "domain": "acme.example"}, "password": "pass-1-word"});
    assert_eq!(ask(address, "POST", "/sip/accounts", Some(account)).status, 201);
    let book = "/sip/accounts/bob@acme.example/phonebook";
    let add = |uri: &str, name: &str| {
        let added = ask(address, "POST", book, Some(json!({"uri": uri, "name": name})));
        assert_eq!(added.status, 201, "{}", added.body);
    };
    for (uri, name) in [("d@x.example", "Dora"), ("b@x.example", "Bea"), ("c@x.example", ""), ("e@x.example", "bea")] {
        add(uri, name);
    }
    let (mut path, mut seen) = (format!("{book}?limit=2"), Vec::new());
    loop {
        let page = ask(address, "GET", &path, None);
        assert_eq!(page.status, 200, "{}", page.body);
        for entry in page.body["entries"].as_array().unwrap() {
            seen.push(entry["uri"].as_str().unwrap().to_owned());
        }
        if seen.len() == 2 {
            // One that lies behind, and one that is seen already.
            add("a@x.example", "");
            assert_eq!(ask(address, "DELETE", &format!("{book}/b@x.example"), None).status, 204);
        }
        match page.body["next"].as_str() {
            Some(next) => path = next.strip_prefix("/api/v1").unwrap().to_owned(),
            None => break,
        }
    }
    assert_eq!(seen, ["c@x.example", "b@x.example", "e@x.example", "d@x.example"]);
}
