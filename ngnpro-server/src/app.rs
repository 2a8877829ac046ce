//! What all connections share, and a call from its bytes to its answer: envelope, operation, caller, the function, the wire.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use domain::{CustomerId, Refusal, SipId};
use soap::{Element, Envelope, Fault, Form, NoCall, Style};
use store::Store;
use store::api_tokens::Bearer;
use store::logins::{AccountLogin, Found};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::caller::{
    self, AccountCredentials, Accounts, Administrator, Authenticator, Caller, Credentials, Logins, Role, Tokens,
};
use crate::changes::Readers;
use crate::config::Settings;
use crate::context::{Context, OperationSettings};
use crate::error::Failure;
use crate::http::Certificates;
use crate::metrics::{self, Metrics, Named, UNNAMED};
use crate::origin::{Origin, operation_name};
use crate::passwords::Passwords;
use crate::ports;
use crate::wire::{Endpoint, Operation};
use crate::wsdl::Documents;

/// What all connections share.
#[derive(Debug)]
pub struct App {
    /// The settings as loaded.
    pub settings: Settings,
    /// The way to the database.
    pub store: Store,
    /// The published contract.
    pub documents: Documents,
    /// Who waits for changes.
    pub readers: Arc<Readers>,
    /// What was called.
    pub metrics: Metrics,
    /// The certificate of the listener; none: plain HTTP.
    pub certificates: Option<Arc<Certificates>>,
    operations: OperationSettings,
    authenticator: Authenticator,
    passwords: Passwords,
    /// Places for imports and exports.
    bulk: Arc<Semaphore>,
}

/// A message as HTTP brought it.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// The document.
    pub body: &'a [u8],
    /// The charset of its media type.
    pub charset: Option<&'a str>,
    /// What the URL names.
    pub endpoint: Endpoint<'a>,
    /// The request, for the journal.
    pub origin: Origin<'a>,
}

/// An answer, and what the log says of the call.
#[derive(Debug)]
pub struct Answer {
    /// Version of the envelope, and wire of the body.
    pub form: Form,
    /// The envelope.
    pub body: String,
    /// The contract's code when it is a fault.
    pub errorcode: Option<u16>,
}

/// What is known of a call while it runs, for the log.
#[derive(Debug, Default)]
struct Progress {
    form: Form,
    operation: Option<Operation>,
    caller: Option<(String, Role)>,
}

impl App {
    /// Puts the parts together.
    ///
    /// # Errors
    /// When the system has no random numbers, or the certificate cannot be read.
    pub fn new(settings: Settings, store: Store) -> Result<Self, Failure> {
        let administrator = Administrator {
            username: settings.administrator.username.clone(),
            password_hash: domain::Secret::new(settings.administrator.password_hash.expose()),
        };
        let limits = &settings.limits;
        let authenticator = Authenticator::new(administrator, limits.failures_per_address, limits.failures_per_name)?;
        Ok(Self {
            documents: Documents::new(&settings.public_url()),
            readers: Readers::new(settings.changes.readers_max, settings.changes.readers_of_one_max),
            metrics: Metrics::default(),
            certificates: settings.http.tls.certificates().map_err(Failure::Internal)?.map(Arc::new),
            operations: OperationSettings {
                list_cap: limits.list_rows,
                store_clear_text_passwords: settings.passwords.store_clear_text_passwords,
                dns: settings.dns_defaults(),
                administrator: settings.administrator.username.clone(),
            },
            authenticator,
            passwords: Passwords::new(settings.sealing_key().as_ref())?,
            bulk: Arc::new(Semaphore::new(settings.bulk.at_once)),
            settings,
            store,
        })
    }

    /// Answers a message.
    pub async fn answer(&self, message: Message<'_>, peer: IpAddr) -> Answer {
        let started = Instant::now();
        let form = Form { style: Operation::style_at(None, message.endpoint), ..Form::default() };
        let mut progress = Progress { form, ..Progress::default() };
        let result = match Envelope::read(message.body, message.charset, &self.xml_limits()) {
            Err(malformed) => {
                progress.form.version = malformed.version;
                Err(Failure::Malformed(malformed.fault))
            }
            Ok(envelope) => {
                progress.form.version = envelope.version();
                let limit = Duration::from_millis(self.settings.limits.call_timeout_ms);
                let call = tokio::time::timeout(limit, self.call(&envelope, &message, peer, &mut progress));
                let late = |_| Err(Failure::Unavailable("the call took longer than limits.call_timeout_ms".to_owned()));
                call.await.unwrap_or_else(late)
            }
        };
        let answer = match result {
            Ok(body) => Answer { form: progress.form, body, errorcode: None },
            Err(failure) => {
                failure.log();
                fault_answer(progress.form, &failure.fault())
            }
        };
        let caller = progress.caller.as_ref().map(|(name, role)| (name.as_str(), *role));
        self.note(progress.operation.map_or(UNNAMED, metrics::named), caller, answer.errorcode, peer, started);
        answer
    }

    fn xml_limits(&self) -> soap::Limits {
        let limits = &self.settings.limits;
        soap::Limits {
            body_bytes: limits.body_bytes,
            depth: limits.depth,
            nodes: limits.nodes,
            attributes: limits.attributes,
            name_bytes: limits.name_bytes,
        }
    }

    async fn call(
        &self,
        envelope: &Envelope,
        message: &Message<'_>,
        peer: IpAddr,
        progress: &mut Progress,
    ) -> Result<String, Failure> {
        let endpoint = message.endpoint;
        let known = |namespace: &str, name: &str| Operation::find_at(namespace, name, endpoint);
        let call = envelope.call(known).map_err(|error| match error {
            NoCall::Unknown { namespace, name } => {
                progress.form.style = Operation::style_at(Some(&namespace), endpoint);
                Failure::Refused(Refusal::UnknownOperation(name))
            }
            NoCall::Malformed(fault) => Failure::Malformed(fault),
        })?;
        let (operation, style) = call.operation;
        progress.operation = Some(operation);
        progress.form.style = style;
        envelope.check_understood(caller::is_auth)?;
        let caller = self.caller(operation, envelope, call.parameters, peer).await?;
        progress.caller = Some((caller.name.clone(), caller.role()));
        let wire = match style {
            Style::Encoded => "encoded",
            Style::Literal(_) => "literal",
        };
        let store = self.acting(&caller, operation_name(operation), wire, peer, message.origin)?;
        ports::call(operation, &self.context_in(&store, &caller), progress.form, call.parameters).await
    }

    /// The surroundings of a call: the store is the caller's, or a step of a larger transaction of its.
    pub(crate) fn context_in<'a>(&'a self, store: &'a Store, caller: &'a Caller) -> Context<'a> {
        Context { store, caller, settings: &self.operations, passwords: &self.passwords }
    }

    /// Who calls: by the auth header, or by an account's own password where that is asked for.
    async fn caller(
        &self,
        operation: Operation,
        envelope: &Envelope,
        parameters: Element<'_>,
        peer: IpAddr,
    ) -> Result<Caller, Failure> {
        match operation.roles() == [Role::Account] {
            true => self.authenticate_account(parameters, peer).await,
            false => self.authenticate(&Credentials::read(envelope)?, peer).await,
        }
    }

    /// The caller with those credentials.
    pub(crate) async fn authenticate(&self, credentials: &Credentials, peer: IpAddr) -> Result<Caller, Failure> {
        let (now, logins) = (Instant::now().into_std(), StoreLogins(&self.store));
        self.authenticator.authenticate(credentials, peer, now, &self.passwords, &logins).await
    }

    /// The caller with that token.
    pub(crate) async fn authenticate_token(
        &self,
        token: &str,
        wanted: CustomerId,
        peer: IpAddr,
    ) -> Result<Caller, Failure> {
        let (now, tokens) = (Instant::now().into_std(), StoreLogins(&self.store));
        let (caller, bearer) = self.authenticator.authenticate_token(token, wanted, peer, now, &tokens).await?;
        if !bearer.is_fresh {
            store::api_tokens::used(&self.store, bearer.id).await?;
        }
        Ok(caller)
    }

    /// The holder of a SIP account, by its address and password among the parameters.
    pub(crate) async fn authenticate_account(&self, parameters: Element<'_>, peer: IpAddr) -> Result<Caller, Failure> {
        let credentials = AccountCredentials::read(parameters)?;
        let (now, logins) = (Instant::now().into_std(), StoreLogins(&self.store));
        self.authenticator.authenticate_account(&credentials, peer, now, &logins).await
    }

    /// One of the places for imports and exports, while one is free.
    pub(crate) fn bulk_place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.bulk).try_acquire_owned().ok()
    }

    /// Whether those credentials may be tried from there, or failed too often.
    pub(crate) fn may_try(&self, credentials: &Credentials, peer: IpAddr) -> bool {
        self.authenticator.may_try(credentials, peer, Instant::now().into_std())
    }

    /// Whether tokens may be tried from there, or failed too often.
    pub(crate) fn may_try_from(&self, peer: IpAddr) -> bool {
        self.authenticator.may_try_from(peer, Instant::now().into_std())
    }

    /// Counts a call that is answered, and says so in the log.
    pub(crate) fn note(
        &self,
        name: Named,
        caller: Option<(&str, Role)>,
        errorcode: Option<u16>,
        peer: IpAddr,
        started: Instant,
    ) {
        self.metrics.count(name, caller.map(|(_, role)| role), errorcode, started.elapsed());
        log(name, caller.map_or("-", |(name, _)| name), errorcode, peer, started);
    }
}

/// The answer that is a fault.
#[must_use]
pub fn fault_answer(form: Form, fault: &Fault) -> Answer {
    Answer { form, body: soap::fault_envelope(form, fault), errorcode: Some(fault.errorcode) }
}

fn log((port, name): Named, caller: &str, errorcode: Option<u16>, peer: IpAddr, started: Instant) {
    // A number in JSON too: larger integers become text there.
    let took_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    match errorcode {
        None => tracing::info!(port, operation = name, caller, %peer, took_us, "call done"),
        Some(code) => tracing::info!(port, operation = name, caller, %peer, took_us, errorcode = code, "call refused"),
    }
}

/// Logins from the customers table.
struct StoreLogins<'a>(&'a Store);

impl Logins for StoreLogins<'_> {
    async fn find(&self, name: Option<&str>, wanted: CustomerId) -> Result<Found, Failure> {
        Ok(store::logins::find(self.0, name, wanted).await?)
    }
}

impl Tokens for StoreLogins<'_> {
    async fn bearer(&self, digest: &[u8; 32], wanted: CustomerId) -> Result<Option<Bearer>, Failure> {
        Ok(store::api_tokens::find(self.0, digest, wanted).await?)
    }
}

impl Accounts for StoreLogins<'_> {
    async fn account(&self, id: &SipId) -> Result<Option<AccountLogin>, Failure> {
        Ok(store::logins::account(self.0, id).await?)
    }
}
