//! What the network says of datagrams that did not arrive. Anybody can say it in the network's name, so that it is believed only if it
//! quotes a branch of ours, which nobody has seen who stands beside the way; and only as long as nothing was heard of the request.
//!
//! RFC 3261 §18.4.

use std::time::Instant;

use crate::flow::{Flow, Transport};
use crate::transaction::branch::{Branch, cancel_number};
use crate::transaction::client::ClientInput;
use crate::transaction::tables::{Transactions, client_event};
use crate::transaction::user::TuEvent;

/// Longer ones may have been too long for their way; they are sent in pieces the next time.
const NEVER_TOO_LONG: usize = 1232;

const BRANCH: &[u8] = b";branch=";

impl Transactions {
    /// Ends the request whose datagram did not arrive, as if the connection to its peer had been refused.
    pub(crate) fn undeliverable(&mut self, now: Instant, flow: Flow, quoted: &[u8]) -> Option<TuEvent<'static>> {
        let txn = self.client_of(number_of(quoted)?)?;
        let client = self.client(txn)?;
        let sent = client.unheard()?.len();
        if client.flow().transport != Transport::Udp || client.flow().remote != flow.remote || sent > NEVER_TOO_LONG {
            return None;
        }
        let owner = client.owner;
        let outcome = self.drive_client(now, txn, ClientInput::TransportError);
        client_event(outcome, txn, owner?)
    }
}

/// The number of the client transaction whose request begins like this.
fn number_of(quoted: &[u8]) -> Option<u64> {
    if quoted.starts_with(b"SIP/2.0 ") {
        return None;
    }
    // Ours is the topmost Via, so that this is the first branch.
    let from = quoted.windows(BRANCH.len()).position(|window| window == BRANCH)? + BRANCH.len();
    let length = quoted[from..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let number = Branch::parse(&quoted[from..from + length])?.number();
    Some(if quoted.starts_with(b"CANCEL ") { cancel_number(number) } else { number })
}
