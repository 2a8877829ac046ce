//! Who calls: from the auth header to the scope that every call into the store takes.
//!
//! The header is read in any namespace and case, its members too; credentials of the administrator stand in the
//! configuration, those of customers in their rows. A pair that was right is remembered for minutes under a keyed hash that
//! covers the stored PHC string, so that a changed password or a deleted customer is never let in by memory. Names that do
//! not exist cost the same time as wrong passwords, and failures are limited per address and per name before any hashing.

mod account;
mod grant;
#[cfg(test)]
mod tests;
mod token;

use std::net::IpAddr;
use std::time::{Duration, Instant};

use domain::{CustomerId, Refusal, ResellerId, Scope, Secret, SipId};
use hmac::{Hmac, KeyInit, Mac};
use quick_cache::sync::Cache;
use sha2::Sha256;
use soap::{DecodeError, Element, Envelope, Fault, Wire};
use store::logins::{Found, Login};

use crate::attempts::Attempts;
use crate::error::Failure;
use crate::passwords::Passwords;

pub use account::{AccountCredentials, Accounts};
pub use grant::Grant;
pub use token::{Tokens, digest as token_digest, new as new_token};

/// What a caller is, for the table of operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The administrator acting as nobody else.
    Administrator,
    /// A reseller, or the administrator acting as one.
    Reseller,
    /// A customer of a reseller, or somebody acting as one.
    Customer,
    /// The holder of a SIP account, with that account's password.
    Account,
}

/// A caller whose credentials were right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The login name, for the log.
    pub name: String,
    /// Whether the credentials are the administrator's, also when acting as a customer.
    pub is_administrator_login: bool,
    /// Whose credentials they are, whomever the caller acts as.
    pub login_role: Role,
    /// The rows in reach: those of the customer acted as, if any.
    pub scope: Scope,
    /// The customer acted for, nobody for the plain administrator.
    pub customer: CustomerId,
    /// The reseller of that customer.
    pub reseller: ResellerId,
    /// The SIP account whose password was given; none for those who sign in with the header.
    pub account: Option<SipId>,
    /// What of it all the credentials are good for.
    pub grant: Grant,
}

impl Role {
    /// Whose reach that is.
    #[must_use]
    pub const fn of(scope: &Scope) -> Self {
        match scope {
            Scope::Administrator => Self::Administrator,
            Scope::Reseller(_) => Self::Reseller,
            Scope::Customer(..) => Self::Customer,
        }
    }

    /// Its name, for people and logs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Reseller => "reseller",
            Self::Customer => "customer",
            Self::Account => "account",
        }
    }
}

impl Caller {
    /// The role that the table of operations asks for.
    #[must_use]
    pub const fn role(&self) -> Role {
        match &self.account {
            Some(_) => Role::Account,
            None => Role::of(&self.scope),
        }
    }
}

/// The members of the auth header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    name: String,
    password: Secret,
    /// Whose account it is, where the client says so.
    admin: Option<bool>,
    /// The customer to act as.
    impersonate: CustomerId,
}

/// Longer names and passwords are nobody's.
const TEXT_MAX: usize = 1024;

/// Whether a header block is the auth header.
#[must_use]
pub fn is_auth(block: Element<'_>) -> bool {
    block.local().eq_ignore_ascii_case("auth")
}

impl Credentials {
    /// Reads the auth header; 9000 when there is none, or no name or password in it.
    ///
    /// # Errors
    /// 9000, and 9004 for a member of another type or a second header.
    pub fn read(envelope: &Envelope) -> Result<Self, Failure> {
        let mut headers = envelope.headers().filter(|block| is_auth(*block));
        let header = headers.next().ok_or(Refusal::AuthenticationFailed)?;
        // Two readers of such a message might see two callers.
        if headers.next().is_some() {
            return Err(Failure::Malformed(Fault::malformed("A message has one auth header")));
        }
        let text = |name| Ok::<_, DecodeError>(member::<String>(header, name)?.unwrap_or_default());
        let (name, password) = (text("username")?, Secret::new(text("password")?));
        let admin = member(header, "admin")?;
        let impersonate = CustomerId::new(member::<i64>(header, "impersonate")?.unwrap_or(0));
        Ok(Self { admin, ..Self::new(&name, &password, impersonate)? })
    }

    /// Name and password as some other wire brought them, and the customer to act as.
    ///
    /// # Errors
    /// 9000 for names and passwords that are nobody's.
    pub fn new(name: &str, password: &Secret, impersonate: CustomerId) -> Result<Self, Refusal> {
        let may_be = |text: &str| !text.is_empty() && text.len() <= TEXT_MAX;
        match may_be(name) && may_be(password.expose()) {
            true => Ok(Self { name: name.to_owned(), password: password.clone(), admin: None, impersonate }),
            false => Err(Refusal::AuthenticationFailed),
        }
    }
}

impl Credentials {
    /// What stands for a token that is known: who it says it is, and whom it wants to act as.
    fn of_token(name: String, impersonate: CustomerId) -> Self {
        Self { name, password: Secret::new(String::new()), admin: None, impersonate }
    }
}

/// A member of the header, its name in any case.
fn member<T: Wire>(header: Element<'_>, name: &str) -> Result<Option<T>, DecodeError> {
    match header.children().find(|child| child.local().eq_ignore_ascii_case(name)) {
        Some(child) => T::read(child),
        None => Ok(None),
    }
}

/// Where logins are looked up.
pub trait Logins {
    /// The row with that login name, and whose customer the wanted one is: all of it in one round trip.
    fn find(&self, name: Option<&str>, wanted: CustomerId) -> impl Future<Output = Result<Found, Failure>>;
}

/// How long a verified pair is remembered.
const REMEMBERED: Duration = Duration::from_secs(5 * 60);
/// How many are.
const REMEMBERED_MAX: usize = 10_000;

/// The administrator of the configuration.
#[derive(Debug)]
pub struct Administrator {
    /// Login name.
    pub username: String,
    /// The argon2id PHC string of the password.
    pub password_hash: Secret,
}

/// The checker of credentials.
pub struct Authenticator {
    administrator: Administrator,
    /// Made at start, never written down.
    key: [u8; 64],
    verified: Cache<[u8; 32], Instant>,
    by_address: Attempts<IpAddr>,
    /// By what stands for the name, so that long names take no more memory than short ones.
    by_name: Attempts<[u8; 32]>,
}

impl std::fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authenticator").field("administrator", &self.administrator).finish_non_exhaustive()
    }
}

/// One attempt: whose, from where, when.
struct Attempt<'a> {
    credentials: &'a Credentials,
    /// Stands for the name, however it is spelled: the rows are found by it in any case.
    name: [u8; 32],
    network: IpAddr,
    now: Instant,
}

/// Whose attempts count together: an IPv4 address, or the 64 bits of an IPv6 network, in which one host has all addresses it
/// likes.
fn network(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() >> 64 << 64).into()),
        address => address,
    }
}

impl Authenticator {
    /// A checker that lets so many failures a minute pass, per address and per name.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub fn new(administrator: Administrator, per_address: u32, per_name: u32) -> Result<Self, Failure> {
        let mut key = [0; 64];
        getrandom::fill(&mut key).map_err(|e| Failure::Internal(e.to_string()))?;
        Ok(Self {
            administrator,
            key,
            verified: Cache::new(REMEMBERED_MAX),
            by_address: Attempts::new(per_address),
            by_name: Attempts::new(per_name),
        })
    }

    /// Whether a name may be tried from there now; credentials that are remembered as right are let in all the same.
    #[must_use]
    pub fn may_try(&self, credentials: &Credentials, peer: IpAddr, now: Instant) -> bool {
        let name = self.keyed([credentials.name.to_lowercase().as_str()]);
        self.by_address.may_try(&network(peer), now) && self.by_name.may_try(&name, now)
    }

    /// Checks the credentials and finds whom the caller acts for.
    ///
    /// # Errors
    /// 9000 for wrong credentials and for acting as nobody known, 9001 for acting as somebody out of reach.
    pub async fn authenticate(
        &self,
        credentials: &Credentials,
        peer: IpAddr,
        now: Instant,
        passwords: &Passwords,
        logins: &impl Logins,
    ) -> Result<Caller, Failure> {
        let name = self.keyed([credentials.name.to_lowercase().as_str()]);
        let attempt = Attempt { credentials, name, network: network(peer), now };
        // Without the member that says which: customers first, then the administrator.
        let name = (credentials.admin != Some(true)).then_some(credentials.name.as_str());
        let found = match name.is_none() && credentials.impersonate.is_nobody() {
            true => Found::default(),
            false => logins.find(name, credentials.impersonate).await?,
        };
        if let Some(login) = &found.login {
            let phc = Some(login.password_hash.as_str()).filter(|phc| !phc.is_empty());
            if self.is_right(&attempt, phc, passwords).await? {
                return as_customer(credentials, login, found.wanted);
            }
            if credentials.admin.is_some() || credentials.name != self.administrator.username {
                return Err(Refusal::AuthenticationFailed.into());
            }
        }
        let is_administrator = credentials.admin != Some(false) && credentials.name == self.administrator.username;
        let phc = is_administrator.then(|| self.administrator.password_hash.expose());
        match self.is_right(&attempt, phc, passwords).await? {
            true => as_administrator(credentials, found.wanted),
            false => Err(Refusal::AuthenticationFailed.into()),
        }
    }

    /// Whether the password belongs to the PHC string, from memory or by hashing; none takes as long as a wrong one.
    async fn is_right(&self, attempt: &Attempt<'_>, phc: Option<&str>, passwords: &Passwords) -> Result<bool, Failure> {
        let remembered = phc.map(|phc| self.fingerprint(attempt.credentials, phc));
        if let Some(until) = remembered.and_then(|fingerprint| self.verified.get(&fingerprint))
            && attempt.now < until
        {
            return Ok(true);
        }
        let (name, network) = (&attempt.name, &attempt.network);
        let may_try = || self.by_address.may_try(network, attempt.now) && self.by_name.may_try(name, attempt.now);
        if !may_try() {
            return Ok(false);
        }
        let right = passwords.verify(&attempt.credentials.password, phc, may_try).await?;
        match remembered.filter(|_| right) {
            Some(fingerprint) => self.verified.insert(fingerprint, attempt.now + REMEMBERED),
            None => {
                self.by_address.failed(network, attempt.now);
                self.by_name.failed(name, attempt.now);
            }
        }
        Ok(right)
    }

    /// Stands for name, password and stored hash together.
    fn fingerprint(&self, credentials: &Credentials, phc: &str) -> [u8; 32] {
        self.keyed([credentials.name.as_str(), credentials.password.expose(), phc])
    }

    /// Stands for the texts; useless without the key.
    fn keyed<const N: usize>(&self, texts: [&str; N]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new(&self.key.into());
        for text in texts {
            mac.update(&(text.len() as u64).to_be_bytes());
            mac.update(text.as_bytes());
        }
        mac.finalize().into_bytes().into()
    }
}

/// The administrator, or the customer that it names with all its limits.
fn as_administrator(credentials: &Credentials, wanted: Option<ResellerId>) -> Result<Caller, Failure> {
    let name = credentials.name.clone();
    let (scope, customer, reseller) = if credentials.impersonate.is_nobody() {
        (Scope::administrator(), CustomerId::NOBODY, ResellerId::NOBODY)
    } else {
        let (customer, reseller) = (credentials.impersonate, wanted.ok_or(Refusal::AuthenticationFailed)?);
        (Scope::of_row(customer, reseller), customer, reseller)
    };
    let login_role = Role::Administrator;
    Ok(Caller {
        name,
        is_administrator_login: true,
        login_role,
        scope,
        customer,
        reseller,
        account: None,
        grant: Grant::All,
    })
}

/// The row's own reach, or that of the row that it names; then what the header names inside of that.
fn as_customer(credentials: &Credentials, login: &Login, wanted: Option<ResellerId>) -> Result<Caller, Failure> {
    let mut acting = (login.customer, login.reseller);
    if !login.impersonate.is_nobody() && login.impersonate != login.customer {
        acting = match login.impersonate_reseller {
            Some(reseller) if reseller == login.reseller => (login.impersonate, reseller),
            _ => return Err(Refusal::NotAllowed("this login acts as a customer that is not its reseller's").into()),
        };
    }
    let login_role = Role::of(&Scope::of_row(acting.0, acting.1));
    if !credentials.impersonate.is_nobody() && credentials.impersonate != acting.0 {
        acting = match (Scope::of_row(acting.0, acting.1), wanted) {
            (Scope::Reseller(own), Some(reseller)) if reseller == own => (credentials.impersonate, reseller),
            _ => return Err(Refusal::NotAllowed("impersonate names none of the caller's own customers").into()),
        };
    }
    Ok(Caller {
        name: credentials.name.clone(),
        is_administrator_login: false,
        login_role,
        scope: Scope::of_row(acting.0, acting.1),
        customer: acting.0,
        reseller: acting.1,
        account: None,
        grant: Grant::All,
    })
}
