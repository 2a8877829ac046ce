//! The proxy dies without a word and comes back with its registrations.

use crate::first_call::{alice_calls_bob, provision, wait_for_location};
use crate::phone::Transport;
use crate::platform::Platform;

#[test]
fn a_killed_proxy_comes_back_with_its_registrations() {
    let mut platform = Platform::start();
    let tenant = provision(&platform, Transport::Udp);
    tenant.alice.register();
    tenant.bob.register();
    // No pause here: a registration that was answered with 200 is kept, written to the database or not.
    platform.kill_proxy();
    platform.restart_proxy();
    alice_calls_bob(&tenant);
    wait_for_location(&tenant.reseller, &tenant.bob);
}
