//! Programs that sign in with a token: it acts as the customer that it belongs to, within what it was made for.
//!
//! A token has 256 random bits, so its digest needs no salt and can be looked up. Tokens that are not there count with the other
//! failures of their address.

use std::net::IpAddr;
use std::time::Instant;

use domain::{CustomerId, Refusal};
use sha2::{Digest, Sha256};
use store::api_tokens::Bearer;
use store::logins::Login;

use crate::caller::{Authenticator, Caller, Credentials, Grant, REMEMBERED, as_administrator, as_customer, network};
use crate::error::Failure;

/// What every token begins with, so that one that got lost is known for what it is.
const PREFIX: &str = "ngnpro_";
/// Octets of randomness.
const OCTETS: usize = 32;

/// A new token, to be shown once.
///
/// # Errors
/// When the system has no random numbers.
pub fn new() -> Result<String, Failure> {
    let mut octets = [0; OCTETS];
    getrandom::fill(&mut octets).map_err(|error| Failure::Internal(error.to_string()))?;
    Ok(octets.iter().fold(PREFIX.to_owned(), |token, octet| format!("{token}{octet:02x}")))
}

/// What is kept of a token.
#[must_use]
pub fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

/// Where tokens are looked up.
pub trait Tokens {
    /// The good token of that digest, and whose customer the wanted one is.
    fn bearer(&self, digest: &[u8; 32], wanted: CustomerId) -> impl Future<Output = Result<Option<Bearer>, Failure>>;
}

impl Authenticator {
    /// Whether tokens may be tried from there now.
    #[must_use]
    pub fn may_try_from(&self, peer: IpAddr, now: Instant) -> bool {
        self.by_address.may_try(&network(peer), now)
    }

    /// Finds whom a token acts for, and what it may do.
    ///
    /// # Errors
    /// 9000 for no good token, 9001 for acting as somebody out of reach.
    pub async fn authenticate_token(
        &self,
        token: &str,
        wanted: CustomerId,
        peer: IpAddr,
        now: Instant,
        tokens: &impl Tokens,
    ) -> Result<(Caller, Bearer), Failure> {
        // A token that was good a moment ago is not kept out by what others try from its address.
        let remembered = self.keyed(["token", token]);
        let is_known = self.verified.get(&remembered).is_some_and(|until| now < until);
        if !is_known && !self.may_try_from(peer, now) {
            return Err(Refusal::AuthenticationFailed.into());
        }
        let found = match token.starts_with(PREFIX) {
            true => tokens.bearer(&digest(token), wanted).await?,
            false => None,
        };
        let Some(bearer) = found else {
            self.by_address.failed(&network(peer), now);
            return Err(Refusal::AuthenticationFailed.into());
        };
        self.verified.insert(remembered, now + REMEMBERED);
        let username = bearer.username.clone().unwrap_or_else(|| self.administrator.username.clone());
        let credentials = Credentials::of_token(format!("{username} by token {}", bearer.id), wanted);
        let caller = match bearer.customer.is_nobody() {
            true => as_administrator(&credentials, bearer.wanted)?,
            false => {
                let login = Login {
                    customer: bearer.customer,
                    reseller: bearer.reseller,
                    impersonate: CustomerId::NOBODY,
                    impersonate_reseller: None,
                    password_hash: String::new(),
                };
                as_customer(&credentials, &login, bearer.wanted)?
            }
        };
        Ok((Caller { grant: Grant::Words(bearer.scopes.clone()), ..caller }, bearer))
    }
}
