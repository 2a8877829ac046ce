//! PostgreSQL stops and comes back: what is known goes on, what cannot be done says so at once, all mends itself.

use std::time::Duration;

use crate::first_call::{DOMAIN, account, alice_calls_bob, is_located, provision, wait_for_location};
use crate::phone::Transport;
use crate::platform::Platform;
use crate::soap::sip_id;
use crate::wait;

/// A client's patience is five seconds; a refusal that takes longer is no refusal.
const AT_ONCE: Duration = Duration::from_secs(3);

#[test]
fn known_phones_go_on_without_the_database_and_all_recovers_by_itself() {
    let platform = Platform::start();
    let tenant = provision(&platform, Transport::Udp);
    tenant.alice.register();
    tenant.bob.register();
    wait_for_location(&tenant.reseller, &tenant.bob);
    alice_calls_bob(&tenant);

    platform.stop_database();
    tenant.alice.register();
    tenant.bob.register();
    alice_calls_bob(&tenant);
    let (answer, took) = wait::timed(|| tenant.reseller.call("Sip.addAccount", &account("carol", "carol's password")));
    assert_eq!(answer.outcome(), "9009", "{}", answer.body);
    assert!(took < AT_ONCE, "the refusal took {took:?}");

    platform.start_database();
    let carol = account("carol", "carol's password");
    wait::until(60, "SOAP writes again", || {
        let outcome = tenant.reseller.call("Sip.addAccount", &carol).outcome();
        // A refusal that came too late for its caller would show here as "exists already".
        assert_ne!(outcome, "1011", "a refused addAccount was done");
        (outcome == "ok").then_some(())
    });
    // An account that the proxy has never seen: its directory reads again.
    let carol = platform.phone("carol", DOMAIN, "carol's password", Transport::Udp);
    wait::until(60, "the proxy reads again", || carol.try_register().then_some(()));
    wait_for_location(&tenant.reseller, &carol);
    alice_calls_bob(&tenant);
    // What was registered meanwhile is written down too.
    wait_for_location(&tenant.reseller, &tenant.alice);
    assert!(is_located(&tenant.reseller, &tenant.bob));
    tenant.reseller.must("Sip.deleteAccount", &sip_id("sipId", "carol", DOMAIN));
}
