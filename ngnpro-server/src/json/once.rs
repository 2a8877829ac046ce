//! A write that is done once, however often it is asked for: `Idempotency-Key`.
//!
//! The answer is kept in the transaction of the change, for a day. Whoever has the key gets it again, as it was; the database
//! has neither the key nor the request but digests that are of no use without the key, and the answer sealed with it. What was
//! refused has changed nothing and is not kept: it is tried anew.

use chacha20poly1305::aead::Aead;
use chacha20poly1305::{Key as SealingKey, XChaCha20Poly1305, XNonce};
use domain::Scope;
use hmac::{Hmac, KeyInit as _, Mac};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::Store;
use store::kept_answers::{self, Taken};

use super::{Answer, JSON, Problem, Request};
use crate::caller::{Caller, Grant};
use crate::error::Failure;

/// The header.
const HEADER: &str = "Idempotency-Key";
/// Longest key.
const KEY_MAX: usize = 255;
/// Octets of the nonce in front of what is sealed.
const NONCE: usize = 24;

/// A caller's key, and what stands for its request.
pub(crate) struct Key {
    /// Names the key of this caller.
    digest: [u8; 32],
    request: [u8; 32],
    cipher: XChaCha20Poly1305,
    scope: Scope,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(redacted)")
    }
}

impl Key {
    /// The key of a request, if it has one.
    pub(super) fn read(request: &Request<'_>, caller: &Caller) -> Result<Option<Self>, Problem> {
        let Some(text) = request.idempotency_key else { return Ok(None) };
        let text = text.trim();
        // A structured string, as the draft of the header has it, is the same key without its quotes.
        let key = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
        if key.is_empty() || key.len() > KEY_MAX || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            let words = format!("{HEADER}: 1 to {KEY_MAX} visible characters are expected, best a random UUID");
            return Err(Problem::new(400, &words).at(HEADER.to_owned()));
        }
        let (customer, reseller) = (caller.scope.customer_id().get(), caller.scope.reseller_id().get());
        let holder = caller.account.as_ref().map(ToString::to_string).unwrap_or_default();
        // A token is somebody of its own, whomever it acts as: what another one was answered may be beyond its scopes.
        let by_token = matches!(caller.grant, Grant::Words(_));
        let login = caller.is_administrator_login;
        let whose = format!("{customer} {reseller} {login} {holder} {by_token} {}", caller.name);
        let digest = mac(key, &["whose", &whose].map(str::as_bytes))?;
        let texts = [
            request.method,
            request.path,
            request.query,
            request.if_match.unwrap_or("-"),
            request.if_none_match.unwrap_or("-"),
        ];
        let [method, path, query, state, other] = texts.map(str::as_bytes);
        let sent = mac(key, &[b"request", method, path, query, state, other, request.body])?;
        let cipher = XChaCha20Poly1305::new(&SealingKey::from(mac(key, &[b"answer", whose.as_bytes()])?));
        Ok(Some(Self { digest, request: sent, cipher, scope: caller.scope }))
    }

    /// The answer that was given already; none when the write is to be done now.
    pub(super) async fn taken(&self, store: &Store) -> Result<Option<Answer>, Problem> {
        let mut tx = store.begin(&self.scope).await.map_err(Failure::from)?;
        let taken = kept_answers::take(&mut tx, &self.digest, &self.request).await.map_err(Failure::from)?;
        tx.commit().await.map_err(Failure::from)?;
        match taken {
            Taken::New => Ok(None),
            Taken::Busy => {
                let words = format!("{HEADER}: the first request with this key is still being done");
                Err(Problem::new(409, &words).at(HEADER.to_owned()).with("Retry-After", "1".to_owned()))
            }
            Taken::Done { request, .. } if request != self.request => Err(Problem::of_another_request()),
            Taken::Done { answer, .. } => Ok(Some(self.open(&answer)?)),
        }
    }

    /// Keeps the answer of a write that was done.
    pub(super) async fn keep(&self, store: &Store, answer: &Answer) -> Result<(), Problem> {
        let sealed = self.seal(answer)?;
        let mut tx = store.begin(&self.scope).await.map_err(Failure::from)?;
        kept_answers::keep(&mut tx, &self.digest, &sealed).await.map_err(Failure::from)?;
        tx.commit().await.map_err(Failure::from)?;
        Ok(())
    }

    fn seal(&self, answer: &Answer) -> Result<Vec<u8>, Problem> {
        let headers: Vec<Value> = answer.headers.iter().map(|(name, value)| json!([name, value])).collect();
        let text = json!({
            "status": answer.status, "has_body": answer.media_type.is_some(), "headers": headers, "body": answer.body,
        });
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(|error| Failure::Internal(error.to_string()))?;
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), text.to_string().as_bytes());
        let sealed = sealed.map_err(|_| Failure::Internal("an answer could not be sealed".to_owned()))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    fn open(&self, sealed: &[u8]) -> Result<Answer, Problem> {
        let read = || {
            let (nonce, text) = sealed.split_first_chunk::<NONCE>()?;
            let text = self.cipher.decrypt(&XNonce::from(*nonce), text).ok()?;
            let value: Value = serde_json::from_slice(&text).ok()?;
            let mut headers = vec![("Idempotent-Replayed", "true".to_owned())];
            for header in value["headers"].as_array()? {
                // Those that answers have; others are the connection's own.
                let known = ["Location", "ETag", "Link"].into_iter().find(|known| header[0] == *known);
                headers.extend(known.zip(header[1].as_str().map(str::to_owned)));
            }
            Some(Answer {
                status: u16::try_from(value["status"].as_u64()?).ok()?,
                media_type: value["has_body"].as_bool()?.then_some(JSON),
                headers,
                body: value["body"].as_str()?.to_owned(),
                errorcode: None,
            })
        };
        Ok(read().ok_or_else(|| Failure::Internal("a kept answer cannot be read".to_owned()))?)
    }
}

impl Problem {
    /// The key was used for something else.
    pub(super) fn of_another_request() -> Self {
        Self::new(422, &format!("{HEADER}: this key was used for another request")).at(HEADER.to_owned())
    }
}

/// Stands for the texts; of no use without the key.
fn mac(key: &str, texts: &[&[u8]]) -> Result<[u8; 32], Failure> {
    let key = Sha256::digest(key);
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|error| Failure::Internal(error.to_string()))?;
    for text in texts {
        mac.update(&(text.len() as u64).to_be_bytes());
        mac.update(text);
    }
    Ok(mac.finalize().into_bytes().into())
}
