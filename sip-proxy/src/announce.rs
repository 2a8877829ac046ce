//! Says twice a minute that this proxy is there: the operators' list of nodes is made of what each node says of itself, and one that is
//! silent for minutes is left out. A database that is away is tried again the next time; that it is away is said by others.

use std::time::Duration;

use sip_core::Listener;
use store::nodes::{Announcer, Node};
use store::{DatabaseUrl, StoreError};
use tokio::time::{MissedTickBehavior, interval};
use tracing::debug;

const INTERVAL: Duration = Duration::from_secs(30);
/// While nobody has heard it, it is said again sooner.
const UNHEARD_INTERVAL: Duration = Duration::from_secs(2);

/// What a proxy of this name says of itself that listens there.
pub(crate) fn node(name: String, listener: &Listener) -> Node {
    // What it tells phones and other proxies: behind a router that is not where it listens.
    let host = listener.sent_by.rsplit_once(':').map_or(listener.sent_by.as_str(), |(host, _port)| host);
    let ip = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    let version = env!("CARGO_PKG_VERSION").to_owned();
    Node { id: name, ip, version, roles: vec!["sip_proxy".to_owned()] }
}

/// Says it for as long as the runtime lives.
pub(crate) async fn run(node: Node, url: DatabaseUrl) -> Result<(), StoreError> {
    let mut announcer = Announcer::new(&url)?;
    let mut tick = interval(UNHEARD_INTERVAL);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        let wait = match announcer.announce(&node).await {
            Ok(()) => INTERVAL,
            Err(error) => {
                debug!(%error, "this node could not be announced: {error}");
                UNHEARD_INTERVAL
            }
        };
        tick.reset_after(wait);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sip_core::Transport;

    #[test]
    fn a_node_names_the_host_that_it_tells_its_peers() {
        let mut listener = Listener::new(Transport::Udp, "[2001:db8::1]:5060".parse().expect("an address"));
        assert_eq!(node("a".to_owned(), &listener).ip, "2001:db8::1");
        listener.sent_by = "192.0.2.1:5070".to_owned();
        assert_eq!(node("a".to_owned(), &listener).ip, "192.0.2.1");
    }
}
