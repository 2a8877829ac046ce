//! A phone's answer to a digest challenge.

use sip_core::digest::Algorithm;

use super::text::Text;

/// Adds credentials for a challenge; of several offered algorithms MD5 is taken.
pub(crate) fn sign(message: &mut Text, challenge: &Text, user: &str, password: &str, count: u32) {
    let uri = message.uri().to_owned();
    sign_for(message, challenge, (user, password), count, &uri);
}

/// The same for any address.
pub(crate) fn sign_for(message: &mut Text, challenge: &Text, (user, password): (&str, &str), count: u32, uri: &str) {
    let (header, answer) = match challenge.status() {
        Some(401) => ("WWW-Authenticate", "Authorization"),
        _ => ("Proxy-Authenticate", "Proxy-Authorization"),
    };
    let offers: Vec<&str> = challenge.all(header).collect();
    let offer = offers.iter().find(|offer| offer.contains("MD5")).or(offers.first()).expect("a challenge");
    let algorithm = if offer.contains("SHA-256") { Algorithm::Sha256 } else { Algorithm::Md5 };
    let quoted = |key: &str| offer.split(&format!("{key}=\"")).nth(1).and_then(|rest| rest.split('"').next());
    let (realm, nonce) = (quoted("realm").expect("a realm"), quoted("nonce").expect("a nonce"));
    let count = format!("{count:08x}");
    let hash = |parts: &[&str]| {
        let parts: Vec<&[u8]> = parts.iter().map(|part| part.as_bytes()).collect();
        String::from_utf8_lossy(algorithm.hash(&parts).as_bytes()).into_owned()
    };
    let ha2 = hash(&[message.method(), uri]);
    let proof = hash(&[&hash(&[user, realm, password]), nonce, &count, "c0ffee", "auth", &ha2]);
    let value = format!(
        "Digest username=\"{user}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{uri}\", response=\"{proof}\", \
         algorithm={}, qop=auth, nc={count}, cnonce=\"c0ffee\"",
        algorithm.token()
    );
    // What others ask of it stays.
    if message.all(answer).all(|other| !other.contains("nonce=\"0\"")) {
        message.remove(answer);
    }
    message.add(answer, value);
}
