//! Who calls (RFC 3261 §22.3): a request from an address of a domain that is served here must prove that it comes from an account of
//! that domain, and its From must be the account's address or one of its aliases. Credentials made for another address prove nothing.
//!
//! A caller may hide its address (RFC 3323 §4.1.1.3: `anonymous@anonymous.invalid`, or `anonymous` at its own domain) and still be known here:
//! it proves its account where it names a domain served here (RFC 3325 §9.2: P-Preferred-Identity; credentials) or asks for something that
//! only accounts have ([`demand`]). To reach an address that is served here nobody must be known, so a hidden caller who says nothing
//! else is let through as the stranger that it wants to be.

use crate::abuse::Offence;
use crate::digest::{self, ALGORITHMS, Algorithm, Credentials, StoredDigests, Verdict as Checked};
use crate::directory::{Account, Domain};
use crate::forward::identity;
use crate::route::emergency;
use crate::route::routing::{Env, Routing, sip_id};
use crate::route::verdict::{LocalReply, StepResult, Verdict, reply};
use domain::{DomainName, SipId, Username};
use sip_message::header;
use sip_message::uri::Uri;
use sip_message::{HeaderName, Message, Method};
use std::sync::Arc;

pub(super) fn run(routing: &mut Routing, env: &Env<'_>) -> StepResult {
    match known(routing, env) {
        // Nobody who calls for help waits until the database is back.
        Err(Verdict::Reply(reply)) if reply.status == 503 && emergency::is_one(routing, env)? => {
            routing.emergency = true;
            stranger(routing, "help is called for while nobody can be asked who calls")
        }
        decided => decided,
    }
}

fn known(routing: &mut Routing, env: &Env<'_>) -> StepResult {
    if let Some(presumed) = routing.presumed.clone() {
        return presume(routing, &presumed);
    }
    if routing.in_dialog && (routing.own_names || routing.method == Method::Ack) {
        return stranger(routing, "within a dialog that began with authentication");
    }
    if routing.from_peer {
        return stranger(routing, "a trusted peer answers for its callers");
    }
    let request = Arc::clone(&routing.request);
    let Ok(uri) = request.from_uri() else { return Ok(reply(400, "the URI in From cannot be read")) };
    let domain = if routing.in_dialog { routing.local_domain_in_dialog(&uri)? } else { routing.local_domain(&uri)? };
    let (domain, named) = match domain {
        Some(domain) => (domain, sip_id(&uri)),
        None if !is_nobody(&uri) => return stranger(routing, "From is not of a domain served here"),
        None => match hinted(routing, &request)? {
            Some(hinted) => hinted,
            None => return Ok(Verdict::Continue("the caller hides its address")),
        },
    };
    let caller = prove(routing, env, &domain, named.as_ref(), Demand::Proxy)?;
    let hides = is_nobody(&uri) || uri.user_decoded().is_some_and(|user| user.eq_ignore_ascii_case(b"anonymous"));
    let mut is_named = named.is_some();
    if named.as_ref() != Some(&caller.id) {
        let holder = match &named {
            None => None,
            Some(id) => routing.account_or_alias(id)?,
        };
        match holder {
            None if hides => is_named = false,
            // RFC 3261 §22.3: nobody's credentials prove a name that nobody has.
            None => {
                let why = "From is an address that nobody has";
                return Ok(challenge(env, &domain, Demand::Proxy, Offer::Of(&caller.digests), false, why));
            }
            // RFC 3261 §22.3 leaves identity to policy: nobody speaks in another's name.
            Some(holder) if holder.id != caller.id => {
                return Ok(reply(403, "From is neither the account's address nor one of its aliases"));
            }
            Some(_) => {}
        }
    }
    routing.asserted = Some(identity::uri_of(named.as_ref().filter(|_| is_named).unwrap_or(&caller.id)));
    routing.caller = Some(caller);
    routing.realm_used = Some(domain);
    Ok(Verdict::Continue("the caller proved its account"))
}

/// Who calls is only asked what would become of its call.
fn presume(routing: &mut Routing, presumed: &SipId) -> StepResult {
    if routing.from_peer {
        return Ok(Verdict::Continue("a trusted peer answers for its callers"));
    }
    if routing.domain(presumed.domain.clone())?.is_none() {
        return Ok(Verdict::Continue("From is not of a domain served here"));
    }
    let Some(account) = routing.account_or_alias(presumed)? else {
        return Ok(reply(407, "From is an address that nobody has"));
    };
    routing.tell(|| format!("sip_accounts {}", account.id));
    routing.asserted = Some(identity::uri_of(presumed));
    routing.caller = Some(account);
    Ok(Verdict::Continue("the caller proved its account"))
}

/// Goes on with a caller who is not asked for a proof. One that it brings nevertheless goes no further: who is called could try passwords
/// on it at leisure.
fn stranger(routing: &mut Routing, why: &'static str) -> StepResult {
    let request = Arc::clone(&routing.request);
    match realm_served(routing, &request) {
        Ok(realm) => routing.realm_used = realm,
        Err(Verdict::Ask(lookup)) => return Err(Verdict::Ask(lookup)),
        // A dialog goes on while the directory is away.
        Err(_) => {}
    }
    Ok(Verdict::Continue(why))
}

/// The domain served here that the request has credentials for.
fn realm_served(routing: &Routing, request: &Message) -> Result<Option<Arc<Domain>>, Verdict> {
    for line in request.headers_named(HeaderName::ProxyAuthorization).take(REALMS_MAX) {
        let Some(digest) = header::Credentials::parse(line.value).ok().and_then(|c| c.digest().ok()) else { continue };
        let realm = std::str::from_utf8(&digest.realm).ok().and_then(|realm| DomainName::parse(realm).ok());
        let Some(realm) = realm else { continue };
        if let Some(domain) = routing.domain(realm)? {
            return Ok(Some(domain));
        }
    }
    Ok(None)
}

/// RFC 3323 §4.1.1.3, RFC 2606 §2: whether a From is that of nobody.
fn is_nobody(uri: &Uri<'_>) -> bool {
    match uri.host.len().checked_sub(b"invalid".len()) {
        None => false,
        Some(before) => {
            let (before, last) = uri.host.split_at(before);
            last.eq_ignore_ascii_case(b"invalid") && (before.is_empty() || before.ends_with(b"."))
        }
    }
}

/// For how many realms of a stranger's credentials it is looked up whether they are served here.
const REALMS_MAX: usize = 4;

/// Whose challenge is due, and to which name.
type Realm = (Arc<Domain>, Option<SipId>);

/// The domain that a hidden caller wants to be known to, and by which name.
fn hinted(routing: &Routing, request: &Message) -> Result<Option<Realm>, Verdict> {
    // RFC 3325 §9.2: there are two at most, a sip and a tel URI.
    for value in request.values(HeaderName::PPreferredIdentity).take(2) {
        let Ok(address) = header::NameAddr::parse(value) else { continue };
        let Ok(uri) = address.parse_uri() else { continue };
        if let Some(domain) = routing.local_domain(&uri)? {
            return Ok(Some((domain, sip_id(&uri))));
        }
    }
    Ok(realm_served(routing, request)?.map(|domain| (domain, None)))
}

/// For a step that serves accounts only: the challenge to a caller who hides, in the name of the domain whose proxy it asked. None where it
/// asked nobody's, or does not hide but is none of ours.
pub(super) fn demand(routing: &Routing, env: &Env<'_>) -> Result<Option<Verdict>, Verdict> {
    if !routing.request.from_uri().is_ok_and(|from| is_nobody(&from)) {
        return Ok(None);
    }
    for value in routing.request.values(HeaderName::Route).take(routing.routes_done) {
        let Ok(route) = header::Route::parse(value) else { continue };
        if let Some(domain) = routing.local_domain(&route.uri)? {
            let why = "the caller hides, and asks for what accounts have";
            return Ok(Some(challenge(env, &domain, Demand::Proxy, Offer::All, false, why)));
        }
    }
    Ok(None)
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
    let (mut wrong, mut guess) = (None, None);
    for line in request.headers_named(demand.credentials()).take(REALMS_MAX) {
        // RFC 3261 §22.3: credentials for other realms are for others.
        let Some(given) = credentials_for(line.value, domain) else { continue };
        let param = |name: &str| pick(&given, name);
        let Ok(mut credentials) = Credentials::from_params(param) else { continue };
        let for_this = is_for_this(routing, env, &request, &given.uri)?;
        let id = account_id(credentials.username, domain);
        // The mark is the guard's; what was hashed is the nonce as it was sent.
        let (nonce, made_for_it) = env.shared.guard.unmarked(credentials.nonce, env.from);
        credentials.judged = nonce;
        let account = match &id {
            Some(id) => routing.account(id)?,
            None => None,
        };
        // Who has tried too often is answered as if the password were wrong, whatever it is.
        let password = account.as_ref().map_or(0, |account| account.digests.fingerprint());
        let may_try = for_this && env.shared.guard.may_try(env.now, env.from, id.as_ref(), password);
        let stored = account.as_ref().map(|a| &a.digests).filter(|_| may_try);
        let proof = match (digest::check(&env.shared.nonces, env.now, &credentials, stored, method), account) {
            (Checked::Accepted, Some(account)) => {
                env.shared.guard.proved(env.now, env.from);
                routing.proved = Some(Arc::clone(&account));
                Ok(account)
            }
            (Checked::Stale, Some(account)) => {
                Err(challenge(env, domain, demand, Offer::Of(&account.digests), true, "the nonce is used up"))
            }
            (_, account) => {
                // Only who was asked at this address can answer wrong: a nonce that is foreign, or was made for another address, may
                // have been sent by anybody.
                if for_this && made_for_it && env.shared.nonces.is_ours(env.now, nonce) {
                    guess = Some((id.clone(), password));
                }
                // An alias is offered what it was offered before, though its name proves nothing.
                let account = match (account, &id) {
                    (None, Some(id)) => routing.account_or_alias(id)?,
                    (account, _) => account,
                };
                let offer = offer_to(env, account.as_deref(), id.as_ref());
                Err(challenge(env, domain, demand, offer, false, "the credentials are wrong"))
            }
        };
        match proof {
            // RFC 8760 §2.4: there may be credentials for each of the algorithms; one proof is enough.
            Err(Verdict::Reply(_)) => wrong = wrong.or(Some(proof)),
            proof => return proof,
        }
    }
    if let Some((id, password)) = guess {
        env.shared.guard.wrong_answer(env.now, env.from, id.as_ref(), password);
    }
    if let Some(proof) = wrong {
        return proof;
    }
    challenge_unproved(routing, env, domain, named, demand)
}

/// The challenge to a request without credentials for this realm.
fn challenge_unproved(
    routing: &Routing,
    env: &Env<'_>,
    domain: &Domain,
    named: Option<&SipId>,
    demand: Demand,
) -> Result<Arc<Account>, Verdict> {
    let account = match named {
        Some(id) => routing.account_or_alias(id)?,
        None => None,
    };
    if account.is_none() {
        env.shared.guard.offence(env.now, env.from, Offence::Unknown);
    }
    let offer = offer_to(env, account.as_deref(), named);
    Err(challenge(env, domain, demand, offer, false, "no credentials for this realm"))
}

/// What a challenge offers.
#[derive(Clone, Copy, Debug)]
enum Offer<'a> {
    /// What could be checked against this.
    Of(&'a StoredDigests),
    /// Every algorithm.
    All,
    /// MD5 alone, as to an account of which nothing else is stored.
    Md5,
}

/// What is offered to a name. To one that nobody has, or that has no password, what an account of that name might be offered, the same each
/// time: whether it exists cannot be told from its challenge.
fn offer_to<'a>(env: &Env<'_>, account: Option<&'a Account>, named: Option<&SipId>) -> Offer<'a> {
    match (account, named) {
        (Some(account), _) if ALGORITHMS.iter().any(|a| account.digests.offers(*a)) => Offer::Of(&account.digests),
        (_, Some(name)) if env.shared.is_decoy_md5(name) => Offer::Md5,
        _ => Offer::All,
    }
}

/// Whether credentials were made for the address that the request asks for. RFC 3261 §22.4 item 5: the two URIs may differ, as proxies on
/// the way change the request's; so a name that is ours counts as any other of ours, and one without a user, as a registrar's, for every user.
fn is_for_this(routing: &Routing, env: &Env<'_>, request: &Message, made_for: &[u8]) -> Result<bool, Verdict> {
    if made_for == request.request_uri() {
        return Ok(true);
    }
    let (Ok(made_for), Ok(asked)) = (Uri::parse(made_for), request.uri()) else { return Ok(false) };
    let same_user = match (made_for.user_decoded(), asked.user_decoded()) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    };
    if !same_user || made_for.host.eq_ignore_ascii_case(asked.host) {
        return Ok(same_user);
    }
    Ok(env.is_own(&made_for) || routing.local_domain(&made_for)?.is_some())
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
    offer: Offer<'_>,
    stale: bool,
    why: &'static str,
) -> Verdict {
    let nonce = env.shared.guard.marked(env.shared.nonces.issue(env.now), env.from);
    let mut reply = LocalReply::new(demand.status(), why);
    // RFC 8760 §2.3: a challenge for each algorithm, the preferred one first. Only what could be checked is offered.
    for algorithm in env.settings.challenge_first.before_others() {
        let offered = match offer {
            Offer::Of(stored) => stored.offers(algorithm),
            Offer::All => true,
            Offer::Md5 => algorithm == Algorithm::Md5,
        };
        if offered {
            reply = reply.header(demand.challenge(), digest::challenge(domain.name.as_str(), &nonce, algorithm, stale));
        }
    }
    reply.into()
}
