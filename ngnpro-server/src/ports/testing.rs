//! A platform for the tests of operations: a database of its own, two resellers that must never meet, and calls as any of
//! the people on it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Once};

use domain::{CustomerId, ResellerId, Scope};
use store::Store;
use test_support::ScratchDb;
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context as LayerContext, Layer, SubscriberExt};

use crate::caller::Caller;
use crate::context::{Context, DnsDefaults, OperationSettings};
use crate::error::Failure;
use crate::passwords::Passwords;
use crate::ports::{customer_port, sip_port};
use crate::wire::{customer, sip, types};

/// The platform: a reseller `acme` with its customer `shop`, a reseller `rival`, a domain of each with one account, and an
/// alias of acme's.
pub(crate) struct Platform {
    pub(crate) db: ScratchDb,
    pub(crate) store: Store,
    pub(crate) passwords: Passwords,
    pub(crate) settings: OperationSettings,
    pub(crate) admin: Caller,
    pub(crate) acme: Caller,
    pub(crate) shop: Caller,
    pub(crate) rival: Caller,
}

/// A refusal's code and words.
pub(crate) type Refused = (u16, String);

impl Platform {
    /// Nothing but resellers and the customer.
    pub(crate) async fn empty() -> Self {
        listen();
        let db = ScratchDb::new().await;
        let store = db.store().await;
        let admin = caller(Scope::administrator());
        let mut platform = Self {
            db,
            store,
            passwords: Passwords::new(None).unwrap(),
            settings: OperationSettings {
                list_cap: 1000,
                store_clear_text_passwords: true,
                dns: dns_defaults(),
                administrator: "Root".to_owned(),
            },
            acme: admin.clone(),
            shop: admin.clone(),
            rival: admin.clone(),
            admin,
        };
        platform.acme = platform.reseller("acme").await;
        platform.rival = platform.reseller("rival").await;
        platform.shop = platform.customer_of(&platform.acme, "shop").await;
        platform
    }

    /// With domains, accounts and an alias.
    pub(crate) async fn new() -> Self {
        let platform = Self::empty().await;
        for (owner, domain, user) in [
            (&platform.acme, "acme.example", "alice"),
            (&platform.shop, "shop.example", "bob"),
            (&platform.rival, "rival.example", "carol"),
        ] {
            platform.domain(owner, domain).await;
            platform.account(owner, &format!("{user}@{domain}")).await;
        }
        platform.alias(&platform.acme, "help@acme.example", "alice@acme.example").await.unwrap();
        platform
    }

    /// Makes one call.
    pub(crate) async fn call<I, O>(
        &self,
        caller: &Caller,
        handle: impl AsyncFn(&Context<'_>, I) -> Result<O, Failure>,
        input: I,
    ) -> Result<O, Refused> {
        let (store, settings, passwords) = (&self.store, &self.settings, &self.passwords);
        handle(&Context { caller, store, settings, passwords }, input).await.map_err(|failure| match failure {
            Failure::Refused(refusal) => (refusal.code(), refusal.to_string()),
            other => panic!("not a refusal: {other:?}"),
        })
    }

    /// An active reseller.
    pub(crate) async fn reseller(&self, name: &str) -> Caller {
        let account = types::CustomerAccount { reseller_active: Some(true), ..login(name) };
        self.add_customer(&self.admin, account).await.unwrap()
    }

    /// A customer of a reseller.
    pub(crate) async fn customer_of(&self, reseller: &Caller, name: &str) -> Caller {
        self.add_customer(reseller, login(name)).await.unwrap()
    }

    /// A caller with the new customer's own reach.
    pub(crate) async fn add_customer(&self, by: &Caller, account: types::CustomerAccount) -> Result<Caller, Refused> {
        let input = customer::AddAccountInput { account: Some(account) };
        let made = self.call(by, customer_port::add_account::handle, input).await?;
        let (id, reseller) = (CustomerId::new(made.id.unwrap()), ResellerId::new(made.reseller.unwrap()));
        Ok(caller(Scope::of_row(id, reseller)))
    }

    /// Sets properties as the administrator.
    pub(crate) async fn grant(&self, to: &Caller, properties: &[(&str, &str)]) {
        let input = customer::SetPropertiesInput {
            customer: Some(to.customer.get()),
            properties: Some(properties.iter().map(|(name, value)| property(name, value)).collect()),
        };
        self.call(&self.admin, customer_port::set_properties::handle, input).await.unwrap();
    }

    /// A domain of the caller's.
    pub(crate) async fn domain(&self, by: &Caller, name: &str) -> types::SipDomain {
        let domain = types::SipDomain { domain: Some(name.to_owned()), ..Default::default() };
        let input = sip::AddDomainInput { domain: Some(domain) };
        self.call(by, sip_port::add_domain::handle, input).await.unwrap()
    }

    /// An account with the password `secret` and nothing else.
    pub(crate) async fn account(&self, by: &Caller, name: &str) -> types::SipAccount {
        self.add_account(by, sip_account(name)).await.unwrap()
    }

    /// An account as given.
    pub(crate) async fn add_account(
        &self,
        by: &Caller,
        account: types::SipAccount,
    ) -> Result<types::SipAccount, Refused> {
        self.call(by, sip_port::add_account::handle, sip::AddAccountInput { account: Some(account) }).await
    }

    /// An account as it is stored.
    pub(crate) async fn get_account(&self, by: &Caller, name: &str) -> Result<types::SipAccount, Refused> {
        self.call(by, sip_port::get_account::handle, sip::GetAccountInput { sip_id: id(name) }).await
    }

    /// Replaces an account.
    pub(crate) async fn update_account(&self, by: &Caller, account: types::SipAccount) -> Result<(), Refused> {
        self.call(by, sip_port::update_account::handle, sip::UpdateAccountInput { account: Some(account) }).await
    }

    /// An alias.
    pub(crate) async fn alias(&self, by: &Caller, name: &str, target: &str) -> Result<types::SipAlias, Refused> {
        let alias = types::SipAlias { id: id(name), target: id(target), ..Default::default() };
        self.call(by, sip_port::add_alias::handle, sip::AddAliasInput { alias: Some(alias) }).await
    }

    /// A customer as it is stored.
    pub(crate) async fn get_customer(&self, by: &Caller, id: i64) -> Result<types::CustomerAccount, Refused> {
        self.call(by, customer_port::get_account::handle, customer::GetAccountInput { id: Some(id) }).await
    }

    /// Replaces a customer.
    pub(crate) async fn update_customer(&self, by: &Caller, account: types::CustomerAccount) -> Result<(), Refused> {
        self.call(by, customer_port::update_account::handle, customer::UpdateAccountInput { account: Some(account) })
            .await
    }

    /// The stored hash of a customer's login password.
    pub(crate) async fn hash_of(&self, customer: i64) -> Option<String> {
        let mut tx = self.store.begin_read(&Scope::administrator()).await.unwrap();
        let row = store::customers::get(&mut tx, CustomerId::new(customer)).await.unwrap();
        row.password.map(|stored| stored.hash)
    }

    /// An entry of an account's phonebook.
    pub(crate) async fn contact(&self, account: &str, uri: &str, name: &str, group: &str) {
        let text = |text: &str| Some(text.to_owned());
        let entry =
            types::PhonebookEntry { uri: text(uri), name: text(name), group: text(group), ..Default::default() };
        let input = sip::AddPhonebookEntryInput { sip_id: id(account), entry: Some(entry) };
        self.call(&self.admin, sip_port::add_phonebook_entry::handle, input).await.unwrap();
    }

    /// The phonebook of an account, as `uri=name/group`.
    pub(crate) async fn contacts(&self, account: &str) -> Vec<String> {
        let input = sip::GetPhonebookEntriesInput { sip_id: id(account), ..Default::default() };
        let answer = self.call(&self.admin, sip_port::get_phonebook_entries::handle, input).await.unwrap();
        let write = |entry: types::PhonebookEntry| Some(format!("{}={}/{}", entry.uri?, entry.name?, entry.group?));
        answer.entries.unwrap().into_iter().filter_map(write).collect()
    }

    /// With domains and accounts, and resellers that may touch the telephone network.
    pub(crate) async fn with_pstn() -> Self {
        let platform = Self::new().await;
        for reseller in [&platform.acme, &platform.rival] {
            platform.grant(reseller, &[("pstn_access", "1")]).await;
        }
        platform
    }

    /// A carrier of a reseller.
    pub(crate) async fn carrier(&self, reseller: i64, name: &str) -> i32 {
        let carrier = types::Carrier { name: Some(name.into()), reseller: Some(reseller), ..Default::default() };
        let input = sip::AddCarrierInput { carrier: Some(carrier) };
        self.call(&self.admin, sip_port::add_carrier::handle, input).await.unwrap().id.unwrap()
    }

    /// The names of the carriers that a caller sees.
    pub(crate) async fn carriers(&self, by: &Caller) -> Vec<String> {
        let answer = self.call(by, sip_port::get_carriers::handle, Default::default()).await.unwrap();
        let mut names: Vec<String> = answer.carriers.unwrap().into_iter().filter_map(|row| row.name).collect();
        names.sort_unstable();
        names
    }

    /// A gateway of a carrier.
    pub(crate) async fn gateway(&self, carrier: i32, name: &str) -> i32 {
        let gateway = types::Gateway {
            name: Some(name.into()),
            carrier_id: Some(carrier),
            ip: Some("192.0.2.10".into()),
            ..Default::default()
        };
        let input = sip::AddGatewayInput { gateway: Some(gateway) };
        self.call(&self.admin, sip_port::add_gateway::handle, input).await.unwrap().id.unwrap()
    }

    /// The gateways that a caller sees, as `carrier/name=ip:port`.
    pub(crate) async fn gateways(&self, by: &Caller) -> Vec<String> {
        let answer = self.call(by, sip_port::get_gateways::handle, Default::default()).await.unwrap();
        let write = |row: types::Gateway| Some(format!("{}/{}={}:{}", row.carrier?, row.name?, row.ip?, row.port?));
        answer.gateways.unwrap().into_iter().filter_map(write).collect()
    }

    /// A rule of a gateway.
    pub(crate) async fn rule(&self, gateway: i32, prefix: &str) -> i32 {
        let rule = types::GatewayRule { gateway_id: Some(gateway), prefix: Some(prefix.into()), ..Default::default() };
        let input = sip::AddGatewayRuleInput { rule: Some(rule) };
        self.call(&self.admin, sip_port::add_gateway_rule::handle, input).await.unwrap().id.unwrap()
    }

    /// The rules that a caller sees, as `carrier/gateway/prefix`.
    pub(crate) async fn rules(&self, by: &Caller) -> Vec<String> {
        let answer = self.call(by, sip_port::get_gateway_rules::handle, Default::default()).await.unwrap();
        let write = |row: types::GatewayRule| Some(format!("{}/{}/{}", row.carrier?, row.gateway?, row.prefix?));
        answer.gateway_rules.unwrap().into_iter().filter_map(write).collect()
    }

    /// A route to a carrier.
    pub(crate) async fn route(&self, carrier: i32, prefix: &str) -> i32 {
        let route = types::Route { carrier_id: Some(carrier), prefix: Some(prefix.into()), ..Default::default() };
        let input = sip::AddRoutesInput { routes: Some(vec![route]) };
        let made = self.call(&self.admin, sip_port::add_routes::handle, input).await.unwrap();
        made.routes.unwrap()[0].id.unwrap()
    }

    /// The routes that a caller sees, as `carrier/prefix/originator`, by prefix.
    pub(crate) async fn routes(&self, by: &Caller) -> Vec<String> {
        let query = types::RouteQuery { order_by: Some(types::RouteOrder::default()), ..Default::default() };
        let input = sip::GetRoutesInput { query: Some(query) };
        let answer = self.call(by, sip_port::get_routes::handle, input).await.unwrap();
        let write = |row: types::Route| Some(format!("{}/{}/{}", row.carrier?, row.prefix?, row.originator?));
        answer.routes.unwrap().into_iter().filter_map(write).collect()
    }

    /// A trusted peer of a reseller's.
    pub(crate) async fn add_peer(&self, by: &Caller, ip: &str, description: &str) {
        let peer =
            types::TrustedPeer { ip: Some(ip.into()), description: Some(description.into()), ..Default::default() };
        let input = sip::AddTrustedPeerInput { peer: Some(peer) };
        self.call(by, sip_port::add_trusted_peer::handle, input).await.unwrap();
    }

    /// A trusted peer as it is stored, where the caller sees it.
    pub(crate) async fn peer(&self, by: &Caller, ip: &str) -> Option<types::TrustedPeer> {
        let filter = types::TrustedPeerFilter { ip: Some(ip.into()), ..Default::default() };
        let query = types::TrustedPeerQuery { filter: Some(filter), ..Default::default() };
        let input = sip::GetTrustedPeersInput { query: Some(query) };
        self.call(by, sip_port::get_trusted_peers::handle, input).await.unwrap().peers.unwrap().pop()
    }

    /// The movements of an account's balance, newest first, as `action description value balance`.
    pub(crate) async fn history(&self, account: &str) -> Vec<String> {
        let input = sip::GetCreditHistoryInput { sip_id: id(account), count: None };
        let answer = self.call(&self.admin, sip_port::get_credit_history::handle, input).await.unwrap();
        let write = |row: types::CreditHistoryEntry| {
            Some(format!("{} {} {} {}", row.action?, row.description?, row.value?, row.balance?))
        };
        answer.entries.unwrap().into_iter().filter_map(write).collect()
    }

    /// Makes a reseller inactive.
    pub(crate) async fn deactivate(&self, reseller: &Caller) {
        let stored = self.get_customer(&self.admin, reseller.customer.get()).await.unwrap();
        let inactive = types::CustomerAccount { reseller_active: Some(false), ..stored };
        self.update_customer(&self.admin, inactive).await.unwrap();
    }
}

/// What new zones have where nothing is said.
fn dns_defaults() -> DnsDefaults {
    let nameservers = vec![domain::DomainName::parse("ns1.platform.example").unwrap()];
    DnsDefaults { nameservers, refresh: 14_400, retry: 3600, expire: 604_800, minimum: 3600 }
}

/// A caller of that reach with credentials of its own.
pub(crate) fn caller(scope: Scope) -> Caller {
    Caller {
        name: "test".to_owned(),
        is_administrator_login: scope.is_administrator(),
        login_role: crate::caller::Role::of(&scope),
        scope,
        customer: scope.customer_id(),
        reseller: scope.reseller_id(),
        account: None,
        grant: crate::caller::Grant::All,
    }
}

/// The holder of an account that belongs to somebody.
pub(crate) fn holder_of(whom: &Caller, account: &str) -> Caller {
    Caller { account: Some(domain::SipId::parse(account).unwrap()), ..whom.clone() }
}

/// The administrator acting as somebody.
pub(crate) fn acting_as(whom: &Caller) -> Caller {
    Caller { is_administrator_login: true, login_role: crate::caller::Role::Administrator, ..whom.clone() }
}

/// A customer with a login name only.
pub(crate) fn login(name: &str) -> types::CustomerAccount {
    types::CustomerAccount { username: Some(name.to_owned()), ..Default::default() }
}

/// A property without category and permission.
pub(crate) fn property(name: &str, value: &str) -> types::CustomerProperty {
    types::CustomerProperty { name: Some(name.to_owned()), value: Some(value.to_owned()), ..Default::default() }
}

/// An account with the password `secret`.
pub(crate) fn sip_account(name: &str) -> types::SipAccount {
    types::SipAccount { id: id(name), password: Some("secret".to_owned()), ..Default::default() }
}

/// `user@domain`, in any form that a client may send.
pub(crate) fn id(name: &str) -> Option<types::SipId> {
    let (username, domain) = name.split_once('@').unwrap();
    Some(types::SipId { username: Some(username.to_owned()), domain: Some(domain.to_owned()) })
}

/// `user@domain` of an answer.
pub(crate) fn name(id: Option<&types::SipId>) -> String {
    let id = id.unwrap();
    format!("{}@{}", id.username.as_deref().unwrap(), id.domain.as_deref().unwrap())
}

/// A list of words.
pub(crate) fn words(list: &[&str]) -> Option<Vec<String>> {
    Some(list.iter().map(|word| (*word).to_owned()).collect())
}

/// The code of a refusal.
pub(crate) fn code<T: std::fmt::Debug>(result: Result<T, Refused>) -> u16 {
    result.unwrap_err().0
}

tokio::task_local! {
    /// The statements of the call that is counted in this task.
    static STATEMENTS: Arc<AtomicUsize>;
}

/// Counts the statements that go to the database, for the task that asked for it.
struct Statements;

impl<S: Subscriber> Layer<S> for Statements {
    fn on_event(&self, event: &Event<'_>, _context: LayerContext<'_, S>) {
        if event.metadata().target() == "sqlx::query" {
            // Outside of a counted call there is nothing to count.
            let _ = STATEMENTS.try_with(|count| count.fetch_add(1, Ordering::Relaxed));
        }
    }
}

/// Begins to listen to statements, before the first of them and for as long as the process lives: a listener that comes and
/// goes finds events that were switched off for want of one when another thread met them first.
fn listen() {
    static LISTENING: Once = Once::new();
    LISTENING.call_once(|| {
        tracing::subscriber::set_global_default(tracing_subscriber::registry().with(Statements)).unwrap();
    });
}

/// What a call answers, and how many statements it took.
pub(crate) async fn counted<T>(call: impl Future<Output = T>) -> (T, usize) {
    // Tasks of the pool log too, without our subscriber. The first to log would decide for all that nobody listens, if nobody
    // did: somebody always does. A second setting changes nothing.
    drop(tracing::subscriber::set_global_default(tracing_subscriber::registry()));
    let count = Arc::new(AtomicUsize::new(0));
    let answer = STATEMENTS.scope(Arc::clone(&count), call).await;
    (answer, count.load(Ordering::Relaxed))
}
