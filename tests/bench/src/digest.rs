//! The client's side of digest authentication (RFC 7616, MD5, qop=auth), written apart from the proxy's.

use md5::{Digest, Md5};

/// Lower-case hexadecimal MD5.
pub fn md5_hex(text: &str) -> String {
    Md5::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// One account's answer to a challenge.
pub struct Answer<'a> {
    /// User part of the account.
    pub username: &'a str,
    /// Realm of the challenge.
    pub realm: &'a str,
    /// Password in clear text.
    pub password: &'a str,
    /// Method of the request.
    pub method: &'a str,
    /// Request-URI.
    pub uri: &'a str,
    /// Nonce of the challenge.
    pub nonce: &'a str,
    /// How often the nonce has been used, this time included.
    pub count: u32,
}

impl Answer<'_> {
    /// The header's value.
    pub fn header(&self) -> String {
        let ha1 = md5_hex(&format!("{}:{}:{}", self.username, self.realm, self.password));
        let ha2 = md5_hex(&format!("{}:{}", self.method, self.uri));
        let count = format!("{:08x}", self.count);
        let response = md5_hex(&format!("{ha1}:{}:{count}:6b8b4567:auth:{ha2}", self.nonce));
        format!(
            "Digest username=\"{}\", realm=\"{}\", nonce=\"{}\", uri=\"{}\", response=\"{response}\", \
             algorithm=MD5, cnonce=\"6b8b4567\", qop=auth, nc={count}",
            self.username, self.realm, self.nonce, self.uri
        )
    }
}
