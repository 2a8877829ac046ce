//! Holders of SIP accounts: on the port that has no auth header, an account's address and its own password are the first two
//! parameters of every call.
//!
//! They open that one account and nothing else. An address that has no account and a wrong password are answered alike, and
//! both are counted with the failures of the other logins.

use std::net::IpAddr;
use std::time::Instant;

use domain::{CustomerId, DomainName, Refusal, ResellerId, Secret, SipId, SipPassword, Username};
use soap::Element;
use store::logins::AccountLogin;

use crate::caller::{Authenticator, Caller, Grant, Role, TEXT_MAX, network};
use crate::error::Failure;
use crate::wire::types;

/// An account's address and password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountCredentials {
    id: SipId,
    password: Secret,
}

impl AccountCredentials {
    /// Reads the parameters `sipId` and `password`; what cannot be an account's is 9000.
    ///
    /// # Errors
    /// 9000, and 9004 for a member of another type.
    pub fn read(parameters: Element<'_>) -> Result<Self, Failure> {
        let mut id = None;
        let mut password = None;
        for child in parameters.children() {
            match child.local() {
                "sipId" => id = soap::read_value::<types::SipSimpleId>(child)?,
                "password" => password = <String as soap::Wire>::read(child)?,
                _ => {}
            }
        }
        let id = id.unwrap_or_default();
        let username = Username::parse(id.username.unwrap_or_default().trim());
        let domain = DomainName::parse(id.domain.unwrap_or_default().trim());
        let password = password.filter(|password| !password.is_empty() && password.len() <= TEXT_MAX);
        match (username, domain, password) {
            (Ok(username), Ok(domain), Some(password)) => {
                Ok(Self { id: SipId::new(username, domain), password: Secret::new(password) })
            }
            _ => Err(Refusal::AuthenticationFailed.into()),
        }
    }
}

/// Where accounts are looked up.
pub trait Accounts {
    /// The account of that address.
    fn account(&self, id: &SipId) -> impl Future<Output = Result<Option<AccountLogin>, Failure>>;
}

impl Authenticator {
    /// Checks an account's password.
    ///
    /// # Errors
    /// 9000 when it is wrong, when there is no such account, and after too many of either.
    pub async fn authenticate_account(
        &self,
        credentials: &AccountCredentials,
        peer: IpAddr,
        now: Instant,
        accounts: &impl Accounts,
    ) -> Result<Caller, Failure> {
        let name = self.keyed(["account", &credentials.id.to_string()]);
        let network = network(peer);
        if !self.by_address.may_try(&network, now) || !self.by_name.may_try(&name, now) {
            return Err(Refusal::AuthenticationFailed.into());
        }
        let login = accounts.account(&credentials.id).await?;
        // Both are hashed with a key first: how far they agree says nothing about the stored digest.
        let given = SipPassword::Clear(credentials.password.clone()).credentials(&credentials.id).ha1;
        let stored = login.as_ref().map_or("", |login| login.ha1.expose());
        match login.as_ref().filter(|_| self.keyed([given.expose()]) == self.keyed([stored])) {
            Some(login) => Ok(Caller {
                name: credentials.id.to_string(),
                is_administrator_login: false,
                login_role: Role::Account,
                scope: login.scope,
                customer: CustomerId::NOBODY,
                reseller: ResellerId::NOBODY,
                account: Some(credentials.id.clone()),
                grant: Grant::All,
            }),
            None => {
                self.by_address.failed(&network, now);
                self.by_name.failed(&name, now);
                Err(Refusal::AuthenticationFailed.into())
            }
        }
    }
}
