//! Who is let in, as whom, and how often.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicUsize, Ordering};

use domain::SipPassword;
use store::logins::AccountLogin;

use super::*;
use crate::passwords::hash;

const PEER: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
const RESELLER: i64 = 1000;

/// Rows of the customers table: reseller 1000 with customers 1042 and 1043, reseller 2000 with customer 2042.
struct Rows {
    phc: String,
    lookups: AtomicUsize,
}

impl Rows {
    fn new() -> Self {
        Self { phc: hash(b"right").unwrap(), lookups: AtomicUsize::new(0) }
    }

    fn reseller(&self, id: i64) -> Option<ResellerId> {
        let exists = [1000, 1042, 1043, 1044, 1045, 2000, 2042].contains(&id);
        exists.then(|| ResellerId::new(id / 1000 * 1000))
    }

    fn row(&self, id: i64, impersonate: i64) -> Option<Login> {
        Some(Login {
            customer: CustomerId::new(id),
            reseller: self.reseller(id)?,
            impersonate: CustomerId::new(impersonate),
            impersonate_reseller: self.reseller(impersonate),
            password_hash: self.phc.clone(),
        })
    }
}

impl Logins for Rows {
    async fn find(&self, name: Option<&str>, wanted: CustomerId) -> Result<Found, Failure> {
        self.lookups.fetch_add(1, Ordering::Relaxed);
        let login = match name.map(str::to_lowercase).as_deref() {
            Some("reseller") => self.row(1000, 0),
            Some("customer") => self.row(1042, 0),
            Some("deputy of the reseller") => self.row(1044, 1000),
            Some("deputy of a customer") => self.row(1045, 1043),
            Some("deputy of a stranger") => self.row(1045, 2042),
            Some("deputy of nobody") => self.row(1045, 4711),
            Some("without password") => self.row(1043, 0).map(|row| Login { password_hash: String::new(), ..row }),
            _ => None,
        };
        Ok(Found { login, wanted: self.reseller(wanted.get()) })
    }
}

struct Bench {
    authenticator: Authenticator,
    passwords: Passwords,
    rows: Rows,
    now: Instant,
}

impl Bench {
    fn new() -> Self {
        let password_hash = Secret::new(hash(b"admin's").unwrap());
        let administrator = Administrator { username: "admin".to_owned(), password_hash };
        Self {
            authenticator: Authenticator::new(administrator, 100, 3).unwrap(),
            passwords: Passwords::new(None).unwrap(),
            rows: Rows::new(),
            now: tokio::time::Instant::now().into_std(),
        }
    }

    async fn sign_in(&self, name: &str, password: &str, admin: Option<bool>, impersonate: i64) -> Result<Caller, u16> {
        let credentials = Credentials {
            name: name.to_owned(),
            password: Secret::new(password),
            admin,
            impersonate: CustomerId::new(impersonate),
        };
        self.present(&credentials, PEER).await
    }

    async fn present(&self, credentials: &Credentials, peer: IpAddr) -> Result<Caller, u16> {
        let caller = self.authenticator.authenticate(credentials, peer, self.now, &self.passwords, &self.rows).await;
        caller.map_err(|failure| failure.fault().errorcode)
    }

    /// The scope after signing in with the right password.
    async fn scope(&self, name: &str, impersonate: i64) -> Result<Scope, u16> {
        let password = if name == "admin" { "admin's" } else { "right" };
        self.sign_in(name, password, None, impersonate).await.map(|caller| caller.scope)
    }
}

fn customer(id: i64, reseller: i64) -> Scope {
    Scope::customer(CustomerId::new(id), ResellerId::new(reseller))
}

#[tokio::test]
async fn the_administrator_acts_as_itself_or_with_the_limits_of_whom_it_names() {
    let bench = Bench::new();
    assert_eq!(bench.scope("admin", 0).await, Ok(Scope::administrator()));
    assert_eq!(bench.scope("admin", 1042).await, Ok(customer(1042, RESELLER)));
    assert_eq!(bench.scope("admin", 1000).await, Ok(Scope::reseller(ResellerId::new(RESELLER))));
    assert_eq!(bench.scope("admin", 4711).await, Err(9000));
    let caller = bench.sign_in("admin", "admin's", Some(true), 1042).await.unwrap();
    assert!(caller.is_administrator_login);
    assert_eq!((caller.role(), caller.customer.get(), caller.reseller.get()), (Role::Customer, 1042, 1000));
}

#[tokio::test]
async fn a_customer_acts_as_itself_and_a_reseller_also_as_its_customers() {
    let bench = Bench::new();
    assert_eq!(bench.scope("customer", 0).await, Ok(customer(1042, RESELLER)));
    assert_eq!(bench.scope("customer", 1042).await, Ok(customer(1042, RESELLER)));
    assert_eq!(bench.scope("customer", 1043).await, Err(9001));
    assert_eq!(bench.scope("reseller", 0).await, Ok(Scope::reseller(ResellerId::new(RESELLER))));
    assert_eq!(bench.scope("reseller", 1042).await, Ok(customer(1042, RESELLER)));
    assert_eq!(bench.scope("reseller", 2042).await, Err(9001));
    assert_eq!(bench.scope("reseller", 4711).await, Err(9001));
}

#[tokio::test]
async fn a_row_that_names_another_acts_as_that_one_inside_its_reseller() {
    let bench = Bench::new();
    assert_eq!(bench.scope("deputy of the reseller", 0).await, Ok(Scope::reseller(ResellerId::new(RESELLER))));
    assert_eq!(bench.scope("deputy of the reseller", 1042).await, Ok(customer(1042, RESELLER)));
    assert_eq!(bench.scope("deputy of a customer", 0).await, Ok(customer(1043, RESELLER)));
    assert_eq!(bench.scope("deputy of a stranger", 0).await, Err(9001));
    assert_eq!(bench.scope("deputy of nobody", 0).await, Err(9001));
}

#[tokio::test]
async fn the_header_says_whose_account_it_is() {
    let bench = Bench::new();
    assert!(bench.sign_in("admin", "admin's", Some(true), 0).await.is_ok());
    assert_eq!(bench.sign_in("admin", "admin's", Some(false), 0).await, Err(9000));
    assert!(bench.sign_in("customer", "right", Some(false), 0).await.is_ok());
    assert_eq!(bench.sign_in("customer", "right", Some(true), 0).await, Err(9000));
}

#[tokio::test]
async fn one_lookup_is_enough_whoever_signs_in_and_none_for_the_administrator_itself() {
    let bench = Bench::new();
    for (name, password, admin, impersonate, lookups) in [
        ("customer", "right", None, 0, 1),
        ("reseller", "right", Some(false), 1042, 1),
        ("deputy of the reseller", "right", None, 1042, 1),
        ("admin", "admin's", Some(true), 1042, 1),
        ("admin", "admin's", None, 0, 1),
        ("admin", "admin's", Some(true), 0, 0),
    ] {
        let before = bench.rows.lookups.load(Ordering::Relaxed);
        assert!(bench.sign_in(name, password, admin, impersonate).await.is_ok(), "{name}");
        assert_eq!(bench.rows.lookups.load(Ordering::Relaxed) - before, lookups, "{name}");
    }
}

#[tokio::test]
async fn wrong_credentials_answer_9000_whatever_is_wrong_with_them() {
    let bench = Bench::new();
    for (name, password) in
        [("admin", "wrong"), ("customer", "wrong"), ("nobody", "right"), ("without password", ""), ("customer", "")]
    {
        assert_eq!(bench.sign_in(name, password, None, 0).await, Err(9000), "{name}");
    }
}

#[tokio::test]
async fn failures_lock_a_name_for_a_while_and_known_callers_are_not_counted() {
    let mut bench = Bench::new();
    assert!(bench.sign_in("customer", "right", None, 0).await.is_ok());
    for _ in 0..3 {
        assert_eq!(bench.sign_in("customer", "wrong", None, 0).await, Err(9000));
    }
    // Remembered: no hash is computed, so the lock does not matter.
    assert!(bench.sign_in("customer", "right", None, 0).await.is_ok());
    // Memory ends, the lock is looked at again.
    for _ in 0..3 {
        assert_eq!(bench.sign_in("reseller", "wrong", None, 0).await, Err(9000));
    }
    assert_eq!(bench.sign_in("reseller", "right", None, 0).await, Err(9000));
    bench.now += Duration::from_secs(61);
    assert!(bench.sign_in("reseller", "right", None, 0).await.is_ok());
}

#[tokio::test]
async fn the_spelling_of_a_name_gives_no_further_attempts() {
    let bench = Bench::new();
    for spelling in ["Customer", "CUSTOMER", "cUSTOMER"] {
        assert_eq!(bench.sign_in(spelling, "wrong", None, 0).await, Err(9000));
    }
    assert_eq!(bench.sign_in("customer", "right", None, 0).await, Err(9000));
}

#[tokio::test]
async fn the_addresses_of_one_ipv6_network_share_their_attempts() {
    let mut bench = Bench::new();
    let administrator = Administrator { username: String::new(), password_hash: Secret::new(String::new()) };
    bench.authenticator = Authenticator::new(administrator, 2, 100).unwrap();
    let sign_in = async |password: &str, peer: &str| {
        let credentials = Credentials {
            name: "customer".to_owned(),
            password: Secret::new(password),
            admin: None,
            impersonate: CustomerId::NOBODY,
        };
        bench.present(&credentials, peer.parse().unwrap()).await.map(|caller| caller.customer.get())
    };
    assert_eq!(sign_in("wrong", "2001:db8:1:2::1").await, Err(9000));
    assert_eq!(sign_in("wrong", "2001:db8:1:2:ffff::1").await, Err(9000));
    assert_eq!(sign_in("right", "2001:db8:1:2::3").await, Err(9000));
    assert_eq!(sign_in("right", "2001:db8:1:3::3").await, Ok(1042));
    // An IPv4 address is itself, also when it is written as an IPv6 one.
    for _ in 0..2 {
        assert_eq!(sign_in("wrong", "::ffff:192.0.2.1").await, Err(9000));
    }
    let attempts = &bench.authenticator.by_address;
    assert!(!attempts.may_try(&network("192.0.2.1".parse().unwrap()), bench.now));
    assert!(attempts.may_try(&network("192.0.2.2".parse().unwrap()), bench.now));
}

#[tokio::test]
async fn a_changed_password_is_not_let_in_by_memory() {
    let mut bench = Bench::new();
    assert!(bench.sign_in("customer", "right", None, 0).await.is_ok());
    bench.rows.phc = hash(b"changed").unwrap();
    assert_eq!(bench.sign_in("customer", "right", None, 0).await, Err(9000));
    assert!(bench.sign_in("customer", "changed", None, 0).await.is_ok());
}

#[test]
fn the_header_is_read_in_any_form_and_its_absence_is_9000() {
    let read = |header: &str| {
        let message = format!(
            "<e:Envelope xmlns:e=\"{}\" xmlns:xsi=\"{}\" xmlns:n=\"urn:n\"><e:Header>{header}</e:Header>\
             <e:Body><x/><r id=\"h\"><username>alice</username><password>p</password></r></e:Body></e:Envelope>",
            soap::ns::ENVELOPE_11,
            soap::ns::XSI
        );
        let envelope = Envelope::read(message.as_bytes(), None, &soap::Limits::default()).unwrap();
        Credentials::read(&envelope).map_err(|failure| failure.fault().errorcode)
    };
    let pair = "<username>alice</username><password> p </password>";
    let bare = read(&format!("<auth>{pair}</auth>")).unwrap();
    assert_eq!((bare.name.as_str(), bare.password.expose(), bare.admin), ("alice", " p ", None));
    assert!(bare.impersonate.is_nobody());
    let full = read(&format!("<n:Auth>{pair}<n:admin>1</n:admin><impersonate>42</impersonate></n:Auth>")).unwrap();
    assert_eq!((full.admin, full.impersonate.get()), (Some(true), 42));
    let empty = read(&format!("<auth>{pair}<admin/><impersonate xsi:nil=\"true\"/></auth>")).unwrap();
    assert_eq!(empty, bare);
    assert_eq!(read("<auth href=\"#h\"/>").unwrap().name, "alice");
    assert_eq!(read(&format!("<auth>{pair}</auth><n:Auth>{pair}</n:Auth>")), Err(9004));
    assert_eq!(read(""), Err(9000));
    assert_eq!(read("<auth/>"), Err(9000));
    assert_eq!(read("<auth><username>alice</username><password xsi:nil=\"true\"/></auth>"), Err(9000));
    assert_eq!(
        read(&format!("<auth><username>{}</username><password>p</password></auth>", "a".repeat(2000))),
        Err(9000)
    );
}

impl Accounts for Rows {
    async fn account(&self, id: &SipId) -> Result<Option<AccountLogin>, Failure> {
        self.lookups.fetch_add(1, Ordering::Relaxed);
        let password = SipPassword::Clear(Secret::new("right"));
        let login = AccountLogin { scope: customer(1042, RESELLER), ha1: password.credentials(id).ha1 };
        Ok((id.username.as_str() == "alice").then_some(login))
    }
}

/// The parameters of a call as an account.
fn account(parameters: &str) -> Result<AccountCredentials, u16> {
    let message = format!(
        "<e:Envelope xmlns:e=\"{}\"><e:Body><o:x xmlns:o=\"urn:o\">{parameters}</o:x></e:Body></e:Envelope>",
        soap::ns::ENVELOPE_11
    );
    let envelope = Envelope::read(message.as_bytes(), None, &soap::Limits::default()).unwrap();
    let call = envelope.call(|_, _| Some(())).unwrap();
    AccountCredentials::read(call.parameters).map_err(|failure| failure.fault().errorcode)
}

fn holder(username: &str, password: &str) -> Result<AccountCredentials, u16> {
    account(&format!(
        "<sipId><username>{username}</username><domain>Example.com</domain></sipId><password>{password}</password>"
    ))
}

#[tokio::test]
async fn an_account_is_opened_by_its_own_password_and_every_failure_is_the_same() {
    let bench = Bench::new();
    let sign_in = async |username: &str, password: &str| {
        let credentials = holder(username, password).unwrap();
        let caller = bench.authenticator.authenticate_account(&credentials, PEER, bench.now, &bench.rows).await;
        caller.map_err(|failure| failure.fault().errorcode)
    };
    let caller = sign_in("Alice", "right").await.unwrap();
    assert_eq!((caller.role(), caller.scope), (Role::Account, customer(1042, RESELLER)));
    assert_eq!(caller.account, Some(SipId::parse("alice@example.com").unwrap()));
    for (username, password) in [("alice", "wrong"), ("bob", "right"), ("alice", " right")] {
        assert_eq!(sign_in(username, password).await, Err(9000), "{username} {password}");
    }
    // What opens a registration does not open a call.
    let ha1 = SipPassword::Clear(Secret::new("right")).credentials(&SipId::parse("alice@example.com").unwrap()).ha1;
    assert_eq!(sign_in("alice", &format!("{}:{0}", ha1.expose())).await, Err(9000));
    // Three failures for alice: her door is closed, and nobody asks the database any more.
    let before = bench.rows.lookups.load(Ordering::Relaxed);
    assert_eq!(sign_in("alice", "right").await, Err(9000));
    assert_eq!(bench.rows.lookups.load(Ordering::Relaxed), before);
}

#[test]
fn what_cannot_be_an_accounts_credentials_is_9000() {
    assert!(holder("alice", "p").is_ok());
    for parameters in ["", "<sipId/><password/>", "<password>p</password>", "<sipId><username>a</username></sipId>"] {
        assert_eq!(account(parameters), Err(9000), "{parameters}");
    }
    assert_eq!(holder("no name", "p"), Err(9000));
    assert_eq!(holder("alice", &"p".repeat(2000)), Err(9000));
    assert_eq!(account("<sipId>text</sipId><password>p</password>"), Err(9004));
}
