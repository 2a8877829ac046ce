//! From nothing to a ringing phone, and what changes over SOAP is seen over SIP at once.

use crate::phone::{Phone, Transport};
use crate::platform::Platform;
use crate::soap::{Client, sip_id};
use crate::wait;

pub(crate) const DOMAIN: &str = "example.com";
pub(crate) const RESELLER: (&str, &str) = ("reseller", "the-reseller's password");
pub(crate) const ALICE: &str = "alice's first password";
pub(crate) const BOB: &str = "bob&lt;s password";

/// Two phones that may call each other.
pub(crate) struct Tenant {
    pub(crate) reseller: Client,
    pub(crate) alice: Phone,
    pub(crate) bob: Phone,
}

/// A reseller (by the administrator), then its customer, domain and two accounts (by the reseller).
pub(crate) fn provision(platform: &Platform, transport: Transport) -> Tenant {
    platform.administrator().must(
        "Customer.addAccount",
        &format!(
            "<account><username>{}</username><password>{}</password><organization>Telecom</organization>\
             <resellerActive>true</resellerActive></account>",
            RESELLER.0, RESELLER.1
        ),
    );
    let reseller = platform.client(RESELLER.0, RESELLER.1);
    let customer = reseller.must(
        "Customer.addAccount",
        "<account><username>customer</username><password>the customer's password</password></account>",
    );
    let customer = customer.element("id").unwrap();
    reseller
        .must("Sip.addDomain", &format!("<domain><domain>{DOMAIN}</domain><customer>{customer}</customer></domain>"));
    for (user, password) in [("alice", ALICE), ("bob", BOB)] {
        reseller.must("Sip.addAccount", &account(user, password));
    }
    let phone = |user, password| platform.phone(user, DOMAIN, &unescaped(password), transport);
    Tenant { alice: phone("alice", ALICE), bob: phone("bob", BOB), reseller }
}

/// An account as a parameter; the password is XML.
pub(crate) fn account(user: &str, password: &str) -> String {
    format!("<account>{}<password>{password}</password><timezone>UTC</timezone></account>", sip_id("id", user, DOMAIN))
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&amp;", "&")
}

/// Whether the API answers the phone's address among its user's.
pub(crate) fn is_located(client: &Client, phone: &Phone) -> bool {
    let parameters = format!("<sipIds>{}</sipIds>", sip_id("item", &phone.user, DOMAIN));
    let answer = client.must("Sip.getSipDeviceLocations", &parameters);
    let port = format!(">{}</port>", phone.port);
    answer.body.contains(">127.0.0.1</address>") && answer.body.contains(&port)
}

/// Waits until the API answers the phone's address: registrations are written behind.
pub(crate) fn wait_for_location(client: &Client, phone: &Phone) {
    let what = format!("getSipDeviceLocations answers {}'s port {}", phone.user, phone.port);
    wait::until(60, &what, || is_located(client, phone).then_some(()));
}

/// Bob rings when alice calls, both ways through the proxy.
pub(crate) fn alice_calls_bob(tenant: &Tenant) {
    let answering = tenant.bob.answer();
    tenant.alice.call("bob");
    answering.must_succeed();
}

fn a_tenant_is_provisioned_and_its_phones_ring_each_other(transport: Transport) {
    let platform = Platform::start();
    let tenant = provision(&platform, transport);
    tenant.alice.register();
    tenant.bob.register();
    wait_for_location(&tenant.reseller, &tenant.alice);
    wait_for_location(&tenant.reseller, &tenant.bob);
    alice_calls_bob(&tenant);
    let answering = tenant.alice.answer();
    tenant.bob.call("alice");
    answering.must_succeed();
    let bob = unescaped(BOB);
    platform.assert_logs_hold_none_of(&[ALICE, &bob, RESELLER.1, crate::platform::ADMINISTRATOR.1]);
}

#[test]
fn a_tenant_is_provisioned_and_its_phones_ring_each_other_over_udp() {
    a_tenant_is_provisioned_and_its_phones_ring_each_other(Transport::Udp);
}

#[test]
fn a_tenant_is_provisioned_and_its_phones_ring_each_other_over_tcp() {
    a_tenant_is_provisioned_and_its_phones_ring_each_other(Transport::Tcp);
}

#[test]
fn a_changed_password_counts_from_the_next_register_on() {
    let platform = Platform::start();
    let tenant = provision(&platform, Transport::Udp);
    // The proxy knows the account, so that what follows is a change of something held in memory.
    tenant.alice.register();
    tenant.reseller.must("Sip.updateAccount", &account("alice", "another password"));
    tenant.alice.register_is_refused();
    tenant.alice.with_password("another password").register();
}

#[test]
fn a_deleted_account_cannot_register_and_is_not_called() {
    let platform = Platform::start();
    let tenant = provision(&platform, Transport::Udp);
    tenant.bob.register();
    tenant.reseller.must("Sip.deleteAccount", &sip_id("sipId", "bob", DOMAIN));
    tenant.bob.register_is_refused();
}
