//! The digest computation against the RFC's own example, and what a check concludes.

use super::*;
use crate::test_clock::start;
use std::collections::HashMap;
use std::time::{Duration, Instant};

fn parse<'a>(params: &'a HashMap<&'a str, String>) -> Result<Credentials<'a>, Unusable> {
    Credentials::from_params(|name| params.get(name).map(|v| v.as_bytes()))
}

fn example(algorithm: &str, response: &str) -> HashMap<&'static str, String> {
    [
        ("username", "Mufasa"),
        ("realm", "http-auth@example.org"),
        ("uri", "/dir/index.html"),
        ("algorithm", algorithm),
        ("nonce", "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"),
        ("nc", "00000001"),
        ("cnonce", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"),
        ("qop", "auth"),
        ("response", response),
    ]
    .map(|(k, v)| (k, v.to_owned()))
    .into()
}

fn mufasa() -> StoredDigests {
    StoredDigests::of_clear_text("Mufasa", "http-auth@example.org", "Circle of Life")
}

/// RFC 7616 §3.9.1: the example with MD5 and with SHA-256.
#[test]
fn the_example_of_the_rfc_is_computed() {
    for (algorithm, response) in [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ] {
        let params = example(algorithm, response);
        let credentials = parse(&params).unwrap();
        let stored = mufasa();
        let ha1 = stored.for_credentials(&credentials).unwrap();
        assert!(credentials.proves(ha1.as_bytes(), b"GET"), "{algorithm}");
        // RFC 7616 §3.4.1: the method is part of what is hashed.
        assert!(!credentials.proves(ha1.as_bytes(), b"POST"), "{algorithm}");
    }
}

/// RFC 3261 §22.4, §25.1: parameter values that name tokens are compared without case.
#[test]
fn spelling_of_tokens_does_not_matter() {
    let mut params = example("md5", "8CA523F5E9506FED4657C9700EEBDBEC");
    params.insert("qop", "AUTH".to_owned());
    let credentials = parse(&params).unwrap();
    assert_eq!(credentials.algorithm, Algorithm::Md5);
    let stored = mufasa();
    let ha1 = stored.for_credentials(&credentials).unwrap();
    assert!(credentials.proves(ha1.as_bytes(), b"GET"));
}

#[test]
fn unusable_credentials_say_why() {
    let cases: [(&str, Option<&str>, Unusable); 9] = [
        ("username", None, Unusable::Incomplete),
        ("username", Some(""), Unusable::Incomplete),
        ("nonce", Some(""), Unusable::Incomplete),
        ("response", Some("0"), Unusable::Malformed),
        ("nc", Some("zzzzzzzz"), Unusable::Malformed),
        ("nc", Some("+0000001"), Unusable::Malformed),
        ("cnonce", None, Unusable::Incomplete),
        ("qop", Some("auth-conf"), Unusable::NotOffered),
        ("algorithm", Some("MD5-sess"), Unusable::NotOffered),
    ];
    for (name, value, why) in cases {
        let mut params = example("MD5", "8ca523f5e9506fed4657c9700eebdbec");
        match value {
            Some(v) => params.insert(name, v.to_owned()),
            None => params.remove(name),
        };
        assert_eq!(parse(&params).unwrap_err(), why, "{name}={value:?}");
    }
}

struct Client {
    params: HashMap<&'static str, String>,
}

impl Client {
    fn answer(nonce: &str, user: &str, password: &str, algorithm: Algorithm, nc: &str) -> Client {
        let ha1 = algorithm.hash(&[user.as_bytes(), b"example.com", password.as_bytes()]);
        let ha2 = algorithm.hash(&[b"REGISTER", b"sip:example.com"]);
        let response =
            algorithm.hash(&[ha1.as_bytes(), nonce.as_bytes(), nc.as_bytes(), b"c", b"auth", ha2.as_bytes()]);
        let params = [
            ("username", user.to_owned()),
            ("realm", "example.com".to_owned()),
            ("nonce", nonce.to_owned()),
            ("uri", "sip:example.com".to_owned()),
            ("algorithm", algorithm.token().to_owned()),
            ("nc", nc.to_owned()),
            ("cnonce", "c".to_owned()),
            ("qop", "auth".to_owned()),
            ("response", String::from_utf8(response.as_bytes().to_vec()).unwrap()),
        ]
        .into();
        Client { params }
    }

    fn check(&self, nonces: &Nonces, now: Instant, stored: Option<&StoredDigests>) -> Verdict {
        check(nonces, now, &parse(&self.params).unwrap(), stored, b"REGISTER")
    }
}

#[test]
fn a_right_password_is_accepted_once_for_each_nonce_count() {
    let now = start();
    let nonces = Nonces::new(&[1; 32], now, Duration::from_secs(300), 10);
    let stored = StoredDigests::of_clear_text("alice", "example.com", "secret");
    let nonce = nonces.issue(now);
    for algorithm in ALGORITHMS {
        let nonce = nonces.issue(now);
        let client = Client::answer(&nonce, "alice", "secret", algorithm, "00000001");
        assert_eq!(client.check(&nonces, now, Some(&stored)), Verdict::Accepted);
        // RFC 7616 §5.5: a replayed request is refused; its sender may try again with a new nonce.
        assert_eq!(client.check(&nonces, now, Some(&stored)), Verdict::Stale);
        let next = Client::answer(&nonce, "alice", "secret", algorithm, "00000002");
        assert_eq!(next.check(&nonces, now, Some(&stored)), Verdict::Accepted);
    }
    let whole = Client::answer(&nonce, "alice@example.com", "secret", Algorithm::Md5, "00000001");
    assert_eq!(whole.check(&nonces, now, Some(&stored)), Verdict::Accepted);
}

/// RFC 7616 §3.3: stale=true only where the password is right.
#[test]
fn an_old_nonce_is_stale_with_the_right_password_only() {
    let now = start();
    let nonces = Nonces::new(&[1; 32], now, Duration::from_secs(300), 10);
    let stored = StoredDigests::of_clear_text("alice", "example.com", "secret");
    let nonce = nonces.issue(now);
    let later = now + Duration::from_secs(301);
    let right = Client::answer(&nonce, "alice", "secret", Algorithm::Md5, "00000001");
    let wrong = Client::answer(&nonce, "alice", "guess", Algorithm::Md5, "00000001");
    assert_eq!(right.check(&nonces, later, Some(&stored)), Verdict::Stale);
    assert_eq!(wrong.check(&nonces, later, Some(&stored)), Verdict::Refused);
}

#[test]
fn a_wrong_password_does_not_use_up_the_nonce_and_nobody_is_refused_alike() {
    let now = start();
    let nonces = Nonces::new(&[1; 32], now, Duration::from_secs(300), 10);
    let stored = StoredDigests::of_clear_text("alice", "example.com", "secret");
    let nonce = nonces.issue(now);
    let wrong = Client::answer(&nonce, "alice", "guess", Algorithm::Sha256, "00000001");
    assert_eq!(wrong.check(&nonces, now, Some(&stored)), Verdict::Refused);
    assert_eq!(wrong.check(&nonces, now, None), Verdict::Refused);
    let right = Client::answer(&nonce, "alice", "secret", Algorithm::Sha256, "00000001");
    assert_eq!(right.check(&nonces, now, Some(&stored)), Verdict::Accepted);
}

#[test]
fn an_account_with_md5_only_offers_md5_only() {
    let stored = StoredDigests { sha256: None, ..mufasa() };
    assert!(stored.offers(Algorithm::Md5) && !stored.offers(Algorithm::Sha256));
    let params = example("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
    assert!(stored.for_credentials(&parse(&params).unwrap()).is_none());
}

#[test]
fn a_challenge_names_realm_nonce_algorithm_and_qop() {
    assert_eq!(
        challenge("example.com", "abc", Algorithm::Sha256, true),
        r#"Digest realm="example.com", nonce="abc", algorithm=SHA-256, qop="auth", stale=true"#
    );
}

#[test]
fn what_stands_for_a_password_is_not_printed() {
    let printed = format!("{:?} {:?}", mufasa(), Algorithm::Md5.hash(&[b"x"]));
    assert_eq!(printed, "StoredDigests(redacted) Hex(redacted)");
}

#[test]
fn digests_are_read_from_hexadecimal_and_nothing_else() {
    let stored = StoredDigests::from_hex(Some("939e7578ed9e3c518a452acee763bce9"), Some("939e"), Some("no"));
    assert_eq!(stored.ha1.map(|h| h[0]), Some(0x93));
    assert!(stored.ha1b.is_none() && stored.sha256.is_none());
}
