//! Who calls (RFC 3261 §22.3): a request from an address of a domain that is served here must prove that it comes from an account of
//! that domain, and its From must be the account's address or one of its aliases. The digest URI may be any, since the response proves it.

use crate::digest::{self, ALGORITHMS, Credentials, StoredDigests, Verdict as Checked};
use crate::directory::{Account, Domain};
use crate::route::routing::{Env, Routing, sip_id};
use crate::route::verdict::{LocalReply, StepResult, Verdict, reply};
use domain::{SipId, Username};
use sip_message::HeaderName;
use sip_message::header;
use std::sync::Arc;

pub(super) fn run(routing: &mut Routing, env: &Env<'_>) -> StepResult {
    if routing.in_dialog {
        return Ok(Verdict::Continue("within a dialog that began with authentication"));
    }
    let request = Arc::clone(&routing.request);
    let Ok(from) = request.from() else { return Ok(reply(400, "From cannot be read")) };
    let Ok(uri) = from.parse_uri() else { return Ok(reply(400, "the URI in From cannot be read")) };
    let Some(domain) = routing.local_domain(&uri)? else {
        return Ok(Verdict::Continue("From is not of a domain served here"));
    };
    let named = sip_id(&uri);
    let caller = prove(routing, env, &domain, named.as_ref(), Demand::Proxy)?;
    if named.as_ref() != Some(&caller.id) {
        let holder = match &named {
            None => None,
            Some(id) => routing.account_or_alias(id)?,
        };
        match holder {
            // RFC 3261 §22.3: nobody's credentials prove a name that nobody has.
            None => {
                let why = "From is an address that nobody has";
                return Ok(challenge(env, &domain, Demand::Proxy, Some(&caller.digests), false, why));
            }
            // RFC 3261 §22.3 leaves identity to policy: nobody speaks in another's name.
            Some(holder) if holder.id != caller.id => {
                return Ok(reply(403, "From is neither the account's address nor one of its aliases"));
            }
            Some(_) => {}
        }
    }
    routing.caller = Some(caller);
    routing.realm_used = Some(domain);
    Ok(Verdict::Continue("the caller proved its account"))
}

/// In which headers a proof is demanded and given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Demand {
    /// 401, by a registrar.
    Registrar,
    /// 407, by a proxy.
    Proxy,
}

impl Demand {
    fn status(self) -> u16 {
        match self {
            Demand::Registrar => 401,
            Demand::Proxy => 407,
        }
    }

    fn challenge(self) -> HeaderName {
        match self {
            Demand::Registrar => HeaderName::WwwAuthenticate,
            Demand::Proxy => HeaderName::ProxyAuthenticate,
        }
    }

    /// The header with the credentials.
    pub(super) fn credentials(self) -> HeaderName {
        match self {
            Demand::Registrar => HeaderName::Authorization,
            Demand::Proxy => HeaderName::ProxyAuthorization,
        }
    }
}

/// The account that the request's credentials prove, or the challenge to send. `named` is the address that the request speaks for:
/// its account decides which algorithms are offered. An account that does not exist is challenged like any other.
pub(super) fn prove(
    routing: &mut Routing,
    env: &Env<'_>,
    domain: &Domain,
    named: Option<&SipId>,
    demand: Demand,
) -> Result<Arc<Account>, Verdict> {
    if let Some(account) = &routing.proved {
        return Ok(Arc::clone(account));
    }
    let request = Arc::clone(&routing.request);
    let method = request.method_text();
    for line in request.headers_named(demand.credentials()) {
        // RFC 3261 §22.3: credentials for other realms are for others.
        let Some(given) = credentials_for(line.value, domain) else { continue };
        let param = |name: &str| pick(&given, name);
        let Ok(credentials) = Credentials::from_params(param) else { continue };
        let account = match account_id(credentials.username, domain) {
            Some(id) => routing.account(&id)?,
            None => None,
        };
        let stored = account.as_ref().map(|a| &a.digests);
        return match (digest::check(&env.shared.nonces, env.now, &credentials, stored, method), account) {
            (Checked::Accepted, Some(account)) => {
                routing.proved = Some(Arc::clone(&account));
                Ok(account)
            }
            (Checked::Stale, Some(account)) => {
                Err(challenge(env, domain, demand, Some(&account.digests), true, "the nonce is used up"))
            }
            (_, account) => {
                let stored = account.as_ref().map(|a| &a.digests);
                Err(challenge(env, domain, demand, stored, false, "the credentials are wrong"))
            }
        };
    }
    let account = match named {
        Some(id) => routing.account_or_alias(id)?,
        None => None,
    };
    let stored = account.as_ref().map(|a| &a.digests);
    Err(challenge(env, domain, demand, stored, false, "no credentials for this realm"))
}

fn credentials_for<'a>(line: &'a [u8], domain: &Domain) -> Option<header::Digest<'a>> {
    let digest = header::Credentials::parse(line).ok()?.digest().ok()?;
    digest.realm.eq_ignore_ascii_case(domain.name.as_str().as_bytes()).then_some(digest)
}

fn pick<'a>(digest: &'a header::Digest<'_>, name: &str) -> Option<&'a [u8]> {
    match name {
        "username" => Some(&digest.username),
        "realm" => Some(&digest.realm),
        "nonce" => Some(&digest.nonce),
        "uri" => Some(&digest.uri),
        "response" => Some(&digest.response),
        "algorithm" => digest.algorithm.as_deref(),
        "qop" => digest.qop.as_deref(),
        "cnonce" => digest.cnonce.as_deref(),
        "nc" => digest.nc.as_deref(),
        _ => None,
    }
}

/// The account that a digest user name means: `user`, or the whole address.
fn account_id(username: &[u8], domain: &Domain) -> Option<SipId> {
    let text = std::str::from_utf8(username).ok()?;
    match text.split_once('@') {
        None => Some(SipId::new(Username::parse(text).ok()?, domain.name.clone())),
        Some(_) => SipId::parse(text).ok().filter(|id| id.domain == domain.name),
    }
}

fn challenge(
    env: &Env<'_>,
    domain: &Domain,
    demand: Demand,
    stored: Option<&StoredDigests>,
    stale: bool,
    why: &'static str,
) -> Verdict {
    let nonce = env.shared.nonces.issue(env.now);
    let mut reply = LocalReply::new(demand.status(), why);
    // RFC 8760 §2.3: a challenge for each algorithm. Only what could be checked is offered.
    for algorithm in ALGORITHMS {
        if stored.is_none_or(|s| s.offers(algorithm)) {
            reply = reply.header(demand.challenge(), digest::challenge(domain.name.as_str(), &nonce, algorithm, stale));
        }
    }
    if reply.headers.is_empty() {
        return LocalReply::new(403, "the account has no password that could be checked").into();
    }
    reply.into()
}
