//! Digest access authentication as a registrar and proxy use it (RFC 7616, RFC 8760, RFC 3261 §22): the challenge, the
//! check of a response against a stored HA1, and what the check may conclude. Nonces are made and judged in [`nonce`];
//! reading the header from a message and choosing the status to answer belong to the routing steps.

pub mod nonce;

use hmac::digest::Digest;
use md5::Md5;
use sha2::Sha256;
use std::fmt;
use subtle::ConstantTimeEq;

pub use nonce::{NonceVerdict, Nonces};

/// The algorithms that are offered and accepted, in the order of their challenges unless the operator wants another.
// RFC 8760 §2.3 departs: the weaker one stands on top. Phones that know MD5 alone read the topmost challenge and give
// up when it names another algorithm; a phone that prefers SHA-256 finds it below.
pub const ALGORITHMS: [Algorithm; 2] = [Algorithm::Md5, Algorithm::Sha256];

/// A digest algorithm (RFC 7616 §3.3). The `-sess` variants and SHA-512-256 are never offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// `MD5`, which most phones still speak.
    Md5,
    /// `SHA-256`.
    Sha256,
}

impl Algorithm {
    /// All of them, this one first.
    pub(crate) fn before_others(self) -> [Algorithm; 2] {
        let mut order = ALGORITHMS;
        // The others stay in their order.
        order.sort_by_key(|other| *other != self);
        order
    }

    /// The token of the `algorithm` parameter.
    pub fn token(self) -> &'static str {
        match self {
            Algorithm::Md5 => "MD5",
            Algorithm::Sha256 => "SHA-256",
        }
    }

    /// Reads the parameter's value; `None` for an algorithm that is never offered.
    pub fn from_token(token: &[u8]) -> Option<Algorithm> {
        ALGORITHMS.into_iter().find(|a| a.token().as_bytes().eq_ignore_ascii_case(token))
    }

    /// The length of the hash, in hexadecimal digits.
    fn hex_len(self) -> usize {
        match self {
            Algorithm::Md5 => 32,
            Algorithm::Sha256 => 64,
        }
    }

    /// Hashes the parts joined by colons into lower case hexadecimal.
    pub fn hash(self, parts: &[&[u8]]) -> Hex {
        match self {
            Algorithm::Md5 => Hex::of(&joined::<Md5>(parts)),
            Algorithm::Sha256 => Hex::of(&joined::<Sha256>(parts)),
        }
    }
}

fn joined<D: Digest>(parts: &[&[u8]]) -> hmac::digest::Output<D> {
    let mut hash = D::new();
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            hash.update(b":");
        }
        hash.update(part);
    }
    hash.finalize()
}

/// A hash in lower case hexadecimal, without an allocation.
#[derive(Clone, Copy)]
pub struct Hex {
    text: [u8; 64],
    len: u8,
}

impl Hex {
    fn of(bytes: &[u8]) -> Hex {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [0; 64];
        let mut len = 0;
        for (pair, byte) in text.chunks_exact_mut(2).zip(bytes) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
            len += 2;
        }
        Hex { text, len }
    }

    /// The digits.
    pub fn as_bytes(&self) -> &[u8] {
        &self.text[..usize::from(self.len)]
    }
}

// A digest stands for the password: it is never printed.
impl fmt::Debug for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hex(redacted)")
    }
}

/// The quality of protection that a response claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Qop {
    /// No `qop` parameter: the form of RFC 2069, which RFC 3261 §22.4 item 8 still lets a client use.
    Absent,
    /// `auth`, the only one that is offered.
    Auth,
}

/// The parameters of an `Authorization` or `Proxy-Authorization` header that the check reads, quotes taken off.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    /// The user name, `user` or `user@domain`.
    pub username: &'a [u8],
    /// The realm, which is the account's domain.
    pub realm: &'a [u8],
    /// The nonce as it was sent back.
    pub nonce: &'a [u8],
    /// The part of it that [`Nonces`] made: all of it, unless something was added.
    pub judged: &'a [u8],
    /// The digest URI: whatever it is, the response proves it.
    pub uri: &'a [u8],
    /// The response, hexadecimal.
    pub response: &'a [u8],
    /// The algorithm; MD5 where the parameter is absent (RFC 7616 §3.4).
    pub algorithm: Algorithm,
    /// The quality of protection.
    pub qop: Qop,
    /// The nonce count, its digits as sent.
    pub nc: &'a [u8],
    /// The client's nonce.
    pub cnonce: &'a [u8],
}

impl fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("algorithm", &self.algorithm)
            .field("qop", &self.qop)
            .finish_non_exhaustive()
    }
}

/// Why a header cannot be used as credentials at all. The request is then challenged as if the header were absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// A parameter that the check needs is absent or empty.
    #[error("a required parameter is absent or empty")]
    Incomplete,
    /// The algorithm or the quality of protection is one that is not offered.
    #[error("an algorithm or qop that is not offered")]
    NotOffered,
    /// The response or the nonce count does not have its form.
    #[error("a malformed response or nonce count")]
    Malformed,
}

impl<'a> Credentials<'a> {
    /// Makes credentials from parameters found by `param`, a lookup by lower case name that answers unquoted values.
    ///
    /// # Errors
    /// Says what makes the header unusable.
    pub fn from_params(param: impl Fn(&str) -> Option<&'a [u8]>) -> Result<Credentials<'a>, Unusable> {
        let required = |name| param(name).filter(|v| !v.is_empty()).ok_or(Unusable::Incomplete);
        let algorithm = match param("algorithm") {
            None => Algorithm::Md5,
            Some(token) => Algorithm::from_token(token).ok_or(Unusable::NotOffered)?,
        };
        let qop = match param("qop") {
            None => Qop::Absent,
            Some(token) if token.eq_ignore_ascii_case(b"auth") => Qop::Auth,
            Some(_) => return Err(Unusable::NotOffered),
        };
        let (nc, cnonce) = match qop {
            Qop::Absent => (&b""[..], &b""[..]),
            Qop::Auth => (required("nc")?, required("cnonce")?),
        };
        let credentials = Credentials {
            username: required("username")?,
            realm: required("realm")?,
            nonce: required("nonce")?,
            judged: required("nonce")?,
            uri: required("uri")?,
            response: required("response")?,
            algorithm,
            qop,
            nc,
            cnonce,
        };
        let count_ok = qop == Qop::Absent || credentials.count().is_some();
        let response_ok = credentials.response.len() == algorithm.hex_len();
        if count_ok && response_ok { Ok(credentials) } else { Err(Unusable::Malformed) }
    }

    /// The nonce count: eight hexadecimal digits (RFC 7616 §3.4). Without qop each nonce counts once.
    fn count(&self) -> Option<u32> {
        if self.qop == Qop::Absent {
            return Some(1);
        }
        let digits = self.nc.len() == 8 && self.nc.iter().all(u8::is_ascii_hexdigit);
        let text = std::str::from_utf8(self.nc).ok().filter(|_| digits)?;
        u32::from_str_radix(text, 16).ok()
    }

    /// Whether the response was computed with the password behind `ha1` for this method (RFC 7616 §3.4.1).
    pub fn proves(&self, ha1: &[u8], method: &[u8]) -> bool {
        let ha2 = self.algorithm.hash(&[method, self.uri]);
        let wanted = match self.qop {
            Qop::Absent => self.algorithm.hash(&[ha1, self.nonce, ha2.as_bytes()]),
            Qop::Auth => self.algorithm.hash(&[ha1, self.nonce, self.nc, self.cnonce, b"auth", ha2.as_bytes()]),
        };
        let mut given = [0; 64];
        let len = self.response.len().min(given.len());
        given[..len].copy_from_slice(&self.response[..len]);
        // RFC 7616 §3.4: LHEX is lower case; phones that send upper case digits are understood.
        given.make_ascii_lowercase();
        given[..len].ct_eq(wanted.as_bytes()).into()
    }
}

/// What is stored of a password: the hash over user name, realm and password, as octets to keep an account small.
#[derive(Clone, Default)]
pub struct StoredDigests {
    /// MD5 over `user:domain:password`.
    pub ha1: Option<[u8; 16]>,
    /// MD5 over `user@domain:domain:password`, for phones that put the whole address in the user name.
    pub ha1b: Option<[u8; 16]>,
    /// SHA-256 over `user:domain:password`.
    pub sha256: Option<[u8; 32]>,
}

impl fmt::Debug for StoredDigests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoredDigests(redacted)")
    }
}

impl StoredDigests {
    /// The digests of a password that is known in clear text.
    pub fn of_clear_text(username: &str, domain: &str, password: &str) -> StoredDigests {
        let (user, realm, secret) = (username.as_bytes(), domain.as_bytes(), password.as_bytes());
        let whole = [user, b"@", realm].concat();
        StoredDigests {
            ha1: Some(joined::<Md5>(&[user, realm, secret]).into()),
            ha1b: Some(joined::<Md5>(&[&whole, realm, secret]).into()),
            sha256: Some(joined::<Sha256>(&[user, realm, secret]).into()),
        }
    }

    /// The digests as a database keeps them, in hexadecimal; what is not a hash of its length counts as absent.
    pub fn from_hex(ha1: Option<&str>, ha1b: Option<&str>, sha256: Option<&str>) -> StoredDigests {
        StoredDigests { ha1: octets(ha1), ha1b: octets(ha1b), sha256: octets(sha256) }
    }

    /// A number that changes with the password. It is never shown.
    pub(crate) fn fingerprint(&self) -> u64 {
        let eight = |octets: &[u8]| octets.first_chunk::<8>().map_or(0, |first| u64::from_le_bytes(*first));
        let md5 = self.ha1.as_ref().map_or(0, |octets| eight(octets));
        md5 ^ self.sha256.as_ref().map_or(0, |octets| eight(octets)).rotate_left(1)
    }

    /// Whether a response with this algorithm could be checked, so that only such a challenge is worth sending.
    pub fn offers(&self, algorithm: Algorithm) -> bool {
        match algorithm {
            Algorithm::Md5 => self.ha1.is_some(),
            Algorithm::Sha256 => self.sha256.is_some(),
        }
    }

    fn for_credentials(&self, credentials: &Credentials<'_>) -> Option<Hex> {
        let whole_address = credentials.username.contains(&b'@');
        match (credentials.algorithm, whole_address) {
            (Algorithm::Md5, false) => self.ha1.as_ref().map(|h| Hex::of(h)),
            (Algorithm::Md5, true) => self.ha1b.as_ref().map(|h| Hex::of(h)),
            (Algorithm::Sha256, _) => self.sha256.as_ref().map(|h| Hex::of(h)),
        }
    }
}

fn octets<const N: usize>(hex: Option<&str>) -> Option<[u8; N]> {
    let hex = hex.filter(|h| h.len() == 2 * N && h.is_ascii())?;
    let mut octets = [0; N];
    for (octet, pair) in octets.iter_mut().zip(hex.as_bytes().chunks_exact(2)) {
        let digit = |c: u8| char::from(c).to_digit(16).and_then(|d| u8::try_from(d).ok());
        *octet = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(octets)
}

/// What a check concludes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The password is right and the nonce fresh.
    Accepted,
    /// The password is right, but the nonce is foreign, too old or already counted: challenge again, `stale=true`.
    Stale,
    /// The password is wrong, or there is nothing to check it against.
    Refused,
}

/// Checks credentials against what is stored of the password, `None` for an account that does not exist: the work, and so the
/// time, is the same then. The nonce is counted only after the response proved itself, so that nobody else can use it up.
pub fn check(
    nonces: &Nonces,
    now: std::time::Instant,
    credentials: &Credentials<'_>,
    stored: Option<&StoredDigests>,
    method: &[u8],
) -> Verdict {
    let ha1 = stored.and_then(|s| s.for_credentials(credentials));
    let proven = credentials.proves(ha1.unwrap_or(Hex::of(&[0; 16])).as_bytes(), method);
    if !proven || ha1.is_none() {
        return Verdict::Refused;
    }
    let Some(count) = credentials.count() else {
        return Verdict::Refused;
    };
    // RFC 7616 §3.3: stale tells a client that holds the right password to try again without asking its user.
    match nonces.judge(now, credentials.judged, count) {
        NonceVerdict::Fresh => Verdict::Accepted,
        NonceVerdict::Stale | NonceVerdict::Replayed | NonceVerdict::Foreign => Verdict::Stale,
    }
}

/// Renders the value of one `WWW-Authenticate` or `Proxy-Authenticate` header (RFC 7616 §3.3).
pub fn challenge(realm: &str, nonce: &str, algorithm: Algorithm, stale: bool) -> String {
    let stale = if stale { ", stale=true" } else { "" };
    let parts =
        ["Digest realm=\"", realm, "\", nonce=\"", nonce, "\", algorithm=", algorithm.token(), ", qop=\"auth\"", stale];
    parts.concat()
}

#[cfg(test)]
mod tests;
