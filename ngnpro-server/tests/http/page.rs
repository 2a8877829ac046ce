//! The page to try the JSON wire by hand.

use crate::live::{exchange, server};

fn get(address: std::net::SocketAddr, path: &str) -> (String, String) {
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    let text = exchange(address, request.as_bytes());
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, v)| v)
}

#[test]
fn the_page_stands_alone_and_its_policy_lets_it_talk_to_this_server_only() {
    let address = server();
    let mut policies = Vec::new();
    for path in ["/api/docs", "/api/v1/", "/api"] {
        let (head, body) = get(address, path);
        assert!(head.starts_with("HTTP/1.1 200 "), "{path}: {head}");
        assert_eq!(header(&head, "content-type"), Some("text/html; charset=utf-8"));
        let policy = header(&head, "content-security-policy").unwrap().to_owned();
        assert!(policy.contains("default-src 'none'") && policy.contains("connect-src 'self'"), "{policy}");
        assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap();
        assert_eq!(body.matches(&format!("nonce=\"{nonce}\"")).count(), 2);
        // Nothing but the two nonced elements runs or paints, and nothing comes from elsewhere.
        assert_eq!((body.matches("<script").count(), body.matches("<style").count()), (1, 1));
        for absent in ["http://", "https://", " src=", "style=\"", "innerHTML", "eval(", "onclick"] {
            assert!(!body.contains(absent), "{absent}");
        }
        assert!(body.contains("/api/v1/openapi.json") && body.len() < 16_000, "{}", body.len());
        policies.push(policy);
    }
    policies.sort();
    policies.dedup();
    assert_eq!(policies.len(), 3, "each answer has a nonce of its own");
    assert!(get(address, "/").1.contains("href=\"/api/docs\""));
    let posted =
        exchange(address, b"POST /api/docs HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    assert!(posted.starts_with("HTTP/1.1 405 "), "{posted}");
}
